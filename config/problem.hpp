// Decides how something wrong with the configuration is told: where it stands, what is wrong, what to try.
#pragma once

#include <string>

namespace config {

/// One thing that is wrong. No member ever holds a secret or a part of one (X8).
struct Problem {
  /// `proxy.yaml:12`, `NVCF_API_KEY`, `--listen.port`, or the path of a file.
  std::string where;
  /// What is wrong, as a sentence without its full stop.
  std::string what;
  /// What the operator can do about it; may be empty.
  std::string advice;

  bool operator==(const Problem&) const = default;
};

/// One line for a log or a terminal: `where: what (advice)`.
[[nodiscard]] inline std::string sentence(const Problem& problem) {
  std::string text = problem.where + ": " + problem.what;
  if (!problem.advice.empty()) text += " (" + problem.advice + ")";
  return text;
}

}  // namespace config
