// The small questions that every decision asks of a head.
#include "proxy/http/head.hpp"

#include <catch2/catch.hpp>

#include "test/unit/http/heads.hpp"

TEST_CASE("field names are the same whatever their case, and only then") {
  CHECK(proxy::same_name("Content-Length", "cOnTeNt-lEnGtH"));
  CHECK_FALSE(proxy::same_name("Content-Length", "Content-Lengt"));
  CHECK_FALSE(proxy::same_name("Content-Length", "Content_Length"));
  CHECK_FALSE(proxy::same_name("[", "{"));  // 0x20 apart, and no letters
  CHECK(proxy::same_name("", ""));
}

TEST_CASE("the first of several lines is found and all are counted") {
  const auto fields = test::fields({{"A", "1"}, {"B", "2"}, {"a", "3"}});
  CHECK(proxy::find(fields, "a") == "1");
  CHECK(proxy::find(fields, "c") == std::nullopt);
  CHECK(proxy::count(fields, "A") == 2);
  CHECK(proxy::count(fields, "c") == 0);
}

TEST_CASE("lists of several lines are one list, trimmed and without empty elements") {
  const auto fields = test::fields({{"Via", " a,\tb ,, "}, {"X", "no"}, {"via", ","}, {"VIA", "c"}});
  CHECK(proxy::list(fields, "via") == std::vector<std::string_view>{"a", "b", "c"});
  CHECK(proxy::list(fields, "Y").empty());
  CHECK(proxy::list_has(fields, "Via", "B"));
  CHECK_FALSE(proxy::list_has(fields, "Via", "no"));
  CHECK_FALSE(proxy::list_has(fields, "Via", ""));
}

TEST_CASE("white space around a text is spaces and tabs") {
  CHECK(proxy::trim(" \t a b\t") == "a b");
  CHECK(proxy::trim(" \t").empty());
  CHECK(proxy::trim("").empty());
  CHECK(proxy::trim("\va") == "\va");
}

TEST_CASE("a token has one character or more, and only its own") {
  CHECK(proxy::is_token("!#$%&'*+-.^_`|~09azAZ"));
  CHECK_FALSE(proxy::is_token(""));
  for (const char c : std::string_view("\"(),/:;<=>?@[\\]{} \t\r\n\x7f\x80\xff")) {
    CHECK_FALSE(proxy::is_token(std::string("a") + c));
  }
  CHECK_FALSE(proxy::is_token(std::string_view("a\0b", 3)));
}
