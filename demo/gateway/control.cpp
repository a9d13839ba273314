#include "demo/gateway/control.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "demo/wire/exchange.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

struct Answer {
  int status;
  std::string text;
};

Answer problem(int status, const std::string& text) { return {status, json::serialize(json::object{{"error", text}})}; }
Answer done() { return {200, "{}"}; }

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ptr == text.data() + text.size() ? number : 0;
}

Answer add_fault(Gateway& gateway, const std::string& body) {
  boost::system::error_code error;
  const auto value = json::parse(body, error);
  const auto* object = error ? nullptr : value.if_object();
  const auto* name = object == nullptr ? nullptr : object->if_contains("fault");
  if (name == nullptr || !name->is_string()) return problem(400, R"(want {"fault": "...", "times": 1, "target": ""})");
  auto plan = parse_faults(std::string_view{name->get_string()});
  if (!plan) return problem(400, "unknown fault");
  const auto* times = object->if_contains("times");
  const auto* target = object->if_contains("target");
  if (times != nullptr && (!times->is_int64() || times->get_int64() < 0)) return problem(400, "times is no count");
  if (target != nullptr && !target->is_string()) return problem(400, "target is no text");
  gateway.faults.add(std::move(*plan), times == nullptr ? 1U : static_cast<unsigned>(times->get_int64()),
                     target == nullptr ? std::string{} : std::string{std::string_view{target->get_string()}});
  return done();
}

Answer end_connection(Gateway& gateway, const std::string& id, const std::string& target) {
  const auto found = gateway.live.find(number_of(id));
  if (found == gateway.live.end()) return problem(404, "no open connection of that number");
  auto& live = *found->second;
  const auto how = wire::query_parameter(target, "how").value_or("");
  if (how == "rst") {
    live.record.note_end("control", "rst");
    live.connection.abort();
  } else if (how == "fin") {
    live.record.note_end("control", "fin");
    live.connection.end_writing();
  } else if (how == "close" && live.inject_frame) {
    const auto code = number_of(wire::query_parameter(target, "code").value_or("1000"));
    const auto reason = wire::query_parameter(target, "reason").value_or("");
    live.inject_frame(
        wire::unmasked_frame(wire::opcode::close, wire::close_payload({static_cast<std::uint16_t>(code), reason})));
  } else {
    return problem(400, "how is fin, rst, or, for a WebSocket, close");
  }
  return done();
}

Answer release_session(Gateway& gateway, const std::string& request_id) {
  const auto session = gateway.sessions.find(request_id);
  if (!session) return problem(404, "no live session of that request id");
  gateway.sessions.release(*session, "the control port asked for that");
  for (const auto id : session->connections) {
    const auto found = gateway.live.find(id);
    if (found == gateway.live.end()) continue;
    found->second->record.note_end("control", "rst");
    found->second->connection.abort();
  }
  return done();
}

Answer route(Gateway& gateway, const wire::Request& request) {
  const auto path = wire::path_of(request.head.target);
  const auto parts = wire::split(path, '/');
  if (path == "/report" && request.head.method == "GET") {
    return {200, json::serialize(gateway.record.report(gateway.sessions))};
  }
  if (request.head.method != "POST") return problem(404, "GET /report, or one of the POSTs of the README");
  if (path == "/reset") {
    gateway.record.reset();
    gateway.sessions.reset();
    gateway.faults.clear();
    return done();
  }
  if (path == "/faults") return add_fault(gateway, request.body);
  if (parts.size() == 4 && parts[1] == "connections" && parts[3] == "end") {
    return end_connection(gateway, std::string{parts[2]}, request.head.target);
  }
  if (parts.size() == 4 && parts[1] == "sessions" && parts[3] == "release") {
    return release_session(gateway, std::string{parts[2]});
  }
  return problem(404, "no such call");
}

}  // namespace

boost::asio::awaitable<void> serve_control(Gateway& gateway, boost::asio::ip::tcp::socket socket) {
  wire::Connection connection{std::move(socket)};
  std::string buffer;
  for (;;) {
    const auto request = co_await wire::read_request(connection, buffer);
    if (!request) break;
    const auto answer = route(gateway, *request);
    if (const bool written =
            co_await connection.write(wire::json_answer(answer.status, answer.text, request->head.method));
        !written)
      break;
    if (!wants_keep_alive(request->head)) break;
  }
  co_await connection.finish();
}

}  // namespace gateway
