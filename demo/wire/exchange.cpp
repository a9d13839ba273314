#include "demo/wire/exchange.hpp"

#include "demo/wire/body.hpp"

namespace wire {
namespace {

constexpr std::size_t head_limit_bytes = 1 << 20;
constexpr std::size_t body_limit_bytes = 1 << 20;

}  // namespace

asio::awaitable<std::size_t> read_head(Connection& connection, std::string& buffer, std::size_t limit_bytes) {
  for (;;) {
    const auto size = end_of_head(buffer);
    if (size != std::string::npos) co_return size;
    if (buffer.size() >= limit_bytes || !co_await connection.read(buffer)) co_return std::string::npos;
  }
}

asio::awaitable<std::optional<Request>> read_request(Connection& connection, std::string& buffer) {
  const auto size = co_await read_head(connection, buffer, head_limit_bytes);
  if (size == std::string::npos) co_return std::nullopt;
  auto head = parse_request_head(std::string_view{buffer}.substr(0, size));
  buffer.erase(0, size);
  BodyDecoder decoder{head ? frame_of_request(*head) : BodyFrame{Framing::invalid, 0}};
  std::string body;
  while (!decoder.complete() && !decoder.failed() && body.size() <= body_limit_bytes) {
    if (buffer.empty() && !co_await connection.read(buffer)) co_return std::nullopt;
    buffer.erase(0, decoder.take(buffer, body));
  }
  if (!decoder.complete()) {
    co_await connection.write(answer_text(400, {}, "not a request\n", "GET"));
    co_return std::nullopt;
  }
  co_return Request{std::move(*head), std::move(body)};
}

std::string answer_text(int status, Fields fields, std::string_view body, std::string_view method) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " " + std::string{reason_of(status)} + "\r\n";
  const bool bodiless = status == 204 || status == 304;
  if (!bodiless) fields.set("Content-Length", std::to_string(body.size()));
  text += fields.text() + "\r\n";
  if (!bodiless && method != "HEAD") text += body;
  return text;
}

std::string json_answer(int status, std::string_view json, std::string_view method) {
  Fields fields;
  fields.add("Content-Type", "application/json");
  return answer_text(status, std::move(fields), json, method);
}

}  // namespace wire
