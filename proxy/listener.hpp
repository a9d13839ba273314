// Decides how connections come in: listening sockets, one a thread, and what is done when descriptors run out.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/result.hpp>
#include <optional>
#include <vector>

#include "proxy/worker.hpp"

namespace proxy {

namespace asio = boost::asio;

/// Opens `count` listening sockets on one address and port (`SO_REUSEPORT`: the kernel spreads the connections).
/// Without an address: IPv6 and IPv4 in one socket, IPv4 alone where there is no IPv6. Port 0: the system chooses one
/// for all. The error is the system's; a port that anybody else uses is one, also if that one shares it.
[[nodiscard]] boost::system::result<std::vector<int>> open_listeners(const std::optional<asio::ip::address>& address,
                                                                     std::uint16_t port, std::size_t count);
/// The address and port that a listening socket got.
[[nodiscard]] asio::ip::tcp::endpoint local_endpoint(int fd);

/// Accepts the connections of one thread and starts a session for each.
class Listener {
 public:
  /// Takes ownership of `fd`. `most_clients` is the limit for all threads together.
  Listener(Worker& worker, int fd, std::size_t most_clients);

  /// Accepts until close; await it on the worker's context.
  asio::awaitable<void> run();
  /// Takes no more connections; `run` ends. Sessions go on.
  void close() noexcept;

 private:
  void start_session(int fd, const asio::ip::tcp::endpoint& from);

  Worker& worker_;
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::size_t most_clients_;
};

}  // namespace proxy
