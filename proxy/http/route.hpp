// Decides what is done with a request: refused, answered here, or forwarded as which session of which function.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "config/config.hpp"
#include "proxy/error.hpp"
#include "proxy/http/framing.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/websocket_handshake.hpp"

namespace proxy {

/// Whose session a request belongs to. Two requests may share a connection to upstream only under one identity (S1).
struct SessionIdentity {
  config::FunctionId function;
  std::optional<config::VersionId> version;
  /// What the client wants to resume, then what upstream gave; nothing: a new session.
  std::optional<config::RequestId> request_id;
  bool operator==(const SessionIdentity&) const = default;
};

/// The request goes to upstream.
struct Forward {
  SessionIdentity identity;
  BodyFraming body;
  /// Set for a WebSocket upgrade.
  std::optional<WebSocketOffer> websocket;
};
/// A preflight: answered here (C5).
struct Preflight {};

using Route = std::variant<Forward, Preflight, Failure>;

/// Judges a head whose lines are sound: framing (X1), Host (X2), method and target (X3: CONNECT, TRACE, absolute-form
/// for another host, asterisk-form but for OPTIONS), origin (C6), preflight (C5), upgrade (X3; also one that lost its
/// Upgrade on the way), function (F3), request id (header `nvcf-reqid`, then subprotocol, then cookie: the gateway's
/// own order; no UUID is as good as none). The first complaint in that order is the answer.
[[nodiscard]] Route decide_route(const RequestHead& head, const config::Config& config);

/// The target in origin-form: an absolute-form one for our own host without its scheme and authority, else as it is
/// (F2).
[[nodiscard]] std::string_view origin_form(std::string_view target) noexcept;

/// Whether the connection held for `held` may carry a request for `asked` (S1): same function and version; and the same
/// request id, or none on both sides. `held.request_id` is what upstream gave last.
[[nodiscard]] bool may_share(const SessionIdentity& held, const SessionIdentity& asked) noexcept;

}  // namespace proxy
