// Decides what a request head and an answer's head say: the text of HTTP/1.1, taken apart without mercy and put
// together.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wire {

/// One header line; the name as it was written, the value without the spaces around it.
struct Field {
  std::string name;
  std::string value;
};

/// The header lines of one message in their order. Names compare without case (RFC 9110 section 5.1).
class Fields {
 public:
  /// The value of the first line of that name, or nullptr; owned by this object.
  [[nodiscard]] const std::string* first(std::string_view name) const;
  /// The value of the first line of that name, or nothing at all: "".
  [[nodiscard]] std::string value_or_empty(std::string_view name) const;
  /// The values of all lines of that name in order.
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  /// Whether a comma-separated list under that name holds the token, without case.
  [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;
  /// Takes out every line of that name.
  void remove(std::string_view name);
  /// Leaves exactly one line of that name, at the end.
  void set(std::string_view name, std::string_view value);
  /// One more line at the end.
  void add(std::string_view name, std::string_view value);
  /// All lines in their order; owned by this object.
  [[nodiscard]] const std::vector<Field>& list() const noexcept { return list_; }
  /// All lines, each with its CRLF, without the empty line that ends a head.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Field> list_;
};

/// What a client asks for.
struct RequestHead {
  std::string method;
  std::string target;
  std::string version;
  Fields fields;
};

/// What a server answers.
struct ResponseHead {
  std::string version;
  int status = 0;
  std::string reason;
  Fields fields;
};

/// Whether two names are the same without case, ASCII only.
[[nodiscard]] bool same_name(std::string_view left, std::string_view right);
/// The text in lower case, ASCII only.
[[nodiscard]] std::string lower(std::string_view text);
/// The text without spaces and tabs at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);
/// The parts between a separator, empty ones included.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// How many bytes the head at the start of the text has, its empty line included; npos while it is not whole.
[[nodiscard]] std::size_t end_of_head(std::string_view text);
/// A whole head taken apart; nothing if any line of it is not what RFC 9112 says (bare LF, folding, a space before the
/// colon...).
[[nodiscard]] std::optional<RequestHead> parse_request_head(std::string_view raw);
/// The same for an answer.
[[nodiscard]] std::optional<ResponseHead> parse_response_head(std::string_view raw);
/// The value of a parameter in a target's query with %XX and + resolved; nothing if it is not there.
[[nodiscard]] std::optional<std::string> query_parameter(std::string_view target, std::string_view name);
/// The target without its query.
[[nodiscard]] std::string_view path_of(std::string_view target);
/// The usual reason phrase of a status, "Status" for those without one.
[[nodiscard]] std::string_view reason_of(int status);

}  // namespace wire
