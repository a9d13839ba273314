// Both halves of the opening handshake (RFC 6455 section 4). Refused offers are in test/data/hostile_requests.txt.
#include "proxy/http/websocket_handshake.hpp"

#include <catch2/catch.hpp>

#include "test/unit/http/heads.hpp"

using proxy::errc;
using test::value_of;

namespace {

proxy::WebSocketOffer offer(const std::vector<std::string>& more = {}) {
  const test::Request request("GET /sign_in HTTP/1.1", test::upgrade_lines(more));
  return value_of(proxy::read_websocket_offer(request.head(), {}));
}

/// A valid 101, without the line called `without` and with `more`.
test::Response answer(std::string_view without = "", const std::vector<std::string>& more = {}) {
  std::vector<std::string> lines;
  for (const std::string& line : {std::string("Upgrade: websocket"), std::string("Connection: Upgrade"),
                                  "Sec-WebSocket-Accept: " + std::string(test::websocket_accept)}) {
    if (line.substr(0, line.find(':')) != without) lines.push_back(line);
  }
  lines.insert(lines.end(), more.begin(), more.end());
  return test::Response("HTTP/1.1 101 Switching Protocols", lines);
}

}  // namespace

TEST_CASE("F5: the accept value is the one of RFC 6455") {
  CHECK(proxy::accept_for(test::websocket_key) == test::websocket_accept);
}

TEST_CASE("an offer tells its key, its protocols and the names of its extensions") {
  const proxy::WebSocketOffer read =
      offer({"Sec-WebSocket-Protocol: x-nv-sessionid.1, function-id.abc",
             "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-one;a=\"b\"",
             "Sec-WebSocket-Extensions: x-two"});
  CHECK(read.key == test::websocket_key);
  CHECK(read.protocols.offered == test::Values{"x-nv-sessionid.1", "function-id.abc"});
  CHECK(read.extensions == test::Values{"permessage-deflate", "x-one", "x-two"});
}

TEST_CASE("X3: any Upgrade header asks for an upgrade, whatever Connection says") {
  CHECK(proxy::asks_upgrade(test::Request("GET / HTTP/1.1", {"Host: a", "Upgrade: h2c"}).head()));
  CHECK_FALSE(proxy::asks_upgrade(test::Request("GET / HTTP/1.1", {"Host: a", "Connection: Upgrade"}).head()));
}

TEST_CASE("F5: a 101 that answers the offer is taken") {
  CHECK_FALSE(proxy::judge_101(answer().head(), offer()));
  const auto deflate = offer({"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"});
  CHECK_FALSE(proxy::judge_101(
      answer("", {"Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover"}).head(), deflate));
  CHECK_FALSE(proxy::judge_101(answer("Upgrade", {"UPGRADE: WebSocket"}).head(), offer()));
  CHECK_FALSE(proxy::judge_101(answer("Connection", {"connection: keep-alive, upgrade"}).head(), offer()));
  CHECK_FALSE(proxy::judge_101(answer("", {"Content-Length: 0"}).head(), offer()));
}

TEST_CASE("F5 X5: a 101 that does not answer the offer is refused") {
  const auto refuse = [](const test::Response& response, std::string_view why) {
    const auto failure = proxy::judge_101(response.head(), offer());
    INFO(why);
    REQUIRE(failure);
    CHECK(failure->code == errc::upstream_bad_101);
    CHECK_FALSE(failure->detail.empty());
  };
  refuse(answer("Upgrade"), "no Upgrade");
  refuse(answer("Upgrade", {"Upgrade: h2c"}), "another protocol");
  refuse(answer("", {"Upgrade: h2c"}), "two protocols");
  refuse(answer("Connection"), "no Connection");
  refuse(answer("Connection", {"Connection: keep-alive"}), "Connection without Upgrade");
  refuse(answer("Sec-WebSocket-Accept"), "no accept");
  refuse(answer("Sec-WebSocket-Accept", {"Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA="}), "a forged accept");
  refuse(answer("", {"Sec-WebSocket-Accept: " + std::string(test::websocket_accept)}), "two accepts");
  refuse(answer("", {"Sec-WebSocket-Extensions: permessage-deflate"}), "an extension that was not offered");
  refuse(answer("", {"Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b"}), "two protocols chosen");
  refuse(answer("", {"Content-Length: 5"}), "a body of five bytes");
  refuse(answer("", {"Transfer-Encoding: chunked"}), "a body in chunks");
  refuse(test::Response("HTTP/1.0 101 Switching Protocols",
                        {"Upgrade: websocket", "Connection: Upgrade",
                         "Sec-WebSocket-Accept: " + std::string(test::websocket_accept)}),
         "HTTP/1.0");
  refuse(test::Response("HTTP/1.1 200 OK", {"Upgrade: websocket", "Connection: Upgrade",
                                            "Sec-WebSocket-Accept: " + std::string(test::websocket_accept)}),
         "another status");
}
