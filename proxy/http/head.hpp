// Decides how the head of a message is held: views into its text, in the order of arrival.
#pragma once

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace proxy {

namespace http = boost::beast::http;

/// One header line. `id` is `http::field::unknown` for names that Beast has no number for.
struct Field {
  http::field id = http::field::unknown;
  std::string_view name;
  /// Without surrounding white space.
  std::string_view value;
};

/// All header lines of a message, in order, none merged.
using Fields = std::vector<Field>;

/// A request's head. The views point into the text it was parsed from, which the reader owns and keeps.
struct RequestHead {
  http::verb method = http::verb::unknown;
  std::string_view method_text;
  std::string_view target;
  /// 10 or 11.
  unsigned version = 11;
  Fields fields;
};

/// A response's head; its views as above.
struct ResponseHead {
  unsigned status = 0;
  std::string_view reason;
  unsigned version = 11;
  Fields fields;
};

/// Whether two field names are the same (RFC 9110 section 5.1: case does not count).
[[nodiscard]] bool same_name(std::string_view left, std::string_view right) noexcept;
/// The first value under `name`, or nothing.
[[nodiscard]] std::optional<std::string_view> find(const Fields& fields, std::string_view name) noexcept;
/// How many lines are named `name`.
[[nodiscard]] std::size_t count(const Fields& fields, std::string_view name) noexcept;
/// The elements of all comma-separated lists under `name`, in order, trimmed, empty ones left out (RFC 9110
/// section 5.6.1).
[[nodiscard]] std::vector<std::string_view> list(const Fields& fields, std::string_view name);
/// Whether such a list has `element`, whatever its case (`Connection: keep-alive, Upgrade`).
[[nodiscard]] bool list_has(const Fields& fields, std::string_view name, std::string_view element);
/// `text` without the spaces and tabs around it.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;
/// Whether `text` is a token of RFC 9110 section 5.6.2: one or more of its characters.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

}  // namespace proxy
