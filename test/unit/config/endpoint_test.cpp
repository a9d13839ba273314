#include "config/endpoint.hpp"

#include <catch2/catch.hpp>

using config::HostPort;
using config::Server;

TEST_CASE("a host may be a name or an address, with or without a port") {
  const std::pair<const char*, HostPort> good[] = {
      {"gateway.example", {"gateway.example", {}}},
      {"Gateway.Example:8443", {"gateway.example", 8443}},
      {"gateway.example.", {"gateway.example.", {}}},
      {"localhost:1", {"localhost", 1}},
      {"a_b-c.svc:65535", {"a_b-c.svc", 65535}},
      {"10.0.0.1", {"10.0.0.1", {}}},
      {"10.0.0.1:443", {"10.0.0.1", 443}},
      {"::1", {"::1", {}}},
      {"[::1]", {"::1", {}}},
      {"[2001:DB8:0:0::1]:443", {"2001:db8::1", 443}},
  };
  for (const auto& [text, value] : good) {
    CAPTURE(text);
    const auto read = config::read_host_port(text);
    REQUIRE(read.has_value());
    CHECK(*read == value);
  }
}

TEST_CASE("what is no host is refused") {
  for (const char* text : {"",
                           ":80",
                           "host:",
                           "host:0",
                           "host:65536",
                           "host:-1",
                           "host:80x",
                           "host: 80",
                           "a b",
                           "a..b",
                           ".a",
                           "a:b:c",
                           "[::1",
                           "[::1]x",
                           "[::1]80",
                           "[]",
                           "[host]",
                           "[10.0.0.1]",
                           "256.0.0.1",
                           "1.2.3",
                           "1",
                           "0x7f.1.1.1.1",
                           "h\xc3\xb6st",
                           "a/b",
                           "a?b",
                           "a#b",
                           "a@b",
                           "a\nb",
                           "a\\b",
                           "a%41",
                           "2001:db8::1:443:0:0:0:0:0",
                           "."}) {
    CAPTURE(text);
    CHECK_FALSE(config::read_host_port(text).has_value());
  }
  CHECK_FALSE(config::read_host_port(std::string(64, 'a')).has_value());
  CHECK(config::read_host_port(std::string(63, 'a')).has_value());
  CHECK(config::read_host_port("127.0.0.1:0", 0).has_value());
}

TEST_CASE("the server is https on 443 unless it says otherwise") {
  const std::pair<const char*, Server> good[] = {
      {"grpc.nvcf.nvidia.com", {true, "grpc.nvcf.nvidia.com", 443}},
      {"gateway.example:8443", {true, "gateway.example", 8443}},
      {"https://gateway.example", {true, "gateway.example", 443}},
      {"HTTPS://gateway.example:444/", {true, "gateway.example", 444}},
      {"http://gateway.example", {false, "gateway.example", 80}},
      {"http://127.0.0.1:10081", {false, "127.0.0.1", 10081}},
      {"[::1]:443", {true, "::1", 443}},
      {"http://[::1]:10081", {false, "::1", 10081}},
      {"::1", {true, "::1", 443}},
  };
  for (const auto& [text, value] : good) {
    CAPTURE(text);
    const auto read = config::read_server(text);
    REQUIRE(read.has_value());
    CHECK(*read == value);
  }
}

TEST_CASE("X8: a server with a path, a query or credentials is refused and not repeated") {
  for (const char* text : {"https://h/canary", "h/canary", "https://h?canary", "h#canary", "https://user:canary@h",
                           "canary@h", "ws://canary", "grpc://canary", "://canary", "https://", "http://canary:x",
                           "https:///canary", "http://h//", "unix:/canary"}) {
    CAPTURE(text);
    const auto read = config::read_server(text);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().why.find("canary") == std::string::npos);
  }
}

TEST_CASE("C6: an origin is brought into the form that browsers send") {
  const std::pair<const char*, const char*> good[] = {
      {"https://a.example", "https://a.example"},
      {"HTTPS://A.EXAMPLE:443", "https://a.example"},
      {"http://a.example:80", "http://a.example"},
      {"http://a.example:443", "http://a.example:443"},
      {"https://a.example:80", "https://a.example:80"},
      {"http://localhost:8080", "http://localhost:8080"},
      {"http://[::1]:8080", "http://[::1]:8080"},
      {"https://[2001:DB8:0::1]", "https://[2001:db8::1]"},
      {"https://xn--bcher-kva.example", "https://xn--bcher-kva.example"},
      {"capacitor://localhost", "capacitor://localhost"},
  };
  for (const auto& [text, value] : good) {
    CAPTURE(text);
    const auto read = config::read_origin(text);
    REQUIRE(read.has_value());
    CHECK(*read == value);
  }
  for (const char* text : {"", "null", "*", "a.example", "//a.example", "https:/a.example", "https://",
                           "https://a.example/", "https://a.example/path", "https://*.example", "https://u@a.example",
                           "https://a.example?q", "https://a.example#f", "https://\xc3\xbc.example", "1http://a",
                           "ht tp://a", "https://a.example:0", "https://a.example:99999", "https://a b"}) {
    CAPTURE(text);
    CHECK_FALSE(config::read_origin(text).has_value());
  }
}

TEST_CASE("an authority has brackets around IPv6 and no port that goes without saying") {
  CHECK(config::write_authority("gateway.example", 443, 443) == "gateway.example");
  CHECK(config::write_authority("gateway.example", 8443, 443) == "gateway.example:8443");
  CHECK(config::write_authority("gateway.example.", 443, 443) == "gateway.example");
  CHECK(config::write_authority("::1", 443, 443) == "[::1]");
  CHECK(config::write_authority("::1", 10081, 80) == "[::1]:10081");
}
