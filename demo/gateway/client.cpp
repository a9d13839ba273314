#include "demo/gateway/client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "demo/gateway/answers.hpp"
#include "demo/gateway/fault_answers.hpp"
#include "demo/gateway/forward.hpp"
#include "demo/gateway/tls.hpp"
#include "demo/wire/exchange.hpp"

namespace gateway {
namespace {

using boost::asio::awaitable;
constexpr std::size_t head_limit_bytes = 4U << 20;
constexpr auto handshake_limit = std::chrono::seconds{10};

class Client {
 public:
  Client(Gateway& gateway, wire::Connection& connection, ConnectionRecord& record)
      : gateway_{gateway}, connection_{connection}, record_{record}, live_{connection, record, nullptr} {
    gateway_.live[record_.id] = &live_;
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { gateway_.live.erase(record_.id); }

  awaitable<void> run() {
    if (co_await connection_.handshake(handshake_limit)) {
      record_.facts = connection_.tls_facts();
      record_.alpn_offered = offered_protocols(connection_.native_tls());
      After after = After::keep;
      while (after == After::keep) after = co_await serve_one();
      note_end(after);
      if (after == After::abort) connection_.abort();
      co_await connection_.finish();
    }
    note_end(After::finish);
    end_sessions();
  }

 private:
  using PinKey = std::pair<std::string, std::string>;

  awaitable<After> serve_one() {
    const auto size = co_await wire::read_head(connection_, unread_, head_limit_bytes);
    update_counts();
    if (size == std::string::npos) {
      ended_between_requests_ = unread_.empty();
      co_return After::finish;
    }
    const auto raw = unread_.substr(0, size);
    unread_.erase(0, size);
    const auto request = gateway_.record.add_request(record_, raw);
    const auto head = wire::parse_request_head(raw);
    if (!head) co_return co_await reject(*request, "malformed head");
    request->method = head->method;
    request->target = head->target;
    request->fields = head->fields.list();
    request->upgrade = asks_for_websocket(*head);
    wire::log_line("connection " + std::to_string(record_.id) + ": " + head->method + " " +
                   std::string{wire::path_of(head->target)});
    const auto frame = wire::frame_of_request(*head);
    if (frame.framing == wire::Framing::invalid) co_return co_await reject(*request, "ambiguous body");
    RequestBody body{connection_, unread_, frame, head->fields.has_token("expect", "100-continue"), *request};
    const auto after = co_await decide(*head, body, *request);
    update_counts();
    co_return after;
  }

  awaitable<After> reject(RequestRecord& request, const char* why) {
    request.status = 400;
    wire::Fields fields;
    fields.add("Connection", "close");
    co_await connection_.write(wire::answer_text(400, std::move(fields), why, "GET"));
    co_return After::finish;
  }

  awaitable<After> decide(const wire::RequestHead& head, RequestBody& body, RequestRecord& request) {
    if (is_preflight(head)) {
      request.status = 200;
      co_return co_await answer_own(head, body, preflight_answer(head));
    }
    const auto plan = gateway_.faults.plan_for(head.target);
    if (!plan) co_return co_await reject(request, "unknown fault");
    request.fault = plan->text;
    const auto identity = identify(head.fields);
    request.function = identity.function;
    request.version = identity.version;
    if (identity.key.empty())
      co_return co_await refuse(head, body, request, refusal(401, "no authorization was passed"));
    if (identity.function.empty())
      co_return co_await refuse(head, body, request, refusal(400, "no function-id was passed"));
    if (plan->fault.is("refuse")) {
      co_await wait(plan->delay);
      co_return co_await refuse(head, body, request, forced_refusal(plan->fault.argument));
    }
    auto& worker = workers_[{identity.function, identity.version}];
    const bool pinned = worker.session && worker.session->state != Session::State::released;
    request.pinned = pinned;
    if (!pinned) {
      const auto refused = co_await open(worker, identity, request);
      if (refused) co_return co_await refuse(head, body, request, *refused);
    }
    request.request_id = worker.session->request_id;
    request.worker = worker.session->worker;
    request.account = worker.session->account;
    co_await wait(plan->delay);
    if (head.fields.value_or_empty("x-nvcf-absorb") == "true" && (head.method == "POST" || head.method == "DELETE")) {
      co_return co_await absorb(head, body, request, worker);
    }
    worker.session->allocated_only = false;
    Call call{connection_, unread_, head, body, record_, request, live_, worker, end_};
    if (leaves_answer_to_function(plan->fault)) co_return co_await forward(call, plan->fault);
    co_return co_await answer_with_fault(call, plan->fault);
  }

  // the only place where a key is judged: what comes later on a pinned connection is taken without a look
  awaitable<std::optional<Refusal>> open(WorkerConnection& worker, Identity identity, RequestRecord& request) {
    if (worker.session) end_session(worker, ConnectionEnd{});
    worker = {};
    auto opened = co_await gateway_.sessions.open(std::move(identity), record_.id);
    if (auto* refused = std::get_if<Refusal>(&opened)) co_return *refused;
    worker.session = std::get<Opened>(opened).session;
    request.resumed = std::get<Opened>(opened).resumed;
    if (!request.resumed && connection_.peer_gone()) {
      gateway_.sessions.release(*worker.session, "its client went away while it waited for a worker");
    }
    co_return std::nullopt;
  }

  awaitable<After> absorb(const wire::RequestHead& head, RequestBody& body, RequestRecord& request,
                          WorkerConnection& worker) {
    request.status = 200;
    wire::Fields fields;
    decorate(fields, worker);
    if (head.method == "POST") {
      worker.session->allocated_only = true;
    } else {
      gateway_.sessions.release(*worker.session, "its client asked for that");
    }
    co_return co_await answer_own(head, body, wire::answer_text(200, std::move(fields), "", head.method));
  }

  awaitable<After> refuse(const wire::RequestHead& head, RequestBody& body, RequestRecord& request, Refusal why) {
    request.status = why.status;
    wire::log_line("connection " + std::to_string(record_.id) + ": " + std::to_string(why.status) + " " + why.text);
    co_return co_await answer_own(head, body, refusal_answer(why, head));
  }

  awaitable<After> answer_own(const wire::RequestHead& head, RequestBody& body, std::string answer) {
    if (const bool done = co_await body.discard(); !done) co_return After::finish;
    if (const bool written = co_await connection_.write(answer); !written) co_return After::finish;
    co_return wants_keep_alive(head) ? After::keep : After::finish;
  }

  static Refusal refusal(int status, const char* text) { return {status, text, false}; }

  static Refusal forced_refusal(const std::string& argument) {
    if (argument == "404") return {404, "no existing session found", true};
    const int status = std::atoi(argument.c_str());
    const bool error = status >= 400 && status <= 599;
    return {error ? status : 500, "refused on demand", false};
  }

  awaitable<void> wait(std::chrono::milliseconds delay) {
    if (delay.count() == 0) co_return;
    boost::asio::steady_timer timer{connection_.executor(), delay};
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }

  // what the peer did counts only if it came before what was done to it
  void note_end(After after) {
    update_counts();
    record_.close_notify = connection_.close_notify_seen();
    const auto peer = connection_.peer_ending();
    if (end_.first == "function") {
      record_.note_end("function", end_.function.how);
    } else if (peer != wire::Ending::open) {
      record_.note_end("client", wire::name_of(peer));
    } else {
      record_.note_end("gateway", after == After::abort ? "rst" : "fin");
    }
  }

  void update_counts() {
    record_.bytes_read = connection_.bytes_read();
    record_.bytes_written = connection_.bytes_written();
  }

  // what ended a plain connection between two requests is clean, in the middle of one it is not
  void end_sessions() {
    if (!end_.websocket) {
      end_.first = record_.end_by == "gateway" ? "" : record_.end_by;
      end_.client.how = name_of(connection_.peer_ending());
      end_.client.close_notify = connection_.close_notify_seen();
      const bool fin =
          record_.end_how == "fin" && (!connection_.tls() || end_.client.close_notify || record_.end_by != "client");
      end_.clean = fin && (ended_between_requests_ || record_.end_by == "gateway");
    }
    for (auto& [key, worker] : workers_) {
      if (worker.session) end_session(worker, end_);
    }
  }

  void end_session(WorkerConnection& worker, ConnectionEnd end) {
    end.connection = record_.id;
    gateway_.sessions.on_connection_end(worker.session, std::move(end));
    worker.session = nullptr;
  }

  Gateway& gateway_;
  wire::Connection& connection_;
  ConnectionRecord& record_;
  LiveConnection live_;
  std::map<PinKey, WorkerConnection> workers_;
  std::string unread_;
  ConnectionEnd end_;
  bool ended_between_requests_ = false;
};

}  // namespace

awaitable<void> serve_client(Gateway& gateway, boost::asio::ip::tcp::socket socket, std::size_t listener,
                             ssl_ctx_st* tls) {
  const auto record = gateway.record.add_connection();
  record->listener = listener;
  record->tls = tls != nullptr;
  record->peer = wire::peer_of(socket);
  wire::log_line("connection " + std::to_string(record->id) + " from " + record->peer);
  wire::Connection connection{std::move(socket), tls};
  {
    Client client{gateway, connection, *record};
    co_await client.run();
  }
  record->closed_ms = gateway.record.now_ms();
  wire::log_line("connection " + std::to_string(record->id) + " ended by " + record->end_by + ", " + record->end_how);
}

}  // namespace gateway
