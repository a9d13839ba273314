// What a browser says by Sec-WebSocket-Protocol, and the one protocol it is answered with (F4).
#include "proxy/http/subprotocols.hpp"

#include <catch2/catch.hpp>

#include "test/unit/http/heads.hpp"

using proxy::errc;
using test::error_of;
using test::value_of;
using test::Values;

namespace {

proxy::Subprotocols read(std::string_view offered) {
  return value_of(proxy::read_subprotocols(test::fields({{"Sec-WebSocket-Protocol", offered}})));
}

using Choice = std::optional<std::string>;

}  // namespace

TEST_CASE("F4: what is said to us stays here, all others pass in order") {
  const proxy::Subprotocols protocols = read(
      "x-nv-sessionid.7, function-id.abc, function-version-id.v1, chat, nvcf-function-version-id.v2, "
      "nvcf-function-anything, nvcf-reqid.r1, authorization.t0ken, function-idea, nvcf-reqid, v2.chat");
  CHECK(protocols.for_upstream == Values{"x-nv-sessionid.7", "chat", "function-idea", "nvcf-reqid", "v2.chat"});
  CHECK(protocols.offered.size() == 11);
  CHECK(protocols.offered.front() == "x-nv-sessionid.7");
}

TEST_CASE("F3 F4: values are what follows the first dot, whatever the case of the name") {
  CHECK(read("function-id.a.b").function == "a.b");
  CHECK(read("nvcf-function-id.abc").function == "abc");
  CHECK(read("Function-ID.abc").function == "abc");
  CHECK(read("Function-ID.abc").for_upstream.empty());
  CHECK(read("nvcf-reqid.one, nvcf-reqid.two").request_id == "one");
  CHECK(read("AUTHORIZATION.secret").for_upstream.empty());
  CHECK(read("chat").function == std::nullopt);
  CHECK(read("chat").request_id == std::nullopt);
}

TEST_CASE("F3: one function may be named twice, two may not") {
  CHECK(read("function-id.abc, nvcf-function-id.abc").function == "abc");
  CHECK(error_of(proxy::read_subprotocols(test::fields(
            {{"Sec-WebSocket-Protocol", "function-id.abc, nvcf-function-id.def"}}))) == errc::malformed_request);
}

TEST_CASE("offers in several lines are one list") {
  const auto protocols = value_of(proxy::read_subprotocols(
      test::fields({{"sec-websocket-protocol", "a,b"}, {"Host", "x"}, {"Sec-WebSocket-Protocol", " c "}})));
  CHECK(protocols.for_upstream == Values{"a", "b", "c"});
  CHECK(value_of(proxy::read_subprotocols({})).offered.empty());
  CHECK(read("").offered.empty());
}

TEST_CASE("X3: an offer that is no token, or is made twice, is refused") {
  for (const std::string_view offered : {"a b", "a/b", "\"a\"", "caf\xc3\xa9", "a, b, a"}) {
    INFO(offered);
    CHECK(error_of(proxy::read_subprotocols(test::fields({{"Sec-WebSocket-Protocol", offered}}))) ==
          errc::bad_websocket_handshake);
  }
  CHECK(read("chat, CHAT").for_upstream == Values{"chat", "CHAT"});  // RFC 6455 compares them with their case
}

TEST_CASE("F4: the client is answered exactly one protocol that it offered") {
  CHECK(value_of(proxy::choose_subprotocol(read("a, b"), "b")) == Choice("b"));
  CHECK(value_of(proxy::choose_subprotocol(read("function-id.abc, b"), "b")) == Choice("b"));
  CHECK(value_of(proxy::choose_subprotocol(read("authorization.t, function-id.abc"), std::nullopt)) ==
        Choice("function-id.abc"));
  CHECK(value_of(proxy::choose_subprotocol(read("authorization.t, x-nv-sessionid.7"), std::nullopt)) ==
        Choice("x-nv-sessionid.7"));
  CHECK(value_of(proxy::choose_subprotocol(read("authorization.t"), std::nullopt)) == Choice("authorization.t"));
  CHECK(value_of(proxy::choose_subprotocol({}, std::nullopt)) == Choice());
}

TEST_CASE("F5: a choice of upstream's that was not offered to it is refused") {
  CHECK(error_of(proxy::choose_subprotocol(read("a"), "c")) == errc::upstream_bad_101);
  CHECK(error_of(proxy::choose_subprotocol(read("a"), "A")) == errc::upstream_bad_101);
  CHECK(error_of(proxy::choose_subprotocol(read("a, function-id.abc"), "function-id.abc")) == errc::upstream_bad_101);
  CHECK(error_of(proxy::choose_subprotocol({}, "a")) == errc::upstream_bad_101);
  CHECK(error_of(proxy::choose_subprotocol(read("a"), "")) == errc::upstream_bad_101);
}

TEST_CASE("X8: an offer with a credential is known as one") {
  CHECK(proxy::carries_secret("authorization.abc"));
  CHECK(proxy::carries_secret("Authorization.abc"));
  CHECK_FALSE(proxy::carries_secret("authorization"));
  CHECK_FALSE(proxy::carries_secret("function-id.authorization.abc"));
}
