#include "proxy/websocket/close_policy.hpp"

#include <catch2/catch.hpp>

using namespace proxy;

TEST_CASE("S5, S6: a side that is lost without a Close frame aborts the other") {
  CHECK(decide_ending({.sent_close = false, .received_close = false}) == Ending::abort);
}

TEST_CASE("S4: a side that ends after a Close frame of either ends the other cleanly") {
  CHECK(decide_ending({.sent_close = true, .received_close = false}) == Ending::clean);
  CHECK(decide_ending({.sent_close = false, .received_close = true}) == Ending::clean);
  CHECK(decide_ending({.sent_close = true, .received_close = true}) == Ending::clean);
}

TEST_CASE("S5: a page that goes away does not end its session, every other Close does") {
  CHECK(decide_close(Side::client, 1001, false) == Passage::withhold);
  CHECK(decide_close(Side::upstream, 1001, false) == Passage::pass);
  for (const int code : {1000, 1005, 1008, 1011, 3000, 4999})
    CHECK(decide_close(Side::client, static_cast<std::uint16_t>(code), false) == Passage::pass);
}

TEST_CASE("S4: the 1001 with which a client answers upstream's passes, since upstream ended the session") {
  CHECK(decide_close(Side::client, 1001, true) == Passage::pass);
}
