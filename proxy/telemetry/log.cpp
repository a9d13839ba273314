#include "proxy/telemetry/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>

namespace proxy {
namespace {

std::atomic<config::LogFormat> format{config::LogFormat::text};

spdlog::level::level_enum level_of(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::trace:
      return spdlog::level::trace;
    case config::LogLevel::debug:
      return spdlog::level::debug;
    case config::LogLevel::info:
      return spdlog::level::info;
    case config::LogLevel::warn:
      return spdlog::level::warn;
    case config::LogLevel::error:
      return spdlog::level::err;
    case config::LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

std::string_view name_of(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::trace:
      return "trace";
    case config::LogLevel::debug:
      return "debug";
    case config::LogLevel::info:
      return "info";
    case config::LogLevel::warn:
      return "warn";
    case config::LogLevel::error:
      return "error";
    case config::LogLevel::off:
      break;
  }
  return "off";
}

std::string now() {
  const auto time = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M}:{:%S}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(time)),
                     time.time_since_epoch() % std::chrono::minutes(1));
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of(" \"=\\") != std::string_view::npos ||
         std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c >= 0x7f; });
}

/// JSON's quoting serves both formats: it leaves nothing unprintable that could forge a line.
std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

struct TextValue {
  std::string operator()(std::string_view text) const { return needs_quotes(text) ? quoted(text) : std::string(text); }
  std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
  std::string operator()(double number) const { return fmt::format("{:.6g}", number); }
};

struct JsonValue {
  std::string operator()(std::string_view text) const { return quoted(text); }
  std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
  std::string operator()(double number) const { return fmt::format("{:.6g}", number); }
};

}  // namespace

std::string format_text(std::string_view event, LogFields fields) {
  std::string line(event);
  for (const LogField& field : fields) {
    line.append(" ").append(field.key).append("=").append(std::visit(TextValue{}, field.value));
  }
  return line;
}

std::string format_json(std::string_view time, std::string_view level, std::string_view event, LogFields fields) {
  std::string line = "{\"time\":" + quoted(time) + ",\"level\":" + quoted(level) + ",\"event\":" + quoted(event);
  for (const LogField& field : fields) {
    line.append(",").append(quoted(field.key)).append(":").append(std::visit(JsonValue{}, field.value));
  }
  line.append("}");
  return line;
}

void configure_log(const config::Log& settings) {
  format.store(settings.format);
  auto logger = std::make_shared<spdlog::logger>("nvcf-lls-proxy", std::make_shared<spdlog::sinks::stdout_sink_mt>());
  logger->set_pattern("%v");
  logger->set_level(level_of(settings.level));
  // lines are few, one a session or request; they must not be lost in a buffer when the process is killed
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

bool logs(config::LogLevel level) { return spdlog::should_log(level_of(level)); }

void log(config::LogLevel level, std::string_view event, LogFields fields) {
  if (!logs(level)) return;
  const std::string line = format.load() == config::LogFormat::json
                               ? format_json(now(), name_of(level), event, fields)
                               : fmt::format("{} {:5} {}", now(), name_of(level), format_text(event, fields));
  spdlog::default_logger_raw()->log(level_of(level), fmt::string_view("{}"), line);
}

}  // namespace proxy
