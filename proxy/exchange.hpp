// Decides how one request gets its answer: the steps from obtaining upstream to sending the answer, and when to try
// again.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "proxy/child_task.hpp"
#include "proxy/connection.hpp"
#include "proxy/http/rewrite_request.hpp"
#include "proxy/http/rewrite_response.hpp"
#include "proxy/telemetry/access_log.hpp"
#include "proxy/worker.hpp"

namespace proxy {

/// The connection to upstream that a client connection uses, and whose it is (S1).
struct HeldUpstream {
  ConnectionPtr connection;
  SessionIdentity identity;
};

/// What came of an exchange.
struct ExchangeResult {
  /// What becomes of the client's connection.
  enum class Next {
    /// the client's connection may carry another request
    keep_alive,
    /// the answer is complete, the client's connection ends properly
    close,
    /// the answer is not complete and must not look it: the client's connection is aborted
    abort,
    /// both connections are past a 101: relay them
    upgraded,
  };
  Next next = Next::close;
  /// Set if nothing was sent to the client yet: it is to be told.
  std::optional<Failure> failure;
};

/// One request on its way to upstream and its answer on the way back. Owned by the session's frame, which also owns all
/// that it refers to. While the answer is awaited and passed, a child task passes the request's body and then watches
/// whether the client is still there: nobody waits two minutes for a GPU that nobody wants any more.
class Exchange {
 public:
  /// Refers to all but what is passed by value; `forward` is what the request was judged to be.
  Exchange(Worker& worker, SnapshotPtr snapshot, Connection& client, HeldUpstream& held, RequestParser& request,
           Forward forward, RequestFacts facts, Peer peer, AccessRecord& record);

  /// Carries the exchange out. Ends early when the client's or upstream's transport is aborted.
  asio::awaitable<ExchangeResult> run();

 private:
  /// What upstream's connection is good for after this exchange.
  enum class UpstreamUse { broken, done, again };

  asio::awaitable<std::optional<Failure>> obtain_upstream();
  asio::awaitable<std::optional<Failure>> send_request();
  asio::awaitable<std::optional<Failure>> read_answer();
  asio::awaitable<std::optional<Failure>> read_one_head();
  asio::awaitable<ExchangeResult> send_answer();
  asio::awaitable<ExchangeResult> send_upgrade();
  asio::awaitable<ExchangeResult> send_refusal_as_close(const RewrittenResponse& answer);
  asio::awaitable<void> send_body_and_watch();
  asio::awaitable<void> stop_client_side();
  void end_upstream(ExchangeResult::Next next);

  /// Looks, without waiting, whether the client ended while upstream was connected; takes in what it sent meanwhile.
  [[nodiscard]] bool client_has_left();
  [[nodiscard]] bool is_stale() const;
  [[nodiscard]] bool may_try_fresh(const Failure& failure) const;
  [[nodiscard]] UpstreamUse judge_upstream(BodyError body) const;
  [[nodiscard]] const config::Config& config() const noexcept { return snapshot_->config; }
  [[nodiscard]] Connection& upstream() noexcept { return *held_.connection; }

  Worker& worker_;
  SnapshotPtr snapshot_;
  Connection& client_;
  HeldUpstream& held_;
  RequestParser& request_;
  Forward forward_;
  RequestFacts facts_;
  Peer peer_;
  AccessRecord& record_;

  ChildTask client_side_;
  /// What the child task found: the client is gone, or the body is at fault.
  std::optional<Failure> child_failure_;
  bool body_sent_ = false;
  tls::TimePoint body_sent_at_;

  /// The connection was used or waited before: its end before an answer may be old news.
  bool upstream_is_old_ = false;
  bool heard_ = false;
  bool tried_without_session_ = false;
  bool tried_fresh_ = false;
  UpstreamUse upstream_use_ = UpstreamUse::broken;

  std::string answer_text_;
  std::optional<ResponseParser> answer_;
  BodyFraming answer_framing_;
};

}  // namespace proxy
