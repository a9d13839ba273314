#include "config/sources.hpp"

#include <algorithm>
#include <numeric>

namespace config {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

Values values_of(const Setting& setting, std::string_view text) {
  if (!setting.is_list) return {std::string(text)};
  Values items;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view item = trimmed(text.substr(begin, end - begin));
    if (!item.empty()) items.emplace_back(item);
    begin = end + 1;
  }
  return items;
}

const std::string* find_variable(const std::map<std::string, std::string>& environment, std::string_view name) {
  const auto found = environment.find(std::string(name));
  return found == environment.end() || found->second.empty() ? nullptr : &found->second;
}

void read_variable(const std::map<std::string, std::string>& environment, const Setting& setting, Source& source) {
  const std::string* direct = find_variable(environment, setting.variable);
  if (direct != nullptr) {
    source.given[setting.key] = {std::string(setting.variable), values_of(setting, *direct), false};
  }
  if (!setting.is_secret) return;
  const std::string name = std::string(setting.variable) + "_FILE";
  const std::string* path = find_variable(environment, name);
  if (path == nullptr) return;
  if (direct != nullptr) {
    source.problems.push_back({name, "is set beside " + std::string(setting.variable), "set one of them"});
    return;
  }
  source.given[setting.key] = {name, {*path}, true};
}

std::vector<std::string_view> known_variables() {
  std::vector<std::string_view> names{file_variable};
  for (const Setting& setting : settings()) names.push_back(setting.variable);
  return names;
}

std::size_t edits_between(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const char letter : left) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (letter == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

Source read_flags(const std::map<std::string, std::string>& flags) {
  Source source;
  for (const auto& [key, text] : flags) {
    const std::string where = "--" + key;
    const bool names_file = key.ends_with("_file") && find_setting(key) == nullptr;
    const Setting* setting = find_setting(names_file ? key.substr(0, key.size() - 5) : key);
    if (setting == nullptr || setting->is_secret != names_file) {
      source.problems.push_back({where, "is no setting", ""});
    } else {
      source.given[setting->key] = {where, values_of(*setting, text), names_file};
    }
  }
  return source;
}

Source read_variables(const std::map<std::string, std::string>& environment) {
  Source source;
  for (const Setting& setting : settings()) read_variable(environment, setting, source);
  const std::string* fallback = find_variable(environment, server_fallback_variable);
  if (fallback != nullptr) {
    source.given.try_emplace("upstream.server", Given{std::string(server_fallback_variable), {*fallback}, false});
  }
  const auto known = known_variables();
  for (const auto& [name, text] : environment) {
    if (!name.starts_with("PROXY_") || std::ranges::find(known, name) != known.end()) continue;
    source.warnings.push_back({name, "is no variable of this proxy", suggest(name, known)});
  }
  return source;
}

std::string suggest(std::string_view word, const std::vector<std::string_view>& words) {
  if (word.size() > 64 || words.empty()) return {};
  const auto distance = [word](std::string_view other) { return edits_between(word, other); };
  const auto nearest = std::ranges::min_element(words, {}, distance);
  // more than a third changed is another word, not a slip
  if (distance(*nearest) * 3 > word.size()) return {};
  return "did you mean " + std::string(*nearest) + "?";
}

}  // namespace config
