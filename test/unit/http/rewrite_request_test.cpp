// What upstream is told (F1, F2, F4, F6, F7, F9).
#include "proxy/http/rewrite_request.hpp"

#include <catch2/catch.hpp>

#include "test/unit/http/heads.hpp"

using test::one_function;
using test::values;
using test::Values;
namespace ip = boost::asio::ip;

namespace {

const proxy::Peer stranger{ip::make_address("203.0.113.7"), false};
const proxy::Peer balancer{ip::make_address("10.1.2.3"), false};

config::Config trusting_config() {
  config::Config config = one_function();
  config.listen.trusted_proxies = {ip::make_network_v4("10.0.0.0/8"), ip::make_network_v6("fd00::/8")};
  return config;
}

std::string rewritten(const test::Request& request, const config::Config& config = trusting_config(),
                      const proxy::Peer& peer = stranger) {
  return proxy::rewrite_request(request.head(), test::forwarded(request, config), peer, config);
}

test::Request get(const std::vector<std::string>& more = {}) {
  std::vector<std::string> lines = {"Host: proxy.test:49100"};
  lines.insert(lines.end(), more.begin(), more.end());
  return test::Request("GET /sign_in HTTP/1.1", lines);
}

std::string get_as(const proxy::Peer& peer, const std::vector<std::string>& more) {
  return rewritten(get(more), trusting_config(), peer);
}

}  // namespace

TEST_CASE("F1: upstream gets each of our headers once, whatever the client sent under those names") {
  config::Config config = one_function();
  config.functions.default_version = config::VersionId::parse("v7");
  const std::string text =
      rewritten(get({"Authorization: Bearer theirs", "authorization: Basic x", "function-id: main-function",
                     "NVCF-FUNCTION-ID: main-function", "function-version-id: theirs",
                     "nvcf-function-version-id: theirs", "nvcf-reqid: " + std::string(test::uuid)}),
                config);
  CHECK(values(text, "Authorization") == Values{"Bearer " + std::string(test::api_key)});
  CHECK(values(text, "function-id") == Values{"main-function"});
  CHECK(values(text, "nvcf-function-id") == Values{"main-function"});
  CHECK(values(text, "function-version-id") == Values{"v7"});
  CHECK(values(text, "nvcf-function-version-id") == Values{"v7"});
  CHECK(values(text, "nvcf-reqid") == Values{std::string(test::uuid)});
  CHECK(text.find("theirs") == std::string::npos);
}

TEST_CASE("F1: without a version or a session nobody's is sent") {
  const std::string text =
      rewritten(get({"function-version-id: theirs", "nvcf-function-version-id: theirs", "nvcf-reqid: theirs"}));
  CHECK(values(text, "function-version-id").empty());
  CHECK(values(text, "nvcf-function-version-id").empty());
  CHECK(values(text, "nvcf-reqid").empty());
}

TEST_CASE("F1: our headers spelled with underscores are gone as well") {
  const std::string text = rewritten(get({"Function_ID: x", "nvcf_function_id: x", "function-version_id: x",
                                          "NVCF_REQID: x", "X_Forwarded_For: 1.2.3.4", "X_Other: kept"}));
  CHECK(text.find(": x\r\n") == std::string::npos);
  CHECK(text.find("1.2.3.4") == std::string::npos);
  CHECK(values(text, "X_Other") == Values{"kept"});
}

TEST_CASE("F2: the request line keeps method and target byte for byte") {
  const auto line = [](std::string_view start, std::string_view host = "proxy.test") {
    const std::string text = rewritten(test::Request(start, {"Host: " + std::string(host)}));
    return text.substr(0, text.find("\r\n"));
  };
  CHECK(line("GET /sign_in?peer_id=a%2Fb&version=2&&x=/../\"{}|\xc3\xa9 HTTP/1.1") ==
        "GET /sign_in?peer_id=a%2Fb&version=2&&x=/../\"{}|\xc3\xa9 HTTP/1.1");
  CHECK(line("X-OWN //a//b HTTP/1.1") == "X-OWN //a//b HTTP/1.1");
  CHECK(line("GET http://proxy.test/a?b HTTP/1.1") == "GET /a?b HTTP/1.1");
  CHECK(line("DELETE / HTTP/1.0") == "DELETE / HTTP/1.1");
}

TEST_CASE("F2: Host is upstream's") {
  CHECK(values(rewritten(get()), "Host") == Values{"gateway.test"});
  const auto host = [](std::string name, std::uint16_t port, bool tls) {
    config::Config config = one_function();
    config.upstream.authority.clear();
    config.upstream.host = std::move(name);
    config.upstream.port = port;
    config.upstream.tls = tls;
    return values(rewritten(get(), config), "Host");
  };
  CHECK(host("a.test", 443, true) == Values{"a.test"});
  CHECK(host("a.test", 80, false) == Values{"a.test"});
  CHECK(host("a.test", 443, false) == Values{"a.test:443"});
  CHECK(host("::1", 10081, false) == Values{"[::1]:10081"});
}

TEST_CASE("F4: only subprotocols that are upstream's business are offered, in one line") {
  const auto offered = [](const std::string& line) {
    return values(rewritten(test::Request("GET /sign_in HTTP/1.1", test::upgrade_lines({line}))),
                  "Sec-WebSocket-Protocol");
  };
  CHECK(offered("Sec-WebSocket-Protocol: a, authorization.t0ken, function-id.main-function, b") == Values{"a, b"});
  CHECK(offered("Sec-WebSocket-Protocol: authorization.t0ken").empty());
  CHECK(values(rewritten(get({"Sec-WebSocket-Protocol: function-id.main-function, a"})), "Sec-WebSocket-Protocol") ==
        Values{"a"});
}

TEST_CASE("F5: a handshake goes on whole, its hop-by-hop part written anew") {
  const std::string text = rewritten(test::Request(
      "GET /sign_in HTTP/1.1", test::upgrade_lines({"Connection: Sec-WebSocket-Key, Sec-WebSocket-Extensions",
                                                    "Sec-WebSocket-Extensions: permessage-deflate; a, b"})));
  CHECK(values(text, "Upgrade") == Values{"websocket"});
  CHECK(values(text, "Connection") == Values{"Upgrade"});
  CHECK(values(text, "Sec-WebSocket-Key") == Values{std::string(test::websocket_key)});
  CHECK(values(text, "Sec-WebSocket-Version") == Values{"13"});
  CHECK(values(text, "Sec-WebSocket-Extensions") == Values{"permessage-deflate; a, b"});
}

TEST_CASE("F6: hop-by-hop headers and those that Connection names stay behind") {
  const std::string text =
      rewritten(get({"Connection: keep-alive, X-Hop, x-other", "Connection: X-Third", "Keep-Alive: timeout=5",
                     "TE: trailers", "Trailer: X-Sum", "Proxy-Connection: keep-alive", "Proxy-Authorization: Basic x",
                     "Proxy-Authenticate: x", "Proxy-Status: x", "X-Hop: 1", "X-Other: 2", "X-Third: 3", "X-Kept: 4"}));
  for (const std::string_view name :
       {"Connection", "Keep-Alive", "TE", "Trailer", "Proxy-Connection", "Upgrade", "Proxy-Authorization",
        "Proxy-Authenticate", "Proxy-Status", "X-Hop", "X-Other", "X-Third"}) {
    INFO(name);
    CHECK(values(text, name).empty());
  }
  CHECK(values(text, "X-Kept") == Values{"4"});
}

TEST_CASE("F6: no header of ours can be taken away by Connection") {
  const std::string text = rewritten(
      get({"Connection: close, Authorization, function-id, nvcf-function-id, nvcf-reqid, Host, X-Forwarded-For, "
           "X-Forwarded-Proto, X-Forwarded-Host, Cookie, Content-Length",
           "Cookie: nvcf-request-id=" + std::string(test::uuid), "Content-Length: 0"}));
  for (const std::string_view name :
       {"Authorization", "function-id", "nvcf-function-id", "nvcf-reqid", "Host", "X-Forwarded-For",
        "X-Forwarded-Proto", "X-Forwarded-Host", "Cookie", "Content-Length"}) {
    INFO(name);
    CHECK(values(text, name).size() == 1);
  }
}

TEST_CASE("other headers pass in order and spelling, their values as they are") {
  const std::string text = rewritten(get({"X-b: 1", "x-A:   two  words\t", "X-b: ", "X-B: \"c,d\" \xc3\xa9"}));
  CHECK(text.find("X-b: 1\r\nx-A: two  words\r\nX-b: \r\nX-B: \"c,d\" \xc3\xa9\r\n") != std::string::npos);
  CHECK(text.ends_with("\r\n\r\n"));
  CHECK(text.find("\r\n\r\n") == text.size() - 4);
}

TEST_CASE("F6: the body's framing is written anew") {
  const auto post = [](const std::vector<std::string>& more) {
    std::vector<std::string> lines = {"Host: proxy.test"};
    lines.insert(lines.end(), more.begin(), more.end());
    return rewritten(test::Request("POST /sign_in HTTP/1.1", lines));
  };
  CHECK(values(post({"Content-Length: 0012"}), "Content-Length") == Values{"12"});
  CHECK(values(post({"Content-Length: 0"}), "Content-Length") == Values{"0"});
  CHECK(values(post({"Transfer-Encoding: Chunked"}), "Transfer-Encoding") == Values{"chunked"});
  CHECK(values(post({"Transfer-Encoding: chunked"}), "Content-Length").empty());
  CHECK(values(post({}), "Content-Length").empty());
  CHECK(values(post({}), "Transfer-Encoding").empty());
}

TEST_CASE("F6: an expectation goes on if a body waits for it") {
  const auto expected = [](std::string_view version, const std::vector<std::string>& lines) {
    return values(rewritten(test::Request("POST /sign_in " + std::string(version), lines)), "Expect");
  };
  const std::string expect = "Expect: 100-Continue";
  CHECK(expected("HTTP/1.1", {"Host: a", expect, "Content-Length: 1"}) == Values{"100-continue"});
  CHECK(expected("HTTP/1.1", {"Host: a", expect}).empty());
  CHECK(expected("HTTP/1.1", {"Host: a", expect, "Content-Length: 0"}).empty());
  CHECK(expected("HTTP/1.0", {"Host: a", expect, "Content-Length: 1"}).empty());
  CHECK(expected("HTTP/1.1", {"Host: a", "Expect: miracles", "Content-Length: 1"}).empty());
}

TEST_CASE("F7: cookies go in one line, the session's if it is the one asked for") {
  const std::string session = "nvcf-request-id=" + std::string(test::uuid);
  const test::Request request = get({"Cookie: a=1; " + session, "Cookie: b=2"});
  CHECK(values(rewritten(request), "Cookie") == Values{"a=1; " + session + "; b=2"});
  config::Config narrow = one_function();
  narrow.browser.forward_cookies = {"b"};
  CHECK(values(rewritten(request, narrow), "Cookie") == Values{session + "; b=2"});

  proxy::Forward retried = test::forwarded(request, one_function());  // C3: the same once more, without the id
  retried.identity.request_id.reset();
  const std::string text = proxy::rewrite_request(request.head(), retried, stranger, one_function());
  CHECK(values(text, "Cookie") == Values{"a=1; b=2"});
  CHECK(text.find(test::uuid) == std::string::npos);
}

TEST_CASE("F9: what a stranger says of itself is replaced by what we see") {
  const std::string text =
      get_as(stranger, {"X-Forwarded-For: 1.1.1.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.test",
                        "X-Forwarded-Port: 1", "Forwarded: for=1.1.1.1", "X-Real-IP: 1.1.1.1"});
  CHECK(values(text, "X-Forwarded-For") == Values{"203.0.113.7"});
  CHECK(values(text, "X-Forwarded-Proto") == Values{"http"});
  CHECK(values(text, "X-Forwarded-Host") == Values{"proxy.test:49100"});
  CHECK(text.find("1.1.1.1") == std::string::npos);
  CHECK(values(text, "X-Forwarded-Port").empty());
}

TEST_CASE("F9: what a trusted proxy says is kept, and its own address added") {
  const std::string text =
      get_as(balancer, {"X-Forwarded-For: 198.51.100.1, 10.9.9.9", "X-Forwarded-For: 10.8.8.8",
                        "X-Forwarded-Proto: https", "X-Forwarded-Host: app.test", "X-Forwarded-Port: 443",
                        "Forwarded: for=198.51.100.1", "X-Real-IP: 198.51.100.1"});
  CHECK(values(text, "X-Forwarded-For") == Values{"198.51.100.1, 10.9.9.9, 10.8.8.8, 10.1.2.3"});
  CHECK(values(text, "X-Forwarded-Proto") == Values{"https"});
  CHECK(values(text, "X-Forwarded-Host") == Values{"app.test"});
  CHECK(values(text, "X-Forwarded-Port") == Values{"443"});
  CHECK(values(text, "Forwarded") == Values{"for=198.51.100.1"});
  CHECK(values(text, "X-Real-IP") == Values{"198.51.100.1"});
}

TEST_CASE("F9: a trusted proxy that says nothing is filled in for") {
  const std::string text = get_as(balancer, {});
  CHECK(values(text, "X-Forwarded-For") == Values{"10.1.2.3"});
  CHECK(values(text, "X-Forwarded-Proto") == Values{"http"});
  CHECK(values(text, "X-Forwarded-Host") == Values{"proxy.test:49100"});
  CHECK(values(get_as({ip::make_address("::1"), true}, {}), "X-Forwarded-Proto") == Values{"https"});
}

TEST_CASE("F9: a peer is trusted by its network, in either family and either notation") {
  const config::Config config = trusting_config();
  const auto trusted = [&config](std::string_view address) {
    return proxy::is_trusted({ip::make_address(address), false}, config);
  };
  CHECK(trusted("10.255.0.1"));
  CHECK(trusted("::ffff:10.0.0.1"));
  CHECK(trusted("fd12::1"));
  CHECK_FALSE(trusted("11.0.0.1"));
  CHECK_FALSE(trusted("::ffff:11.0.0.1"));
  CHECK_FALSE(trusted("fe80::1"));
  CHECK_FALSE(proxy::is_trusted(balancer, one_function()));
  CHECK(values(get_as({ip::make_address("::ffff:203.0.113.9"), false}, {}), "X-Forwarded-For") ==
        Values{"203.0.113.9"});
}

TEST_CASE("C1: a browser is on TLS if our listener or a trusted proxy says so") {
  const config::Config config = trusting_config();
  const test::Request plain = get();
  const test::Request https = get({"X-Forwarded-Proto: HTTPS, http"});
  const test::Request http = get({"X-Forwarded-Proto: http, https"});
  CHECK(proxy::is_secure(plain.head(), {stranger.address, true}, config));
  CHECK_FALSE(proxy::is_secure(plain.head(), stranger, config));
  CHECK_FALSE(proxy::is_secure(https.head(), stranger, config));
  CHECK(proxy::is_secure(https.head(), balancer, config));
  CHECK_FALSE(proxy::is_secure(http.head(), balancer, config));
}
