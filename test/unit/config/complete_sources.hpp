// Decides what the tests of the configuration start from: the least that a good one needs.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"

namespace test {

/// Sources with every required setting, all from the environment.
inline config::Sources complete_sources() {
  config::Sources sources;
  sources.environment = {
      {"NVCF_SERVER", "gateway.example"}, {"NVCF_API_KEY", "nvapi-canary"}, {"STREAMING_FUNCTION_ID", "function-1"}};
  return sources;
}

/// Whether one of `problems` is at `where` and has `part` in its sentence.
inline bool has_problem(const std::vector<config::Problem>& problems, std::string_view where, std::string_view part) {
  return std::ranges::any_of(problems, [&](const config::Problem& problem) {
    return problem.where == where && config::sentence(problem).find(part) != std::string::npos;
  });
}

/// All of `problems`, one a line, for the output of a failed check.
inline std::string lines(const std::vector<config::Problem>& problems) {
  std::string text;
  for (const config::Problem& problem : problems) text += config::sentence(problem) + "\n";
  return text;
}

}  // namespace test
