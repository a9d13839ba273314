#include "proxy/exchange.hpp"

#include <boost/asio/error.hpp>

#include "proxy/exchange_failures.hpp"
#include "proxy/http/problem.hpp"

namespace proxy {
namespace {

// what a client may send ahead of its answer before we stop reading it
constexpr std::size_t most_early_bytes = std::size_t{64} * 1024;
constexpr std::size_t early_read = std::size_t{4} * 1024;
// 100 and 103 before the answer; a gateway that goes on for ever is broken (X5)
constexpr int most_interim_answers = 16;

bool is_idempotent(http::verb method) {
  return method == http::verb::get || method == http::verb::head || method == http::verb::put ||
         method == http::verb::delete_ || method == http::verb::options;
}

std::optional<Failure> malformed_answer(std::optional<Failure> failure) {
  if (failure) failure->code = errc::upstream_malformed;
  return failure;
}

}  // namespace

Exchange::Exchange(Worker& worker, SnapshotPtr snapshot, Connection& client, HeldUpstream& held, RequestParser& request,
                   Forward forward, RequestFacts facts, Peer peer, AccessRecord& record)
    : worker_(worker),
      snapshot_(std::move(snapshot)),
      client_(client),
      held_(held),
      request_(request),
      forward_(std::move(forward)),
      facts_(std::move(facts)),
      peer_(std::move(peer)),
      record_(record),
      client_side_(worker.context) {}

asio::awaitable<ExchangeResult> Exchange::run() {
  while (true) {
    std::optional<Failure> failure = co_await obtain_upstream();
    if (!failure && !upstream_is_old_ && client_has_left())
      failure = Failure{errc::client_gone, "before upstream was asked"};
    if (failure) {
      held_.connection.reset();
      co_return ExchangeResult{ExchangeResult::Next::close, std::move(failure)};
    }
    failure = co_await send_request();
    if (!failure) failure = co_await read_answer();
    if (failure ? may_try_fresh(*failure) : is_stale()) {
      co_await stop_client_side();
      (failure ? tried_fresh_ : tried_without_session_) = true;
      if (!failure) forward_.identity.request_id.reset();
      held_.connection.reset();
      continue;
    }
    ExchangeResult result{ExchangeResult::Next::close, std::move(failure)};
    if (!result.failure) result = co_await send_answer();
    co_await stop_client_side();
    end_upstream(result.next);
    co_return result;
  }
}

asio::awaitable<std::optional<Failure>> Exchange::obtain_upstream() {
  upstream_is_old_ =
      held_.connection && may_share(held_.identity, forward_.identity) && held_.connection->transport.is_quiet();
  if (upstream_is_old_) co_return std::nullopt;
  held_.connection.reset();  // aborted: another session's GPU stays resumable (S1, S5)
  held_.identity = forward_.identity;
  if (tried_fresh_) {
    auto connection = co_await worker_.upstreams.connect(snapshot_);
    if (!connection) co_return std::move(connection).error();
    held_.connection = *std::move(connection);
  } else {
    auto obtained = co_await worker_.upstreams.obtain(snapshot_);
    if (!obtained) co_return std::move(obtained).error();
    held_.connection = std::move(obtained->connection);
    upstream_is_old_ = obtained->was_spare;
  }
  co_return std::nullopt;
}

bool Exchange::client_has_left() {
  const auto room = client_.input.prepare(early_read);
  const tls::Attempt attempt = client_.transport.stream().read({static_cast<char*>(room.data()), room.size()});
  if (attempt.outcome == tls::Attempt::Outcome::done) client_.input.commit(attempt.bytes);
  return attempt.outcome == tls::Attempt::Outcome::end || attempt.outcome == tls::Attempt::Outcome::failed;
}

asio::awaitable<std::optional<Failure>> Exchange::send_request() {
  const std::string head = rewrite_request(request_.head(), forward_, peer_, config());
  if (const error_code error = co_await upstream().transport.write(head, config().limits.write_timeout))
    co_return Failure{errc::upstream_closed, "while the request was sent: " + error.message()};
  body_sent_at_ = tls::Clock::now();
  body_sent_ = !forward_.body.has_body();  // not left to the child: the answer may be here before its first turn
  client_side_.start(send_body_and_watch());
  co_return std::nullopt;
}

asio::awaitable<void> Exchange::send_body_and_watch() {
  if (!body_sent_) {
    const BodyError error = co_await pass_body(request_, client_, upstream(), forward_.body.kind,
                                               {config().limits.idle_timeout, config().limits.write_timeout},
                                               record_.client_to_upstream_bytes);
    switch (error) {
      case BodyError::none:
        break;
      case BodyError::from_ended:
        child_failure_ = Failure{errc::client_gone, "within the request's body"};
        break;
      case BodyError::from_slow:
        child_failure_ = Failure{errc::body_timeout, {}};
        break;
      case BodyError::from_malformed:
        child_failure_ = Failure{errc::malformed_request, "the body's framing"};
        break;
      case BodyError::to_stalled:
        child_failure_ = Failure{errc::upstream_closed, "it takes no more of the request's body"};
        break;
      case BodyError::to_lost:  // upstream may have answered before it stopped listening
      case BodyError::aborted:
        co_return;
    }
    if (child_failure_) co_return upstream().transport.stop_reading();
  }
  body_sent_ = true;
  body_sent_at_ = tls::Clock::now();
  while (client_.input.size() < most_early_bytes) {
    const auto room = client_.input.prepare(early_read);
    const auto bytes =
        co_await client_.transport.read_some({static_cast<char*>(room.data()), room.size()}, tls::TimePoint::max());
    if (bytes) {
      client_.input.commit(*bytes);
      continue;
    }
    if (bytes.error() == asio::error::operation_aborted) co_return;
    child_failure_ = Failure{errc::client_gone, "while the answer was awaited"};
    co_return upstream().transport.stop_reading();
  }
}

asio::awaitable<void> Exchange::stop_client_side() {
  client_.transport.stop_reading();
  if (!body_sent_ && client_side_.running()) upstream().transport.abort();  // half a request: of no more use
  co_await client_side_.join();
  client_.transport.resume_reading();
}

void Exchange::end_upstream(ExchangeResult::Next next) {
  if (next == ExchangeResult::Next::upgraded || upstream_use_ == UpstreamUse::again) return;
  // an answer that is complete ends properly; all else is aborted by the destructor, which keeps the session (S5)
  if (upstream_use_ == UpstreamUse::done) upstream().transport.finish();
  held_.connection.reset();
}

asio::awaitable<std::optional<Failure>> Exchange::read_answer() {
  for (int interim = 0; interim <= most_interim_answers; ++interim) {
    if (auto failure = co_await read_one_head()) co_return failure;
    const unsigned status = answer_->head().status;
    if (status == 101 && !facts_.websocket) co_return Failure{errc::upstream_bad_101, "nobody asked for an upgrade"};
    if (status == 101) co_return std::nullopt;
    if (status >= 200) {
      const auto framing = judge_response_framing(answer_->head(), facts_.method);
      if (!framing) co_return framing.error();
      answer_framing_ = *framing;
      co_return std::nullopt;
    }
    if (status == 100 && list_has(request_.head().fields, "expect", "100-continue") && facts_.version == 11)
      co_await client_.transport.write("HTTP/1.1 100 Continue\r\n\r\n", config().limits.write_timeout);
  }
  co_return Failure{errc::upstream_malformed, "interim answers without end"};
}

asio::awaitable<std::optional<Failure>> Exchange::read_one_head() {
  HeadLimits limits{config().limits.header_bytes, config().upstream.response_timeout, config().limits.request_timeout};
  auto text = co_await read_head(upstream(), limits, false);
  // the answer's time begins when the request is complete; a slow body has limits of its own
  while (!text && text.error() == HeadError::idle && client_side_.running()) {
    if (body_sent_) limits.idle = body_sent_at_ + config().upstream.response_timeout - tls::Clock::now();
    if (limits.idle <= tls::Clock::duration::zero()) break;
    text = co_await read_head(upstream(), limits, false);
  }
  if (!text) co_return child_failure_ ? *child_failure_ : explain_missing_answer(text.error());
  heard_ = true;
  answer_text_ = *std::move(text);
  if (auto failure = malformed_answer(judge_lines(answer_text_))) co_return failure;
  answer_.emplace();
  if (facts_.method == http::verb::head) answer_->expect_no_body();
  if (auto failure = answer_->read_head(answer_text_)) co_return failure;
  co_return malformed_answer(judge_counts(answer_->head().fields));
}

bool Exchange::is_stale() const {
  return config().browser.retry_stale_session && !tried_without_session_ && forward_.identity.request_id &&
         !forward_.body.has_body() && is_stale_session(answer_->head());
}

bool Exchange::may_try_fresh(const Failure& failure) const {
  // what is not idempotent may have been carried out: a POST that allocates a GPU is not sent twice (RFC 9110
  // section 9.2.2)
  return failure.code == errc::upstream_closed && upstream_is_old_ && !heard_ && !tried_fresh_ &&
         !forward_.body.has_body() && is_idempotent(facts_.method);
}

Exchange::UpstreamUse Exchange::judge_upstream(BodyError body) const {
  if (body != BodyError::none || !body_sent_) return UpstreamUse::broken;
  const bool again = answer_framing_.kind != BodyFraming::Kind::until_close &&
                     keeps_alive(answer_->head().version, answer_->head().fields) &&
                     held_.connection->unread().empty() && !facts_.websocket;
  return again ? UpstreamUse::again : UpstreamUse::done;
}

asio::awaitable<ExchangeResult> Exchange::send_answer() {
  if (answer_->head().status == 101) co_return co_await send_upgrade();
  RewrittenResponse answer =
      rewrite_response(answer_->head(), answer_framing_, facts_, config().browser.allowed_origins);
  record_.status = answer_->head().status;
  if (answer.request_id) {
    held_.identity.request_id = answer.request_id;
    record_.request_id = answer.request_id->str();
  }
  if (facts_.websocket && config().browser.refusals == config::Refusals::close)
    co_return co_await send_refusal_as_close(answer);

  if (co_await client_.transport.write(answer.head, config().limits.write_timeout)) {
    record_.failure = Failure{errc::client_gone, "before the answer"};
    co_return ExchangeResult{ExchangeResult::Next::abort, {}};
  }
  BodyError body = BodyError::none;
  if (answer_framing_.has_body() && !answer_->done())
    body = co_await pass_body(*answer_, upstream(), client_, answer.body.kind,
                              {config().upstream.response_timeout, config().limits.write_timeout},
                              record_.upstream_to_client_bytes);
  upstream_use_ = judge_upstream(body);
  if (body != BodyError::none) {
    record_.failure = child_failure_ ? *child_failure_ : explain_cut_answer(body);
    co_return ExchangeResult{ExchangeResult::Next::abort, {}};
  }
  // after an upgrade that failed, what follows may be meant as frames: it is never read as a request (X4)
  const bool lives_on = answer.keep_alive && body_sent_ && !facts_.websocket;
  co_return ExchangeResult{lives_on ? ExchangeResult::Next::keep_alive : ExchangeResult::Next::close, {}};
}

asio::awaitable<ExchangeResult> Exchange::send_upgrade() {
  auto answer = rewrite_101(answer_->head(), facts_, config().browser.allowed_origins);
  if (!answer) co_return ExchangeResult{ExchangeResult::Next::close, std::move(answer).error()};
  record_.status = 101;
  if (answer->request_id) record_.request_id = answer->request_id->str();
  co_await stop_client_side();
  if (child_failure_ || co_await client_.transport.write(answer->head, config().limits.write_timeout))
    co_return ExchangeResult{ExchangeResult::Next::abort, {}};
  co_return ExchangeResult{ExchangeResult::Next::upgraded, {}};
}

asio::awaitable<ExchangeResult> Exchange::send_refusal_as_close(const RewrittenResponse& answer) {
  const std::string sentence =
      "the gateway answered " + std::to_string(record_.status) + " " + std::string(answer_->head().reason);
  const std::string opened =
      open_and_close(facts_, refusal_close(record_.status, sentence), lines_beside_status(answer.head));
  if (co_await client_.transport.write(opened, config().limits.write_timeout))
    co_return ExchangeResult{ExchangeResult::Next::abort, {}};
  co_return ExchangeResult{ExchangeResult::Next::close, {}};
}

}  // namespace proxy
