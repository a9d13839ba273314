#include "demo/function/signalling.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <memory>

#include "demo/wire/frames.hpp"

namespace function {
namespace {

using boost::asio::awaitable;
namespace json = boost::json;
constexpr std::string_view protocol_field = "Sec-WebSocket-Protocol";
constexpr std::string_view preferred_protocol = "x-nv-sessionid.";

class Signalling : public std::enable_shared_from_this<Signalling> {
 public:
  Signalling(wire::Connection& connection, Sessions& sessions, std::string request_id)
      : connection_{connection},
        sessions_{sessions},
        request_id_{std::move(request_id)},
        timer_{connection.executor()} {}

  awaitable<bool> greet(const wire::RequestHead& head, Sessions::Start start) {
    const auto protocol = choose_protocol(head.fields);
    const json::object greeting{{"session", request_id_},
                                {"peer_id", wire::query_parameter(head.target, "peer_id").value_or("")},
                                {"resumed", start.resumed},
                                {"messages", start.messages},
                                {"protocol", protocol ? json::value(*protocol) : json::value{}}};
    co_return co_await connection_.write(wire::unmasked_frame(wire::opcode::text, json::serialize(greeting)));
  }

  // true if the client said goodbye with a Close frame
  awaitable<bool> echo(std::string bytes) {
    for (bool more = true; more;) {
      std::string answer;
      std::string_view rest{bytes};
      while (!closed_) {
        const auto piece = frames_.next(rest);
        if (!piece) break;
        take(*piece, answer);
      }
      if (heartbeat_due_ && !in_message_) add_heartbeat(answer);
      writing_ = true;
      const bool written = co_await connection_.write(answer);
      writing_ = false;
      if (!written || closed_) break;
      bytes.clear();
      more = co_await connection_.read(bytes);
    }
    co_return closed_;
  }

  void start_heartbeat(std::chrono::milliseconds interval) {
    if (interval.count() == 0) return;
    timer_.expires_after(interval);
    timer_.async_wait([weak = weak_from_this(), interval](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (error || !self) return;
      self->beat();
      self->start_heartbeat(interval);
    });
  }

  void stop() { timer_.cancel(); }

 private:
  void take(const wire::FramePiece& piece, std::string& answer) {
    if (piece.header.control()) {
      control_payload_ += piece.payload;
      if (piece.ends) on_control(piece.header.opcode(), answer);
      return;
    }
    if (piece.begins) answer += wire::unmasked_header(piece.header.first_byte, piece.header.length);
    answer += piece.payload;
    in_message_ = !(piece.ends && piece.header.fin());
    if (!in_message_) sessions_.count(request_id_);
  }

  // the answers come where a frame may: a control frame is never inside another
  void on_control(std::uint8_t opcode, std::string& answer) {
    if (opcode == wire::opcode::ping) answer += wire::unmasked_frame(wire::opcode::pong, control_payload_);
    if (opcode == wire::opcode::close) {
      answer += wire::unmasked_frame(wire::opcode::close, control_payload_);
      closed_ = true;
    }
    control_payload_.clear();
  }

  // a heartbeat is a message, so it waits for the end of one that is being echoed
  void beat() {
    heartbeat_due_ = true;
    if (writing_ || in_message_) return;
    std::string frame;
    add_heartbeat(frame);
    if (!connection_.write_now(frame)) connection_.abort();
  }

  void add_heartbeat(std::string& bytes) {
    heartbeat_due_ = false;
    const json::object heartbeat{{"hb", 1}, {"messages", sessions_.messages(request_id_)}};
    bytes += wire::unmasked_frame(wire::opcode::text, json::serialize(heartbeat));
  }

  wire::Connection& connection_;
  Sessions& sessions_;
  std::string request_id_;
  boost::asio::steady_timer timer_;
  wire::FrameReader frames_;
  std::string control_payload_;
  bool in_message_ = false;
  bool writing_ = false;
  bool heartbeat_due_ = false;
  bool closed_ = false;
};

}  // namespace

std::optional<std::string> choose_protocol(const wire::Fields& offered) {
  std::optional<std::string> first;
  for (const auto& line : offered.all(protocol_field)) {
    for (const auto part : wire::split(line, ',')) {
      const auto name = wire::trimmed(part);
      if (name.starts_with(preferred_protocol)) return std::string{name};
      if (!first && !name.empty()) first = name;
    }
  }
  return first;
}

std::string switch_answer(const wire::RequestHead& head, bool accept_deflate) {
  const auto key = head.fields.value_or_empty("sec-websocket-key");
  const bool asked = head.method == "GET" && head.fields.has_token("upgrade", "websocket") &&
                     head.fields.has_token("connection", "upgrade");
  if (!asked || key.empty() || head.fields.value_or_empty("sec-websocket-version") != "13") return {};
  wire::Fields fields;
  fields.add("Upgrade", "websocket");
  fields.add("Connection", "Upgrade");
  fields.add("Sec-WebSocket-Accept", wire::accept_of(key));
  if (const auto protocol = choose_protocol(head.fields)) fields.add(protocol_field, *protocol);
  const bool offered = head.fields.value_or_empty("sec-websocket-extensions").starts_with("permessage-deflate");
  if (accept_deflate && offered) fields.add("Sec-WebSocket-Extensions", "permessage-deflate");
  return "HTTP/1.1 101 Switching Protocols\r\n" + fields.text() + "\r\n";
}

awaitable<void> serve_signalling(wire::Connection& connection, std::string unread, const wire::RequestHead& head,
                                 const Settings& settings, Sessions& sessions) {
  const auto request_id = head.fields.value_or_empty("nvcf-reqid");
  const auto start = sessions.begin(request_id);
  const auto signalling = std::make_shared<Signalling>(connection, sessions, request_id);
  bool clean = false;
  if (co_await signalling->greet(head, start)) {
    signalling->start_heartbeat(settings.heartbeat);
    clean = co_await signalling->echo(std::move(unread));
  }
  signalling->stop();
  sessions.end(request_id, clean);
  co_await connection.finish();
}

}  // namespace function
