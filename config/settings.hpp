// Decides which settings there are: one table, from which loading, `--help`, `check` and the test of the documentation
// are made, so that none of them can forget one.
#pragma once

#include <span>
#include <string_view>
#include <type_traits>

#include "config/config.hpp"
#include "config/values.hpp"

namespace config {

/// One row of the table.
struct Setting {
  /// In the YAML file, levels separated by dots; also the flag, with two dashes before it.
  std::string_view key;
  /// In the environment.
  std::string_view variable;
  /// What it does, units and special values included.
  std::string_view meaning;
  /// What holds when it is not set, where the default's value alone does not say it.
  std::string_view otherwise;
  /// How a value is written.
  std::string_view form;
  /// Takes the values of a source, exactly one unless `is_list`.
  Verdict (*read)(Config&, const Values&) = nullptr;
  /// The value that holds, as `read` would take it; a secret comes out masked.
  Values (*write)(const Config&) = nullptr;
  bool is_list = false;
  /// Has no flag, which every user of the machine could see, and may stand in a file of its own instead: the key with
  /// `_file` and the variable with `_FILE` at the end.
  bool is_secret = false;
  bool is_required = false;
};

/// The table, in the order of the documentation; rows of one section stand together.
[[nodiscard]] std::span<const Setting> settings();

/// The row of `key`, or null.
[[nodiscard]] const Setting* find_setting(std::string_view key);

/// What the table of the documentation says about the default of `setting`.
[[nodiscard]] std::string describe_default(const Setting& setting);

/// The variable that HAProxy's sample configuration reads where `NVCF_SERVER` is not set.
inline constexpr std::string_view server_fallback_variable = "GATEWAY_ADDR";
/// Names the YAML file where no flag does.
inline constexpr std::string_view file_variable = "PROXY_CONFIG";

}  // namespace config
