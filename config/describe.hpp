// Decides how a configuration is shown to people: as YAML that could be loaded again, but for its secrets.
#pragma once

#include <string>

#include "config/config.hpp"

namespace config {

/// Every setting with its effective value, as YAML text in the order of the documentation. Secrets are `********`
/// whatever they are: neither length nor any character is told (X8).
[[nodiscard]] std::string describe(const Config& config);

}  // namespace config
