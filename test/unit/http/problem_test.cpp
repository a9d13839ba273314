// How a failure is told (F11), and what the table of failures says.
#include "proxy/http/problem.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <set>

#include "test/unit/http/heads.hpp"

using proxy::errc;
using test::values;
using test::Values;

namespace {

const std::vector<std::string> everyone;

proxy::RequestFacts facts(proxy::http::verb method = proxy::http::verb::get, unsigned version = 11) {
  proxy::RequestFacts request;
  request.method = method;
  request.version = version;
  return request;
}

std::string answer_to(errc code, const proxy::RequestFacts& request = facts(), bool keep_alive = true) {
  return proxy::problem_answer({code, "a detail"}, request, everyone, keep_alive);
}

std::string body_of(std::string_view answer) { return std::string(answer.substr(answer.find("\r\n\r\n") + 4)); }

/// Every code there is, by number.
std::vector<errc> all_codes() {
  std::vector<errc> codes;
  for (int number = 0; number <= static_cast<int>(errc::internal); ++number) codes.push_back(static_cast<errc>(number));
  return codes;
}

}  // namespace

TEST_CASE("F11: every failure has its row, with a side, a status of that side, and sentences") {
  std::set<std::string_view> labels;
  for (const errc code : all_codes()) {
    const proxy::ErrorRow& row = proxy::describe(code);
    INFO(row.label);
    CHECK(row.code == code);
    CHECK(labels.insert(row.label).second);
    CHECK_FALSE(row.title.empty());
    CHECK(row.advice.ends_with("."));
    switch (row.side) {
      case proxy::Side::client:
        CHECK(((row.status >= 400 && row.status < 500) || row.code == errc::client_gone));
        break;
      case proxy::Side::upstream:
        CHECK((row.status == 502 || row.status == 504));
        break;
      case proxy::Side::proxy:
        CHECK((row.status == 500 || row.status == 503));
        break;
    }
  }
}

TEST_CASE("F11: the statuses are the promised ones") {
  const std::pair<errc, unsigned> promised[] = {
      {errc::malformed_request, 400},
      {errc::ambiguous_framing, 400},
      {errc::head_too_large, 431},
      {errc::head_timeout, 408},
      {errc::method_not_allowed, 405},
      {errc::websocket_version, 426},
      {errc::bad_websocket_handshake, 400},
      {errc::origin_not_allowed, 403},
      {errc::function_not_allowed, 403},
      {errc::function_not_named, 400},
      {errc::client_gone, 0},
      {errc::upstream_untrusted, 502},
      {errc::upstream_timeout, 504},
      {errc::upstream_bad_101, 502},
      {errc::draining, 503},
      {errc::too_many_sessions, 503},
      {errc::internal, 500},
  };
  for (const auto& [code, status] : promised) CHECK(proxy::describe(code).status == status);
}

TEST_CASE("sides have names") {
  CHECK(proxy::name(proxy::Side::client) == "client");
  CHECK(proxy::name(proxy::Side::upstream) == "upstream");
  CHECK(proxy::name(proxy::Side::proxy) == "proxy");
}

TEST_CASE("F11: a problem says what failed, on which side, and what to try") {
  const auto problem = boost::json::parse(proxy::problem_json({errc::upstream_untrusted, "it \"expired\"\r\n\xff"}));
  CHECK(problem.at("type") == "about:blank");
  CHECK(problem.at("title") == "The gateway's certificate was not accepted");
  CHECK(problem.at("status") == 502);
  CHECK(problem.at("detail") == "it \"expired\"\r\n?");
  CHECK(problem.at("side") == "upstream");
  CHECK(problem.at("error") == "upstream_untrusted");
  CHECK(problem.at("advice").as_string().find("NVCF_CA_FILE") != std::string::npos);
}

TEST_CASE("F11: a problem without particulars has no detail, and one with many is short") {
  CHECK_FALSE(boost::json::parse(proxy::problem_json({errc::internal, ""})).as_object().contains("detail"));
  const auto problem = boost::json::parse(proxy::problem_json({errc::internal, std::string(100'000, 'x')}));
  CHECK(problem.at("detail").as_string().size() == 512);
}

TEST_CASE("F11: every answer is complete, is not stored, and can be read by a page of another origin") {
  for (const errc code : all_codes()) {
    const std::string answer = answer_to(code);
    if (code == errc::client_gone) {
      CHECK(answer.empty());
      continue;
    }
    INFO(answer);
    const std::string status = std::to_string(proxy::describe(code).status);
    CHECK(answer.starts_with("HTTP/1.1 " + status + " "));
    CHECK(answer.find("Unknown") == std::string::npos);
    CHECK(values(answer, "Content-Type") == Values{"application/problem+json"});
    CHECK(values(answer, "Content-Length") == Values{std::to_string(body_of(answer).size())});
    CHECK(values(answer, "Cache-Control") == Values{"no-store"});
    CHECK(values(answer, "Access-Control-Allow-Origin") == Values{"*"});
    CHECK(boost::json::parse(body_of(answer)).at("error").as_string() ==
          boost::json::string_view(proxy::describe(code).label));
  }
}

TEST_CASE("F11: an answer carries what its status demands") {
  CHECK(values(answer_to(errc::method_not_allowed), "Allow") == Values{"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"});
  CHECK(values(answer_to(errc::websocket_version), "Sec-WebSocket-Version") == Values{"13"});
  CHECK(values(answer_to(errc::websocket_version), "Upgrade") == Values{"websocket"});
  CHECK(values(answer_to(errc::websocket_version), "Connection") == Values{"Upgrade"});
  CHECK(values(answer_to(errc::draining), "Retry-After") == Values{"5"});
  CHECK(values(answer_to(errc::upstream_timeout), "Retry-After").empty());
}

TEST_CASE("F11: the answer to HEAD has the length of its body and not the body") {
  const std::string answer = answer_to(errc::upstream_unreachable, facts(proxy::http::verb::head));
  CHECK(body_of(answer).empty());
  CHECK(values(answer, "Content-Length") == values(answer_to(errc::upstream_unreachable), "Content-Length"));
}

TEST_CASE("F11: an answer says whether the connection lives on") {
  CHECK(values(answer_to(errc::draining), "Connection").empty());
  CHECK(values(answer_to(errc::draining, facts(), false), "Connection") == Values{"close"});
  CHECK(values(answer_to(errc::draining, facts(proxy::http::verb::get, 10)), "Connection") == Values{"keep-alive"});
}

TEST_CASE("C4: a problem goes to a page of an allowed origin with credentials, to others without a word") {
  proxy::RequestFacts request = facts();
  request.origin = "https://page.test";
  const proxy::Failure failure{errc::function_not_allowed, ""};
  CHECK(values(proxy::problem_answer(failure, request, {"https://page.test"}, true), "Access-Control-Allow-Origin") ==
        Values{"https://page.test"});
  CHECK(values(proxy::problem_answer(failure, request, {"https://other.test"}, true), "Access-Control-Allow-Origin")
            .empty());
}

TEST_CASE("F11: a refusal becomes close code 4000 + status and a reason of at most 123 bytes") {
  CHECK(proxy::refusal_close(403, "no").code == 4403);
  CHECK(proxy::refusal_close(504, "no").text == "no");
  std::string sentence;
  for (int i = 0; i < 100; ++i) sentence += "\xc3\xa9";
  CHECK(proxy::refusal_close(403, sentence).text.size() == 122);  // S4: no character is cut in two
}

TEST_CASE("F11: with refusals: close the socket is opened and closed at once") {
  proxy::RequestFacts request = facts();
  const test::Request head("GET / HTTP/1.1",
                           test::upgrade_lines({"Sec-WebSocket-Protocol: authorization.t, function-id.abc"}));
  request.websocket = test::value_of(proxy::read_websocket_offer(head.head(), {}));
  const std::string answer =
      proxy::open_and_close(request, {4403, "not this function"}, "Access-Control-Allow-Origin: *\r\n");
  CHECK(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(values(answer, "Sec-WebSocket-Accept") == Values{std::string(test::websocket_accept)});
  CHECK(values(answer, "Sec-WebSocket-Protocol") == Values{"function-id.abc"});
  CHECK(values(answer, "Access-Control-Allow-Origin") == Values{"*"});
  CHECK(body_of(answer) ==
        "\x88\x13\x11\x33"
        "not this function");
}

TEST_CASE("F11: what offered no WebSocket cannot be opened") {
  CHECK(proxy::open_and_close(facts(), {4400, "no"}, "").empty());
}

TEST_CASE("S4: text is cut between characters, and what is no UTF-8 is replaced") {
  CHECK(proxy::cut_utf8("abc", 2) == "ab");
  CHECK(proxy::cut_utf8("abc", 0).empty());
  CHECK(proxy::cut_utf8("a\xe2\x82\xac", 3) == "a");
  CHECK(proxy::cut_utf8("a\xe2\x82\xac", 4) == "a\xe2\x82\xac");
  CHECK(proxy::cut_utf8("\xf0\x9f\x8e\xae!", 10) == "\xf0\x9f\x8e\xae!");
  CHECK(proxy::cut_utf8("\xf4\x8f\xbf\xbf", 4) == "\xf4\x8f\xbf\xbf");
  const std::pair<std::string_view, std::string_view> invalid[] = {
      {"\x80", "?"},
      {"a\xff"
       "b",
       "a?b"},
      {"\xc3", "?"},
      {"\xc3(", "?("},
      {"\xc0\xaf", "??"},
      {"\xe2\x82", "??"},
      {"\xe0\x80\x80", "???"},
      {"\xed\xa0\x80", "???"},
      {"\xf0\x80\x80\x80", "????"},
      {"\xf5\x80\x80\x80", "????"},
      {"\xf4\x90\x80\x80", "????"},
  };
  for (const auto& [text, replaced] : invalid) CHECK(proxy::cut_utf8(text, 100) == replaced);
}
