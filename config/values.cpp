#include "config/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace config {
namespace {

template <class Enum, std::size_t count>
using Names = std::array<std::pair<std::string_view, Enum>, count>;

template <class Enum, std::size_t count>
Verdict choose(const Names<Enum, count>& names, const std::string& text, Enum& target, const char* otherwise) {
  for (const auto& [name, value] : names) {
    if (name == text) {
      target = value;
      return {};
    }
  }
  return Wrong{otherwise};
}

template <class Enum, std::size_t count>
Values name_of(const Names<Enum, count>& names, Enum value) {
  const auto found = std::ranges::find(names, value, [](const auto& entry) { return entry.second; });
  return {std::string(found->first)};
}

constexpr Names<Refusals, 2> refusals{{{"status", Refusals::status}, {"close", Refusals::close}}};
constexpr Names<LogLevel, 6> levels{{{"trace", LogLevel::trace},
                                     {"debug", LogLevel::debug},
                                     {"info", LogLevel::info},
                                     {"warn", LogLevel::warn},
                                     {"error", LogLevel::error},
                                     {"off", LogLevel::off}}};
constexpr Names<LogFormat, 2> formats{{{"text", LogFormat::text}, {"json", LogFormat::json}}};

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
// the smallest first; writing takes the largest that fits
constexpr std::array<Unit, 4> time_units{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr std::array<Unit, 3> size_units{{{"", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}}};

constexpr std::uint64_t longest_duration = std::uint64_t{7} * 24 * 3'600'000;
constexpr std::uint64_t largest_size = std::uint64_t{1} << 40;

/// A number and its unit in the smallest unit; nothing if it is neither or more than `most`.
template <std::size_t count>
std::optional<std::uint64_t> read_quantity(std::string_view text, const std::array<Unit, count>& units,
                                           std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (unit.name == name && number <= most / unit.factor) return number * unit.factor;
  }
  return std::nullopt;
}

template <std::size_t count>
std::string write_quantity(std::uint64_t quantity, const std::array<Unit, count>& units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (quantity != 0 && quantity % unit.factor == 0) best = &unit;
  }
  return std::to_string(quantity / best->factor) + std::string(best->name);
}

}  // namespace

bool may_be_shown(std::string_view text) {
  return text.size() <= 100 && std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f && c != '@'; });
}

ReadResult<std::uint64_t> read_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= least && number <= most) return number;
  Wrong wrong;
  wrong.why = "is not a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  return wrong;
}

ReadResult<Duration> read_duration(std::string_view text) {
  if (text == "0") return Duration(0);
  if (const auto milliseconds = read_quantity(text, time_units, longest_duration)) return Duration(*milliseconds);
  return Wrong{"is not a duration such as 500ms, 20s, 2m or 1h, a week at most"};
}

std::string write_duration(Duration duration) {
  if (duration == Duration(0)) return "0";
  return write_quantity(static_cast<std::uint64_t>(duration.count()), time_units);
}

ReadResult<std::uint64_t> read_size(std::string_view text) {
  if (const auto bytes = read_quantity(text, size_units, largest_size)) return *bytes;
  return Wrong{"is not a size such as 65536, 64KiB or 1MiB"};
}

std::string write_size(std::uint64_t size) { return write_quantity(size, size_units); }

Verdict read_value(Boolean /*kind*/, const std::string& text, bool& target) {
  if (text != "true" && text != "false") return Wrong{"is neither true nor false"};
  target = text == "true";
  return {};
}

Values write_value(Boolean /*kind*/, bool value) { return {value ? "true" : "false"}; }

Verdict read_value(Interval /*kind*/, const std::string& text, Duration& target) {
  const auto duration = read_duration(text);
  if (!duration) return duration.error();
  target = *duration;
  return {};
}

Verdict read_value(Timeout /*kind*/, const std::string& text, Duration& target) {
  const auto duration = read_duration(text);
  if (!duration) return duration.error();
  if (*duration == Duration(0)) return Wrong{"must be more than 0: nothing may wait for ever"};
  target = *duration;
  return {};
}

Verdict read_value(HeadSize /*kind*/, const std::string& text, std::size_t& target) {
  const auto size = read_size(text);
  if (!size) return size.error();
  if (*size < 4 * 1024 || *size > 1024 * 1024) return Wrong{"is not between 4KiB and 1MiB"};
  target = *size;
  return {};
}

Values write_value(Interval /*kind*/, Duration value) { return {write_duration(value)}; }

Values write_value(Timeout /*kind*/, Duration value) { return {write_duration(value)}; }

Values write_value(HeadSize /*kind*/, std::size_t value) { return {write_size(value)}; }

Verdict read_value(RefusalsChoice /*kind*/, const std::string& text, Refusals& target) {
  return choose(refusals, text, target, "is neither status nor close");
}

Values write_value(RefusalsChoice /*kind*/, Refusals value) { return name_of(refusals, value); }

Verdict read_value(LogLevelChoice /*kind*/, const std::string& text, LogLevel& target) {
  return choose(levels, text, target, "is none of trace, debug, info, warn, error, off");
}

Values write_value(LogLevelChoice /*kind*/, LogLevel value) { return name_of(levels, value); }

Verdict read_value(LogFormatChoice /*kind*/, const std::string& text, LogFormat& target) {
  return choose(formats, text, target, "is neither text nor json");
}

Values write_value(LogFormatChoice /*kind*/, LogFormat value) { return name_of(formats, value); }

}  // namespace config
