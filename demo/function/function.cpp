#include "demo/function/function.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "demo/function/raw_echo.hpp"
#include "demo/function/signalling.hpp"
#include "demo/wire/body.hpp"
#include "demo/wire/listen.hpp"

namespace function {
namespace {

using boost::asio::awaitable;
namespace json = boost::json;
constexpr std::size_t head_limit_bytes = 4U << 20;

// the body is counted and dropped
awaitable<std::optional<std::uint64_t>> count_body(wire::Connection& connection, std::string& unread,
                                                   const wire::RequestHead& head) {
  wire::BodyDecoder decoder{wire::frame_of_request(head)};
  std::uint64_t count = 0;
  while (!decoder.complete()) {
    std::string payload;
    if (decoder.failed()) co_return std::nullopt;
    const bool more = !unread.empty() || co_await connection.read(unread);
    if (!more) co_return std::nullopt;
    unread.erase(0, decoder.take(unread, payload));
    count += payload.size();
  }
  co_return count;
}

}  // namespace

Function::Function(Settings settings) : settings_{std::move(settings)}, sessions_{settings_.resume_window} {}

void Function::serve(boost::asio::io_context& context, boost::asio::ip::tcp::acceptor acceptor) {
  boost::asio::co_spawn(context, listen(std::move(acceptor), false), boost::asio::detached);
}

void Function::serve_control(boost::asio::io_context& context, boost::asio::ip::tcp::acceptor acceptor) {
  boost::asio::co_spawn(context, listen(std::move(acceptor), true), boost::asio::detached);
}

awaitable<void> Function::listen(boost::asio::ip::tcp::acceptor acceptor, bool control) {
  co_await wire::accept_all(
      acceptor, [this, control, executor = acceptor.get_executor()](boost::asio::ip::tcp::socket socket) {
        boost::asio::co_spawn(
            executor, control ? serve_control_connection(std::move(socket)) : serve_connection(std::move(socket)),
            boost::asio::detached);
      });
}

awaitable<void> Function::serve_connection(boost::asio::ip::tcp::socket socket) {
  wire::Connection connection{std::move(socket)};
  std::string unread;
  for (;;) {
    const auto size = co_await wire::read_head(connection, unread, head_limit_bytes);
    if (size == std::string::npos) break;
    const auto head = wire::parse_request_head(std::string_view{unread}.substr(0, size));
    unread.erase(0, size);
    if (!head) {
      co_await connection.write(wire::answer_text(400, {}, "not a request\n", "GET"));
      break;
    }
    wire::log_line("function: " + head->method + " " + std::string{wire::path_of(head->target)});
    const bool here = settings_.raw_echo || wire::path_of(head->target) == settings_.endpoint;
    const auto answer = here ? switch_answer(*head, settings_.accept_deflate) : std::string{};
    if (!answer.empty()) {
      if (const bool written = co_await connection.write(answer); !written) co_return;
      if (settings_.raw_echo) {
        co_await echo_frames(connection, std::exchange(unread, {}));
      } else {
        co_await serve_signalling(connection, std::exchange(unread, {}), *head, settings_, sessions_);
      }
      co_return;
    }
    if (const bool done = co_await answer_plain(connection, unread, *head); !done) break;
  }
  co_await connection.finish();
}

// true if the connection goes on
awaitable<bool> Function::answer_plain(wire::Connection& connection, std::string& unread,
                                       const wire::RequestHead& head) {
  if (wire::path_of(head.target) == "/echo" && head.method == "POST")
    co_return co_await echo_body(connection, unread, head);
  const auto body_bytes = co_await count_body(connection, unread, head);
  if (!body_bytes) co_return false;
  const auto request_id = head.fields.value_or_empty("nvcf-reqid");
  const bool found = settings_.raw_echo || wire::path_of(head.target) == settings_.endpoint;
  if (found && head.method == "DELETE") sessions_.forget(request_id);
  const json::object answer{{"session", request_id},
                            {"method", head.method},
                            {"target", head.target},
                            {"body_bytes", *body_bytes},
                            {"messages", sessions_.messages(request_id)}};
  const bool written =
      co_await connection.write(wire::json_answer(found ? 200 : 404, json::serialize(answer), head.method));
  co_return written && !head.fields.has_token("connection", "close");
}

awaitable<bool> Function::echo_body(wire::Connection& connection, std::string& unread, const wire::RequestHead& head) {
  bool written = co_await connection.write(
      "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  wire::BodyDecoder decoder{wire::frame_of_request(head)};
  while (written && !decoder.complete()) {
    std::string payload;
    if (decoder.failed()) co_return false;
    const bool more = !unread.empty() || co_await connection.read(unread);
    if (!more) co_return false;
    unread.erase(0, decoder.take(unread, payload));
    if (!payload.empty()) written = co_await connection.write(wire::chunk(payload));
  }
  if (written) written = co_await connection.write(wire::chunk({}));
  co_return written && !head.fields.has_token("connection", "close");
}

}  // namespace function
