#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "config/files.hpp"
#include "config/sources.hpp"

namespace config {
namespace {

/// Walks one document and sorts what it finds into a source.
class YamlReader {
 public:
  YamlReader(std::string path, Source& source) : path_(std::move(path)), source_(source) {
    for (const Setting& setting : settings()) {
      known_.push_back(setting.key);
      for (std::size_t dot = setting.key.find('.'); dot != std::string_view::npos;
           dot = setting.key.find('.', dot + 1)) {
        if (sections_.insert(setting.key.substr(0, dot)).second) known_.push_back(setting.key.substr(0, dot));
      }
    }
  }

  void read_section(const YAML::Node& section, const std::string& prefix) {
    if (!section.IsMap()) {
      report(section.Mark(), prefix.empty() ? "the file" : prefix, "must hold settings as `name: value`", "");
      return;
    }
    for (const auto& entry : section) {
      if (!entry.first.IsScalar()) {
        report(entry.first.Mark(), "a key", "is not a name", "");
        continue;
      }
      const std::string key = prefix.empty() ? entry.first.Scalar() : prefix + "." + entry.first.Scalar();
      if (!seen_.insert(key).second) {
        report(entry.first.Mark(), key, "stands twice", "keep one of them");
      } else {
        read_entry(key, entry.first.Mark(), entry.second);
      }
    }
  }

 private:
  void read_entry(const std::string& key, const YAML::Mark& mark, const YAML::Node& node) {
    if (sections_.contains(key)) {
      if (!node.IsNull()) read_section(node, key);
    } else if (const Setting* setting = find_setting(key)) {
      read_values(*setting, mark, node, false);
    } else if (const Setting* secret = secret_in_file(key)) {
      read_values(*secret, mark, node, true);
    } else {
      report(mark, key, "is no setting", suggest(key, known_));
    }
  }

  void read_values(const Setting& setting, const YAML::Mark& mark, const YAML::Node& node, bool in_file) {
    if (node.IsNull()) return;
    const std::string key = std::string(setting.key) + (in_file ? "_file" : "");
    Given given{where(mark), {}, in_file};
    if (node.IsScalar()) {
      given.values.push_back(node.Scalar());
    } else if (setting.is_list && node.IsSequence() &&
               std::all_of(node.begin(), node.end(), [](const auto& item) { return item.IsScalar(); })) {
      for (const auto& item : node) given.values.push_back(item.Scalar());
    } else {
      report(mark, key, setting.is_list ? "must be a list of values" : "must be one value", "");
      return;
    }
    if (!source_.given.try_emplace(setting.key, std::move(given)).second) {
      report(mark, key, "is set beside " + std::string(setting.key) + (in_file ? "" : "_file"), "set one of them");
    }
  }

  static const Setting* secret_in_file(std::string_view key) {
    if (!key.ends_with("_file")) return nullptr;
    const Setting* setting = find_setting(key.substr(0, key.size() - 5));
    return setting != nullptr && setting->is_secret ? setting : nullptr;
  }

  [[nodiscard]] std::string where(const YAML::Mark& mark) const { return path_ + ":" + std::to_string(mark.line + 1); }

  void report(const YAML::Mark& mark, const std::string& key, const std::string& what, std::string advice) {
    source_.problems.push_back({where(mark), key + " " + what, std::move(advice)});
  }

  std::string path_;
  Source& source_;
  std::vector<std::string_view> known_;
  std::set<std::string_view> sections_;
  std::set<std::string> seen_;
};

/// yaml-cpp ends some of its sentences with what stood in the file, which may be half of a key.
std::string without_quotation(const std::string& message) { return message.substr(0, message.find(": ")); }

}  // namespace

Source read_yaml(const std::string& path) {
  Source source;
  if (const auto reason = why_unreadable(path)) {
    source.problems.push_back({path, "cannot be read: " + *reason, ""});
    return source;
  }
  try {
    std::ifstream file(path);
    const std::vector<YAML::Node> documents = YAML::LoadAll(file);
    if (documents.size() > 1) {
      source.problems.push_back({path, "holds more than one YAML document", "put all settings into one"});
    } else if (!documents.empty() && !documents.front().IsNull()) {
      YamlReader(path, source).read_section(documents.front(), "");
    }
  } catch (const YAML::Exception& broken) {
    const std::string where = broken.mark.is_null() ? path : path + ":" + std::to_string(broken.mark.line + 1);
    source.problems.push_back({where, "is not YAML: " + without_quotation(broken.msg), ""});
  }
  return source;
}

}  // namespace config
