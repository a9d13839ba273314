#include "config/describe.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "config/settings.hpp"

namespace config {
namespace {

std::vector<std::string_view> split(std::string_view key) {
  std::vector<std::string_view> parts;
  for (std::size_t dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.')) {
    parts.push_back(key.substr(0, dot));
    key.remove_prefix(dot + 1);
  }
  parts.push_back(key);
  return parts;
}

/// `text` as a YAML scalar: bare where every parser reads it as the same text, else in double quotes (YAML 1.2, 7.3.1).
std::string scalar(const std::string& text) {
  const auto harmless = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '/' || c == '-'; };
  if (!text.empty() && std::isalnum(static_cast<unsigned char>(text.front())) != 0 &&
      std::ranges::all_of(text, harmless)) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      constexpr std::string_view digits = "0123456789abcdef";
      quoted += {'\\', 'x', digits[static_cast<unsigned char>(c) >> 4], digits[static_cast<unsigned char>(c) & 15]};
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string value_of(const Setting& setting, const Config& config) {
  const Values values = setting.write(config);
  if (!setting.is_list) return values.empty() ? "~" : scalar(values.front());
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + scalar(value);
  return "[" + text + "]";
}

}  // namespace

std::string describe(const Config& config) {
  std::string text;
  std::vector<std::string_view> open;
  for (const Setting& setting : settings()) {
    const auto path = split(setting.key);
    std::size_t depth = 0;
    while (depth < open.size() && depth + 1 < path.size() && open[depth] == path[depth]) ++depth;
    open.resize(depth);
    for (; depth + 1 < path.size(); ++depth) {
      text += std::string(2 * depth, ' ') + std::string(path[depth]) + ":\n";
      open.push_back(path[depth]);
    }
    text += std::string(2 * depth, ' ') + std::string(path.back()) + ": " + value_of(setting, config) + "\n";
  }
  return text;
}

}  // namespace config
