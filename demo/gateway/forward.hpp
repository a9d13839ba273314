// Decides how a request reaches the session's function and how its answer comes back: plain HTTP of any size, or the
// switch to a WebSocket.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "demo/gateway/call.hpp"

namespace gateway {

/// Sends the request to the session's function over a connection of its own and passes the answer on while both bodies
/// stream. 502 without CORS headers if the function cannot be reached or its answer is none. `edit` changes the 101 of
/// a WebSocket, if it names such a change.
boost::asio::awaitable<After> forward(Call& call, const Fault& edit);

}  // namespace gateway
