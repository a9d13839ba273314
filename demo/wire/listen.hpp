// Decides how the demo's programs open their ports and what they say about them at start.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace wire {

/// A host and a port, apart.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

/// HOST:PORT or [IPv6]:PORT taken apart; throws std::invalid_argument with a sentence.
[[nodiscard]] HostPort parse_host_port(std::string_view text);
/// 250ms, 5s, 2m or 1h; throws std::invalid_argument with a sentence.
[[nodiscard]] std::chrono::milliseconds parse_duration(std::string_view text);
/// Listens at an address (not a name); throws boost::system::system_error if it cannot.
[[nodiscard]] boost::asio::ip::tcp::acceptor open_acceptor(boost::asio::io_context& context, const HostPort& where);
/// {"address", "port"} of a listening acceptor.
[[nodiscard]] boost::json::object described(const boost::asio::ip::tcp::acceptor& acceptor);
/// Hands every accepted socket to `on_socket` until the acceptor is closed.
boost::asio::awaitable<void> accept_all(boost::asio::ip::tcp::acceptor& acceptor,
                                        std::function<void(boost::asio::ip::tcp::socket)> on_socket);
/// "address:port" of the peer; "" if it has gone already.
[[nodiscard]] std::string peer_of(const boost::asio::ip::tcp::socket& socket);
/// Writes a line with the time to stderr.
void log_line(std::string_view text);

}  // namespace wire
