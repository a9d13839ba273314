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
  CHECK(config::Timeout::read("0", target));
  CHECK(target == 5s);
  CHECK_FALSE(config::Interval::read("0", target));
  CHECK(target == 0ms);
}

TEST_CASE("F8: the size of a head stays between 4KiB and 1MiB") {
  std::size_t target = 0;
  CHECK_FALSE(config::HeadSize::read("4KiB", target));
  CHECK(target == 4096);
  CHECK_FALSE(config::HeadSize::read("1MiB", target));
  CHECK(config::HeadSize::read("4095", target));
  CHECK(config::HeadSize::read("1048577", target));
  CHECK(config::HeadSize::read("0", target));
  CHECK(target == 1048576);
}

TEST_CASE("booleans are true or false and nothing that means one") {
  bool target = false;
  CHECK_FALSE(config::Boolean::read("true", target));
  CHECK(target);
  for (const char* text : {"", "True", "TRUE", "yes", "on", "1", "0", "false ", "no"}) {
    CAPTURE(text);
    CHECK(config::Boolean::read(text, target));
    CHECK(target);
  }
}

TEST_CASE("X8: an API key that could add a header is refused, and not told") {
  config::Secret target;
  for (const char* text : {"", "canary key", "canary\r\nX-Evil: 1", "canary\n", "canary\t", "Bearer canary",
                           "canary\x7f", "canary\xc3\xa9", " canary"}) {
    CAPTURE(text);
    const auto wrong = config::Credential::read(text, target);
    REQUIRE(wrong);
    CHECK(wrong->why.find("canary") == std::string::npos);
    CHECK(target.empty());
  }
  CHECK(config::Credential::read(std::string("a\0b", 3), target));
  CHECK(config::Credential::read(std::string(16 * 1024 + 1, 'x'), target));
  CHECK_FALSE(config::Credential::read("nvapi-AbC_123~+/=", target));
  CHECK(target.reveal() == "nvapi-AbC_123~+/=");
}

TEST_CASE("the address to listen on is an address or all of them") {
  std::optional<boost::asio::ip::address> target;
  for (const char* text : {"0.0.0.0", "127.0.0.1", "::", "::1", "[::1]", "fe80::1"}) {
    CAPTURE(text);
    CHECK_FALSE(config::Address::read(text, target));
    CHECK(target);
  }
  for (const char* text : {"", "localhost", "127.0.0.1:80", "127.0.0.256", "[127.0.0.1", "1"}) {
    CAPTURE(text);
    CHECK(config::Address::read(text, target));
  }
  CHECK_FALSE(config::Address::read("*", target));
  CHECK_FALSE(target);
}

TEST_CASE("the admin address has a port, which may be the system's choice, or is off") {
  config::Admin target;
  CHECK_FALSE(config::AdminAddress::read("[::1]:0", target));
  CHECK(target.address->to_string() == "::1");
  CHECK(target.port == 0);
  CHECK(config::AdminAddress::write(target) == config::Values{"[::1]:0"});
  CHECK_FALSE(config::AdminAddress::read("10.0.0.1", target));
  CHECK(target.port == 9901);
  CHECK(config::AdminAddress::read("localhost:1", target));
  CHECK(config::AdminAddress::read("127.0.0.1:65536", target));
  CHECK_FALSE(config::AdminAddress::read("off", target));
  CHECK_FALSE(target.address);
}

TEST_CASE("F9: trusted proxies are ranges or single addresses, and one wrong item is named") {
  std::vector<config::Network> target;
  CHECK_FALSE(config::Networks::read({"10.0.0.0/8", "192.0.2.7", "fd00::/8", "::1"}, target));
  CHECK(config::Networks::write(target) == config::Values{"10.0.0.0/8", "192.0.2.7/32", "fd00::/8", "::1/128"});
  const auto wrong = config::Networks::read({"10.0.0.0/8", "10.0.0.0/33"}, target);
  REQUIRE(wrong);
  CHECK(wrong->why.find("\"10.0.0.0/33\"") != std::string::npos);
  CHECK(target.size() == 4);
  CHECK_FALSE(config::Networks::read({}, target));
  CHECK(target.empty());
}

TEST_CASE("C6: origins come out as browsers write them, each is judged, and * stands alone") {
  std::vector<std::string> target;
  CHECK_FALSE(config::Origins::read({"HTTPS://A.Example:443", "http://b.example:8080"}, target));
  CHECK(target == std::vector<std::string>{"https://a.example", "http://b.example:8080"});
  CHECK(config::Origins::read({}, target));
  CHECK(config::Origins::read({"*", "https://a.example"}, target));
  CHECK(config::Origins::read({"https://a.example", "null"}, target));
  CHECK(target.size() == 2);
  CHECK_FALSE(config::Origins::read({"*"}, target));
  CHECK(target.empty());
}

TEST_CASE("F7: names of cookies are tokens; an empty list is none, * is all") {
  std::optional<std::vector<std::string>> target;
  CHECK_FALSE(config::CookieNames::read({"a", "b_c"}, target));
  CHECK(target == std::vector<std::string>{"a", "b_c"});
  CHECK_FALSE(config::CookieNames::read({}, target));
  REQUIRE(target);
  CHECK(target->empty());
  CHECK(config::CookieNames::read({"a", "*"}, target));
  CHECK(config::CookieNames::read({"a=b"}, target));
  CHECK_FALSE(config::CookieNames::read({"*"}, target));
  CHECK_FALSE(target);
}

TEST_CASE("a path that is the text of a key is refused and not shown") {
  std::string target;
  const std::string pem = "-----BEGIN PRIVATE KEY-----\ncanary\n";
  const auto wrong = config::Path::read(pem, target);
  REQUIRE(wrong);
  CHECK(wrong->why.find("canary") == std::string::npos);
  CHECK_FALSE(config::may_be_shown(pem));
  CHECK_FALSE(config::may_be_shown("http://user:canary@host"));
  CHECK(config::may_be_shown("host:80"));
  CHECK(target.empty());
}

TEST_CASE("choices take their words and no others") {
  config::LogLevel level = config::LogLevel::info;
  CHECK_FALSE(config::LogLevelChoice::read("trace", level));
  CHECK(level == config::LogLevel::trace);
  CHECK(config::LogLevelChoice::read("warning", level));
  CHECK(config::LogLevelChoice::write(config::LogLevel::off) == config::Values{"off"});
  config::Refusals refusals = config::Refusals::status;
  CHECK_FALSE(config::RefusalsChoice::read("close", refusals));
  CHECK(refusals == config::Refusals::close);
  CHECK(config::RefusalsChoice::read("Close", refusals));
  config::LogFormat format = config::LogFormat::text;
  CHECK_FALSE(config::LogFormatChoice::read("json", format));
  CHECK(config::LogFormatChoice::write(format) == config::Values{"json"});
  CHECK(config::LogFormatChoice::read("logfmt", format));
}
