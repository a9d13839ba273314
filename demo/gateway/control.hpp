// Decides what the control port answers: the report, its reset, rules for faults, ends of connections and sessions on
// demand.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "demo/gateway/call.hpp"

namespace gateway {

/// Serves one connection of the control port until it ends.
boost::asio::awaitable<void> serve_control(Gateway& gateway, boost::asio::ip::tcp::socket socket);

}  // namespace gateway
