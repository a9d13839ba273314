// Decides how a line of the log looks: an event with its fields, for people or for machines.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "config/config.hpp"

namespace proxy {

/// One field of a line. Text is viewed, not copied. There is no way to put a config::Secret in (X8).
struct LogField {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, double> value;
};

using LogFields = std::initializer_list<LogField>;

/// `event key=value key="a value"`: one line of printable text, whatever the values hold.
[[nodiscard]] std::string format_text(std::string_view event, LogFields fields);
/// `{"time":...,"level":...,"event":...,key:value,...}` without a line end; `time` is RFC 3339 in UTC.
[[nodiscard]] std::string format_json(std::string_view time, std::string_view level, std::string_view event,
                                      LogFields fields);

/// Says how lines look and which are written, to stdout, for the whole process. Call once at start, and on a reload.
void configure_log(const config::Log& settings);
/// Whether a line of `level` would be written; ask before costly fields are made.
[[nodiscard]] bool logs(config::LogLevel level);
/// Writes a line; may be called from every thread.
void log(config::LogLevel level, std::string_view event, LogFields fields);

}  // namespace proxy
