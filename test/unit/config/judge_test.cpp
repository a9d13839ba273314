#include "config/judge.hpp"

#include <catch2/catch.hpp>

#include "test/unit/config/complete_sources.hpp"
#include "test/unit/temporary_folder.hpp"

using config::load;
using config::Sources;
using test::complete_sources;
using test::has_problem;

TEST_CASE("settings that do not fit together are told by the name of the one to change") {
  const test::TemporaryFolder folder;
  const std::string file = folder.write("file.pem", "x");
  struct Case {
    std::map<std::string, std::string> environment;
    const char* where;
    const char* part;
  };
  const Case cases[] = {
      {{{"PROXY_TLS_CERT_FILE", file}}, "PROXY_TLS_CERT_FILE", "without its private key"},
      {{{"PROXY_TLS_KEY_FILE", file}}, "PROXY_TLS_KEY_FILE", "without its certificate"},
      {{{"PROXY_SSL_INSECURE", "true"}, {"PROXY_TLS_CERT_FILE", file}, {"PROXY_TLS_KEY_FILE", file}},
       "PROXY_SSL_INSECURE",
       "beside one of your own"},
      {{{"PROXY_TLS_CLIENT_CA_FILE", file}}, "PROXY_TLS_CLIENT_CA_FILE", "without TLS"},
      {{{"NVCF_CLIENT_CERT_FILE", file}}, "NVCF_CLIENT_CERT_FILE", "without its key"},
      {{{"NVCF_CLIENT_KEY_FILE", file}}, "NVCF_CLIENT_KEY_FILE", "without its certificate"},
      {{{"NVCF_SERVER", "http://localhost"}, {"NVCF_CA_FILE", file}}, "NVCF_CA_FILE", "plain http"},
      {{{"NVCF_SERVER", "http://localhost"}, {"NVCF_CLIENT_CERT_FILE", file}, {"NVCF_CLIENT_KEY_FILE", file}},
       "NVCF_CLIENT_CERT_FILE",
       "plain http"},
      {{{"PROXY_ADMIN_ADDRESS", "127.0.0.1:49100"}}, "PROXY_ADMIN_ADDRESS", "is where browsers connect"},
      {{{"PROXY_ADMIN_ADDRESS", "0.0.0.0:80"}, {"PROXY_ADDRESS", "10.0.0.1"}, {"PROXY_PORT", "80"}},
       "PROXY_ADMIN_ADDRESS",
       "is where browsers connect"},
  };
  for (const Case& c : cases) {
    Sources sources = complete_sources();
    for (const auto& [name, value] : c.environment) sources.environment[name] = value;
    const config::Loaded loaded = load(sources);
    CAPTURE(c.where, test::lines(loaded.problems));
    CHECK(has_problem(loaded.problems, c.where, c.part));
    CHECK(loaded.problems.size() == 1);
  }
}

TEST_CASE("a version without its function is a problem") {
  Sources sources = complete_sources();
  sources.environment = {{"NVCF_SERVER", "h"},
                         {"NVCF_API_KEY", "k"},
                         {"STREAMING_FUNCTION_IDS", "a"},
                         {"STREAMING_FUNCTION_VERSION_ID", "v"}};
  CHECK(has_problem(load(sources).problems, "STREAMING_FUNCTION_VERSION_ID", "without the function"));
}

TEST_CASE("every file that is named must be readable, and each that is not is told") {
  Sources sources = complete_sources();
  const char* const variables[] = {"PROXY_TLS_CERT_FILE", "PROXY_TLS_KEY_FILE",    "PROXY_TLS_CLIENT_CA_FILE",
                                   "NVCF_CA_FILE",        "NVCF_CLIENT_CERT_FILE", "NVCF_CLIENT_KEY_FILE"};
  for (const char* variable : variables) sources.environment[variable] = "/no/such/" + std::string(variable);
  const config::Loaded loaded = load(sources);
  for (const char* variable : variables) {
    CHECK(has_problem(loaded.problems, variable, "cannot read /no/such/" + std::string(variable) + ": No such file"));
  }
  CHECK(loaded.problems.size() == std::size(variables));
}

TEST_CASE("two listeners on one port are fine on two addresses or where the system chooses") {
  Sources sources = complete_sources();
  sources.environment["PROXY_ADDRESS"] = "10.0.0.1";
  sources.environment["PROXY_ADMIN_ADDRESS"] = "127.0.0.1:49100";
  CHECK(load(sources).config);
  sources.environment["PROXY_ADDRESS"] = "*";
  sources.environment["PROXY_PORT"] = "0";
  sources.environment["PROXY_ADMIN_ADDRESS"] = "127.0.0.1:0";
  CHECK(load(sources).config);
}

TEST_CASE("an API key that would leave this machine without encryption is warned about") {
  Sources sources = complete_sources();
  sources.environment["NVCF_SERVER"] = "http://gateway.example:10081";
  CHECK(has_problem(load(sources).warnings, "NVCF_SERVER", "without encryption"));
  for (const char* server :
       {"http://localhost:10081", "http://127.0.0.1", "http://[::1]:1", "https://gateway.example"}) {
    sources.environment["NVCF_SERVER"] = server;
    CHECK(load(sources).warnings.empty());
  }
}
