// Decides how a WebSocket's bytes pass between client and function once both agreed, and how the end of one side ends
// the other.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "demo/gateway/call.hpp"

namespace gateway {

/// Passes every byte as it came until both sides have ended, starting with what was read too far (`from_function`). A
/// FIN becomes a FIN, an RST an RST; after one side's FIN the other has 2 s. Leaves in `call.end` how each side ended
/// and whether that was clean.
boost::asio::awaitable<void> run_tunnel(Call& call, wire::Connection& function, std::string from_function);

}  // namespace gateway
