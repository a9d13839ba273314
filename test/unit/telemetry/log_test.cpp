#include "proxy/telemetry/log.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <type_traits>

#include "config/secret.hpp"
#include "proxy/telemetry/access_log.hpp"

using namespace proxy;

TEST_CASE("X8: a secret cannot become a field of a log line") {
  CHECK_FALSE(std::is_constructible_v<decltype(LogField::value), config::Secret>);
}

TEST_CASE("a value with quotes, line feeds or other bytes cannot forge a line") {
  const std::string hostile = "a\"b\nevent=forged \x1b[31m";
  const std::string text = format_text("request", {{"path", hostile}});
  CHECK(text == R"(request path="a\"b\nevent=forged \u001b[31m")");
  const std::string json = format_json("2026-01-01T00:00:00.000Z", "info", "request", {{"path", hostile}});
  CHECK(json.find('\n') == std::string::npos);
  CHECK(boost::json::parse(json).as_object().at("path").as_string() == hostile);
}

TEST_CASE("a line has its fields in order, numbers as numbers") {
  const LogFields fields = {{"status", std::int64_t{200}}, {"seconds", 0.25}, {"plain", "word"}, {"empty", ""}};
  CHECK(format_text("request", fields) == "request status=200 seconds=0.25 plain=word empty=\"\"");
  CHECK(format_json("T", "info", "request", fields) ==
        R"({"time":"T","level":"info","event":"request","status":200,"seconds":0.25,"plain":"word","empty":""})");
}

TEST_CASE("X8: the query of a target, which may hold tokens, is not logged") {
  CHECK(loggable_path("/sign_in?token=canary&x=1") == "/sign_in");
  CHECK(loggable_path("/a#canary") == "/a");
  CHECK(loggable_path(std::string(500, 'p')).size() == 200);
}
