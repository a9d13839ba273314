// Decides how one request is read from a connection and how a short answer is written, for the demo's control ports and
// functions.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "demo/wire/connection.hpp"
#include "demo/wire/head.hpp"

namespace wire {

/// A request whose body was read whole.
struct Request {
  RequestHead head;
  std::string body;
};

/// Reads until `buffer` starts with a whole head; returns its size, npos if the peer ended or `limit_bytes` came first.
asio::awaitable<std::size_t> read_head(Connection& connection, std::string& buffer, std::size_t limit_bytes);
/// Reads a request and its body of at most 1 MiB; nothing if the peer ended, or after a 400 was written for what is not
/// a request. What came after it stays in `buffer`.
asio::awaitable<std::optional<Request>> read_request(Connection& connection, std::string& buffer);
/// The text of a whole answer with a Content-Length; its body left out for HEAD, 204 and 304.
[[nodiscard]] std::string answer_text(int status, Fields fields, std::string_view body, std::string_view method);
/// The same with a JSON body.
[[nodiscard]] std::string json_answer(int status, std::string_view json, std::string_view method);

}  // namespace wire
