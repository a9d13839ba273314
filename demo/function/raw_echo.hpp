// Decides what an echo for byte-for-byte tests sends back: every frame as it came, only unmasked.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "demo/wire/connection.hpp"

namespace function {

/// Echoes frames until a Close frame was echoed or the peer ended; a peer that ended without one is answered in kind:
/// FIN with FIN.
boost::asio::awaitable<void> echo_frames(wire::Connection& connection, std::string unread);

}  // namespace function
