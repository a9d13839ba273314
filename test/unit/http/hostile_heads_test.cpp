// Every raw request of test/data/hostile_requests.txt is taken through the decisions of a session in their order: where
// the head ends, whether its lines are sound, what it says, where it goes. None may come out as something to forward,
// and each must come out with its status. The sound neighbours of the cases prove that the strictness hits no others.
#include <catch2/catch.hpp>
#include <set>

#include "proxy/http/rewrite_request.hpp"
#include "test/unit/http/heads.hpp"
#include "test/unit/http/raw_cases.hpp"

namespace {

/// What a session would answer: the status of a refusal, 204 for a preflight, 0 where it would forward or go on
/// reading.
unsigned status_of(std::string_view bytes) {
  proxy::HeadScan scan;
  proxy::find_head_end(bytes, scan);
  if (scan.malformed) return 400;
  if (scan.length == 0) return 0;
  const std::string_view head = bytes.substr(0, scan.length);
  if (const auto failure = proxy::judge_lines(head)) return proxy::describe(failure->code).status;
  proxy::RequestParser parser;
  if (const auto failure = parser.read_head(head)) return proxy::describe(failure->code).status;
  const proxy::Route route = proxy::decide_route(parser.head(), test::one_function());
  if (const auto* failure = std::get_if<proxy::Failure>(&route)) return proxy::describe(failure->code).status;
  return std::holds_alternative<proxy::Preflight>(route) ? 204 : 0;
}

/// The status that a session would answer to a body, or 0 if it is read to its end.
unsigned status_of_body(std::string_view bytes) {
  proxy::HeadScan scan;
  proxy::find_head_end(bytes, scan);
  REQUIRE(scan.length != 0);
  proxy::RequestParser parser;
  REQUIRE_FALSE(parser.read_head(bytes.substr(0, scan.length)));
  bytes.remove_prefix(scan.length);
  while (!parser.done()) {
    const auto piece = parser.next(bytes);
    if (!piece) return proxy::describe(piece.error().code).status;
    REQUIRE(piece->consumed != 0);  // a case that waits for more would prove nothing
    bytes.remove_prefix(piece->consumed);
  }
  return 0;
}

std::string data(std::string_view name) { return std::string(NVCF_SOURCE_DIR "/test/data/").append(name); }

}  // namespace

TEST_CASE("X1 X2 X3: every hostile head is refused with its status") {
  const auto cases = test::read_raw_cases(data("hostile_requests.txt"));
  REQUIRE(cases.size() >= 60);
  for (const test::RawCase& hostile : cases) {
    INFO(hostile.promise << " " << hostile.name);
    CHECK(status_of(hostile.bytes) == hostile.status);
  }
}

TEST_CASE("X1 X2 X3: the table of hostile heads has no case twice") {
  std::set<std::string> names;
  std::set<std::string> bytes;
  for (const test::RawCase& hostile : test::read_raw_cases(data("hostile_requests.txt"))) {
    INFO(hostile.name);
    CHECK(names.insert(hostile.name).second);
    CHECK(bytes.insert(hostile.bytes).second);
  }
}

TEST_CASE("X1: every body with hostile chunks is refused with its status") {
  const auto cases = test::read_raw_cases(data("hostile_bodies.txt"));
  REQUIRE(cases.size() >= 15);
  for (const test::RawCase& hostile : cases) {
    INFO(hostile.promise << " " << hostile.name);
    CHECK(status_of(hostile.bytes) == 0);
    CHECK(status_of_body(hostile.bytes) == hostile.status);
  }
}

TEST_CASE("X1 X2 X3: a hostile head is refused however it is cut into pieces") {
  for (const test::RawCase& hostile : test::read_raw_cases(data("hostile_requests.txt"))) {
    proxy::HeadScan whole;
    proxy::find_head_end(hostile.bytes, whole);
    proxy::HeadScan piecewise;
    for (std::size_t size = 1; size <= hostile.bytes.size(); ++size) {
      proxy::find_head_end(std::string_view(hostile.bytes).substr(0, size), piecewise);
    }
    INFO(hostile.name);
    CHECK(piecewise.length == whole.length);
    CHECK(piecewise.malformed == whole.malformed);
  }
}

TEST_CASE("X1 X2 X3: the sound neighbours of hostile heads go through") {
  const std::string upgrade = test::head_text("GET /sign_in HTTP/1.1", test::upgrade_lines({"Connection: keep-alive"}));
  const std::string_view sound[] = {
      "POST /sign_in HTTP/1.1\r\nHost: proxy.test\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST /sign_in HTTP/1.1\r\nHost: proxy.test\r\ntransfer-encoding:\t Chunked \r\n\r\n",
      "POST /sign_in HTTP/1.1\r\nHost: proxy.test\r\nContent-Length: 0\r\n\r\n",
      "POST /sign_in HTTP/1.1\r\nHost: proxy.test\r\nContent-Length:   007  \r\n\r\n",
      "POST /sign_in HTTP/1.1\r\nHost: proxy.test\r\nContent-Length: 9223372036854775807\r\n\r\n",
      "POST /sign_in HTTP/1.1\r\nHost: proxy.test\r\n\r\n",
      "GET /sign_in HTTP/1.0\r\n\r\n",
      "GET /sign_in HTTP/1.1\r\nhOST: PROXY.test:49100\r\n\r\n",
      "GET /sign_in HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n",
      "GET /sign_in HTTP/1.1\r\nHost: proxy.test\r\nX-Note: caf\xc3\xa9,\t\"a: b\"\r\n\r\n",
      "GET /sign_in HTTP/1.1\r\nHost: proxy.test\r\nX-Empty:\r\n\r\n",
      "GET http://proxy.test/sign_in HTTP/1.1\r\nHost: proxy.test\r\n\r\n",
      "GET HTTP://Proxy.Test:80/sign_in HTTP/1.1\r\nHost: proxy.test\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: proxy.test\r\n\r\n",
      "PROPFIND /any HTTP/1.1\r\nHost: proxy.test\r\n\r\n",
      upgrade,
  };
  for (const std::string_view text : sound) {
    INFO(text);
    proxy::HeadScan scan;
    proxy::find_head_end(text, scan);
    CHECK(scan.length == text.size());
    CHECK(status_of(text) == 0);
  }
}
