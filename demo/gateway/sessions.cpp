#include "demo/gateway/sessions.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

namespace gateway {
namespace {

constexpr std::size_t record_limit = 4096;
constexpr std::size_t ends_limit = 64;

}  // namespace

Sessions::Sessions(boost::asio::any_io_executor executor, SessionSettings settings)
    : executor_{std::move(executor)}, settings_{std::move(settings)} {}

boost::asio::awaitable<std::variant<Opened, Refusal>> Sessions::open(Identity identity, std::uint64_t connection) {
  const auto account = account_of(identity.key);
  if (!account) co_return Refusal{401, "the key is not valid", false};
  auto function = choose_function(identity);
  if (auto* refusal = std::get_if<Refusal>(&function)) co_return *refusal;
  if (identity.request_id) co_return resume(identity, *account, connection);
  if (settings_.rate_limit > 0 && ++made_by_account_[*account] > settings_.rate_limit) {
    co_return Refusal{429, "exceeded rate limit", false};
  }
  if (const bool done = co_await free_worker(); !done)
    co_return Refusal{504, "failed to establish link to worker", false};
  auto session = make(std::get<KnownFunction>(function), identity, *account);
  session->connections.push_back(connection);
  co_return Opened{session, false};
}

std::optional<std::string> Sessions::account_of(const std::string& key) const {
  if (settings_.keys.empty()) return "account";
  const auto found = settings_.keys.find(key);
  return found == settings_.keys.end() ? std::nullopt : std::optional{found->second};
}

// several versions of a function share its calls, as the gateway deals them out at random
std::variant<KnownFunction, Refusal> Sessions::choose_function(const Identity& identity) {
  std::vector<KnownFunction> candidates;
  for (const auto& function : settings_.functions) {
    const bool version_fits =
        function.version.empty() || identity.version.empty() || function.version == identity.version;
    if (function.id == identity.function && version_fits) candidates.push_back(function);
  }
  if (candidates.empty()) return Refusal{404, "function not found", false};
  static std::minstd_rand random{std::random_device{}()};
  auto chosen = candidates[std::uniform_int_distribution<std::size_t>{0, candidates.size() - 1}(random)];
  if (chosen.type != "STREAMING") return Refusal{501, "function is not of type STREAMING", false};
  return chosen;
}

std::variant<Opened, Refusal> Sessions::resume(const Identity& identity, const std::string& account,
                                               std::uint64_t connection) const {
  const auto& id = *identity.request_id;
  auto session = find(id);
  if (!session) return Refusal{404, "no existing session found for request id " + id, true};
  // which of them differs is told, but never the value that was expected
  const auto mismatch = [&](std::string_view what) {
    return Refusal{500, "existing session " + std::string{what} + " mismatch for request id " + id, false};
  };
  if (session->function != identity.function) return mismatch("function ID");
  if (!identity.version.empty() && session->version != identity.version) return mismatch("function version ID");
  if (session->account != account) return mismatch("invoker NCA ID");
  session->window.reset();
  session->state = Session::State::active;
  session->connections.push_back(connection);
  if (session->connections.size() > ends_limit) session->connections.pop_front();
  ++session->open_connections;
  ++session->resumed;
  return Opened{session, true};
}

boost::asio::awaitable<bool> Sessions::free_worker() {
  const auto deadline = std::chrono::steady_clock::now() + settings_.worker_timeout;
  while (settings_.workers > 0 && live_.size() >= settings_.workers) {
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
    boost::asio::steady_timer freed{executor_, deadline};
    const auto place = waiting_for_worker_.insert(waiting_for_worker_.end(), &freed);
    co_await freed.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    waiting_for_worker_.erase(place);
  }
  co_return true;
}

std::shared_ptr<Session> Sessions::make(const KnownFunction& function, const Identity& identity, std::string account) {
  auto session = std::make_shared<Session>();
  session->request_id = make_uuid();
  session->function = function.id;
  session->version = !function.version.empty() ? function.version : identity.version;
  if (session->version.empty()) session->version = function.id;
  session->account = std::move(account);
  session->worker = "worker-" + std::to_string(++workers_started_);
  session->address = function.address;
  session->open_connections = 1;
  live_[session->request_id] = session;
  all_.push_back(session);
  if (all_.size() > record_limit) {
    all_.pop_front();
    ++dropped_;
  }
  wire::log_line("session " + session->request_id + " starts on " + session->worker);
  return session;
}

void Sessions::on_connection_end(const std::shared_ptr<Session>& session, ConnectionEnd end) {
  const bool clean = end.clean;
  session->ends.push_back(std::move(end));
  if (session->ends.size() > ends_limit) session->ends.pop_front();
  --session->open_connections;
  if (session->state == Session::State::released || session->open_connections > 0) return;
  if (clean && !session->allocated_only) {
    release(*session, "its last connection ended cleanly");
  } else {
    start_window(session);
  }
}

void Sessions::start_window(const std::shared_ptr<Session>& session) {
  session->state = Session::State::waiting;
  session->window = std::make_unique<boost::asio::steady_timer>(executor_, settings_.resume_window);
  session->window->async_wait([this, weak = std::weak_ptr{session}](const boost::system::error_code& error) {
    const auto late = weak.lock();
    if (!error && late && late->state == Session::State::waiting) release(*late, "nobody resumed it in time");
  });
  wire::log_line("session " + session->request_id + " waits to be resumed");
}

void Sessions::release(Session& session, std::string because) {
  if (session.state == Session::State::released) return;
  wire::log_line("session " + session.request_id + " is released: " + because);
  session.state = Session::State::released;
  session.released_because = std::move(because);
  session.window.reset();
  live_.erase(session.request_id);
  for (auto* timer : waiting_for_worker_) timer->cancel();
}

std::shared_ptr<Session> Sessions::find(const std::string& request_id) const {
  const auto found = live_.find(request_id);
  return found == live_.end() ? nullptr : found->second;
}

void Sessions::stop() {
  for (const auto& session : all_) session->window.reset();
  for (const auto& [id, session] : live_) session->window.reset();
}

void Sessions::reset() {
  std::erase_if(all_, [](const auto& session) { return session->state == Session::State::released; });
  made_by_account_.clear();
  dropped_ = 0;
}

}  // namespace gateway
