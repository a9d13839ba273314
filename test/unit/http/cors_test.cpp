// What a page of another origin may read and do (C4, C5, C6).
#include "proxy/http/cors.hpp"

#include <catch2/catch.hpp>

#include "test/unit/http/heads.hpp"

using test::values;
using test::Values;

namespace {

const std::vector<std::string> everyone;
const std::vector<std::string> listed = {"https://page.test", "http://localhost:8080"};

std::string cors(const std::vector<std::string>& allowed, std::string_view origin) {
  std::string head;
  proxy::append_cors(head, allowed, origin, {"Content-Type", "nvcf-reqid", "content-type", "Set-Cookie"});
  return head;
}

test::Request preflight(const std::vector<std::string>& more = {}, std::string_view version = "HTTP/1.1") {
  std::vector<std::string> lines = {"Host: proxy.test", "Origin: https://page.test",
                                    "Access-Control-Request-Method: DELETE"};
  lines.insert(lines.end(), more.begin(), more.end());
  return test::Request("OPTIONS /sign_in " + std::string(version), lines);
}

}  // namespace

TEST_CASE("C6: without a list every origin may connect") {
  CHECK(proxy::origin_allowed(everyone, "https://any.test"));
  CHECK(proxy::origin_allowed(everyone, "null"));
}

TEST_CASE("C6: with a list scheme, host and port must match") {
  for (const std::string_view origin :
       {"https://page.test", "HTTPS://Page.Test", "https://page.test:443", "http://localhost:8080"}) {
    INFO(origin);
    CHECK(proxy::origin_allowed(listed, origin));
  }
  for (const std::string_view origin :
       {"http://page.test", "https://page.test:8443", "https://page.test.evil.test", "https://evil.test",
        "https://sub.page.test", "http://localhost", "http://localhost:80800", "null", "", "https://", "page.test",
        "https://page.test/", "https://page.test:443:443", "https://page.test https://evil.test",
        "https://page.test:"}) {
    INFO(origin);
    CHECK_FALSE(proxy::origin_allowed(listed, origin));
  }
}

TEST_CASE("C6: default ports and addresses of IPv6 are understood in the list too") {
  CHECK(proxy::origin_allowed({"http://[::1]:80"}, "http://[::1]"));
  CHECK(proxy::origin_allowed({"http://[::1]"}, "http://[::1]:80"));
  CHECK_FALSE(proxy::origin_allowed({"http://[::1]"}, "http://[::1]:81"));
  CHECK_FALSE(proxy::origin_allowed({"https://a:80"}, "https://a"));
  CHECK(proxy::origin_allowed({"null", "app://a"}, "app://a"));
  CHECK_FALSE(proxy::origin_allowed({"null"}, "null"));
}

TEST_CASE("C4: without a list an answer carries the three wildcards, each once, and no more") {
  CHECK(cors(everyone, "https://page.test") ==
        "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\nAccess-Control-Expose-Headers: *\r\n");
  CHECK(cors(everyone, "") == cors(everyone, "https://page.test"));
}

TEST_CASE("C4: with a list a page of an allowed origin may send credentials and is told names") {
  const std::string head = cors(listed, "https://page.test");
  CHECK(values(head, "Access-Control-Allow-Origin") == Values{"https://page.test"});
  CHECK(values(head, "Access-Control-Allow-Credentials") == Values{"true"});
  CHECK(values(head, "Access-Control-Expose-Headers") == Values{"Content-Type, nvcf-reqid"});
  CHECK(values(head, "Vary") == Values{"Origin"});
  REQUIRE(values(head, "Access-Control-Allow-Headers").size() == 1);
  CHECK(head.find('*') == std::string::npos);
}

TEST_CASE("C4: with a list any other page is told nothing but that the origin decides") {
  CHECK(cors(listed, "https://evil.test") == "Vary: Origin\r\n");
  CHECK(cors(listed, "null") == "Vary: Origin\r\n");
  CHECK(cors(listed, "") == "Vary: Origin\r\n");
}

TEST_CASE("C4: every header of the kind is ours alone to write") {
  CHECK(proxy::is_cors_header("access-control-allow-origin"));
  CHECK(proxy::is_cors_header("Access-Control-Anything"));
  CHECK_FALSE(proxy::is_cors_header("X-Access-Control-Allow-Origin"));
  CHECK_FALSE(proxy::is_cors_header("Access-Control"));
}

TEST_CASE("C5: a preflight is OPTIONS with an origin and the method it asks for") {
  CHECK(proxy::is_preflight(preflight().head()));
  const std::string origin = "Origin: https://page.test";
  const std::string method = "Access-Control-Request-Method: GET";
  CHECK_FALSE(proxy::is_preflight(test::Request("OPTIONS / HTTP/1.1", {"Host: a", origin}).head()));
  CHECK_FALSE(proxy::is_preflight(test::Request("OPTIONS / HTTP/1.1", {"Host: a", method}).head()));
  CHECK_FALSE(proxy::is_preflight(test::Request("GET / HTTP/1.1", {"Host: a", origin, method}).head()));
}

TEST_CASE("C5: a preflight is answered with methods, headers and how long that holds") {
  const std::string answer = proxy::preflight_answer(preflight().head(), everyone, true);
  CHECK(answer.starts_with("HTTP/1.1 204 No Content\r\n"));
  CHECK(answer.ends_with("\r\n\r\n"));
  CHECK(values(answer, "Access-Control-Allow-Origin") == Values{"*"});
  CHECK(values(answer, "Access-Control-Allow-Methods") == Values{"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"});
  CHECK(values(answer, "Access-Control-Allow-Headers") == Values{"*"});
  CHECK(values(answer, "Access-Control-Max-Age") == Values{"7200"});
  CHECK(values(answer, "Access-Control-Allow-Private-Network").empty());
  CHECK(values(answer, "Content-Length").empty());
  CHECK(values(answer, "Connection").empty());
}

TEST_CASE("C5: the headers asked for are granted by name, which Authorization needs") {
  const test::Request asked = preflight({"Access-Control-Request-Headers: authorization, x-nvcf-absorb, a b, \"c\""});
  CHECK(values(proxy::preflight_answer(asked.head(), everyone, true), "Access-Control-Allow-Headers") ==
        Values{"*, authorization, x-nvcf-absorb"});
  CHECK(values(proxy::preflight_answer(asked.head(), listed, true), "Access-Control-Allow-Headers") ==
        Values{"authorization, x-nvcf-absorb"});
}

TEST_CASE("C5: with a list a preflight is answered for its origin, credentials included") {
  const std::string answer = proxy::preflight_answer(preflight().head(), listed, true);
  CHECK(values(answer, "Access-Control-Allow-Origin") == Values{"https://page.test"});
  CHECK(values(answer, "Access-Control-Allow-Credentials") == Values{"true"});
  CHECK(values(answer, "Vary") == Values{"Origin"});
  CHECK(answer.find('*') == std::string::npos);
}

TEST_CASE("C5: a page on a public network may reach a private one if it asks") {
  const test::Request asked = preflight({"Access-Control-Request-Private-Network: true"});
  CHECK(values(proxy::preflight_answer(asked.head(), everyone, true), "Access-Control-Allow-Private-Network") ==
        Values{"true"});
}

TEST_CASE("C5: a preflight's answer says whether the connection lives on") {
  CHECK(values(proxy::preflight_answer(preflight().head(), everyone, false), "Connection") == Values{"close"});
  CHECK(values(proxy::preflight_answer(preflight({}, "HTTP/1.0").head(), everyone, true), "Connection") ==
        Values{"keep-alive"});
}

TEST_CASE("C4: the Origin of a head that is broken or cut is found for the answer that refuses it") {
  CHECK(proxy::origin_in("GET / HTTP/1.1\r\nHost: a\r\norigin:  https://app.example \r\nCookie: aaa") ==
        "https://app.example");
  CHECK(proxy::origin_in("GET / HTTP/1.1\r\nX-Origin: https://app.example\r\n").empty());
  CHECK(proxy::origin_in("").empty());
}
