#include "proxy/listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <exception>

#include "proxy/session.hpp"
#include "proxy/socket_options.hpp"
#include "proxy/telemetry/log.hpp"

namespace proxy {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

// as many as fit between two turns of a busy thread
constexpr int backlog = 4096;
constexpr int accepts_per_turn = 64;
// clients beyond the limit that are told so at one time; more are reset
constexpr std::size_t most_refusals = 64;
// without descriptors a new connection can only wait until a session ends
constexpr std::chrono::milliseconds pause_without_descriptors{100};

error_code last_error() { return {errno, boost::system::system_category()}; }

boost::system::result<int> open_listener(const tcp::endpoint& endpoint, bool both_families, bool shared) {
  const int fd = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) return last_error();
  const int yes = 1;
  const int only_v6 = both_families ? 0 : 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (shared) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
  if (endpoint.address().is_v6()) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof only_v6);
  if (::bind(fd, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) return fd;
  const error_code error = last_error();
  ::close(fd);
  return error;
}

boost::system::result<std::vector<int>> listen_on(tcp::endpoint endpoint, bool both_families, std::size_t count) {
  // bound alone first: SO_REUSEPORT would let two proxies share a port and each get half of the browsers
  const auto alone = open_listener(endpoint, both_families, false);
  if (!alone) return alone.error();
  endpoint.port(local_endpoint(*alone).port());
  ::close(*alone);

  std::vector<int> sockets;
  error_code error;
  while (sockets.size() < count && !error) {
    const auto fd = open_listener(endpoint, both_families, true);
    if (fd) sockets.push_back(*fd);
    if (!fd) error = fd.error();
    if (fd && ::listen(*fd, backlog) != 0) error = last_error();
  }
  if (!error) return sockets;
  for (const int fd : sockets) ::close(fd);
  return error;
}

}  // namespace

boost::system::result<std::vector<int>> open_listeners(const std::optional<asio::ip::address>& address,
                                                       std::uint16_t port, std::size_t count) {
  if (address) return listen_on({*address, port}, false, count);
  auto both = listen_on({tcp::v6(), port}, true, count);
  if (both || both.error() == boost::system::errc::address_in_use) return both;
  return listen_on({tcp::v4(), port}, false, count);
}

tcp::endpoint local_endpoint(int fd) {
  tcp::endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (::getsockname(fd, endpoint.data(), &size) == 0) endpoint.resize(size);
  return endpoint;
}

Listener::Listener(Worker& worker, int fd, std::size_t most_clients)
    : worker_(worker),
      acceptor_(worker.context, local_endpoint(fd).protocol(), fd),
      pause_(worker.context),
      most_clients_(most_clients) {}

asio::awaitable<void> Listener::run() {
  error_code error;
  while (acceptor_.is_open()) {
    co_await acceptor_.async_wait(tcp::acceptor::wait_read, asio::redirect_error(asio::use_awaitable, error));
    for (int i = 0; i < accepts_per_turn && acceptor_.is_open(); ++i) {
      tcp::endpoint from;
      auto size = static_cast<socklen_t>(from.capacity());
      const int fd = ::accept4(acceptor_.native_handle(), from.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        from.resize(size);
        start_session(fd, from);
        continue;
      }
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        log(config::LogLevel::error, "accept_failed",
            {{"side", name(Side::proxy)}, {"detail", last_error().message()}});
        pause_.expires_after(pause_without_descriptors);
        co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, error));
      }
      break;  // all taken, or one that was gone before it was taken
    }
  }
}

void Listener::start_session(int fd, const tcp::endpoint& from) {
  tls::Stream stream(fd);
  set_socket_options(fd);
  SharedCounters& counters = worker_.counters;
  const std::size_t others = counters.clients.fetch_add(1, std::memory_order_relaxed);
  if (others >= most_clients_ + most_refusals) {  // even to say no would take what the admitted need
    counters.clients.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  const bool within_limits = others < most_clients_;
  auto address = from.address();
  // an IPv4 client of the socket for both families: rules and logs speak of its own address
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  Peer peer{address, worker_.snapshot->server_tls != nullptr};
  asio::co_spawn(worker_.context, run_session(worker_, std::move(stream), std::move(peer), within_limits),
                 [&counters](std::exception_ptr thrown) {
                   counters.clients.fetch_sub(1, std::memory_order_relaxed);
                   if (!thrown) return;
                   try {  // a bug, or memory is short: one session ends, the others go on
                     std::rethrow_exception(thrown);
                   } catch (const std::exception& exception) {
                     log(config::LogLevel::error, "session_failed",
                         {{"side", name(Side::proxy)}, {"detail", exception.what()}});
                   }
                 });
}

void Listener::close() noexcept {
  error_code ignored;  // closed in every case
  acceptor_.close(ignored);
  pause_.cancel();
}

}  // namespace proxy
