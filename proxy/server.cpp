#include "proxy/server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include "config/describe.hpp"
#include "proxy/admin.hpp"
#include "proxy/listener.hpp"
#include "proxy/telemetry/log.hpp"
#include "proxy/worker.hpp"

namespace proxy {
namespace {

using asio::ip::tcp;

// listeners, epolls, log, resolver, spares; what is left serves sessions, two descriptors each
constexpr std::size_t own_descriptors = 128;
constexpr std::chrono::milliseconds look_interval{50};
// sessions that were aborted need a turn of their thread or two, and those at a name server are not waited for
constexpr std::chrono::seconds longest_stop{2};

/// Raises the soft limit of descriptors to the hard one and returns how many sessions fit.
std::size_t sessions_by_descriptors() {
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto descriptors = static_cast<std::size_t>(limit.rlim_cur);
  return descriptors > 2 * own_descriptors ? (descriptors - own_descriptors) / 2 : descriptors / 4 + 1;
}

std::string text(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

/// A worker with its listener and thread.
struct Lane {
  Lane(const SnapshotPtr& snapshot, SharedCounters& counters, int fd, std::size_t most_clients)
      : worker(snapshot, counters), listener(worker, fd, most_clients) {
    asio::co_spawn(worker.context, listener.run(), asio::detached);
    if (snapshot->config.upstream.warm_connections > 0)
      asio::co_spawn(worker.context, worker.upstreams.keep_warm(worker.snapshot), asio::detached);
  }

  /// No new sessions, and idle connections end; to be called on the thread.
  void drain() {
    worker.draining = true;
    for (auto next = worker.sessions.begin(); next != worker.sessions.end();) (next++)->drain();
  }

  /// Aborts everything and lets the thread end; to be called on it.
  void stop() {
    listener.close();
    worker.upstreams.stop();
    worker.relay.abort_all();
    for (auto next = worker.sessions.begin(); next != worker.sessions.end();) (next++)->abort();
    stop_by = tls::Clock::now() + longest_stop;
    look_again();
  }

  /// Not at once: the sessions that were aborted have yet to wake and to write their lines.
  void look_again() {
    look.expires_after(look_interval);
    look.async_wait([this](boost::system::error_code) {
      const bool empty = worker.sessions.empty() && worker.relay.sessions() == 0;
      if (empty || tls::Clock::now() >= stop_by) return worker.context.stop();
      look_again();
    });
  }

  Worker worker;
  Listener listener;
  asio::steady_timer look{worker.context};
  tls::TimePoint stop_by;
  std::thread thread;
};

class Server {
 public:
  explicit Server(SnapshotPtr snapshot) : snapshot_(std::move(snapshot)) {}

  int run();

 private:
  [[nodiscard]] bool open_lanes();
  [[nodiscard]] bool open_admin();
  void await_signal();
  void drain();
  void stop();
  void tell_start(const tcp::endpoint& listening) const;
  [[nodiscard]] const config::Config& config() const noexcept { return snapshot_->config; }

  SnapshotPtr snapshot_;
  asio::io_context context_{1};
  asio::signal_set signals_{context_, SIGTERM, SIGINT};
  asio::steady_timer drain_timer_{context_};
  tls::TimePoint drain_until_;
  SharedCounters counters_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::unique_ptr<Admin> admin_;
  bool draining_ = false;
};

int Server::run() {
  std::signal(SIGHUP, SIG_IGN);   // a terminal that goes away must not take the sessions along
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets with write(2)
  await_signal();                 // before anybody can be told that we serve
  if (!open_admin() || !open_lanes()) return 1;
  for (auto& lane : lanes_) lane->thread = std::thread([&context = lane->worker.context] { context.run(); });
  context_.run();
  for (auto& lane : lanes_) lane->thread.join();
  log(config::LogLevel::info, "stopped", {});
  return 0;
}

bool Server::open_lanes() {
  const std::size_t threads =
      config().threads != 0 ? config().threads : std::max(1U, std::thread::hardware_concurrency());
  const std::size_t by_descriptors = sessions_by_descriptors();
  const std::size_t wanted = config().limits.sessions;
  auto sockets = open_listeners(config().listen.address, config().listen.port, threads);
  if (!sockets) {
    log(config::LogLevel::error, "cannot_listen",
        {{"port", std::int64_t{config().listen.port}},
         {"setting", "PROXY_PORT"},
         {"detail", sockets.error().message()}});
    return false;
  }
  const tcp::endpoint listening = local_endpoint(sockets->front());
  for (const int fd : *sockets)
    lanes_.push_back(std::make_unique<Lane>(snapshot_, counters_, fd,
                                            wanted != 0 ? std::min(wanted, by_descriptors) : by_descriptors));
  tell_start(listening);
  return true;
}

bool Server::open_admin() {
  if (!config().admin.address) return true;
  const auto sockets = open_listeners(config().admin.address, config().admin.port, 1);
  if (!sockets) {
    log(config::LogLevel::error, "cannot_listen",
        {{"port", std::int64_t{config().admin.port}},
         {"setting", "PROXY_ADMIN_ADDRESS"},
         {"detail", sockets.error().message()}});
    return false;
  }
  log(config::LogLevel::info, "admin",
      {{"address", text(local_endpoint(sockets->front()))}, {"paths", "/healthz /readyz"}});
  admin_ = std::make_unique<Admin>(context_, sockets->front(), [this] { return !draining_; });
  asio::co_spawn(context_, admin_->run(), asio::detached);
  return true;
}

void Server::tell_start(const tcp::endpoint& listening) const {
  const config::Upstream& upstream = config().upstream;
  std::string functions;
  for (const auto& function : config().functions.allowed) functions += (functions.empty() ? "" : ",") + function.str();
  const std::string gateway = (upstream.tls ? "https://" : "http://") + upstream.authority;
  log(config::LogLevel::info, "serving",
      {{"listen", text(listening)},
       {"scheme", snapshot_->server_tls ? "https, wss" : "http, ws"},
       {"upstream", gateway},
       {"functions", functions},
       {"version_id",
        config().functions.default_version ? std::string_view(config().functions.default_version->str()) : "none"},
       {"api_key", "********"},
       {"version", NVCF_LLS_PROXY_VERSION}});
  if (!listening.address().is_loopback()) {
    log(config::LogLevel::warn, "no_authentication",
        {{"listen", text(listening)},
         {"detail", "whoever reaches this address can use the function with your API key"}});
  }
}

void Server::await_signal() {
  signals_.async_wait([this](boost::system::error_code error, int signal) {
    if (error) return;
    log(config::LogLevel::info, "signal", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
    if (draining_ || signal == SIGINT) return stop();
    drain();
    await_signal();
  });
}

/// S8, first signal: no new sessions, the live ones go on while `drain_timeout` lasts.
void Server::drain() {
  if (!draining_) {
    draining_ = true;
    drain_until_ = tls::Clock::now() + config().drain_timeout;
    for (auto& lane : lanes_) asio::post(lane->worker.context, [lane = lane.get()] { lane->drain(); });
  }
  if (counters_.clients.load() == 0 || tls::Clock::now() >= drain_until_) return stop();
  drain_timer_.expires_after(look_interval);
  drain_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) drain();
  });
}

void Server::stop() {
  for (auto& lane : lanes_) asio::post(lane->worker.context, [lane = lane.get()] { lane->stop(); });
  drain_timer_.cancel();
  if (admin_) admin_->close();
  context_.stop();
}

}  // namespace

int serve(SnapshotPtr snapshot) { return Server(std::move(snapshot)).run(); }

}  // namespace proxy
