#include "config/files.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace config {

std::optional<std::string> why_unreadable(const std::string& path) {
  std::error_code ignored;
  // a directory can be opened, only its first read fails
  if (std::filesystem::is_directory(path, ignored)) return std::generic_category().message(EISDIR);
  errno = 0;
  if (std::ifstream(path).is_open()) return std::nullopt;
  return std::generic_category().message(errno);
}

}  // namespace config
