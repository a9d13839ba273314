// Decides what is kept of a request or session once it is over: its one line in the log (promise S14).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "proxy/error.hpp"
#include "proxy/websocket/relay_session.hpp"
#include "tls/ticker.hpp"

namespace proxy {

/// What is noted on the way.
struct AccessRecord {
  tls::TimePoint begun = tls::Clock::now();
  std::string client;
  std::string method;
  /// The target without its query, which may hold tokens (X8).
  std::string path;
  std::string function;
  std::string request_id;
  unsigned status = 0;
  std::uint64_t client_to_upstream_bytes = 0;
  std::uint64_t upstream_to_client_bytes = 0;
  /// Set where we answered or gave up.
  std::optional<Failure> failure;
};

/// The path of `target` for a log: without query, cut at 200 bytes.
[[nodiscard]] std::string loggable_path(std::string_view target);

/// Writes the line of an HTTP request: event `request`, level by the failure's side (client: info, upstream: warn,
/// proxy: error).
void log_request(const AccessRecord& record);
/// Writes the line of a WebSocket session that has ended: event `session`.
void log_session(const AccessRecord& record, const RelayReport& report);

}  // namespace proxy
