// What is done with a request. What is refused for its form alone is in test/data/hostile_requests.txt.
#include "proxy/http/route.hpp"

#include <catch2/catch.hpp>

#include "test/unit/http/heads.hpp"

using proxy::errc;
using test::forwarded;
using test::one_function;
using test::refused;

namespace {

const std::string start_line = "GET /sign_in?peer_id=1 HTTP/1.1";

std::optional<config::FunctionId> function(std::string_view id) { return config::FunctionId::parse(id); }

/// `default_id` (none if empty) and `allowed` to be named.
config::Config functions(std::string_view default_id, const std::vector<std::string>& allowed) {
  config::Config config;
  config.functions.default_id = function(default_id);
  for (const std::string& id : allowed) config.functions.allowed.push_back(*function(id));
  return config;
}

test::Request get(const std::vector<std::string>& more = {}) {
  std::vector<std::string> lines = {"Host: proxy.test"};
  lines.insert(lines.end(), more.begin(), more.end());
  return test::Request(start_line, lines);
}

test::Request upgrade(const std::vector<std::string>& more = {}) {
  return test::Request(start_line, test::upgrade_lines(more));
}

proxy::SessionIdentity identity(const test::Request& request, const config::Config& config) {
  return forwarded(request, config).identity;
}

proxy::SessionIdentity session(std::string_view function_id, std::string_view version, std::string_view request_id) {
  return {*function(function_id), config::VersionId::parse(version), config::RequestId::parse(request_id)};
}

}  // namespace

TEST_CASE("a plain request is forwarded with its body and without an offer") {
  const auto forward =
      forwarded(test::Request("POST /sign_in HTTP/1.1", {"Host: proxy.test", "Content-Length: 5"}), one_function());
  CHECK(forward.body == proxy::BodyFraming{proxy::BodyFraming::Kind::length, 5});
  CHECK_FALSE(forward.websocket);
}

TEST_CASE("a WebSocket upgrade is forwarded with its offer") {
  const auto forward = forwarded(upgrade({"Sec-WebSocket-Protocol: x-nv-sessionid.1"}), one_function());
  REQUIRE(forward.websocket);
  CHECK(forward.websocket->key == test::websocket_key);
  CHECK(forward.websocket->protocols.for_upstream == test::Values{"x-nv-sessionid.1"});
  CHECK_FALSE(forward.body.has_body());
}

TEST_CASE("F3: who names no function gets the default one with its version") {
  config::Config config = functions("main", {"main", "second"});
  config.functions.default_version = config::VersionId::parse("v7");
  CHECK(identity(get(), config) == session("main", "v7", ""));
  CHECK(identity(get({"function-id: main"}), config) == session("main", "v7", ""));
  CHECK(identity(get({"function-id: second"}), config) == session("second", "", ""));
}

TEST_CASE("F1: a version that the client names is not asked for") {
  const auto request = get(
      {"function-version-id: v1", "nvcf-function-version-id: v1", "Sec-WebSocket-Protocol: function-version-id.v1"});
  CHECK(identity(request, one_function()).version == std::nullopt);
}

TEST_CASE("F3: a function is named by either header or either subprotocol") {
  const config::Config config = functions("", {"one", "two"});
  CHECK(identity(get({"function-id: two"}), config).function == function("two"));
  CHECK(identity(get({"NVCF-Function-ID: two"}), config).function == function("two"));
  CHECK(identity(get({"Sec-WebSocket-Protocol: function-id.two"}), config).function == function("two"));
  CHECK(identity(upgrade({"Sec-WebSocket-Protocol: a, nvcf-function-id.two"}), config).function == function("two"));
  CHECK(identity(get({"function-id: two", "nvcf-function-id: two"}), config).function == function("two"));
}

TEST_CASE("F3: a function that is not allowed is refused, the default one never") {
  const config::Config config = functions("main", {"one"});
  CHECK(identity(get({"function-id: main"}), config).function == function("main"));
  CHECK(refused(get({"function-id: other"}), config).code == errc::function_not_allowed);
  CHECK(refused(get({"function-id: MAIN"}), config).code == errc::function_not_allowed);
  CHECK(refused(get({"function-id: not an id"}), config).code == errc::function_not_allowed);
  CHECK(refused(upgrade({"Sec-WebSocket-Protocol: function-id.other"}), config).code == errc::function_not_allowed);
}

TEST_CASE("F3: two different functions in one request are refused") {
  const config::Config config = functions("", {"one", "two"});
  CHECK(refused(get({"function-id: one", "function-id: two"}), config).code == errc::malformed_request);
  CHECK(refused(get({"function-id: one", "nvcf-function-id: two"}), config).code == errc::malformed_request);
  CHECK(refused(get({"function-id: one", "Sec-WebSocket-Protocol: function-id.two"}), config).code ==
        errc::malformed_request);
  CHECK(refused(upgrade({"function-id: one", "Sec-WebSocket-Protocol: function-id.two"}), config).code ==
        errc::malformed_request);
}

TEST_CASE("F3: of several functions one must be named, a single one need not be") {
  CHECK(refused(get(), functions("", {"one", "two"})).code == errc::function_not_named);
  CHECK(refused(get({"function-id:"}), functions("", {"one", "two"})).code == errc::function_not_named);
  config::Config single = functions("", {"one"});
  single.functions.default_version = config::VersionId::parse("v7");
  CHECK(identity(get(), single) == session("one", "v7", ""));
}

TEST_CASE("the session to resume is in the header, else the subprotocol, else the cookie") {
  const std::string first(test::uuid);
  const std::string second(test::other_uuid);
  const std::string third = "99999999-9999-9999-9999-999999999999";
  const auto resumed = [](const test::Request& request) {
    const auto id = identity(request, one_function()).request_id;
    return id ? id->str() : std::string();
  };
  const std::string header = "nvcf-reqid: " + first;
  const std::string protocol = "Sec-WebSocket-Protocol: nvcf-reqid." + second;
  const std::string cookie = "Cookie: a=b; nvcf-request-id=" + third;
  CHECK(resumed(upgrade({cookie, protocol, header})) == first);
  CHECK(resumed(upgrade({cookie, protocol})) == second);
  CHECK(resumed(get({cookie, protocol})) == second);
  CHECK(resumed(get({cookie})) == third);
  CHECK(resumed(get()).empty());
  // what is no UUID is as good as none
  CHECK(resumed(get({"nvcf-reqid: 17", cookie})) == third);
  CHECK(resumed(get({"Sec-WebSocket-Protocol: nvcf-reqid.17", cookie})) == third);
  CHECK(resumed(get({"nvcf-reqid: 6F9619FF-8B86-D011-B42D-00CF4FC964FF"})) == first);
}

TEST_CASE("C5: a preflight is answered here, even without a function to name") {
  const test::Request request("OPTIONS /sign_in HTTP/1.1",
                              {"Host: proxy.test", "Origin: https://page.test", "Access-Control-Request-Method: GET"});
  CHECK(std::holds_alternative<proxy::Preflight>(proxy::decide_route(request.head(), functions("", {"one", "two"}))));
}

TEST_CASE("C6: another origin is refused, for upgrades, requests and preflights") {
  config::Config config = one_function();
  config.browser.allowed_origins = {"https://page.test"};
  const std::string evil = "Origin: https://evil.test";
  CHECK(refused(get({evil}), config).code == errc::origin_not_allowed);
  CHECK(refused(upgrade({evil}), config).code == errc::origin_not_allowed);
  CHECK(refused(upgrade({"Origin: null"}), config).code == errc::origin_not_allowed);
  CHECK(refused(get({"Origin: https://page.test", evil}), config).code == errc::origin_not_allowed);
  CHECK(refused(test::Request("OPTIONS / HTTP/1.1", {"Host: proxy.test", evil, "Access-Control-Request-Method: GET"}),
                config)
            .code == errc::origin_not_allowed);
  CHECK_FALSE(forwarded(get({"Origin: https://page.test"}), config).websocket);
}

TEST_CASE("C6: a request without an origin is no browser's and passes") {
  config::Config config = one_function();
  config.browser.allowed_origins = {"https://page.test"};
  CHECK(forwarded(upgrade(), config).websocket);
}

TEST_CASE("F6: every method but CONNECT and TRACE is forwarded") {
  for (const std::string_view method :
       {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "X-OWN"}) {
    INFO(method);
    const test::Request request(std::string(method) + " /sign_in HTTP/1.1", {"Host: proxy.test"});
    CHECK(forwarded(request, one_function()).identity.function == function("main-function"));
  }
}

TEST_CASE("F2: only an absolute-form for our own host loses its front") {
  CHECK(proxy::origin_form("/sign_in?a=%20&b=http://x/") == "/sign_in?a=%20&b=http://x/");
  CHECK(proxy::origin_form("http://proxy.test/sign_in?a=b") == "/sign_in?a=b");
  CHECK(proxy::origin_form("HTTPS://proxy.test:49100/") == "/");
  CHECK(proxy::origin_form("http://proxy.test") == "/");
  CHECK(proxy::origin_form("*") == "*");
}

TEST_CASE("X3: an absolute-form is for us if its host is the one in Host") {
  const auto route = [](std::string_view target, std::string_view host) {
    const test::Request request("GET " + std::string(target) + " HTTP/1.1", {"Host: " + std::string(host)});
    return proxy::decide_route(request.head(), one_function());
  };
  for (const auto& [target, host] : {std::pair("http://a.test/x", "a.test"), std::pair("http://a.test:80/x", "A.test"),
                                     std::pair("https://a.test/x", "a.test:443"), std::pair("http://a.test", "a.test"),
                                     std::pair("http://[::1]:81/", "[::1]:81")}) {
    INFO(target << " " << host);
    CHECK(std::holds_alternative<proxy::Forward>(route(target, host)));
  }
  for (const auto& [target, host] :
       {std::pair("http://b.test/x", "a.test"), std::pair("http://a.test:443/x", "a.test"),
        std::pair("https://a.test:80/x", "a.test"), std::pair("http://a.test.evil/x", "a.test"),
        std::pair("http://u@a.test/x", "a.test"), std::pair("http://a.test?x", "a.test")}) {
    INFO(target << " " << host);
    CHECK(std::holds_alternative<proxy::Failure>(route(target, host)));
  }
}

TEST_CASE("the first complaint is the answer: framing before Host before target before origin before upgrade") {
  config::Config config = one_function();
  config.browser.allowed_origins = {"https://page.test"};
  proxy::RequestHead head{proxy::http::verb::trace, "TRACE", "http://evil.test/", 11,
                          test::fields({{"Host", "proxy.test"},
                                        {"Host", "proxy.test"},
                                        {"Content-Length", "x"},
                                        {"Origin", "https://evil.test"},
                                        {"Upgrade", "h2c"},
                                        {"function-id", "other"}})};
  const auto code = [&] { return std::get<proxy::Failure>(proxy::decide_route(head, config)).code; };
  const auto drop = [&head](std::size_t index) {
    head.fields.erase(head.fields.begin() + static_cast<std::ptrdiff_t>(index));
  };
  CHECK(code() == errc::ambiguous_framing);
  drop(2);
  CHECK(code() == errc::malformed_request);
  drop(1);
  CHECK(code() == errc::method_not_allowed);
  head.method = proxy::http::verb::get;
  CHECK(code() == errc::other_host);
  head.target = "/";
  CHECK(code() == errc::origin_not_allowed);
  drop(1);
  CHECK(code() == errc::upgrade_not_websocket);
  drop(1);
  CHECK(code() == errc::function_not_allowed);
}

TEST_CASE("S1: a connection is shared by one function, one version and one request id") {
  const std::string_view one = test::uuid;
  const std::string_view two = test::other_uuid;
  CHECK(proxy::may_share(session("f", "v", one), session("f", "v", one)));
  CHECK(proxy::may_share(session("f", "", ""), session("f", "", "")));
  CHECK_FALSE(proxy::may_share(session("f", "v", one), session("g", "v", one)));
  CHECK_FALSE(proxy::may_share(session("f", "v", one), session("f", "w", one)));
  CHECK_FALSE(proxy::may_share(session("f", "v", one), session("f", "", one)));
  CHECK_FALSE(proxy::may_share(session("f", "v", one), session("f", "v", two)));
  // no id after a session was made for someone, and an id where none was made
  CHECK_FALSE(proxy::may_share(session("f", "v", one), session("f", "v", "")));
  CHECK_FALSE(proxy::may_share(session("f", "v", ""), session("f", "v", one)));
}
