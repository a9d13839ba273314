#include "proxy/telemetry/access_log.hpp"

#include "proxy/http/problem.hpp"
#include "proxy/telemetry/log.hpp"

namespace proxy {
namespace {

constexpr std::size_t longest_path = 200;

double seconds_since(tls::TimePoint begun) { return std::chrono::duration<double>(tls::Clock::now() - begun).count(); }

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

config::LogLevel level_of(const std::optional<Failure>& failure) {
  if (!failure) return config::LogLevel::info;
  switch (describe(failure->code).side) {
    case Side::client:
      return config::LogLevel::info;
    case Side::upstream:
      return config::LogLevel::warn;
    case Side::proxy:
      break;
  }
  return config::LogLevel::error;
}

}  // namespace

std::string loggable_path(std::string_view target) {
  const std::string_view path = target.substr(0, target.find_first_of("?#"));
  return cut_utf8(path, longest_path);
}

void log_request(const AccessRecord& record) {
  const config::LogLevel level = level_of(record.failure);
  if (!logs(level)) return;
  const ErrorRow* row = record.failure ? &describe(record.failure->code) : nullptr;
  log(level, "request",
      {{"client", record.client},
       {"method", record.method},
       {"path", record.path},
       {"status", static_cast<std::int64_t>(record.status)},
       {"function", record.function},
       {"request_id", record.request_id},
       {"seconds", seconds_since(record.begun)},
       {"bytes_up", number(record.client_to_upstream_bytes)},
       {"bytes_down", number(record.upstream_to_client_bytes)},
       {"error", row != nullptr ? row->label : std::string_view("none")},
       {"side", row != nullptr ? name(row->side) : std::string_view("none")},
       {"detail", record.failure ? std::string_view(record.failure->detail) : std::string_view("")}});
}

void log_session(const AccessRecord& record, const RelayReport& report) {
  if (!logs(config::LogLevel::info)) return;
  const std::string reason = report.close   ? cut_utf8(report.close->reason, longest_path)
                             : report.cause ? report.cause.message()
                                            : "the connection ended without a Close frame";
  log(config::LogLevel::info, "session",
      {{"client", record.client},
       {"path", record.path},
       {"function", record.function},
       {"request_id", record.request_id},
       {"seconds", seconds_since(record.begun)},
       {"ended_by", name(report.ended_by)},
       {"ending", name(report.ending)},
       {"close_code", static_cast<std::int64_t>(report.close ? report.close->code : 0)},
       {"reason", reason},
       {"bytes_up", number(report.client_to_upstream.bytes)},
       {"bytes_down", number(report.upstream_to_client.bytes)},
       {"messages_up", number(report.client_to_upstream.messages)},
       {"messages_down", number(report.upstream_to_client.messages)}});
}

}  // namespace proxy
