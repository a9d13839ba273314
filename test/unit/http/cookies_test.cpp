// Which cookies travel where (F7, C1, C2).
#include "proxy/http/cookies.hpp"

#include <catch2/catch.hpp>

#include "test/unit/http/heads.hpp"

using test::fields;

namespace {

const std::string session_pair = "nvcf-request-id=" + std::string(test::uuid);

std::optional<config::RequestId> id(std::string_view text) { return config::RequestId::parse(text); }

std::optional<std::string> sent(std::string_view cookies, std::string_view session = "",
                                const std::optional<std::vector<std::string>>& only = std::nullopt) {
  return proxy::cookies_for_upstream(fields({{"Cookie", cookies}}), only, id(session));
}

proxy::SessionCookie set(std::string_view set_cookie) {
  return proxy::read_set_session_cookie(fields({{"Set-Cookie", set_cookie}}));
}

}  // namespace

TEST_CASE("the session is the first nvcf-request-id that is a UUID") {
  const std::string two =
      "a=b; nvcf-request-id=none; " + session_pair + "; nvcf-request-id=" + std::string(test::other_uuid);
  CHECK(proxy::read_session_cookie(fields({{"cookie", two}})) == id(test::uuid));
  CHECK(proxy::read_session_cookie(fields({{"Cookie", "a=b"}, {"Cookie", session_pair}})) == id(test::uuid));
  CHECK(proxy::read_session_cookie(fields({{"Cookie", "NVCF-REQUEST-ID=" + std::string(test::uuid)}})) == std::nullopt);
  CHECK(proxy::read_session_cookie(fields({{"Cookie", "x" + session_pair}})) == std::nullopt);
  CHECK(proxy::read_session_cookie({}) == std::nullopt);
}

TEST_CASE("F7: cookies go upstream as they came") {
  CHECK(sent("a=b; c=\"d e\";e==f ;g") == "a=b; c=\"d e\";e==f ;g");
  CHECK(proxy::cookies_for_upstream(fields({{"Cookie", "a=1"}, {"Host", "x"}, {"cookie", "b=2; a=3"}}), std::nullopt,
                                    std::nullopt) == "a=1; b=2; a=3");
  CHECK(sent("") == std::nullopt);
  CHECK(sent(" ; ;") == std::nullopt);
  CHECK(proxy::cookies_for_upstream({}, std::nullopt, std::nullopt) == std::nullopt);
}

TEST_CASE("F7: forward_cookies narrows them to a list, the session's always among them") {
  const std::string cookies = "a=1; A=2; b=3; " + session_pair;
  CHECK(sent(cookies, test::uuid, {{"b", "a"}}) == "a=1; b=3; " + session_pair);
  CHECK(sent(cookies, test::uuid, std::vector<std::string>{}) == session_pair);
  CHECK(sent("a=1", "", std::vector<std::string>{}) == std::nullopt);
}

TEST_CASE("the session's cookie goes upstream once, and only if it names the session asked for") {
  const std::string other_pair = "nvcf-request-id=" + std::string(test::other_uuid);
  CHECK(sent(other_pair + "; a=1; " + session_pair + "; " + session_pair, test::uuid) == "a=1; " + session_pair);
  CHECK(sent("a=1; " + session_pair, test::other_uuid) == "a=1");
  CHECK(sent("a=1; " + session_pair) == "a=1");
  CHECK(sent(session_pair) == std::nullopt);
}

TEST_CASE("C1: upstream's cookie tells the session, whatever its attributes") {
  CHECK(set(session_pair).id == id(test::uuid));
  CHECK(set(session_pair + "; Domain=.nvcf.test; Path=/x; Secure").id == id(test::uuid));
  CHECK_FALSE(set(session_pair + "; Max-Age=60").deleted);
  CHECK_FALSE(set(session_pair + "; Max-Age=soon").deleted);
  CHECK(set("other=" + std::string(test::uuid)).id == std::nullopt);
  CHECK(set("nvcf-request-id=none").id == std::nullopt);
}

TEST_CASE("C2: a deletion is known by its Max-Age or its empty value") {
  for (const std::string_view deletion :
       {"nvcf-request-id=; Max-Age=0", "nvcf-request-id=;max-age=-1",
        "nvcf-request-id=", "nvcf-request-id=6f9619ff-8b86-d011-b42d-00cf4fc964ff; Max-Age=0",
        "nvcf-request-id=x; Max-Age=60; Max-Age=00"}) {
    INFO(deletion);
    CHECK(set(deletion).deleted);
    CHECK(set(deletion).id == std::nullopt);
  }
  CHECK_FALSE(set("other=; Max-Age=0").deleted);
}

TEST_CASE("C2: of several lines about the session the last one counts") {
  const auto read = proxy::read_set_session_cookie(
      fields({{"Set-Cookie", "nvcf-request-id=; Max-Age=0"}, {"Set-Cookie", session_pair}, {"Set-Cookie", "a=b"}}));
  CHECK(read.id == id(test::uuid));
  CHECK_FALSE(read.deleted);
}

TEST_CASE("C1: our cookie is first-party, and lasting over TLS in pages of another origin") {
  const std::string plain = session_pair + "; Path=/; HttpOnly; SameSite=Lax";
  const std::string secure = session_pair + "; Path=/; HttpOnly; Secure; SameSite=None; Partitioned";
  CHECK(proxy::session_cookie(*id(test::uuid), false) == plain);
  CHECK(proxy::session_cookie(*id(test::uuid), true) == secure);
}

TEST_CASE("C2: our deletion has the attributes of what it deletes") {
  CHECK(proxy::session_cookie_deletion(false) == "nvcf-request-id=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
  CHECK(proxy::session_cookie_deletion(true) ==
        "nvcf-request-id=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=None; Partitioned");
}

TEST_CASE("C1: other cookies keep all but their Domain") {
  CHECK(proxy::without_domain("a=b") == "a=b");
  CHECK(proxy::without_domain("a=b; Domain=x.test; Path=/;  Secure") == "a=b; Path=/;  Secure");
  CHECK(proxy::without_domain("a=b;Path=/; domain = x.test") == "a=b;Path=/");
  CHECK(proxy::without_domain("a=b; Domain; Domain=x;") == "a=b;");
  CHECK(proxy::without_domain("domain=b; Path=/domain=x") == "domain=b; Path=/domain=x");
  CHECK(proxy::without_domain("").empty());
}

TEST_CASE("C1: only the session's own cookie is taken for it") {
  CHECK(proxy::is_session_cookie("nvcf-request-id=x; Path=/"));
  CHECK(proxy::is_session_cookie(" nvcf-request-id =x"));
  CHECK_FALSE(proxy::is_session_cookie("nvcf-request-id2=x"));
  CHECK_FALSE(proxy::is_session_cookie("a=nvcf-request-id=x"));
}

TEST_CASE("F7: one line of which nothing is left out goes on byte for byte") {
  for (const std::string_view line : {"a=\"x;y\"; b=1", "a=b;c=d", " a=1 ;  b=2", "a", "a=1;"}) {
    INFO(line);
    CHECK(proxy::cookies_for_upstream(test::fields({{"Cookie", line}}), std::nullopt, std::nullopt) ==
          std::string(line));
  }
  CHECK(proxy::cookies_for_upstream(test::fields({{"Cookie", "a=1;nvcf-request-id=x;b=2"}}), std::nullopt,
                                    std::nullopt) == "a=1; b=2");
}
