// Decides what the sample streaming function offers: a WebSocket at its start endpoint, plain HTTP beside it, and Kit's
// control port.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <string>

#include "demo/function/sessions.hpp"
#include "demo/wire/exchange.hpp"

namespace function {

/// What can be set.
struct Settings {
  std::string endpoint = "/sign_in";
  /// 0: none.
  std::chrono::milliseconds heartbeat{5'000};
  std::chrono::milliseconds resume_window{30'000};
  /// Every frame comes back with its first byte as it was, control frames too; no greeting, no heartbeat; at every
  /// path.
  bool raw_echo = false;
  /// With raw_echo: say yes to permessage-deflate, whose frames an echo need not understand.
  bool accept_deflate = false;
  /// Not ready beyond that; 0: no limit.
  std::size_t max_sessions = 0;
};

/// The TURN credentials that `POST /v1/streaming/creds` leaves, kept in memory.
struct Credentials {
  std::string stun_ip;
  int stun_port = 0;
  std::string username;
  std::string password;
};

/// The function; it outlives the context whose thread it runs on.
class Function {
 public:
  /// Serves nothing yet.
  explicit Function(Settings settings);
  /// Serves browsers' requests as they come through the gateway.
  void serve(boost::asio::io_context& context, boost::asio::ip::tcp::acceptor acceptor);
  /// Serves the container's control port.
  void serve_control(boost::asio::io_context& context, boost::asio::ip::tcp::acceptor acceptor);

 private:
  boost::asio::awaitable<void> listen(boost::asio::ip::tcp::acceptor acceptor, bool control);
  boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket);
  boost::asio::awaitable<void> serve_control_connection(boost::asio::ip::tcp::socket socket);
  boost::asio::awaitable<bool> answer_plain(wire::Connection& connection, std::string& unread,
                                            const wire::RequestHead& head);
  boost::asio::awaitable<bool> echo_body(wire::Connection& connection, std::string& unread,
                                         const wire::RequestHead& head);
  [[nodiscard]] std::string answer_control(const wire::Request& request);
  [[nodiscard]] std::string keep_credentials(const std::string& body);

  Settings settings_;
  Sessions sessions_;
  Credentials credentials_;
};

}  // namespace function
