// Decides what a browser said in Sec-WebSocket-Protocol, the only header it can set, what of it goes on, and what is
// answered.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <vector>

#include "proxy/error.hpp"
#include "proxy/http/head.hpp"

namespace proxy {

/// What was offered, sorted by addressee. Strings are copies: they are needed when the answer comes.
struct Subprotocols {
  /// All, in order.
  std::vector<std::string> offered;
  /// Those that upstream is offered (F4).
  std::vector<std::string> for_upstream;
  /// Values of `function-id.<id>` or `nvcf-function-id.<id>` (split at the first dot), `nvcf-reqid.<id>`; the first of
  /// each.
  std::optional<std::string> function;
  std::optional<std::string> request_id;
};

/// Reads the offers of a request; bad_websocket_handshake if an element is no token or one is offered twice (RFC 6455
/// section 4.1 wants them unique), malformed_request if they name two different functions (F3).
[[nodiscard]] boost::system::result<Subprotocols, Failure> read_subprotocols(const Fields& fields);

/// Whether an offer carries a credential and must be neither forwarded nor logged (`authorization.<token>`).
[[nodiscard]] bool carries_secret(std::string_view protocol) noexcept;

/// The one protocol that the client is answered with (F4): upstream's choice; where it made none, the first offer
/// without a secret, else the first; nothing where none was offered. upstream_bad_101 if upstream chose what it was not
/// offered.
[[nodiscard]] boost::system::result<std::optional<std::string>, Failure> choose_subprotocol(
    const Subprotocols& subprotocols, std::optional<std::string_view> upstream_choice);

}  // namespace proxy
