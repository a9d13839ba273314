// Decides when a file that the configuration names counts as readable.
#pragma once

#include <optional>
#include <string>

namespace config {

/// Why the file at `path` cannot be read, in the system's words ("Permission denied"); nothing if it can. It is opened
/// to find out: permissions alone do not tell what a security module or a network file system thinks.
[[nodiscard]] std::optional<std::string> why_unreadable(const std::string& path);

}  // namespace config
