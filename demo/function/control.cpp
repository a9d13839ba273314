#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "demo/function/function.hpp"

namespace function {
namespace {

using boost::asio::awaitable;
namespace json = boost::json;

std::string text_of(const json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string{std::string_view{value->get_string()}} : std::string{};
}

std::string problem(int status, const char* text, const std::string& method) {
  return wire::json_answer(status, json::serialize(json::object{{"error", text}}), method);
}

}  // namespace

awaitable<void> Function::serve_control_connection(boost::asio::ip::tcp::socket socket) {
  wire::Connection connection{std::move(socket)};
  std::string unread;
  for (;;) {
    const auto request = co_await wire::read_request(connection, unread);
    if (!request) break;
    const bool written = co_await connection.write(answer_control(*request));
    if (!written || request->head.fields.has_token("connection", "close")) break;
  }
  co_await connection.finish();
}

// `ready` and `creds` are the streaming contract's; `state` is ours, for tests, without the password
std::string Function::answer_control(const wire::Request& request) {
  const auto path = wire::path_of(request.head.target);
  const auto& method = request.head.method;
  if (path == "/v1/streaming/ready" && (method == "GET" || method == "HEAD")) {
    const bool full = settings_.max_sessions > 0 && sessions_.held() >= settings_.max_sessions;
    return full ? problem(500, "no session can start", method) : wire::json_answer(200, "{}", method);
  }
  if (path == "/v1/streaming/creds" && method == "POST") return keep_credentials(request.body);
  if (path == "/state" && method == "GET") {
    const json::object state{{"sessions", sessions_.held()},
                             {"stunIp", credentials_.stun_ip},
                             {"stunPort", credentials_.stun_port},
                             {"username", credentials_.username}};
    return wire::json_answer(200, json::serialize(state), method);
  }
  return problem(404, "no such call", method);
}

std::string Function::keep_credentials(const std::string& body) {
  boost::system::error_code error;
  const auto value = json::parse(body, error);
  if (error || !value.is_object()) return problem(400, "the body is no JSON object", "POST");
  const auto& object = value.get_object();
  const auto* port = object.if_contains("stunPort");
  Credentials credentials{text_of(object, "stunIp"), 0, text_of(object, "username"), text_of(object, "password")};
  const bool port_fits = port != nullptr && port->is_int64() && port->get_int64() > 0 && port->get_int64() < 65536;
  if (credentials.stun_ip.empty() || credentials.username.empty() || credentials.password.empty() || !port_fits) {
    return problem(400, "want stunIp, stunPort, username and password", "POST");
  }
  credentials.stun_port = static_cast<int>(port->get_int64());
  credentials_ = std::move(credentials);
  return wire::json_answer(200, "{}", "POST");
}

}  // namespace function
