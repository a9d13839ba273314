// Where heads end and where bodies end. What a parser would refuse before us is given here as fields, since the judges
// must hold without its help.
#include <catch2/catch.hpp>

#include "proxy/http/framing.hpp"
#include "test/unit/http/heads.hpp"

using proxy::BodyFraming;
using proxy::errc;
using test::error_of;
using test::value_of;
using Kind = proxy::BodyFraming::Kind;

namespace {

proxy::RequestHead post(proxy::Fields fields, unsigned version = 11) {
  return {proxy::http::verb::post, "POST", "/sign_in", version, std::move(fields)};
}

proxy::ResponseHead answer(unsigned status, proxy::Fields fields, unsigned version = 11) {
  return {status, "", version, std::move(fields)};
}

std::size_t head_length(std::string_view bytes) {
  proxy::HeadScan scan;
  proxy::find_head_end(bytes, scan);
  CHECK_FALSE(scan.malformed);
  return scan.length;
}

}  // namespace

TEST_CASE("a head ends at its first empty line, and what follows stays") {
  CHECK(head_length("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next") == 27);
  CHECK(head_length("\r\n") == 2);
  for (const std::string_view incomplete : {"", "G", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\nHost: a\r\n\r"}) {
    CHECK(head_length(incomplete) == 0);
  }
}

TEST_CASE("the search for a head's end goes on where it stopped") {
  const std::string_view text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  proxy::HeadScan scan;
  for (std::size_t size = 0; size < text.size(); ++size) {
    proxy::find_head_end(text.substr(0, size), scan);
    CHECK(scan.length == 0);
    CHECK(scan.scanned + 1 >= size);  // no byte but a last CR is looked at twice
  }
  proxy::find_head_end(text, scan);
  CHECK(scan.length == text.size());
}

TEST_CASE("X2: a bare LF or CR is found before the head is complete") {
  for (const std::string_view text :
       {"GET / HTTP/1.1\nH", "GET / HTTP/1.1\rH", "GET / HTTP/1.1\r\r", "\n", "A: b\r\n\n"}) {
    proxy::HeadScan scan;
    proxy::find_head_end(text, scan);
    INFO(text);
    CHECK(scan.malformed);
    CHECK(scan.length == 0);
  }
}

TEST_CASE("X2: a complaint about a line says which and why, and repeats nothing of it") {
  const auto failure = proxy::judge_lines("GET / HTTP/1.1\r\nHost: a\r\nse cret\r\n\r\n");
  REQUIRE(failure);
  CHECK(failure->code == errc::malformed_request);
  CHECK(failure->detail == "line 3 has no colon");
  const std::pair<std::string_view, std::string_view> reasons[] = {
      {" a: b", "starts with white space"},
      {"a : b", "white space before its colon"},
      {"a\t: b", "white space before"},
      {": b", "no field name"},
      {"a b: c", "no token"},
      {"a: \x01", "control character"},
      {"a: b\rc", "a bare CR"},
      {"a: b\nc", "a bare LF"},
  };
  for (const auto& [line, reason] : reasons) {
    const auto complaint = proxy::judge_lines("GET / HTTP/1.1\r\n" + std::string(line) + "\r\n\r\n");
    REQUIRE(complaint);
    CHECK_THAT(complaint->detail, Catch::StartsWith("line 2 ") && Catch::Contains(std::string(reason)));
  }
}

TEST_CASE("X2: a head without its end is not sound") {
  CHECK(proxy::judge_lines(""));
  CHECK(proxy::judge_lines("\r\n"));
  CHECK(proxy::judge_lines("GET / HTTP/1.1\r\n"));
  CHECK(proxy::judge_lines("GET / HTTP/1.1\r\nHost: a\r\n"));
  CHECK_FALSE(proxy::judge_lines("GET / HTTP/1.1\r\n\r\n"));
}

TEST_CASE("X1: a request's body ends where its one framing field says") {
  using test::fields;
  CHECK(value_of(proxy::judge_request_framing(post({}))) == BodyFraming{Kind::none, 0});
  CHECK(value_of(proxy::judge_request_framing(post(fields({{"content-length", "0"}})))) ==
        BodyFraming{Kind::length, 0});
  CHECK(value_of(proxy::judge_request_framing(post(fields({{"Content-Length", "0012"}})))) ==
        BodyFraming{Kind::length, 12});
  CHECK(value_of(proxy::judge_request_framing(post(fields({{"Content-Length", "9223372036854775807"}})))) ==
        BodyFraming{Kind::length, 9223372036854775807U});
  CHECK(value_of(proxy::judge_request_framing(post(fields({{"Transfer-Encoding", "CHUNKED"}})))) ==
        BodyFraming{Kind::chunked, 0});
  CHECK(value_of(proxy::judge_request_framing(post(fields({{"Content-Length", "5"}}), 10))) ==
        BodyFraming{Kind::length, 5});
}

TEST_CASE("X1: a request whose body could end in two places is refused") {
  const std::vector<std::pair<proxy::Fields, unsigned>> ambiguous = {
      {test::fields({{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}), 11},
      {test::fields({{"Transfer-Encoding", "chunked"}, {"Content-Length", "5"}}), 11},
      {test::fields({{"Content-Length", "5"}, {"Content-Length", "5"}}), 11},
      {test::fields({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}), 11},
      {test::fields({{"Transfer-Encoding", "chunked"}}), 10},
      {test::fields({{"Transfer-Encoding", "gzip, chunked"}}), 11},
      {test::fields({{"Transfer-Encoding", "identity"}}), 11},
      {test::fields({{"Transfer-Encoding", ""}}), 11},
      {test::fields({{"Transfer_Encoding", "chunked"}}), 11},
      {test::fields({{"Content_Length", "5"}}), 11},
      {test::fields({{"Content-Length", ""}}), 11},
      {test::fields({{"Content-Length", "+5"}}), 11},
      {test::fields({{"Content-Length", "-5"}}), 11},
      {test::fields({{"Content-Length", "0x5"}}), 11},
      {test::fields({{"Content-Length", "5, 5"}}), 11},
      {test::fields({{"Content-Length", "5 "}}), 11},
      {test::fields({{"Content-Length", "9223372036854775808"}}), 11},
      {test::fields({{"Content-Length", "18446744073709551616"}}), 11},
  };
  for (const auto& [fields, version] : ambiguous) {
    INFO(fields.front().name << ": " << fields.front().value);
    CHECK(error_of(proxy::judge_request_framing(post(fields, version))) == errc::ambiguous_framing);
  }
}

TEST_CASE("X5: an answer's body ends by its status, the method and its framing field") {
  using proxy::http::verb;
  const proxy::Fields five = test::fields({{"Content-Length", "5"}});
  const proxy::Fields chunked = test::fields({{"Transfer-Encoding", "chunked"}});
  CHECK(value_of(proxy::judge_response_framing(answer(200, five), verb::get)) == BodyFraming{Kind::length, 5});
  CHECK(value_of(proxy::judge_response_framing(answer(200, chunked), verb::get)) == BodyFraming{Kind::chunked, 0});
  CHECK(value_of(proxy::judge_response_framing(answer(200, {}), verb::get)) == BodyFraming{Kind::until_close, 0});
  CHECK(value_of(proxy::judge_response_framing(answer(200, {}, 10), verb::get)) == BodyFraming{Kind::until_close, 0});
  CHECK(value_of(proxy::judge_response_framing(answer(200, five), verb::head)) == BodyFraming{});
  CHECK(value_of(proxy::judge_response_framing(answer(200, chunked), verb::head)) == BodyFraming{});
  CHECK(value_of(proxy::judge_response_framing(answer(304, five), verb::get)) == BodyFraming{});
  CHECK(value_of(proxy::judge_response_framing(answer(204, {}), verb::get)) == BodyFraming{});
  CHECK(value_of(proxy::judge_response_framing(answer(204, test::fields({{"Content-Length", "0"}})), verb::get)) ==
        BodyFraming{});
  CHECK(value_of(proxy::judge_response_framing(answer(101, {}), verb::get)) == BodyFraming{});
}

TEST_CASE("X5: an answer with broken framing is refused as upstream's fault") {
  const std::vector<proxy::ResponseHead> broken = {
      answer(200, test::fields({{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}})),
      answer(200, test::fields({{"Content-Length", "5"}, {"Content-Length", "6"}})),
      answer(200, test::fields({{"Content-Length", "five"}})),
      answer(200, test::fields({{"Transfer-Encoding", "gzip"}})),
      answer(200, test::fields({{"Transfer-Encoding", "chunked"}}), 10),
      answer(204, test::fields({{"Content-Length", "5"}})),
      answer(204, test::fields({{"Transfer-Encoding", "chunked"}})),
      answer(101, test::fields({{"Transfer-Encoding", "chunked"}})),
      answer(304, test::fields({{"Content-Length", "-1"}})),
  };
  for (const proxy::ResponseHead& head : broken) {
    INFO(head.status << " " << head.fields.front().name << ": " << head.fields.front().value);
    CHECK(error_of(proxy::judge_response_framing(head, proxy::http::verb::get)) == errc::upstream_malformed);
  }
}

TEST_CASE("a length of zero is no body, and yet a framing") {
  CHECK_FALSE(BodyFraming{Kind::length, 0}.has_body());
  CHECK_FALSE(BodyFraming{}.has_body());
  CHECK(BodyFraming{Kind::length, 1}.has_body());
  CHECK(BodyFraming{Kind::chunked, 0}.has_body());
  CHECK(BodyFraming{Kind::until_close, 0}.has_body());
}

TEST_CASE("X2: Host is there once and is host[:port]") {
  for (const std::string_view host : {"a", "proxy.test", "proxy.test:1", "10.0.0.1:65535", "[::1]", "[2001:db8::1]:443",
                                      "xn--bcher-kva.test", "under_score.test", "proxy.test."}) {
    INFO(host);
    CHECK_FALSE(proxy::judge_host(post(test::fields({{"host", host}}))));
  }
  for (const std::string_view host :
       {"",    " ",      "a b",    "a,b",       "user@a",         "a/b",    "a?b",     "a#b",   "http://a",
        ":80", "a:",     "a:0",    "a:65536",   "a:000080",       "a:-1",   "a:8 0",   "[::1",  "::1",
        "[]",  "[::1]x", "[::1]:", "[1.2.3.4]", "[fe80::1%eth0]", "[::1]]", "a:80:80", "a%2eb", "\xc3\xa9.test"}) {
    INFO(host);
    CHECK(proxy::judge_host(post(test::fields({{"Host", host}}))));
  }
  CHECK(proxy::judge_host(post({})));
  CHECK_FALSE(proxy::judge_host(post({}, 10)));
  CHECK(proxy::judge_host(post(test::fields({{"Host", "a"}, {"Host", "a"}}))));
}

TEST_CASE("F6: a connection lives on as its version and Connection say") {
  CHECK(proxy::keeps_alive(11, {}));
  CHECK_FALSE(proxy::keeps_alive(10, {}));
  CHECK_FALSE(proxy::keeps_alive(11, test::fields({{"Connection", "Foo, CLOSE"}})));
  CHECK(proxy::keeps_alive(10, test::fields({{"Connection", "Keep-Alive"}})));
  CHECK_FALSE(proxy::keeps_alive(10, test::fields({{"Connection", "keep-alive"}, {"Connection", "close"}})));
  CHECK_FALSE(proxy::keeps_alive(10, test::fields({{"Proxy-Connection", "keep-alive"}})));
}

TEST_CASE("X6: more header lines or more names in Connection than any honest head has are refused") {
  proxy::Fields fields(256, proxy::Field{.name = "a", .value = "b"});
  CHECK_FALSE(proxy::judge_counts(fields));
  fields.push_back({.name = "a", .value = "b"});
  REQUIRE(proxy::judge_counts(fields));
  CHECK(proxy::judge_counts(fields)->code == proxy::errc::head_too_large);

  std::string names = "a";
  for (int i = 1; i < 64; ++i) names += ",a";
  CHECK_FALSE(proxy::judge_counts({{.name = "Connection", .value = names}}));
  names += ",a";
  CHECK(proxy::judge_counts({{.name = "Connection", .value = names}}));
}
