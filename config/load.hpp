// Decides what the configuration is: flags win over the environment, that over the YAML file, that over the defaults.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/problem.hpp"

namespace config {

/// All that a configuration is made from, so that loading depends on nothing but its argument and the files named
/// there.
struct Sources {
  /// By the setting's YAML key: `listen.port` -> `8080`.
  std::map<std::string, std::string> flags;
  /// Of the process (`read_environment`). An empty variable counts as one that is not set.
  std::map<std::string, std::string> environment;
  /// Path of the YAML file; nothing: the one that `PROXY_CONFIG` names, if any.
  std::optional<std::string> file;
  /// Whether the log goes to a terminal, which decides the default of `log.format`.
  bool terminal = false;
};

/// What came of it.
struct Loaded {
  /// Present if and only if `problems` is empty.
  std::optional<Config> config;
  /// Everything that is wrong, not only the first; the process ends with `exit_configuration`.
  std::vector<Problem> problems;
  /// What looks like a mistake and stops nothing.
  std::vector<Problem> warnings;
};

/// The configuration that `sources` describe. Reads the YAML file and the files of secrets, and looks whether every
/// other file that is named can be read. Fails closed: one problem anywhere, and there is no configuration. Never
/// throws on what an operator can write.
[[nodiscard]] Loaded load(const Sources& sources);

/// The variables of a process from its `environ`, a null-terminated array of `NAME=value`.
[[nodiscard]] std::map<std::string, std::string> read_environment(const char* const* environment);

}  // namespace config
