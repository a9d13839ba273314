#include "demo/gateway/faults.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "demo/wire/head.hpp"
#include "demo/wire/listen.hpp"

namespace gateway {
namespace {

constexpr std::array known_faults{"silent",
                                  "refuse",
                                  "status",
                                  "echo-head",
                                  "echo-body",
                                  "large",
                                  "large-chunked",
                                  "drip",
                                  "cookies",
                                  "trailers",
                                  "100-continue",
                                  "http10",
                                  "early-answer",
                                  "close-before-answer",
                                  "rst-before-answer",
                                  "rst-mid-head",
                                  "rst-mid-body",
                                  "fin-mid-body",
                                  "no-end",
                                  "bad-framing",
                                  "crlf-header",
                                  "bad-status-line",
                                  "unasked-101",
                                  "forged-101",
                                  "bad-accept",
                                  "unoffered-protocol",
                                  "two-protocols",
                                  "no-protocol",
                                  "unoffered-extension",
                                  "early-frames"};

}  // namespace

std::optional<FaultPlan> parse_faults(std::string_view text) {
  FaultPlan plan;
  plan.text = text;
  for (const auto part : wire::split(text, ',')) {
    const auto colon = part.find(':');
    const auto name = part.substr(0, colon);
    const auto argument = colon == std::string_view::npos ? std::string_view{} : part.substr(colon + 1);
    if (name == "delay") {
      try {
        plan.delay = wire::parse_duration(argument);
      } catch (const std::invalid_argument&) {
        return std::nullopt;
      }
    } else if (std::find(known_faults.begin(), known_faults.end(), name) != known_faults.end() &&
               plan.fault.name.empty()) {
      plan.fault = {std::string{name}, std::string{argument}};
    } else {
      return std::nullopt;
    }
  }
  return plan;
}

void FaultRules::add(FaultPlan plan, unsigned times, std::string target) {
  rules_.push_back({std::move(plan), times, times == 0, std::move(target)});
}

std::optional<FaultPlan> FaultRules::plan_for(std::string_view target) {
  if (const auto asked = wire::query_parameter(target, "standin")) return parse_faults(*asked);
  const auto rule = std::find_if(rules_.begin(), rules_.end(),
                                 [&](const Rule& r) { return target.find(r.target) != std::string_view::npos; });
  if (rule == rules_.end()) return FaultPlan{};
  auto plan = rule->plan;
  if (!rule->endless && --rule->times_left == 0) rules_.erase(rule);
  return plan;
}

}  // namespace gateway
