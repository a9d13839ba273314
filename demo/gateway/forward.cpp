#include "demo/gateway/forward.hpp"

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "demo/gateway/switch_edits.hpp"
#include "demo/gateway/tunnel.hpp"
#include "demo/wire/exchange.hpp"

namespace gateway {
namespace {

using boost::asio::awaitable;
constexpr std::size_t head_limit_bytes = 1 << 20;

void remove_hop_by_hop(wire::Fields& fields) {
  for (const auto& line : fields.all("connection")) {
    for (const auto name : wire::split(line, ',')) fields.remove(wire::trimmed(name));
  }
  for (const char* name : {"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
                           "Te", "Trailer", "Transfer-Encoding", "Upgrade"}) {
    fields.remove(name);
  }
}

bool is_chunked(const wire::RequestHead& head) {
  return wire::frame_of_request(head).framing == wire::Framing::chunked;
}

std::string head_for_function(const Call& call) {
  auto fields = call.head.fields;
  const bool chunked = is_chunked(call.head);
  remove_hop_by_hop(fields);
  for (const char* name : {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Expect"}) {
    fields.remove(name);
  }
  fields.set("nvcf-reqid", call.worker.session->request_id);
  if (chunked) fields.add("Transfer-Encoding", "chunked");
  if (asks_for_websocket(call.head)) {
    fields.add("Connection", "Upgrade");
    fields.add("Upgrade", "websocket");
  } else {
    fields.add("Connection", "close");
  }
  return call.head.method + " " + call.head.target + " HTTP/1.1\r\n" + fields.text() + "\r\n";
}

// one request on its way; the request's body and the answer run at the same time
class Forwarding {
 public:
  Forwarding(Call& call, wire::Connection& function, const Fault& edit)
      : call_{call}, function_{function}, edit_{edit} {}

  awaitable<void> send_body() {
    const bool chunked = is_chunked(call_.head);
    while (!call_.body.complete()) {
      const auto piece = co_await call_.body.next();
      if (!piece) {
        // a client that went away takes its request along; one that was only told to stop has its answer already
        if (!answered_) function_.abort();
        co_return;
      }
      // the last chunk follows below, it must not come twice
      if (piece->empty()) continue;
      const auto bytes = chunked ? wire::chunk(*piece) : *piece;
      if (const bool written = co_await function_.write(bytes); !written) co_return;
    }
    if (chunked) co_await function_.write(wire::chunk({}));
  }

  awaitable<void> pass_answer() {
    after_ = co_await answer();
    answered_ = true;
    if (call_.body.complete()) co_return;
    after_ = after_ == After::keep ? After::finish : after_;
    function_.abort();
    call_.client.cancel_waits();
  }

  [[nodiscard]] After after() const noexcept { return after_; }

 private:
  awaitable<After> answer() {
    const auto head = co_await read_answer_head();
    if (!head) co_return co_await bad_gateway();
    call_.record.status = head->status;
    if (head->status == 101) {
      if (!asks_for_websocket(call_.head)) co_return co_await bad_gateway();
      co_return co_await switch_protocols(*head);
    }
    co_return co_await pass_body(*head);
  }

  // 1xx answers pass on at once, the final one is returned
  awaitable<std::optional<wire::ResponseHead>> read_answer_head() {
    for (;;) {
      const auto size = co_await wire::read_head(function_, from_function_, head_limit_bytes);
      if (size == std::string::npos) co_return std::nullopt;
      auto head = wire::parse_response_head(std::string_view{from_function_}.substr(0, size));
      const auto raw = from_function_.substr(0, size);
      from_function_.erase(0, size);
      if (!head || head->status >= 200 || head->status == 101) co_return head;
      if (call_.head.version == "HTTP/1.1") co_await call_.client.write(raw);
    }
  }

  awaitable<After> bad_gateway() {
    call_.record.status = 502;
    const bool written = co_await call_.client.write(wire::answer_text(502, {}, "", call_.head.method));
    co_return written ? After::keep : After::abort;
  }

  awaitable<After> switch_protocols(wire::ResponseHead head) {
    decorate(head.fields, call_.worker);
    const auto text = edited_switch(edit_, std::move(head), call_.head.fields);
    if (const bool written = co_await call_.client.write(text); !written) co_return After::abort;
    co_await run_tunnel(call_, function_, std::exchange(from_function_, {}));
    co_return After::finish;
  }

  awaitable<After> pass_body(wire::ResponseHead head) {
    const auto frame = wire::frame_of_response(head, call_.head.method);
    if (frame.framing == wire::Framing::invalid) co_return co_await bad_gateway();
    remove_hop_by_hop(head.fields);
    decorate(head.fields, call_.worker);
    const bool unknown_length = frame.framing == wire::Framing::chunked || frame.framing == wire::Framing::until_close;
    const bool chunked = unknown_length && call_.head.version == "HTTP/1.1";
    if (chunked) head.fields.add("Transfer-Encoding", "chunked");
    // an answer may begin long before the request has ended; whether it did is known only at the answer's end
    const bool keep = wants_keep_alive(call_.head);
    if (!keep) head.fields.add("Connection", "close");
    const auto text =
        "HTTP/1.1 " + std::to_string(head.status) + " " + head.reason + "\r\n" + head.fields.text() + "\r\n";
    if (const bool written = co_await call_.client.write(text); !written) co_return After::abort;
    if (const bool done = co_await stream_body(frame, chunked); !done) co_return After::finish;
    co_return keep ? After::keep : After::finish;
  }

  awaitable<bool> stream_body(wire::BodyFrame frame, bool chunked) {
    wire::BodyDecoder decoder{frame};
    while (!decoder.complete() && !decoder.failed()) {
      std::string payload;
      from_function_.erase(0, decoder.take(from_function_, payload));
      if (!payload.empty()) {
        const auto bytes = chunked ? wire::chunk(payload) : payload;
        if (const bool written = co_await call_.client.write(bytes); !written) co_return false;
      }
      if (decoder.complete() || decoder.failed()) break;
      if (const bool done = co_await function_.read(from_function_); !done) decoder.end();
    }
    if (decoder.failed()) {
      call_.connection.note_end("function", "fin");
      co_return false;
    }
    if (!chunked) co_return true;
    co_return co_await call_.client.write("0\r\n" + decoder.trailers().text() + "\r\n");
  }

  Call& call_;
  wire::Connection& function_;
  const Fault& edit_;
  std::string from_function_;
  After after_ = After::finish;
  bool answered_ = false;
};

}  // namespace

awaitable<After> forward(Call& call, const Fault& edit) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  auto socket = co_await wire::connect(call.worker.session->address.host, call.worker.session->address.port);
  if (!socket) {
    call.record.status = 502;
    if (const bool done = co_await call.body.discard(); !done) co_return After::finish;
    if (const bool written = co_await call.client.write(wire::answer_text(502, {}, "", call.head.method)); !written)
      co_return After::finish;
    co_return wants_keep_alive(call.head) ? After::keep : After::finish;
  }
  wire::Connection function{std::move(*socket)};
  if (const bool written = co_await function.write(head_for_function(call)); !written) co_return After::finish;
  Forwarding forwarding{call, function, edit};
  co_await (forwarding.pass_answer() && forwarding.send_body());
  co_return forwarding.after();
}

}  // namespace gateway
