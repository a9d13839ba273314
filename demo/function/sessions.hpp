// Decides what the sample function remembers of a session between two connections with the same request id.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace function {

/// The states of all sessions; request ids come from the gateway's `nvcf-reqid`.
class Sessions {
 public:
  /// Remembers a lost session for that long.
  explicit Sessions(std::chrono::milliseconds window) : window_{window} {}
  /// Where a connection starts from.
  struct Start {
    bool resumed = false;
    std::uint64_t messages = 0;
  };
  /// A connection begins: it goes on where the last one ended, if that was unclean and not longer ago than the window.
  Start begin(const std::string& request_id);
  /// A message of the session came in.
  void count(const std::string& request_id);
  /// Messages of the session so far, over all its connections; 0 for one that is not known.
  [[nodiscard]] std::uint64_t messages(const std::string& request_id) const;
  /// A connection is over; after a clean end the state is forgotten.
  void end(const std::string& request_id, bool clean);
  /// Forgets a session at once.
  void forget(const std::string& request_id) { states_.erase(request_id); }
  /// Sessions with an open connection or a client that may come back.
  [[nodiscard]] std::size_t held();

 private:
  struct State {
    std::uint64_t messages = 0;
    int open_connections = 0;
    std::chrono::steady_clock::time_point until;
  };
  void forget_expired();

  std::chrono::milliseconds window_;
  std::map<std::string, State> states_;
};

}  // namespace function
