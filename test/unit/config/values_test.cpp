#include "config/values.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using config::Duration;

TEST_CASE("durations are a number and a unit, and 0 alone") {
  const std::pair<const char*, Duration> good[] = {{"0", 0ms},   {"0s", 0ms},    {"500ms", 500ms}, {"20s", 20s},
                                                   {"2m", 2min}, {"1h", 1h},     {"168h", 168h},   {"007s", 7s},
                                                   {"90s", 90s}, {"120s", 2min}, {"604800s", 168h}};
  for (const auto& [text, value] : good) {
    CAPTURE(text);
    const auto read = config::read_duration(text);
    REQUIRE(read.has_value());
    CHECK(*read == value);
  }
  for (const char* text : {"", "1", "20", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1d", "1us", "1sec",
                           "169h", "18446744073709551616ms", "9223372036854775807h", "0x1s", "1h30m"}) {
    CAPTURE(text);
    CHECK_FALSE(config::read_duration(text).has_value());
  }
}

TEST_CASE("sizes are bytes, KiB or MiB, and no unit that could mean 1000") {
  CHECK(*config::read_size("65536") == 65536);
  CHECK(*config::read_size("64KiB") == 65536);
  CHECK(*config::read_size("1MiB") == 1048576);
  for (const char* text :
       {"", "KiB", "64K", "64kB", "64KB", "64kib", "64 KiB", "-1", "1.5MiB", "1GiB", "99999999999999999MiB"}) {
    CAPTURE(text);
    CHECK_FALSE(config::read_size(text).has_value());
  }
}

TEST_CASE("a duration and a size that were written are read as the same") {
  for (const Duration value :
       {Duration(0ms), Duration(1ms), Duration(1500ms), Duration(75s), Duration(2min), Duration(25h)}) {
    CHECK(*config::read_duration(config::write_duration(value)) == value);
  }
  CHECK(config::write_duration(2min) == "2m");
  CHECK(config::write_duration(75s) == "75s");
  for (const std::uint64_t value : {0U, 1U, 1024U, 1025U, 1048576U}) {
    CHECK(*config::read_size(config::write_size(value)) == value);
  }
  CHECK(config::write_size(65536) == "64KiB");
}

TEST_CASE("numbers keep their limits") {
  CHECK(*config::read_number("0", 0, 10) == 0);
  CHECK(*config::read_number("10", 0, 10) == 10);
  for (const char* text : {"", "11", "-1", "+1", "1 ", " 1", "1.0", "0x1", "18446744073709551616"}) {
    CAPTURE(text);
    CHECK_FALSE(config::read_number(text, 0, 10).has_value());
  }
}

TEST_CASE("S13: a limit of time cannot be switched off, an interval can") {
  Duration target = 5s;
  CHECK(read_value(config::Timeout{}, "0", target));
  CHECK(target == 5s);
  CHECK_FALSE(read_value(config::Interval{}, "0", target));
  CHECK(target == 0ms);
}

TEST_CASE("F8: the size of a head stays between 4KiB and 1MiB") {
  std::size_t target = 0;
  CHECK_FALSE(read_value(config::HeadSize{}, "4KiB", target));
  CHECK(target == 4096);
  CHECK_FALSE(read_value(config::HeadSize{}, "1MiB", target));
  CHECK(read_value(config::HeadSize{}, "4095", target));
  CHECK(read_value(config::HeadSize{}, "1048577", target));
  CHECK(read_value(config::HeadSize{}, "0", target));
  CHECK(target == 1048576);
}

TEST_CASE("booleans are true or false and nothing that means one") {
  bool target = false;
  CHECK_FALSE(read_value(config::Boolean{}, "true", target));
  CHECK(target);
  for (const char* text : {"", "True", "TRUE", "yes", "on", "1", "0", "false ", "no"}) {
    CAPTURE(text);
    CHECK(read_value(config::Boolean{}, text, target));
    CHECK(target);
  }
}

TEST_CASE("X8: an API key that could add a header is refused, and not told") {
  config::Secret target;
  for (const char* text : {"", "canary key", "canary\r\nX-Evil: 1", "canary\n", "canary\t", "Bearer canary",
                           "canary\x7f", "canary\xc3\xa9", " canary"}) {
    CAPTURE(text);
    const auto wrong = read_value(config::Credential{}, text, target);
    REQUIRE(wrong);
    CHECK(wrong->why.find("canary") == std::string::npos);
    CHECK(target.empty());
  }
  CHECK(read_value(config::Credential{}, std::string("a\0b", 3), target));
  CHECK(read_value(config::Credential{}, std::string(16 * 1024 + 1, 'x'), target));
  CHECK_FALSE(read_value(config::Credential{}, "nvapi-AbC_123~+/=", target));
  CHECK(target.reveal() == "nvapi-AbC_123~+/=");
}

TEST_CASE("the address to listen on is an address or all of them") {
  std::optional<boost::asio::ip::address> target;
  for (const char* text : {"0.0.0.0", "127.0.0.1", "::", "::1", "[::1]", "fe80::1"}) {
    CAPTURE(text);
    CHECK_FALSE(read_value(config::Address{}, text, target));
    CHECK(target);
  }
  for (const char* text : {"", "localhost", "127.0.0.1:80", "127.0.0.256", "[127.0.0.1", "1"}) {
    CAPTURE(text);
    CHECK(read_value(config::Address{}, text, target));
  }
  CHECK_FALSE(read_value(config::Address{}, "*", target));
  CHECK_FALSE(target);
}

TEST_CASE("the admin address has a port, which may be the system's choice, or is off") {
  config::Admin target;
  CHECK_FALSE(read_value(config::AdminAddress{}, "[::1]:0", target));
  CHECK(target.address->to_string() == "::1");
  CHECK(target.port == 0);
  CHECK(write_value(config::AdminAddress{}, target) == config::Values{"[::1]:0"});
  CHECK_FALSE(read_value(config::AdminAddress{}, "10.0.0.1", target));
  CHECK(target.port == 9901);
  CHECK(read_value(config::AdminAddress{}, "localhost:1", target));
  CHECK(read_value(config::AdminAddress{}, "127.0.0.1:65536", target));
  CHECK_FALSE(read_value(config::AdminAddress{}, "off", target));
  CHECK_FALSE(target.address);
}

TEST_CASE("F9: trusted proxies are ranges or single addresses, and one wrong item is named") {
  std::vector<config::Network> target;
  CHECK_FALSE(read_value(config::Networks{}, {"10.0.0.0/8", "192.0.2.7", "fd00::/8", "::1"}, target));
  CHECK(write_value(config::Networks{}, target) == config::Values{"10.0.0.0/8", "192.0.2.7/32", "fd00::/8", "::1/128"});
  const auto wrong = read_value(config::Networks{}, {"10.0.0.0/8", "10.0.0.0/33"}, target);
  REQUIRE(wrong);
  CHECK(wrong->why.find("\"10.0.0.0/33\"") != std::string::npos);
  CHECK(target.size() == 4);
  CHECK_FALSE(read_value(config::Networks{}, {}, target));
  CHECK(target.empty());
}

TEST_CASE("C6: origins come out as browsers write them, each is judged, and * stands alone") {
  std::vector<std::string> target;
  CHECK_FALSE(read_value(config::Origins{}, {"HTTPS://A.Example:443", "http://b.example:8080"}, target));
  CHECK(target == std::vector<std::string>{"https://a.example", "http://b.example:8080"});
  CHECK(read_value(config::Origins{}, {}, target));
  CHECK(read_value(config::Origins{}, {"*", "https://a.example"}, target));
  CHECK(read_value(config::Origins{}, {"https://a.example", "null"}, target));
  CHECK(target.size() == 2);
  CHECK_FALSE(read_value(config::Origins{}, {"*"}, target));
  CHECK(target.empty());
}

TEST_CASE("F7: names of cookies are tokens; an empty list is none, * is all") {
  std::optional<std::vector<std::string>> target;
  CHECK_FALSE(read_value(config::CookieNames{}, {"a", "b_c"}, target));
  CHECK(target == std::vector<std::string>{"a", "b_c"});
  CHECK_FALSE(read_value(config::CookieNames{}, {}, target));
  REQUIRE(target);
  CHECK(target->empty());
  CHECK(read_value(config::CookieNames{}, {"a", "*"}, target));
  CHECK(read_value(config::CookieNames{}, {"a=b"}, target));
  CHECK_FALSE(read_value(config::CookieNames{}, {"*"}, target));
  CHECK_FALSE(target);
}

TEST_CASE("a path that is the text of a key is refused and not shown") {
  std::string target;
  const std::string pem = "-----BEGIN PRIVATE KEY-----\ncanary\n";
  const auto wrong = read_value(config::Path{}, pem, target);
  REQUIRE(wrong);
  CHECK(wrong->why.find("canary") == std::string::npos);
  CHECK_FALSE(config::may_be_shown(pem));
  CHECK_FALSE(config::may_be_shown("http://user:canary@host"));
  CHECK(config::may_be_shown("host:80"));
  CHECK(target.empty());
}

TEST_CASE("choices take their words and no others") {
  config::LogLevel level = config::LogLevel::info;
  CHECK_FALSE(read_value(config::LogLevelChoice{}, "trace", level));
  CHECK(level == config::LogLevel::trace);
  CHECK(read_value(config::LogLevelChoice{}, "warning", level));
  CHECK(write_value(config::LogLevelChoice{}, config::LogLevel::off) == config::Values{"off"});
  config::Refusals refusals = config::Refusals::status;
  CHECK_FALSE(read_value(config::RefusalsChoice{}, "close", refusals));
  CHECK(refusals == config::Refusals::close);
  CHECK(read_value(config::RefusalsChoice{}, "Close", refusals));
  config::LogFormat format = config::LogFormat::text;
  CHECK_FALSE(read_value(config::LogFormatChoice{}, "json", format));
  CHECK(write_value(config::LogFormatChoice{}, format) == config::Values{"json"});
  CHECK(read_value(config::LogFormatChoice{}, "logfmt", format));
}
