#include "proxy/admin.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace proxy {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using beast::error_code;

// a probe's request is small and prompt; whoever is not is no probe
constexpr std::uint32_t most_head_bytes = 8 * 1024;
constexpr std::chrono::seconds patience{10};
constexpr std::chrono::milliseconds pause_without_descriptors{100};
constexpr std::chrono::seconds health_patience{2};

http::response<http::string_body> answer(const http::request<http::empty_body>& request, bool ready) {
  http::response<http::string_body> response(http::status::ok, request.version());
  response.set(http::field::content_type, "text/plain");
  response.set(http::field::cache_control, "no-store");
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET, HEAD");
  } else if (request.target() == "/healthz") {
    response.body() = "ok\n";
  } else if (request.target() == "/readyz") {
    response.result(ready ? http::status::ok : http::status::service_unavailable);
    response.body() = ready ? "ready\n" : "draining\n";
  } else {
    response.result(http::status::not_found);
    response.body() = "here are /healthz and /readyz\n";
  }
  response.keep_alive(request.keep_alive());
  response.prepare_payload();
  if (request.method() == http::verb::head) response.body().clear();
  return response;
}

}  // namespace

Admin::Admin(asio::io_context& context, int fd, std::function<bool()> ready)
    : acceptor_(context), ready_(std::move(ready)) {
  acceptor_.assign(tcp::v4(), fd);  // the family only matters for opening
}

asio::awaitable<void> Admin::run() {
  error_code error;
  while (acceptor_.is_open()) {
    tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      asio::co_spawn(acceptor_.get_executor(), serve_client(std::move(socket)), asio::detached);
      continue;
    }
    // without descriptors the connection stays in the queue: to ask for it at once would spin
    asio::steady_timer pause(acceptor_.get_executor(), pause_without_descriptors);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

asio::awaitable<void> Admin::serve_client(tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  error_code error;
  while (true) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(most_head_bytes);
    stream.expires_after(patience);
    co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    auto response = answer(parser.get(), ready_());
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
    if (error || !response.keep_alive()) co_return;
  }
}

void Admin::close() noexcept {
  error_code ignored;  // closed in every case
  acceptor_.close(ignored);
}

Health ask_health(const asio::ip::address& address, std::uint16_t port) {
  asio::io_context context;
  beast::tcp_stream stream(context);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  http::request<http::empty_body> request(http::verb::get, "/healthz", 11);
  request.set(http::field::host, "localhost");
  request.keep_alive(false);

  error_code error;
  stream.expires_after(health_patience);
  stream.async_connect(tcp::endpoint(address, port), [&](error_code connected) {
    error = connected;
    if (error) return;
    http::async_write(stream, request, [&](error_code written, std::size_t) {
      error = written;
      if (error) return;
      http::async_read(stream, buffer, response, [&](error_code read, std::size_t) { error = read; });
    });
  });
  context.run();
  if (error) return {false, "no answer from the admin address: " + error.message()};
  return {response.result() == http::status::ok, "the admin address answered " + std::to_string(response.result_int())};
}

}  // namespace proxy
