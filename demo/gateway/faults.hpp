// Decides which fault a request asked for or was singled out for.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

/// `name` or `name:argument`; an empty name is no fault.
struct Fault {
  std::string name;
  std::string argument;

  /// Whether it is the fault of that name.
  [[nodiscard]] bool is(std::string_view other) const noexcept { return name == other; }
};

/// What shall happen to one request.
struct FaultPlan {
  std::chrono::milliseconds delay{0};
  Fault fault;
  /// As it was asked for, for the report.
  std::string text;
};

/// A comma-separated list of faults understood; nothing if one of them is unknown, or if two others than `delay` are
/// named.
[[nodiscard]] std::optional<FaultPlan> parse_faults(std::string_view text);

/// The rules that `POST /faults` left, used up as requests come.
class FaultRules {
 public:
  /// The next `times` (0: all) requests whose target holds `target` get these faults, which must be ones that
  /// parse_faults took.
  void add(FaultPlan plan, unsigned times, std::string target);
  /// What the target itself asks for by `standin=`, else what the first matching rule says; nothing if it asks for an
  /// unknown fault.
  [[nodiscard]] std::optional<FaultPlan> plan_for(std::string_view target);
  /// Drops every rule.
  void clear() { rules_.clear(); }

 private:
  struct Rule {
    FaultPlan plan;
    unsigned times_left;
    bool endless;
    std::string target;
  };
  std::vector<Rule> rules_;
};

}  // namespace gateway
