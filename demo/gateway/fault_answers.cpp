#include "demo/gateway/fault_answers.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "demo/gateway/broken_answers.hpp"
#include "demo/wire/exchange.hpp"

namespace gateway {
namespace {

using boost::asio::awaitable;
constexpr std::uint64_t endless_limit_bytes = 16U << 20;
constexpr auto drip_pause = std::chrono::milliseconds{50};

std::uint64_t number_or(const std::string& text, std::uint64_t otherwise) {
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return text.empty() || parsed.ec != std::errc{} ? otherwise : number;
}

After after_writing(bool written, const wire::RequestHead& head) {
  if (!written) return After::abort;
  return wants_keep_alive(head) ? After::keep : After::finish;
}

wire::Fields own_fields(Call& call) {
  wire::Fields fields;
  decorate(fields, call.worker);
  return fields;
}

// an answer whose body is known
awaitable<After> answer(Call& call, int status, wire::Fields fields, std::string body) {
  call.record.status = status;
  if (const bool done = co_await call.body.discard(); !done) co_return After::abort;
  decorate(fields, call.worker);
  co_return after_writing(
      co_await call.client.write(wire::answer_text(status, std::move(fields), body, call.head.method)), call.head);
}

// the head of a chunked 200
awaitable<bool> begin_chunked(Call& call) {
  call.record.status = 200;
  auto fields = own_fields(call);
  fields.add("Content-Type", "application/octet-stream");
  fields.add("Transfer-Encoding", "chunked");
  co_return co_await call.client.write("HTTP/1.1 200 OK\r\n" + fields.text() + "\r\n");
}

awaitable<After> status(Call& call, int code) {
  wire::Fields fields;
  if (code == 304) {
    fields.add("ETag", "\"standin\"");
    fields.add("Content-Length", "12");
  } else {
    fields.add("Content-Type", "text/plain");
  }
  co_return co_await answer(call, code, std::move(fields), "the function says " + std::to_string(code) + "\n");
}

awaitable<After> echo_body(Call& call) {
  bool written = co_await begin_chunked(call);
  while (written) {
    const auto piece = co_await call.body.next();
    if (!piece) co_return After::abort;
    written = co_await call.client.write(wire::chunk(*piece));
    if (piece->empty()) break;
  }
  co_return after_writing(written, call.head);
}

awaitable<After> large(Call& call, std::uint64_t size, bool chunked) {
  if (const bool done = co_await call.body.discard(); !done) co_return After::abort;
  call.record.status = 200;
  auto fields = own_fields(call);
  fields.add("Content-Type", "application/octet-stream");
  fields.add(chunked ? "Transfer-Encoding" : "Content-Length", chunked ? "chunked" : std::to_string(size));
  bool written = co_await call.client.write("HTTP/1.1 200 OK\r\n" + fields.text() + "\r\n");
  std::string piece;
  for (std::uint64_t sent = 0; written && sent < size && call.head.method != "HEAD"; sent += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size - sent, 65536)));
    for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = static_cast<char>((sent + i) % 251);
    const auto bytes = chunked ? wire::chunk(piece) : piece;
    written = co_await call.client.write(bytes);
  }
  if (written && chunked && call.head.method != "HEAD") written = co_await call.client.write(wire::chunk({}));
  co_return after_writing(written, call.head);
}

awaitable<After> drip(Call& call, std::uint64_t lines) {
  if (const bool done = co_await call.body.discard(); !done) co_return After::abort;
  bool written = co_await begin_chunked(call);
  boost::asio::steady_timer pause{call.client.executor()};
  for (std::uint64_t i = 0; written && i < lines; ++i) {
    written = co_await call.client.write(wire::chunk("line " + std::to_string(i) + "\n"));
    pause.expires_after(drip_pause);
    co_await pause.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
  if (written) written = co_await call.client.write(wire::chunk({}));
  co_return after_writing(written, call.head);
}

awaitable<After> cookies(Call& call) {
  wire::Fields fields;
  fields.add("Set-Cookie", "app=1; Domain=gateway.invalid; Path=/app; HttpOnly");
  fields.add("Set-Cookie", "theme=dark; Expires=Wed, 01 Jan 2098 00:00:00 GMT; SameSite=Lax");
  fields.add("Set-Cookie", "quoted=\"a b\"; domain=.gateway.invalid; Secure; Max-Age=60");
  fields.add("Access-Control-Allow-Origin", "https://the-function.invalid");
  fields.add("Access-Control-Allow-Headers", "x-own");
  fields.add("Access-Control-Expose-Headers", "x-own");
  fields.add("Access-Control-Allow-Credentials", "true");
  co_return co_await answer(call, 200, std::move(fields), "cookies\n");
}

awaitable<After> trailers(Call& call) {
  if (const bool done = co_await call.body.discard(); !done) co_return After::abort;
  call.record.status = 200;
  auto fields = own_fields(call);
  fields.add("Trailer", "X-Checksum");
  fields.add("Transfer-Encoding", "chunked");
  const auto text =
      "HTTP/1.1 200 OK\r\n" + fields.text() + "\r\n5\r\nhello\r\n0\r\nX-Checksum: 42\r\nSet-Cookie: late=1\r\n\r\n";
  co_return after_writing(co_await call.client.write(text), call.head);
}

awaitable<After> interim_answers(Call& call) {
  const bool written = co_await call.client.write(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n");
  if (!written) co_return After::abort;
  co_return co_await answer(call, 200, {}, "after interim answers\n");
}

awaitable<After> http10(Call& call) {
  if (const bool done = co_await call.body.discard(); !done) co_return After::abort;
  call.record.status = 200;
  const auto written =
      co_await call.client.write("HTTP/1.0 200 OK\r\n" + own_fields(call).text() + "\r\nuntil the end\n");
  co_return written ? After::finish : After::abort;
}

awaitable<After> early_answer(Call& call) {
  call.record.status = 413;
  auto fields = own_fields(call);
  fields.add("Connection", "close");
  const auto text = wire::answer_text(413, std::move(fields), "too large\n", call.head.method);
  if (const bool written = co_await call.client.write(text); !written) co_return After::abort;
  co_await call.body.discard();
  co_return After::finish;
}

awaitable<After> write_broken(Call& call, BrokenAnswer broken) {
  bool written = co_await call.client.write(broken.bytes);
  for (std::uint64_t sent = 0; written && !broken.endless.empty() && sent < endless_limit_bytes;) {
    written = co_await call.client.write(broken.endless);
    sent += broken.endless.size();
  }
  if (broken.then == BrokenAnswer::Then::rst || !written) co_return After::abort;
  if (broken.then == BrokenAnswer::Then::keep_open) {
    while (co_await call.client.read(call.unread)) call.unread.clear();
  }
  co_return After::finish;
}

}  // namespace

bool leaves_answer_to_function(const Fault& fault) {
  return fault.name.empty() || fault.is("bad-accept") || fault.is("unoffered-protocol") || fault.is("two-protocols") ||
         fault.is("no-protocol") || fault.is("unoffered-extension") || fault.is("early-frames");
}

awaitable<After> answer_with_fault(Call& call, const Fault& fault) {
  if (fault.is("status")) co_return co_await status(call, static_cast<int>(number_or(fault.argument, 500)));
  if (fault.is("echo-head")) {
    wire::Fields fields;
    fields.add("Content-Type", "text/plain");
    co_return co_await answer(call, 200, std::move(fields), call.record.head);
  }
  if (fault.is("echo-body")) co_return co_await echo_body(call);
  if (fault.is("large")) co_return co_await large(call, number_or(fault.argument, 1U << 20), false);
  if (fault.is("large-chunked")) co_return co_await large(call, number_or(fault.argument, 1U << 20), true);
  if (fault.is("drip")) co_return co_await drip(call, number_or(fault.argument, 10));
  if (fault.is("cookies")) co_return co_await cookies(call);
  if (fault.is("trailers")) co_return co_await trailers(call);
  if (fault.is("100-continue")) co_return co_await interim_answers(call);
  if (fault.is("http10")) co_return co_await http10(call);
  if (fault.is("early-answer")) co_return co_await early_answer(call);
  // the half answers come while the body may still be on its way; the broken ones after it
  const wire::Fields own = own_fields(call);
  auto broken = broken_answer(fault, call.head.fields, own);
  if (!broken) co_return After::abort;
  co_return co_await write_broken(call, std::move(*broken));
}

}  // namespace gateway
