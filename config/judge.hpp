// Decides whether settings that are each right also fit together.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/problem.hpp"

namespace config {

/// Where a setting stands, by its key; its variable if it stands nowhere.
using Where = std::function<std::string(std::string_view key)>;

/// Everything that is wrong with `config` as a whole; looks whether the files that it names can be read.
[[nodiscard]] std::vector<Problem> judge(const Config& config, const Where& where);

/// What is allowed and probably not meant.
[[nodiscard]] std::vector<Problem> find_doubtful(const Config& config, const Where& where);

}  // namespace config
