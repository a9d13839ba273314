// Decides how the function speaks on its WebSocket: greeting, echo, heartbeat, and the count that a resumed session
// goes on with.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "demo/function/function.hpp"
#include "demo/function/sessions.hpp"
#include "demo/wire/connection.hpp"
#include "demo/wire/head.hpp"

namespace function {

/// The protocol to answer with: NVIDIA's `x-nv-sessionid.*` if offered, else the first one; nothing if none was
/// offered.
[[nodiscard]] std::optional<std::string> choose_protocol(const wire::Fields& offered);
/// The 101 for that request; empty if it is no valid WebSocket request (RFC 6455 section 4.2.1).
[[nodiscard]] std::string switch_answer(const wire::RequestHead& head, bool accept_deflate);
/// Speaks until either side ends; the connection is closed then.
boost::asio::awaitable<void> serve_signalling(wire::Connection& connection, std::string unread,
                                              const wire::RequestHead& head, const Settings& settings,
                                              Sessions& sessions);

}  // namespace function
