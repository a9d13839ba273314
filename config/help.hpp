// Decides what `--help` says.
#pragma once

#include <string>
#include <string_view>

namespace config {

/// Usage, commands, options, and every setting with its variable, default and meaning, grouped by section; at most 100
/// columns wide. Made from the table of settings, so it can lack none.
[[nodiscard]] std::string write_help(std::string_view version);

}  // namespace config
