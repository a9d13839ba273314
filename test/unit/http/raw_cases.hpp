// Decides how the tables of raw requests in test/data are read.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace test {

/// One raw request and what must become of it.
struct RawCase {
  /// Number of a promise, such as X1.
  std::string promise;
  unsigned status = 0;
  std::string name;
  std::string bytes;
};

/// `text` with its escapes (\r \n \t \0 \\ \xHH) replaced by what they mean.
inline std::string unescaped(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes.push_back(text[i]);
      continue;
    }
    switch (const char kind = text.at(++i)) {
      case 'r':
        bytes.push_back('\r');
        break;
      case 'n':
        bytes.push_back('\n');
        break;
      case 't':
        bytes.push_back('\t');
        break;
      case '0':
        bytes.push_back('\0');
        break;
      case '\\':
        bytes.push_back('\\');
        break;
      case 'x':
        bytes.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
        i += 2;
        break;
      default:
        throw std::runtime_error(std::string("no such escape: \\") + kind);
    }
  }
  return bytes;
}

/// The cases of the file at `path`, whose own head tells its format. Throws if it cannot be read or understood.
inline std::vector<RawCase> read_raw_cases(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<RawCase> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("| ")) {
      cases.back().bytes += unescaped(std::string_view(line).substr(2));
      continue;
    }
    const std::size_t first = line.find(' ');
    const std::size_t second = line.find(' ', first + 1);
    if (second == std::string::npos) throw std::runtime_error("neither a case nor its bytes: " + line);
    cases.push_back({line.substr(0, first),
                     static_cast<unsigned>(std::stoul(line.substr(first + 1))),
                     line.substr(second + 1),
                     {}});
  }
  return cases;
}

}  // namespace test
