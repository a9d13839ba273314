// A pair of connected TCP sockets on loopback for tests: one end for the code under test, one for the test.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "tls/stream.hpp"

/// `stream` is for the code under test, `peer` for the test.
struct SocketPair {
  using tcp = boost::asio::ip::tcp;

  /// Connects the two; throws system_error if loopback fails.
  explicit SocketPair(boost::asio::io_context& context) : peer(context) {
    tcp::acceptor acceptor(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    peer.connect(acceptor.local_endpoint());
    tcp::socket accepted = acceptor.accept();
    accepted.native_non_blocking(true);
    stream = tls::Stream(accepted.release());
  }

  /// Ends the test's side with RST.
  void reset() {
    peer.set_option(boost::asio::socket_base::linger(true, 0));
    peer.close();
  }

  tls::Stream stream;
  tcp::socket peer;
};
