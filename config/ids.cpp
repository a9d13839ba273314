#include "config/ids.hpp"

#include <algorithm>
#include <cctype>

namespace config {
namespace {

constexpr std::size_t longest_id = 128;

bool is_token_character(char c) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";  // RFC 9110 section 5.6.2
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || marks.find(c) != std::string_view::npos;
}

std::optional<std::string> token(std::string_view text) {
  if (text.empty() || text.size() > longest_id || !std::ranges::all_of(text, is_token_character)) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> uuid(std::string_view text) {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != shape.size()) return std::nullopt;
  std::string value(text);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto c = static_cast<unsigned char>(value[i]);
    if (shape[i] == '-' ? c != '-' : std::isxdigit(c) == 0) return std::nullopt;
    value[i] = static_cast<char>(std::tolower(c));
  }
  return value;
}

}  // namespace

std::optional<std::string> FunctionKind::normalise(std::string_view text) { return token(text); }
std::optional<std::string> VersionKind::normalise(std::string_view text) { return token(text); }
std::optional<std::string> RequestKind::normalise(std::string_view text) { return uuid(text); }

}  // namespace config
