#include "proxy/websocket/frames.hpp"

#include <catch2/catch.hpp>

#include "test/unit/websocket/make_frame.hpp"

using proxy::FrameScanner;

namespace {

std::string feed_by_bytes(FrameScanner& scanner, std::string_view bytes) {
  std::string passed;
  for (const char byte : bytes) passed += scanner.feed({&byte, 1});
  return passed;
}

}  // namespace

TEST_CASE("F10: frames of every length form pass whole, whatever pieces they come in") {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65535U, 65536U, 70000U}) {
    for (const bool masked : {false, true}) {
      const std::string frame = make_frame({.opcode = 2, .masked = masked}, std::string(size, 'x'));
      FrameScanner whole;
      CHECK(whole.feed(frame) == frame);
      CHECK(whole.between_frames());
      CHECK(whole.messages() == 1);
      FrameScanner bytewise;
      CHECK(feed_by_bytes(bytewise, frame) == frame);
      CHECK(bytewise.between_frames());
      CHECK(bytewise.messages() == 1);
    }
  }
}

TEST_CASE("S14: a fragmented message counts once, control frames not at all") {
  FrameScanner scanner;
  const std::string bytes = make_frame({.opcode = 1, .final = false}, "a") + make_frame({.opcode = 9}, "ping") +
                            make_frame({.opcode = 0, .final = false}, "b") + make_frame({.opcode = 0}, "c");
  CHECK(scanner.feed(bytes) == bytes);
  CHECK(scanner.messages() == 1);
}

TEST_CASE("S2: between two frames is known, within a header and within a payload too") {
  const std::string frame = make_frame({.opcode = 1}, std::string(300, 'x'));
  FrameScanner scanner;
  CHECK(scanner.between_frames());
  scanner.feed(frame.substr(0, 1));
  CHECK_FALSE(scanner.between_frames());
  scanner.feed(frame.substr(1, 100));
  CHECK_FALSE(scanner.between_frames());
  scanner.feed(frame.substr(101));
  CHECK(scanner.between_frames());
}

TEST_CASE("S4: a Close frame is held back whole and read, masked or not") {
  for (const bool masked : {false, true}) {
    const std::string message = make_frame({.opcode = 1, .masked = masked}, "hello");
    const std::string close = make_frame({.opcode = 8, .masked = masked},
                                         "\x03\xe8"
                                         "bye");
    FrameScanner scanner;
    CHECK(scanner.feed(message + close + message) == message);
    REQUIRE(scanner.close());
    CHECK(scanner.close()->code == 1000);
    CHECK(scanner.close()->reason == "bye");
    CHECK(scanner.close_bytes() == close);
    CHECK(scanner.feed(message).empty());

    FrameScanner bytewise;
    CHECK(feed_by_bytes(bytewise, message + close + message) == message);
    REQUIRE(bytewise.close());
    CHECK(bytewise.close_bytes() == close);
  }
}

TEST_CASE("S4: a Close frame without a code is 1005, which is never sent") {
  FrameScanner scanner;
  const std::string close = make_frame({.opcode = 8, .masked = true}, "");
  CHECK(scanner.feed(close).empty());
  REQUIRE(scanner.close());
  CHECK(scanner.close()->code == 1005);
  CHECK(scanner.close_bytes() == close);
}

TEST_CASE("S4: half a Close frame is none") {
  FrameScanner scanner;
  CHECK(scanner.feed(make_frame({.opcode = 8}, "\x03\xe8").substr(0, 3)).empty());
  CHECK_FALSE(scanner.close());
}
