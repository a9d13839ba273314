// Decides which session a worker connection gets: a new worker, the one of a request id, or a refusal; and when a
// session is given up.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "demo/gateway/identity.hpp"
#include "demo/wire/frames.hpp"
#include "demo/wire/listen.hpp"

namespace gateway {

/// A version of a function that the gateway knows.
struct KnownFunction {
  std::string id;
  /// Empty: any version that is asked for.
  std::string version;
  std::string type = "STREAMING";
  /// Where its workers listen.
  wire::HostPort address;
};

/// What the operator of the stand-in wants of sessions.
struct SessionSettings {
  /// Key to account; empty: any key, one account.
  std::map<std::string, std::string> keys;
  std::vector<KnownFunction> functions;
  /// 0: no limit.
  std::size_t workers = 0;
  std::chrono::milliseconds worker_timeout{30'000};
  std::chrono::milliseconds resume_window{30'000};
  /// New sessions per account; 0: no limit.
  std::size_t rate_limit = 0;
};

/// How one side of a client's connection ended: `how` is fin or rst, empty if it never did by itself.
struct SideEnd {
  std::string how;
  std::optional<wire::CloseMessage> close;
  bool close_notify = false;
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
};

/// The end of one connection of a session.
struct ConnectionEnd {
  std::uint64_t connection = 0;
  bool websocket = false;
  bool clean = false;
  /// client, function, or empty if the gateway ended both.
  std::string first;
  SideEnd client;
  SideEnd function;
};

/// One NVCF session: a worker, held for whoever knows the request id.
struct Session {
  /// In use, waiting for its client within the window, or over.
  enum class State { active, waiting, released };
  std::string request_id;
  std::string function;
  std::string version;
  std::string account;
  std::string worker;
  wire::HostPort address;
  State state = State::active;
  std::string released_because;
  /// Made by ABSORB and not used since: it waits for its WebSocket however the connection ends.
  bool allocated_only = false;
  int open_connections = 0;
  int resumed = 0;
  std::deque<std::uint64_t> connections;
  std::deque<ConnectionEnd> ends;
  std::unique_ptr<boost::asio::steady_timer> window;
};

/// An error that the gateway makes itself.
struct Refusal {
  int status = 500;
  std::string text;
  /// Ask the client to drop its cookie: the session will not come back.
  bool delete_cookie = false;
};

/// The session that a worker connection got, and whether it had lived before.
struct Opened {
  std::shared_ptr<Session> session;
  bool resumed = false;
};

/// All sessions of the gateway, on one thread.
class Sessions {
 public:
  /// Timers run on the executor.
  Sessions(boost::asio::any_io_executor executor, SessionSettings settings);
  /// Makes or resumes the session that a new worker connection on a client's connection gets. A new one waits for a
  /// free worker up to the limit.
  boost::asio::awaitable<std::variant<Opened, Refusal>> open(Identity identity, std::uint64_t connection);
  /// A connection of the session is over: the last one releases it, or starts the window in which it can be resumed.
  void on_connection_end(const std::shared_ptr<Session>& session, ConnectionEnd end);
  /// Ends a session: its worker is free again and its request id is unknown from now on.
  void release(Session& session, std::string because);
  /// The session with that id that has not been released; nullptr if there is none.
  [[nodiscard]] std::shared_ptr<Session> find(const std::string& request_id) const;
  /// Released ones too, the oldest first, at most 4096.
  [[nodiscard]] const std::deque<std::shared_ptr<Session>>& all() const noexcept { return all_; }
  /// How many are not in `all` any more.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
  /// How many hold a worker.
  [[nodiscard]] std::size_t live() const noexcept { return live_.size(); }
  /// Forgets every timer; for the end of the program, before its executor goes.
  void stop();
  /// Forgets the released ones and the rate limit's counts.
  void reset();

 private:
  [[nodiscard]] std::optional<std::string> account_of(const std::string& key) const;
  [[nodiscard]] std::variant<KnownFunction, Refusal> choose_function(const Identity& identity);
  [[nodiscard]] std::variant<Opened, Refusal> resume(const Identity& identity, const std::string& account,
                                                     std::uint64_t connection) const;
  boost::asio::awaitable<bool> free_worker();
  std::shared_ptr<Session> make(const KnownFunction& function, const Identity& identity, std::string account);
  void start_window(const std::shared_ptr<Session>& session);

  boost::asio::any_io_executor executor_;
  SessionSettings settings_;
  std::map<std::string, std::shared_ptr<Session>> live_;
  std::deque<std::shared_ptr<Session>> all_;
  std::map<std::string, std::size_t> made_by_account_;
  std::list<boost::asio::steady_timer*> waiting_for_worker_;
  std::uint64_t dropped_ = 0;
  std::uint64_t workers_started_ = 0;
};

}  // namespace gateway
