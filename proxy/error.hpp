// Decides what can go wrong with a request, whose side it was, and what each audience is told of it: one table.
#pragma once

#include <string>
#include <string_view>

namespace proxy {

/// Where a failure arose. The status class, the log level and the metric label follow from it.
enum class Side { client, upstream, proxy };

/// Everything that ends a request before the answer of upstream could be passed on.
enum class errc {
  // client
  malformed_request,
  ambiguous_framing,
  head_too_large,
  head_timeout,
  body_timeout,
  method_not_allowed,
  upgrade_not_websocket,
  websocket_version,
  bad_websocket_handshake,
  other_host,
  origin_not_allowed,
  function_not_allowed,
  function_not_named,
  client_gone,
  // upstream
  upstream_unresolved,
  upstream_unreachable,
  upstream_untrusted,
  upstream_handshake_failed,
  upstream_closed,
  upstream_timeout,
  upstream_malformed,
  upstream_bad_101,
  // proxy
  too_many_sessions,
  draining,
  internal,
};

/// One failure: what it was, and the particulars that help (never a secret, never bytes of the peer's that were not
/// checked to be printable).
struct Failure {
  errc code = errc::internal;
  /// A sentence or empty; shown to the user and logged.
  std::string detail;
};

/// What the table says of an error.
struct ErrorRow {
  errc code;
  Side side;
  /// HTTP status of the answer; 0 where nobody is left to answer.
  unsigned status;
  /// Stable name in logs and metrics.
  std::string_view label;
  /// What failed, as a sentence.
  std::string_view title;
  /// What to try.
  std::string_view advice;
};

/// The row of `code`; every code has one.
[[nodiscard]] const ErrorRow& describe(errc code) noexcept;
/// "client", "upstream" or "proxy".
[[nodiscard]] std::string_view name(Side side) noexcept;

}  // namespace proxy
