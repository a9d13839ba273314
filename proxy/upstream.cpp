#include "proxy/upstream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "proxy/socket_options.hpp"
#include "tls/client_context.hpp"

namespace proxy {
namespace {

constexpr std::chrono::seconds spare_check{1};
constexpr std::chrono::seconds longest_pause{30};

std::string text(const asio::ip::tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

tls::Stream begin_connect(const asio::ip::tcp::endpoint& endpoint, error_code& error) {
  const int fd = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  tls::Stream stream(fd);
  if (fd < 0 || (::connect(fd, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 && errno != EINPROGRESS))
    error = {errno, boost::system::system_category()};
  return stream;
}

}  // namespace

Upstreams::Upstreams(asio::io_context& context, tls::Ticker& ticker)
    : context_(context), ticker_(ticker), resolver_(context), pause_(context) {}

asio::awaitable<boost::system::result<Obtained, Failure>> Upstreams::obtain(const SnapshotPtr& snapshot) {
  if (ConnectionPtr spare = take_spare(snapshot)) co_return Obtained{std::move(spare), true};
  auto connection = co_await connect(snapshot);
  if (!connection) co_return std::move(connection).error();
  co_return Obtained{*std::move(connection), false};
}

asio::awaitable<boost::system::result<ConnectionPtr, Failure>> Upstreams::connect(const SnapshotPtr& snapshot) {
  const config::Upstream& upstream = snapshot->config.upstream;
  const auto endpoints = co_await resolver_.resolve(upstream.host, upstream.port);
  if (!endpoints) co_return Failure{errc::upstream_unresolved, upstream.host + ": " + endpoints.error().message()};
  Failure failure{errc::upstream_unresolved, upstream.host + " has no address"};
  for (const auto& endpoint : *endpoints) {
    auto connection = co_await try_address(*snapshot, endpoint);
    if (connection) co_return connection;
    failure = std::move(connection).error();
  }
  resolver_.forget();
  co_return failure;
}

asio::awaitable<boost::system::result<ConnectionPtr, Failure>> Upstreams::try_address(
    const Snapshot& snapshot, asio::ip::tcp::endpoint endpoint) {
  const config::Upstream& upstream = snapshot.config.upstream;
  error_code error;
  tls::Stream stream = begin_connect(endpoint, error);
  if (error == boost::system::errc::too_many_files_open || error == boost::system::errc::too_many_files_open_in_system)
    co_return Failure{errc::too_many_sessions, "no file descriptor is left: " + error.message()};
  if (error) co_return Failure{errc::upstream_unreachable, text(endpoint) + ": " + error.message()};
  set_socket_options(stream.fd());
  auto connection = std::make_unique<Connection>(context_, ticker_, std::move(stream));
  error = co_await connection->transport.wait_connected(tls::Clock::now() + upstream.connect_timeout);
  if (error) co_return Failure{errc::upstream_unreachable, text(endpoint) + ": " + error.message()};
  if (snapshot.client_tls) {
    if (auto failure = co_await shake_hands(snapshot, *connection)) {
      failure->detail = text(endpoint) + ": " + failure->detail;
      co_return *std::move(failure);
    }
  }
  co_return connection;
}

asio::awaitable<std::optional<Failure>> Upstreams::shake_hands(const Snapshot& snapshot, Connection& connection) {
  const config::Config& config = snapshot.config;
  tls::Stream& stream = connection.transport.stream();
  if (!stream.connect_tls(snapshot.client_tls.get()) || !tls::configure_peer(stream.ssl(), config.upstream.tls_name))
    co_return Failure{errc::internal, "TLS could not be set up for " + config.upstream.tls_name};
  const error_code error = co_await connection.transport.handshake(tls::Clock::now() + config.limits.handshake_timeout);
  if (!error) co_return std::nullopt;
  if (std::string reason = tls::describe_verification_failure(stream.ssl(), config.upstream.tls_name); !reason.empty())
    co_return Failure{errc::upstream_untrusted, std::move(reason)};
  co_return Failure{errc::upstream_handshake_failed, "TLS handshake: " + error.message()};
}

ConnectionPtr Upstreams::take_spare(const SnapshotPtr& snapshot) {
  drop_bad_spares(snapshot);
  if (spares_.empty()) return nullptr;
  ConnectionPtr connection = std::move(spares_.back().connection);
  spares_.pop_back();
  pause_.cancel();  // another one is wanted
  return connection;
}

void Upstreams::drop_bad_spares(const SnapshotPtr& current) {
  std::erase_if(spares_, [&current](const Spare& spare) {
    return spare.made_for != current || !spare.connection->transport.is_quiet();
  });
}

asio::awaitable<void> Upstreams::keep_warm(const SnapshotPtr& current) {
  std::chrono::seconds pause = spare_check;
  while (!stopped_) {
    const SnapshotPtr snapshot = current;
    drop_bad_spares(snapshot);

    while (!stopped_ && spares_.size() < snapshot->config.upstream.warm_connections) {
      auto connection = co_await connect(snapshot);
      if (!connection) break;
      if (!stopped_) spares_.push_back({*std::move(connection), snapshot});
    }
    if (stopped_) break;
    const bool complete = spares_.size() >= snapshot->config.upstream.warm_connections;
    pause = complete ? spare_check : std::min(pause * 2, longest_pause);
    pause_.expires_after(pause);
    error_code taken;
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, taken));
  }
}

void Upstreams::stop() noexcept {
  stopped_ = true;
  spares_.clear();
  pause_.cancel();
}

}  // namespace proxy
