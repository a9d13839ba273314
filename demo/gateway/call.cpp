#include "demo/gateway/call.hpp"

namespace gateway {

RequestBody::RequestBody(wire::Connection& client, std::string& unread, wire::BodyFrame frame, bool expects_continue,
                         RequestRecord& record)
    : client_{client}, unread_{unread}, decoder_{frame}, expects_continue_{expects_continue}, record_{record} {
  note_complete();
}

boost::asio::awaitable<std::optional<std::string>> RequestBody::next() {
  std::string payload;
  while (payload.empty() && !decoder_.complete()) {
    if (expects_continue_) {
      expects_continue_ = false;
      if (unread_.empty()) co_await client_.write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    const bool more = !unread_.empty() || co_await client_.read(unread_);
    if (!more) co_return std::nullopt;
    unread_.erase(0, decoder_.take(unread_, payload));
    if (decoder_.failed()) co_return std::nullopt;
  }
  record_.body_bytes += payload.size();
  record_.body_digest.add(payload);
  note_complete();
  co_return payload;
}

boost::asio::awaitable<bool> RequestBody::discard() {
  for (;;) {
    const auto piece = co_await next();
    if (!piece) co_return false;
    if (piece->empty()) co_return true;
  }
}

void RequestBody::note_complete() {
  if (!decoder_.complete()) return;
  record_.body_complete = true;
  record_.trailers = decoder_.trailers().list();
}

bool wants_keep_alive(const wire::RequestHead& head) {
  return head.version == "HTTP/1.1" && !head.fields.has_token("connection", "close");
}

bool asks_for_websocket(const wire::RequestHead& head) {
  return head.fields.has_token("connection", "upgrade") && head.fields.has_token("upgrade", "websocket");
}

void decorate(wire::Fields& fields, WorkerConnection& worker) {
  if (!worker.cookie_sent) fields.add("Set-Cookie", "nvcf-request-id=" + worker.session->request_id);
  worker.cookie_sent = true;
  fields.set("nvcf-reqid", worker.session->request_id);
}

}  // namespace gateway
