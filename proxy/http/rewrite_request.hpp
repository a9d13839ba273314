// Decides what upstream is told: the client's request with our credentials, our Host and nothing that is not its
// business.
#pragma once

#include <string>

#include "config/config.hpp"
#include "proxy/http/route.hpp"

namespace proxy {

/// What is known of a request's sender, for X-Forwarded-* (F9) and cookies (C1).
struct Peer {
  boost::asio::ip::address address;
  /// The client's connection to us is TLS.
  bool tls = false;
};

/// Whether `peer` is in `trusted_proxies`.
[[nodiscard]] bool is_trusted(const Peer& peer, const config::Config& config);

/// Whether the browser reached us over TLS: our own, or that of a trusted proxy which says `X-Forwarded-Proto: https`.
[[nodiscard]] bool is_secure(const RequestHead& head, const Peer& peer, const config::Config& config);

/// The complete head for upstream, ended by its empty line: request line with the target byte for byte (F2), Host of
/// upstream, each injected header once (F1: client's ones of those names gone), `nvcf-reqid` with the identity's
/// request id, hop-by-hop headers and those that Connection names left behind (F6; none that we inject can be removed
/// that way), X-Forwarded-For/-Proto/-Host (F9; Forwarded passes from a trusted peer only), cookies (F7), subprotocols
/// (F4), the body's framing. Other headers pass in order and spelling. The text carries the API key: it goes to the
/// socket and nowhere else.
[[nodiscard]] std::string rewrite_request(const RequestHead& head, const Forward& forward, const Peer& peer,
                                          const config::Config& config);

}  // namespace proxy
