#include "proxy/session.hpp"

#include <optional>
#include <string>

#include "proxy/connection.hpp"
#include "proxy/exchange.hpp"
#include "proxy/http/cors.hpp"
#include "proxy/http/problem.hpp"
#include "proxy/http/route.hpp"
#include "proxy/telemetry/access_log.hpp"
#include "proxy/telemetry/log.hpp"

namespace proxy {
namespace {

// how long a client that was refused is read on, so that the answer is not lost in a RST (RFC 9112 section 9.6)
constexpr std::chrono::seconds linger{2};

/// A session that became a WebSocket: all that is needed to relay it and to tell of it.
struct Upgraded {
  RelayEnd client;
  RelayEnd upstream;
  AccessRecord record;
};

RelayEnd take_end(Connection& connection) {
  std::string early(connection.unread());
  return {connection.transport.release(), std::move(early)};
}

class Session final : public LiveSession {
 public:
  Session(Worker& worker, tls::Stream accepted, Peer peer, bool within_limits)
      : worker_(worker),
        snapshot_(worker.snapshot),
        peer_(std::move(peer)),
        within_limits_(within_limits),
        client_(worker.context, worker.ticker, std::move(accepted)) {
    worker.sessions.push_back(*this);
  }

  asio::awaitable<std::optional<Upgraded>> run();

  void drain() noexcept override {
    if (waits_for_request_ && client_.unread().empty()) client_.transport.stop_reading();
  }

  void abort() noexcept override {
    client_.transport.abort();
    if (held_.connection) held_.connection->transport.abort();
  }

 private:
  using Next = ExchangeResult::Next;

  asio::awaitable<bool> accept();
  asio::awaitable<Next> serve_request();
  asio::awaitable<Next> serve_head(const std::string& text);
  asio::awaitable<Next> forward(Forward& forward, RequestParser& request, RequestFacts& facts);
  asio::awaitable<Next> answer_preflight(const RequestHead& head, const RequestFacts& facts);
  asio::awaitable<Next> refuse(const Failure& failure, const RequestFacts& facts);
  asio::awaitable<Next> refuse_head(HeadError error);
  asio::awaitable<void> end(Next next);

  [[nodiscard]] RequestFacts facts_of(const RequestHead& head) const;
  [[nodiscard]] Route route(const RequestHead& head) const;
  [[nodiscard]] const config::Config& config() const noexcept { return snapshot_->config; }

  Worker& worker_;
  SnapshotPtr snapshot_;
  Peer peer_;
  bool within_limits_;
  Connection client_;
  HeldUpstream held_;
  AccessRecord record_;
  /// The client ended between two requests, or said that it would (`Connection: close`).
  bool client_ended_ = false;
  bool waits_for_request_ = false;
};

asio::awaitable<std::optional<Upgraded>> Session::run() {
  const bool accepted = co_await accept();
  if (!accepted) co_return std::nullopt;
  Next next = Next::keep_alive;
  while (next == Next::keep_alive && !(worker_.draining && record_.status != 0)) {
    snapshot_ = worker_.snapshot;
    next = co_await serve_request();
  }
  if (next == Next::upgraded) co_return Upgraded{take_end(client_), take_end(*held_.connection), std::move(record_)};
  co_await end(next);
  co_return std::nullopt;
}

asio::awaitable<bool> Session::accept() {
  if (!snapshot_->server_tls) co_return true;
  if (!client_.transport.stream().accept_tls(snapshot_->server_tls.get())) co_return false;
  const error_code error = co_await client_.transport.handshake(tls::Clock::now() + config().limits.handshake_timeout);
  if (error) {
    log(config::LogLevel::info, "handshake_failed",
        {{"client", peer_.address.to_string()}, {"side", name(Side::client)}, {"detail", error.message()}});
  }
  co_return !error;
}

asio::awaitable<ExchangeResult::Next> Session::serve_request() {
  const config::Limits& limits = config().limits;
  waits_for_request_ = true;
  auto text = co_await read_head(client_, {limits.header_bytes, limits.idle_timeout, limits.request_timeout}, true);
  waits_for_request_ = false;
  record_ = AccessRecord{};
  record_.client = peer_.address.to_string();
  if (!text) co_return co_await refuse_head(text.error());
  const Next next = co_await serve_head(*text);
  if (next != Next::upgraded) log_request(record_);
  co_return next;
}

asio::awaitable<ExchangeResult::Next> Session::refuse_head(HeadError error) {
  // no temporaries in a co_await expression: g++ 12 moves them bytewise and frees what they own twice
  RequestFacts nobody;
  nobody.origin = origin_in(client_.unread());
  Failure failure;
  switch (error) {
    case HeadError::ended:
      client_ended_ = true;
      co_return Next::close;
    case HeadError::idle:
      co_return Next::close;
    case HeadError::aborted:
      co_return worker_.draining ? Next::close : Next::abort;
    case HeadError::lost:
    case HeadError::cut:
      co_return Next::abort;
    case HeadError::slow:
      failure = {errc::head_timeout, "the head was not complete in time"};
      break;
    case HeadError::too_large:
      failure = {errc::head_too_large, "more than " + std::to_string(config().limits.header_bytes) + " bytes"};
      break;
    case HeadError::malformed:
      failure = {errc::malformed_request, "line ends in the request's head"};
      break;
  }
  const Next next = co_await refuse(failure, nobody);
  log_request(record_);
  co_return next;
}

asio::awaitable<ExchangeResult::Next> Session::serve_head(const std::string& text) {
  RequestFacts facts;
  if (auto failure = judge_lines(text)) {
    facts.origin = origin_in(text);
    co_return co_await refuse(*failure, facts);
  }
  RequestParser request;
  if (auto failure = request.read_head(text)) co_return co_await refuse(*failure, facts);
  const RequestHead& head = request.head();
  record_.method = head.method_text;
  record_.path = loggable_path(head.target);
  facts = facts_of(head);

  Route decision = route(head);
  if (auto* failure = std::get_if<Failure>(&decision)) co_return co_await refuse(*failure, facts);
  if (std::holds_alternative<Preflight>(decision)) co_return co_await answer_preflight(head, facts);
  auto& forwarded = std::get<Forward>(decision);
  if (forwarded.body.kind == BodyFraming::Kind::chunked) {
    const bool wait = !list_has(head.fields, "Expect", "100-continue");
    const tls::TimePoint deadline = tls::Clock::now() + config().limits.request_timeout;
    const std::optional<Failure> unsound = co_await judge_first_chunks(text, client_, wait, deadline);
    if (unsound) co_return co_await refuse(*unsound, facts);
  }
  co_return co_await forward(forwarded, request, facts);
}

Route Session::route(const RequestHead& head) const {
  if (worker_.draining) return Failure{errc::draining, "this replica is being replaced"};
  if (!within_limits_) return Failure{errc::too_many_sessions, "this replica serves as many clients as it may"};
  return decide_route(head, config());
}

RequestFacts Session::facts_of(const RequestHead& head) const {
  RequestFacts facts;
  facts.method = head.method;
  facts.version = head.version;
  facts.keep_alive = keeps_alive(head.version, head.fields);
  facts.secure = is_secure(head, peer_, config());
  facts.origin = find(head.fields, "origin").value_or("");
  // a refused upgrade may be told in a Close frame, for which its offer must be readable (F11)
  if (asks_upgrade(head)) {
    if (auto offer = read_websocket_offer(head, BodyFraming{})) facts.websocket = *std::move(offer);
  }
  return facts;
}

asio::awaitable<ExchangeResult::Next> Session::forward(Forward& forward, RequestParser& request, RequestFacts& facts) {
  record_.function = forward.identity.function.str();
  if (forward.identity.request_id) record_.request_id = forward.identity.request_id->str();
  facts.request_id = forward.identity.request_id;
  Exchange exchange(worker_, snapshot_, client_, held_, request, std::move(forward), facts, peer_, record_);
  ExchangeResult result = co_await exchange.run();
  if (result.failure) co_return co_await refuse(*result.failure, facts);
  // the answer is complete and the client wants no more: a good-bye like a FIN between two requests
  client_ended_ = result.next == Next::close;
  co_return result.next;
}

asio::awaitable<ExchangeResult::Next> Session::answer_preflight(const RequestHead& head, const RequestFacts& facts) {
  record_.status = 204;
  const std::string answer = preflight_answer(head, config().browser.allowed_origins, facts.keep_alive);
  if (co_await client_.transport.write(answer, config().limits.write_timeout)) co_return Next::abort;
  co_return facts.keep_alive ? Next::keep_alive : Next::close;
}

asio::awaitable<ExchangeResult::Next> Session::refuse(const Failure& failure, const RequestFacts& facts) {
  const ErrorRow& row = describe(failure.code);
  record_.status = row.status;
  const std::string sentence = std::string(row.title) + (failure.detail.empty() ? "" : ": " + failure.detail);
  const auto& origins = config().browser.allowed_origins;
  std::string answer;
  if (row.status != 0) {
    answer = problem_answer(failure, facts, origins, false);
    if (facts.websocket && config().browser.refusals == config::Refusals::close)
      answer = open_and_close(facts, refusal_close(row.status, sentence), lines_beside_status(answer));
  }
  record_.failure = failure;
  if (answer.empty() || co_await client_.transport.write(answer, config().limits.write_timeout)) co_return Next::abort;
  co_return Next::close;
}

asio::awaitable<void> Session::end(Next next) {
  // a client that said good-bye between two requests ends its session, one that only fell silent may come back (S4, S5)
  if (held_.connection && client_ended_) held_.connection->transport.finish();
  held_.connection.reset();
  if (next == Next::abort) {
    client_.transport.abort();
  } else {
    co_await client_.transport.close(tls::Clock::now() + linger);
  }
}

}  // namespace

asio::awaitable<void> run_session(Worker& worker, tls::Stream accepted, Peer peer, bool within_limits) {
  std::optional<Upgraded> upgraded;
  {
    Session session(worker, std::move(accepted), std::move(peer), within_limits);
    upgraded = co_await session.run();
  }
  // nothing but the record stays in memory while the relay runs, for hours perhaps
  if (!upgraded) co_return;
  const RelayReport report = co_await worker.relay.relay(upgraded->client, upgraded->upstream);
  log_session(upgraded->record, report);
}

}  // namespace proxy
