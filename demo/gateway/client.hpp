// Decides what happens to one client's connection from accept to close: the gateway's own steps in order.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>

#include "demo/gateway/call.hpp"

struct ssl_ctx_st;

namespace gateway {

/// Serves the connection until it ends. `tls` is the listener's context, nullptr for plaintext; it and the gateway
/// outlive the connection.
boost::asio::awaitable<void> serve_client(Gateway& gateway, boost::asio::ip::tcp::socket socket, std::size_t listener,
                                          ssl_ctx_st* tls);

}  // namespace gateway
