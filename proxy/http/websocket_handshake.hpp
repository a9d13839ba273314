// Decides whether a WebSocket handshake is one, on either side (RFC 6455 section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/error.hpp"
#include "proxy/http/framing.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/subprotocols.hpp"

namespace proxy {

/// What the client asked for; copies, needed when the answer comes.
struct WebSocketOffer {
  std::string key;
  Subprotocols protocols;
  /// Names of the offered extensions, without their parameters.
  std::vector<std::string> extensions;
};

/// Whether the request asks for any upgrade at all (an Upgrade header, whatever Connection says).
[[nodiscard]] bool asks_upgrade(const RequestHead& head) noexcept;

/// The offer in an upgrade request, or why it is refused (X3): upgrade_not_websocket for h2c and others,
/// websocket_version for any but 13, bad_websocket_handshake for a bad key, another method than GET, HTTP/1.0, a body,
/// or no `Connection: Upgrade`.
[[nodiscard]] boost::system::result<WebSocketOffer, Failure> read_websocket_offer(const RequestHead& head,
                                                                                  const BodyFraming& body);

/// Sec-WebSocket-Accept for `key` (RFC 6455 section 4.2.2).
[[nodiscard]] std::string accept_for(std::string_view key);

/// Whether upstream's 101 answers this offer (F5): Upgrade, Connection, accept, extensions among those offered; the
/// protocol is judged by choose_subprotocol. The failure is upstream_bad_101 and says what was wrong.
[[nodiscard]] std::optional<Failure> judge_101(const ResponseHead& head, const WebSocketOffer& offer);

}  // namespace proxy
