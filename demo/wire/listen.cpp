#include "demo/wire/listen.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <sstream>
#include <stdexcept>

namespace wire {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

[[noreturn]] void refuse(std::string_view what, std::string_view text) {
  throw std::invalid_argument{"'" + std::string{text} + "' is not " + std::string{what}};
}

template <class Number>
bool whole_number(std::string_view text, Number& number) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
}

}  // namespace

HostPort parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  HostPort result;
  if (colon == std::string_view::npos || !whole_number(text.substr(colon + 1), result.port)) refuse("HOST:PORT", text);
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) refuse("HOST:PORT", text);
  result.host = host;
  return result;
}

std::chrono::milliseconds parse_duration(std::string_view text) {
  const auto unit_begin = text.find_first_not_of("0123456789");
  std::int64_t count = 0;
  if (unit_begin == std::string_view::npos || !whole_number(text.substr(0, unit_begin), count)) {
    refuse("a duration such as 250ms, 5s or 2m", text);
  }
  const auto unit = text.substr(unit_begin);
  if (unit == "ms") return std::chrono::milliseconds{count};
  if (unit == "s") return std::chrono::seconds{count};
  if (unit == "m") return std::chrono::minutes{count};
  if (unit == "h") return std::chrono::hours{count};
  refuse("a duration such as 250ms, 5s or 2m", text);
}

tcp::acceptor open_acceptor(asio::io_context& context, const HostPort& where) {
  return tcp::acceptor{context, tcp::endpoint{asio::ip::make_address(where.host), where.port}};
}

boost::json::object described(const tcp::acceptor& acceptor) {
  const auto endpoint = acceptor.local_endpoint();
  return {{"address", endpoint.address().to_string()}, {"port", endpoint.port()}};
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, std::function<void(tcp::socket)> on_socket) {
  while (acceptor.is_open()) {
    auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (!error) {
      on_socket(std::move(socket));
    } else if (error != asio::error::connection_aborted && acceptor.is_open()) {
      // out of descriptors: the queue stays readable, so trying again at once would only burn the processor
      asio::steady_timer pause{acceptor.get_executor(), std::chrono::milliseconds{20}};
      co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
}

std::string peer_of(const tcp::socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return {};
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

void log_line(std::string_view text) {
  const auto now = std::chrono::system_clock::now();
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char time[16];
  std::strftime(time, sizeof time, "%H:%M:%S", &utc);
  std::fprintf(stderr, "%s.%03d %.*s\n", time, static_cast<int>(ms), static_cast<int>(text.size()), text.data());
}

}  // namespace wire
