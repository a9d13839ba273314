#include "config/secret.hpp"

#include <catch2/catch.hpp>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

using config::Secret;

namespace {

template <class T>
concept Printable = requires(std::ostream& stream, const T& value) { stream << value; };

}  // namespace

TEST_CASE("X8: a secret can neither be printed nor turned into a string by accident") {
  STATIC_REQUIRE(Printable<std::string>);
  STATIC_REQUIRE_FALSE(Printable<Secret>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string_view>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string, Secret>);
}

TEST_CASE("X8: a secret that was moved from or overwritten leaves no bytes behind") {
  Secret first("canary-short");
  const std::string_view left_behind = first.reveal();
  const Secret second(std::move(first));
  CHECK(second.reveal() == "canary-short");
  // a short string lives inside the object that was moved from, so its bytes can still be looked at
  CHECK(left_behind.find("canary") == std::string_view::npos);

  Secret third("canary-other");
  const std::string_view overwritten = third.reveal();
  third = Secret("x");
  CHECK(third.reveal() == "x");
  CHECK(overwritten.find("canary") == std::string_view::npos);
}

TEST_CASE("a secret assigned to itself or copied keeps its value") {
  Secret secret("value");
  const Secret& same = secret;
  secret = same;
  CHECK(secret.reveal() == "value");
  const Secret copy = secret;  // NOLINT(performance-unnecessary-copy-initialization): the copy is what is tested
  CHECK(copy.reveal() == "value");
  CHECK(Secret().empty());
}
