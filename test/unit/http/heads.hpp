// Decides how tests make heads: from text, through the same parser as sessions; and how they look into written ones.
#pragma once

#include <catch2/catch.hpp>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "proxy/http/message.hpp"
#include "proxy/http/route.hpp"

namespace test {

/// What `result` holds; the test fails if that is a failure.
template <class T>
T value_of(boost::system::result<T, proxy::Failure> result) {
  if (!result) FAIL(result.error().detail);
  return *std::move(result);
}

/// The code of `result`'s failure; the test fails if there is none.
template <class T>
proxy::errc error_of(const boost::system::result<T, proxy::Failure>& result) {
  if (result) FAIL("it did not fail");
  return result.error().code;
}

/// A head of `start_line` and `lines`, each of the form `Name: value`, ended by its empty line.
inline std::string head_text(std::string_view start_line, const std::vector<std::string>& lines) {
  std::string text(start_line);
  text.append("\r\n");
  for (const std::string& line : lines) text.append(line).append("\r\n");
  return text.append("\r\n");
}

/// A parsed head together with the text that its views point into. The test fails if it cannot be parsed.
template <bool isRequest>
class Parsed {
 public:
  /// Parses `start_line` and `lines`, each `Name: value`.
  explicit Parsed(std::string_view start_line, const std::vector<std::string>& lines = {})
      : text_(head_text(start_line, lines)) {
    const auto failure = parser_.read_head(text_);
    INFO(text_ << (failure ? failure->detail : ""));
    REQUIRE_FALSE(failure);
  }

  /// The head; valid as long as this object.
  [[nodiscard]] const auto& head() const noexcept { return parser_.head(); }

 private:
  std::string text_;
  proxy::MessageParser<isRequest> parser_;
};

using Request = Parsed<true>;
using Response = Parsed<false>;

/// Fields that no parser has seen, for what a parser would refuse itself.
inline proxy::Fields fields(std::initializer_list<std::pair<std::string_view, std::string_view>> lines) {
  proxy::Fields made;
  for (const auto& [name, value] : lines) made.push_back({proxy::http::field::unknown, name, value});
  return made;
}

/// The values of the lines called `name` (whatever its case) in the written head `text`, in order.
inline std::vector<std::string> values(std::string_view text, std::string_view name) {
  std::vector<std::string> found;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find("\r\n", start);
    const std::string_view line = text.substr(start, end - start);
    if (line.empty()) break;
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos && proxy::same_name(line.substr(0, colon), name)) {
      found.emplace_back(line.substr(colon + 2));
    }
    start = end + 2;
  }
  return found;
}

using Values = std::vector<std::string>;

inline constexpr std::string_view uuid = "6f9619ff-8b86-d011-b42d-00cf4fc964ff";
inline constexpr std::string_view other_uuid = "00000000-1111-2222-3333-444444444444";
inline constexpr std::string_view api_key = "nvapi-canary-0123456789";
/// The key of RFC 6455 section 1.3, and its answer.
inline constexpr std::string_view websocket_key = "dGhlIHNhbXBsZSBub25jZQ==";
inline constexpr std::string_view websocket_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// One function `main-function` at `gateway.test`, all else as by default.
inline config::Config one_function() {
  config::Config config;
  config.upstream.host = "gateway.test";
  config.upstream.authority = "gateway.test";
  config.upstream.api_key = config::Secret(std::string(api_key));
  config.functions.default_id = config::FunctionId::parse("main-function");
  config.functions.allowed = {*config.functions.default_id};
  return config;
}

/// The lines of a WebSocket handshake for `/sign_in`, and then `more`.
inline std::vector<std::string> upgrade_lines(const std::vector<std::string>& more = {}) {
  std::vector<std::string> lines = {"Host: proxy.test", "Connection: Upgrade", "Upgrade: websocket",
                                    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + std::string(websocket_key)};
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

/// Where `request` goes; the test fails if it is not forwarded.
inline proxy::Forward forwarded(const Request& request, const config::Config& config) {
  proxy::Route route = proxy::decide_route(request.head(), config);
  const auto* failure = std::get_if<proxy::Failure>(&route);
  INFO((failure != nullptr ? failure->detail : "answered here"));
  REQUIRE(std::holds_alternative<proxy::Forward>(route));
  return std::get<proxy::Forward>(std::move(route));
}

/// Why `request` is refused; the test fails if it is not.
inline proxy::Failure refused(const Request& request, const config::Config& config) {
  proxy::Route route = proxy::decide_route(request.head(), config);
  REQUIRE(std::holds_alternative<proxy::Failure>(route));
  return std::get<proxy::Failure>(std::move(route));
}

}  // namespace test
