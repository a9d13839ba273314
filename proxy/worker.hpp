// Decides what the sessions of one thread share: nothing here is touched by another thread.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

#include "proxy/snapshot.hpp"
#include "proxy/upstream.hpp"
#include "proxy/websocket/relay.hpp"
#include "tls/ticker.hpp"

namespace proxy {

/// A session that is not yet relayed, as the one who stops the thread sees it.
class LiveSession
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  /// Ends properly if nothing is under way: an idle connection must not hold up the end of the process (S8).
  virtual void drain() noexcept = 0;
  /// Aborts what it has open (S5, S6); its coroutine ends soon after.
  virtual void abort() noexcept = 0;

 protected:
  LiveSession() = default;
  ~LiveSession() = default;
};

/// What all threads count together.
struct SharedCounters {
  std::atomic<std::size_t> clients{0};
};

/// One thread's world.
struct Worker {
  Worker(SnapshotPtr in_force, SharedCounters& shared)
      : snapshot(std::move(in_force)),
        relay(context, snapshot->config.limits.write_timeout),
        upstreams(context, ticker),
        counters(shared) {}

  asio::io_context context{1};  // one thread runs it
  tls::Ticker ticker{context};
  /// What new sessions begin with.
  SnapshotPtr snapshot;
  RelayEngine relay;
  Upstreams upstreams;
  boost::intrusive::list<LiveSession, boost::intrusive::constant_time_size<false>> sessions;
  SharedCounters& counters;
  /// New requests get 503 (S8).
  bool draining = false;
};

}  // namespace proxy
