#include "config/describe.hpp"

#include <catch2/catch.hpp>

#include "config/settings.hpp"
#include "test/unit/config/complete_sources.hpp"
#include "test/unit/temporary_folder.hpp"

using config::describe;
using config::load;
using test::complete_sources;

TEST_CASE("X8: the description masks a secret whole: neither its length nor a character of it shows") {
  std::string first;
  for (const char* key : {"c", "nvapi-canary", "canarycanarycanarycanarycanarycanary"}) {
    config::Sources sources = complete_sources();
    sources.environment["NVCF_API_KEY"] = key;
    const std::string text = describe(*load(sources).config);
    CHECK(text.find("canary") == std::string::npos);
    CHECK(text.find("nvapi") == std::string::npos);
    CHECK(text.find("api_key: \"********\"\n") != std::string::npos);
    if (first.empty()) first = text;
    CHECK(text == first);
  }
}

TEST_CASE("the description has every setting and can be loaded again, but for the secret") {
  const test::TemporaryFolder folder;
  config::Sources sources = complete_sources();
  sources.environment["PROXY_TRUSTED_PROXIES"] = "10.0.0.0/8,::1";
  sources.environment["PROXY_ALLOWED_ORIGINS"] = "https://a.example,http://[::1]:8080";
  sources.environment["PROXY_FORWARD_COOKIES"] = "a,*b,c'd";
  sources.environment["NVCF_SERVER"] = "http://[::1]:10081";
  sources.environment["STREAMING_FUNCTION_ID"] = "1e3";
  sources.environment["STREAMING_FUNCTION_VERSION_ID"] = "~";
  sources.environment["PROXY_DRAIN_TIMEOUT"] = "8h";
  const std::string text = describe(*load(sources).config);
  for (const config::Setting& setting : config::settings()) {
    CHECK(text.find(std::string(setting.key.substr(setting.key.rfind('.') + 1)) + ": ") != std::string::npos);
  }
  config::Sources again;
  again.file = folder.write("again.yaml", text);
  const config::Loaded loaded = load(again);
  INFO(text << test::lines(loaded.problems));
  REQUIRE(loaded.config);
  CHECK(loaded.config->upstream.api_key.reveal() == "********");
  CHECK(describe(*loaded.config) == text);
}

TEST_CASE("a path with marks of YAML in it is described so that it is read as the same path") {
  const test::TemporaryFolder folder;
  const std::string odd = folder.write(R"(a: "b" #c\d)", "x");
  config::Sources sources = complete_sources();
  sources.environment["NVCF_CA_FILE"] = odd;
  config::Sources again;
  again.file = folder.write("again.yaml", describe(*load(sources).config));
  REQUIRE(load(again).config);
  CHECK(load(again).config->upstream.ca_file == odd);
}
