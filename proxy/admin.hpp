// Decides what the one who operates the proxy can ask it: is it alive, should it get traffic.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <string>
#include <string_view>

namespace proxy {

namespace asio = boost::asio;

/// `GET /healthz` (200 while the process runs) and `GET /readyz` (200, or 503 while draining), on an address of its own
/// that browsers do not reach. Plain HTTP with Beast: no byte of a session passes here.
class Admin {
 public:
  /// Takes ownership of the listening socket `fd`. `ready` is asked on each `/readyz`.
  Admin(asio::io_context& context, int fd, std::function<bool()> ready);

  /// Serves until close.
  asio::awaitable<void> run();
  /// Takes no more connections; `run` ends.
  void close() noexcept;

 private:
  asio::awaitable<void> serve_client(asio::ip::tcp::socket socket);

  asio::ip::tcp::acceptor acceptor_;
  std::function<bool()> ready_;
};

/// How a running proxy says it is.
struct Health {
  bool healthy = false;
  std::string text;
};

/// Asks a running proxy's `/healthz`. Blocks for 2 s at most; for the container's HEALTHCHECK.
[[nodiscard]] Health ask_health(const asio::ip::address& address, std::uint16_t port);

}  // namespace proxy
