// Decides what the words after the program's name ask for.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/load.hpp"

namespace config {

/// Exit codes of sysexits.h: the command line is wrong; the configuration is wrong.
inline constexpr int exit_usage = 64;
inline constexpr int exit_configuration = 78;

/// What to do.
enum class Command {
  /// run the proxy
  serve,
  /// judge the configuration and print the effective one
  check,
  /// ask the admin address of the running proxy whether it is healthy (a container's HEALTHCHECK)
  health,
};

/// Something to do. `sources` has the flags and the file; the caller adds the environment and the terminal.
struct Invocation {
  Command command = Command::serve;
  Sources sources;
};

/// Something to say and then to end with: help, version, or what is wrong with the command line. `text` ends with a
/// newline and belongs on stdout when `exit_code` is 0, else on stderr.
struct Answer {
  int exit_code = 0;
  std::string text;
};

/// What `arguments` (without the program's name) ask for. `version` is what `--version` prints. Neither exits nor
/// prints nor reads the environment.
[[nodiscard]] std::variant<Invocation, Answer> parse_command_line(const std::vector<std::string>& arguments,
                                                                  std::string_view version);

}  // namespace config
