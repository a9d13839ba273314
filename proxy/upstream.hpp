// Decides how a connection to NVCF's gateway comes about: every address tried, TLS proved, spares kept ready.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/result.hpp>
#include <memory>
#include <vector>

#include "proxy/connection.hpp"
#include "proxy/error.hpp"
#include "proxy/resolver.hpp"
#include "proxy/snapshot.hpp"

namespace proxy {

using ConnectionPtr = std::unique_ptr<Connection>;

/// What obtain gives.
struct Obtained {
  ConnectionPtr connection;
  /// It waited as a spare: the gateway may have ended it without our knowing, so one fresh attempt is fair.
  bool was_spare = false;
};

/// The connections of one thread to upstream. Each is given away once and never comes back (S1). Spares (S1, S12) are
/// ready with TLS done and nothing ever sent on them; those that the gateway ended are replaced.
class Upstreams {
 public:
  /// Both must outlive every connection that is given away.
  Upstreams(asio::io_context& context, tls::Ticker& ticker);

  /// A spare made for this snapshot if one is good, else a new connection. Takes at most connect_timeout per address
  /// plus handshake_timeout each; not cancellable.
  asio::awaitable<boost::system::result<Obtained, Failure>> obtain(const SnapshotPtr& snapshot);
  /// A new connection, never a spare.
  asio::awaitable<boost::system::result<ConnectionPtr, Failure>> connect(const SnapshotPtr& snapshot);

  /// Keeps `warm_connections` spares for the snapshot that `current` points to; runs until stop. Failures are retried
  /// with growing pauses, silently: the request that finds no spare tells them.
  asio::awaitable<void> keep_warm(const SnapshotPtr& current);
  /// Ends keep_warm and drops the spares.
  void stop() noexcept;

 private:
  struct Spare {
    ConnectionPtr connection;
    SnapshotPtr made_for;
  };

  asio::awaitable<boost::system::result<ConnectionPtr, Failure>> try_address(const Snapshot& snapshot,
                                                                             asio::ip::tcp::endpoint endpoint);
  asio::awaitable<std::optional<Failure>> shake_hands(const Snapshot& snapshot, Connection& connection);
  ConnectionPtr take_spare(const SnapshotPtr& snapshot);
  void drop_bad_spares(const SnapshotPtr& current);

  asio::io_context& context_;
  tls::Ticker& ticker_;
  Resolver resolver_;
  asio::steady_timer pause_;
  std::vector<Spare> spares_;
  bool stopped_ = false;
};

}  // namespace proxy
