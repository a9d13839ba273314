// Decides where upstream's name points to now (promise S12).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "tls/ticker.hpp"

namespace proxy {

namespace asio = boost::asio;
using Endpoints = std::vector<asio::ip::tcp::endpoint>;

/// Resolves names for one thread and remembers the last one for `lifetime`: the system's resolver does not tell a
/// record's TTL, and a load balancer that moves must be followed within half a minute.
class Resolver {
 public:
  static constexpr std::chrono::seconds lifetime{30};

  /// Resolves on a thread of Asio's own, which `context` starts with the first name.
  explicit Resolver(asio::io_context& context) : resolver_(context) {}

  /// All addresses of `host`, IPv6 and IPv4, in the system's order of preference; one if it is an address. The error is
  /// the resolver's; how long it may take is the system's setting (resolv.conf, usually 5 s per server, tried twice).
  asio::awaitable<boost::system::result<Endpoints>> resolve(const std::string& host, std::uint16_t port);
  /// The remembered addresses did not answer: the next call asks anew.
  void forget() noexcept { valid_until_ = {}; }

 private:
  asio::ip::tcp::resolver resolver_;
  std::string host_;
  std::uint16_t port_ = 0;
  Endpoints endpoints_;
  tls::TimePoint valid_until_;
};

}  // namespace proxy
