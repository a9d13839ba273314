// Decides how a source of settings is read: what it gives for each setting, and what in it means nothing to us.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/problem.hpp"
#include "config/settings.hpp"

namespace config {

/// What one source says about one setting.
struct Given {
  /// `proxy.yaml:12`, `NVCF_API_KEY`, `--listen.port`.
  std::string where;
  Values values;
  /// `values` is the path of the file where a secret stands.
  bool in_file = false;
};

/// What one source says, by the settings' keys, and what is wrong with the source itself.
struct Source {
  std::map<std::string_view, Given> given;
  std::vector<Problem> problems;
  std::vector<Problem> warnings;
};

/// The flags, by key. Values of a list are separated by commas.
[[nodiscard]] Source read_flags(const std::map<std::string, std::string>& flags);

/// The variables that are ours. Empty ones count as not set; unknown ones that begin with `PROXY_` are warned about.
[[nodiscard]] Source read_variables(const std::map<std::string, std::string>& environment);

/// The YAML file at `path`. What it says is known with its line, also when the key is unknown.
[[nodiscard]] Source read_yaml(const std::string& path);

/// The one of `words` that `word` was probably meant to be, as advice ("did you mean ...?"); empty if none is near.
[[nodiscard]] std::string suggest(std::string_view word, const std::vector<std::string_view>& words);

}  // namespace config
