#include "config/ids.hpp"

#include <catch2/catch.hpp>
#include <type_traits>

using config::FunctionId;
using config::RequestId;
using config::VersionId;

TEST_CASE("a function id is 1 to 128 characters of an HTTP token") {
  CHECK(FunctionId::parse("a"));
  CHECK(FunctionId::parse(std::string(128, 'x')));
  CHECK(FunctionId::parse("0b1c-_.~!#$%&'*+^`|"));
  for (const char* text : {"", "a b", "a,b", "a;b", "a=b", "a\"b", "a/b", "a\r\nb", "a\tb", "\xc3\xa9", "(a)"}) {
    CAPTURE(text);
    CHECK_FALSE(FunctionId::parse(text));
  }
  CHECK_FALSE(FunctionId::parse(std::string(129, 'x')));
  CHECK_FALSE(FunctionId::parse(std::string("a\0b", 3)));
}

TEST_CASE("a function id keeps its case, which a self-hosted gateway may care about") {
  CHECK(FunctionId::parse("AbC")->str() == "AbC");
}

TEST_CASE("a request id is a UUID, and two spellings of one are equal") {
  const auto id = RequestId::parse("0B1C2D3E-4F50-6172-8394-A5B6C7D8E9F0");
  REQUIRE(id);
  CHECK(id->str() == "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0");
  CHECK(id == RequestId::parse("0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"));
  for (const char* text : {"", "0b1c2d3e4f5061728394a5b6c7d8e9f0", "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f",
                           "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f00", "0b1c2d3g-4f50-6172-8394-a5b6c7d8e9f0",
                           "{0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f}", "0b1c2d3e-4f50-6172-8394_a5b6c7d8e9f0"}) {
    CAPTURE(text);
    CHECK_FALSE(RequestId::parse(text));
  }
}

TEST_CASE("ids of two kinds do not convert into each other") {
  STATIC_REQUIRE_FALSE(std::is_constructible_v<FunctionId, VersionId>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<RequestId, FunctionId>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<FunctionId, std::string>);
}
