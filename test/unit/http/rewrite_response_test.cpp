// What the client is told (F4 to F6, C1 to C4).
#include "proxy/http/rewrite_response.hpp"

#include <catch2/catch.hpp>

#include "test/unit/http/heads.hpp"

using Kind = proxy::BodyFraming::Kind;
using proxy::http::verb;
using test::error_of;
using test::value_of;
using test::values;
using test::Values;

namespace {

const std::vector<std::string> everyone;
const std::string reqid = "nvcf-reqid: " + std::string(test::uuid);
const std::string upstream_cookie = "Set-Cookie: nvcf-request-id=" + std::string(test::uuid);
const std::string our_cookie = "nvcf-request-id=" + std::string(test::uuid) + "; Path=/; HttpOnly; SameSite=Lax";

proxy::RequestFacts facts(verb method = verb::get, unsigned version = 11, bool keep_alive = true) {
  proxy::RequestFacts request;
  request.method = method;
  request.version = version;
  request.keep_alive = keep_alive;
  return request;
}

proxy::RewrittenResponse rewritten(const test::Response& response, const proxy::RequestFacts& request = facts(),
                                   const std::vector<std::string>& allowed_origins = everyone) {
  const auto body = value_of(proxy::judge_response_framing(response.head(), request.method));
  return proxy::rewrite_response(response.head(), body, request, allowed_origins);
}

test::Response ok(std::vector<std::string> lines = {}) {
  lines.emplace_back("Content-Length: 2");
  return test::Response("HTTP/1.1 200 OK", lines);
}

/// The facts of an upgrade that offered `protocols`.
proxy::RequestFacts upgrade_facts(std::string_view protocols = "") {
  proxy::RequestFacts request = facts();
  const test::Request head("GET / HTTP/1.1",
                           test::upgrade_lines({"Sec-WebSocket-Protocol: " + std::string(protocols)}));
  request.websocket = value_of(proxy::read_websocket_offer(head.head(), {}));
  return request;
}

test::Response switching(const std::vector<std::string>& more = {}) {
  std::vector<std::string> lines = {"Upgrade: websocket", "Connection: Upgrade",
                                    "Sec-WebSocket-Accept: " + std::string(test::websocket_accept)};
  lines.insert(lines.end(), more.begin(), more.end());
  return test::Response("HTTP/1.1 101 Switching Protocols", lines);
}

}  // namespace

TEST_CASE("status, reason and headers pass as they are") {
  const auto answer = rewritten(test::Response(
      "HTTP/1.1 429 Too Many", {"X-b: 1", "x-A: \"2, 3\"", "Date: today", "Server: gateway", "Content-Length: 2"}));
  CHECK(answer.head.starts_with(
      "HTTP/1.1 429 Too Many\r\nX-b: 1\r\nx-A: \"2, 3\"\r\nDate: today\r\nServer: gateway\r\n"));
  CHECK(answer.head.ends_with("\r\n\r\n"));
  CHECK(answer.head.find("\r\n\r\n") == answer.head.size() - 4);
  CHECK(rewritten(test::Response("HTTP/1.1 200 ", {"Content-Length: 2"})).head.starts_with("HTTP/1.1 200 \r\n"));
}

TEST_CASE("F6: an answer's hop-by-hop headers stay behind") {
  const auto answer = rewritten(ok({"Connection: keep-alive, X-Hop", "Keep-Alive: timeout=5", "X-Hop: 1",
                                    "Proxy-Authenticate: Basic", "Trailer: X-Sum", "Upgrade: h2c", "X-Kept: 2"}));
  for (const std::string_view name :
       {"Connection", "Keep-Alive", "X-Hop", "Proxy-Authenticate", "Trailer", "Upgrade"}) {
    INFO(name);
    CHECK(values(answer.head, name).empty());
  }
  CHECK(values(answer.head, "X-Kept") == Values{"2"});
}

TEST_CASE("C1: upstream's cookie becomes ours, other cookies lose their Domain, each keeps its line") {
  const auto answer = rewritten(ok({"Set-Cookie: a=1; Domain=.nvcf.test; Path=/", upstream_cookie, "Set-Cookie: b=2"}));
  CHECK(values(answer.head, "Set-Cookie") == Values{"a=1; Path=/", "b=2", our_cookie});
  CHECK(answer.request_id == config::RequestId::parse(test::uuid));
}

TEST_CASE("C1: there is one cookie of ours, from nvcf-reqid if upstream sets none") {
  CHECK(values(rewritten(ok({reqid})).head, "Set-Cookie") == Values{our_cookie});
  CHECK(values(rewritten(ok({reqid, upstream_cookie, upstream_cookie})).head, "Set-Cookie") == Values{our_cookie});
  CHECK(values(rewritten(ok({"nvcf-reqid: none"})).head, "Set-Cookie").empty());
  CHECK(values(rewritten(ok({reqid})).head, "nvcf-reqid") == Values{std::string(test::uuid)});
}

TEST_CASE("C1: over TLS the cookie is one that pages of another origin keep") {
  proxy::RequestFacts secure = facts();
  secure.secure = true;
  CHECK(
      values(rewritten(ok({reqid}), secure).head, "Set-Cookie") ==
      Values{"nvcf-request-id=" + std::string(test::uuid) + "; Path=/; HttpOnly; Secure; SameSite=None; Partitioned"});
}

TEST_CASE("C1: the id of a request that failed is told, and kept in no cookie") {
  const auto answer = rewritten(test::Response("HTTP/1.1 504 Gateway Timeout", {reqid, "Content-Length: 0"}));
  CHECK(values(answer.head, "Set-Cookie").empty());
  CHECK(answer.request_id == config::RequestId::parse(test::uuid));
}

TEST_CASE("C2: a deletion passes on with the attributes of our cookie") {
  const test::Response gone("HTTP/1.1 404 Not Found",
                            {reqid, "Set-Cookie: nvcf-request-id=; Max-Age=0", "Content-Length: 0"});
  CHECK(values(rewritten(gone).head, "Set-Cookie") ==
        Values{"nvcf-request-id=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"});
}

TEST_CASE("C3: a stale session is a 404 that deletes its cookie") {
  const std::string deletion = "Set-Cookie: nvcf-request-id=; Max-Age=0";
  CHECK(proxy::is_stale_session(test::Response("HTTP/1.1 404 Not Found", {deletion}).head()));
  CHECK_FALSE(proxy::is_stale_session(test::Response("HTTP/1.1 404 Not Found", {}).head()));
  CHECK_FALSE(proxy::is_stale_session(test::Response("HTTP/1.1 404 Not Found", {upstream_cookie}).head()));
  CHECK_FALSE(proxy::is_stale_session(test::Response("HTTP/1.1 500 Oops", {deletion}).head()));
}

TEST_CASE("C4: the three CORS headers are there once, whatever upstream sent") {
  const auto answer = rewritten(
      ok({"Access-Control-Allow-Origin: https://other.test", "access-control-allow-origin: *",
          "Access-Control-Allow-Credentials: true", "Access-Control-Expose-Headers: x", "Access-Control-Max-Age: 1"}));
  CHECK(values(answer.head, "Access-Control-Allow-Origin") == Values{"*"});
  CHECK(values(answer.head, "Access-Control-Allow-Headers") == Values{"*"});
  CHECK(values(answer.head, "Access-Control-Expose-Headers") == Values{"*"});
  CHECK(values(answer.head, "Access-Control-Allow-Credentials").empty());
  CHECK(values(answer.head, "Access-Control-Max-Age").empty());
}

TEST_CASE("C4: with a list the page's origin is echoed and the answer's headers are named") {
  proxy::RequestFacts request = facts();
  request.origin = "https://page.test";
  const auto answer =
      rewritten(ok({reqid, "X-One: 1", "Vary: Accept", "Set-Cookie: a=b"}), request, {"https://page.test"});
  CHECK(values(answer.head, "Access-Control-Allow-Origin") == Values{"https://page.test"});
  CHECK(values(answer.head, "Access-Control-Expose-Headers") == Values{"nvcf-reqid, X-One, Vary"});
  CHECK(values(answer.head, "Vary") == Values{"Accept", "Origin"});
}

TEST_CASE("F6: a body is framed as the client can take it") {
  struct Framing {
    std::vector<std::string> upstream;
    unsigned client_version;
    Kind expected;
    bool keep_alive;
  };
  const std::vector<Framing> table = {
      {{"Content-Length: 7"}, 11, Kind::length, true},
      {{"Content-Length: 7"}, 10, Kind::length, true},
      {{"Content-Length: 0"}, 11, Kind::length, true},
      {{"Transfer-Encoding: chunked"}, 11, Kind::chunked, true},
      {{"Transfer-Encoding: chunked"}, 10, Kind::until_close, false},
      {{}, 11, Kind::chunked, true},
      {{}, 10, Kind::until_close, false},
  };
  for (const Framing& row : table) {
    INFO((row.upstream.empty() ? "until close" : row.upstream.front()) << " for " << row.client_version);
    const auto answer =
        rewritten(test::Response("HTTP/1.1 200 OK", row.upstream), facts(verb::get, row.client_version));
    CHECK(answer.body.kind == row.expected);
    CHECK(answer.keep_alive == row.keep_alive);
    CHECK(values(answer.head, "Content-Length").size() == (row.expected == Kind::length ? 1 : 0));
    CHECK(values(answer.head, "Transfer-Encoding").size() == (row.expected == Kind::chunked ? 1 : 0));
  }
}

TEST_CASE("F6: the length of a body that does not come passes as it is") {
  const auto head = rewritten(test::Response("HTTP/1.1 200 OK", {"Content-Length: 12"}), facts(verb::head));
  CHECK(values(head.head, "Content-Length") == Values{"12"});
  CHECK(head.body == proxy::BodyFraming{});
  CHECK(head.keep_alive);
  const auto unmodified = rewritten(test::Response("HTTP/1.1 304 Not Modified", {"Content-Length: 12"}));
  CHECK(values(unmodified.head, "Content-Length") == Values{"12"});
  CHECK(unmodified.body == proxy::BodyFraming{});
  const auto chunked = rewritten(test::Response("HTTP/1.1 200 OK", {"Transfer-Encoding: chunked"}), facts(verb::head));
  CHECK(values(chunked.head, "Transfer-Encoding").empty());
}

TEST_CASE("F6: 204 has neither body nor length") {
  const auto answer = rewritten(test::Response("HTTP/1.1 204 No Content", {"Content-Length: 0"}));
  CHECK(values(answer.head, "Content-Length").empty());
  CHECK(answer.body == proxy::BodyFraming{});
  CHECK(answer.keep_alive);
  const auto to_head = rewritten(test::Response("HTTP/1.1 204 No Content", {"Content-Length: 0"}), facts(verb::head));
  CHECK(values(to_head.head, "Content-Length").empty());
}

TEST_CASE("F6: the head says whether the connection lives on") {
  CHECK(values(rewritten(ok(), facts(verb::get, 11, true)).head, "Connection").empty());
  CHECK(values(rewritten(ok(), facts(verb::get, 11, false)).head, "Connection") == Values{"close"});
  CHECK(values(rewritten(ok(), facts(verb::get, 10, true)).head, "Connection") == Values{"keep-alive"});
  CHECK(values(rewritten(test::Response("HTTP/1.1 200 OK"), facts(verb::get, 10, true)).head, "Connection") ==
        Values{"close"});
  CHECK(rewritten(ok({"Connection: close"})).keep_alive);  // upstream's connection is no affair of the client's
}

TEST_CASE("F5: a valid 101 is answered with our own handshake, cookie and CORS") {
  const auto answer = value_of(proxy::rewrite_101(
      switching({reqid, upstream_cookie, "Set-Cookie: a=1; Domain=x", "Sec-WebSocket-Protocol: b", "X-One: 1"}).head(),
      upgrade_facts("a, b"), everyone));
  CHECK(answer.head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(answer.head.ends_with("\r\n\r\n"));
  CHECK(values(answer.head, "Upgrade") == Values{"websocket"});
  CHECK(values(answer.head, "Connection") == Values{"Upgrade"});
  CHECK(values(answer.head, "Sec-WebSocket-Accept") == Values{std::string(test::websocket_accept)});
  CHECK(values(answer.head, "Sec-WebSocket-Protocol") == Values{"b"});
  CHECK(values(answer.head, "Set-Cookie") == Values{"a=1", our_cookie});
  CHECK(values(answer.head, "Access-Control-Allow-Origin") == Values{"*"});
  CHECK(values(answer.head, "X-One") == Values{"1"});
  CHECK(answer.request_id == config::RequestId::parse(test::uuid));
  CHECK(answer.body == proxy::BodyFraming{});
}

TEST_CASE("F4: the 101 answers one protocol where upstream was offered none, and none where none was offered") {
  const auto chosen = [](std::string_view offered) {
    return values(value_of(proxy::rewrite_101(switching().head(), upgrade_facts(offered), everyone)).head,
                  "Sec-WebSocket-Protocol");
  };
  CHECK(chosen("authorization.t, function-id.abc") == Values{"function-id.abc"});
  CHECK(chosen("").empty());
}

TEST_CASE("F5: the extensions that both ends agreed on pass as they are") {
  proxy::RequestFacts request = upgrade_facts();
  request.websocket->extensions = {"permessage-deflate"};
  const std::string extension = "permessage-deflate; server_no_context_takeover";
  const auto answer =
      value_of(proxy::rewrite_101(switching({"Sec-WebSocket-Extensions: " + extension}).head(), request, everyone));
  CHECK(values(answer.head, "Sec-WebSocket-Extensions") == Values{extension});
}

TEST_CASE("F5 X5: a 101 that nobody asked for, or that chose what was not offered, is upstream's fault") {
  CHECK(error_of(proxy::rewrite_101(switching().head(), facts(), everyone)) == proxy::errc::upstream_bad_101);
  CHECK(error_of(proxy::rewrite_101(switching({"Sec-WebSocket-Protocol: c"}).head(), upgrade_facts("a"), everyone)) ==
        proxy::errc::upstream_bad_101);
  CHECK(error_of(proxy::rewrite_101(switching({"Upgrade: h2c"}).head(), upgrade_facts(), everyone)) ==
        proxy::errc::upstream_bad_101);
}
