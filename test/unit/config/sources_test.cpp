#include "config/sources.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "test/unit/config/complete_sources.hpp"
#include "test/unit/temporary_folder.hpp"

using config::Values;
using test::has_problem;

namespace {

config::Source read_yaml_text(const std::string& text) {
  const test::TemporaryFolder folder;
  config::Source source = config::read_yaml(folder.write("proxy.yaml", text));
  // where a test's folder lies differs from run to run
  const auto shorten = [&folder](std::string& where) { where.erase(0, folder.path().size() + 1); };
  for (config::Problem& problem : source.problems) shorten(problem.where);
  for (auto& [key, given] : source.given) shorten(given.where);
  return source;
}

}  // namespace

TEST_CASE("the table names each setting once, by key and by variable") {
  std::vector<std::string_view> keys;
  std::vector<std::string_view> variables;
  for (const config::Setting& setting : config::settings()) {
    keys.push_back(setting.key);
    variables.push_back(setting.variable);
    CHECK(setting.meaning.ends_with('.'));
    CHECK_FALSE(setting.form.empty());
  }
  std::ranges::sort(keys);
  std::ranges::sort(variables);
  CHECK(std::ranges::adjacent_find(keys) == keys.end());
  CHECK(std::ranges::adjacent_find(variables) == variables.end());
  CHECK(keys.size() > 35);
}

TEST_CASE("every default is a value that its setting would take") {
  for (const config::Setting& setting : config::settings()) {
    CAPTURE(setting.key);
    const Values initial = setting.write(config::Config{});
    if (initial.empty()) {
      CHECK_FALSE(setting.otherwise.empty());  // nobody could say what holds
      continue;
    }
    config::Config config;
    const auto wrong = setting.read(config, initial);
    CHECK_FALSE(wrong.has_value());
    CHECK(setting.write(config) == initial);
  }
}

TEST_CASE("an empty variable counts as not set") {
  const auto source =
      config::read_variables({{"NVCF_SERVER", ""}, {"GATEWAY_ADDR", "fallback.example"}, {"PROXY_PORT", ""}});
  CHECK(source.given.size() == 1);
  CHECK(source.given.at("upstream.server").values == Values{"fallback.example"});
  CHECK(source.given.at("upstream.server").where == "GATEWAY_ADDR");
  CHECK(source.problems.empty());
  CHECK(source.warnings.empty());
}

TEST_CASE("NVCF_SERVER wins over GATEWAY_ADDR") {
  const auto source = config::read_variables({{"NVCF_SERVER", "a.example"}, {"GATEWAY_ADDR", "b.example"}});
  CHECK(source.given.at("upstream.server").values == Values{"a.example"});
}

TEST_CASE("lists in variables are separated by commas, blanks around them do not count") {
  const auto source = config::read_variables({{"STREAMING_FUNCTION_IDS", " a, b ,,c,"}});
  CHECK(source.given.at("functions.allowed").values == Values{"a", "b", "c"});
}

TEST_CASE("an unknown PROXY_ variable is a warning with the likely meant one, others are nobody's business") {
  const auto source =
      config::read_variables({{"PROXY_PROT", "1"}, {"PROXY_SERVICE_HOST", "x"}, {"PATH", "/bin"}, {"HTTP_PROXY", "x"}});
  CHECK(source.problems.empty());
  CHECK(source.warnings.size() == 2);
  CHECK(has_problem(source.warnings, "PROXY_PROT", "did you mean PROXY_PORT?"));
  CHECK(has_problem(source.warnings, "PROXY_SERVICE_HOST", "is no variable"));
}

TEST_CASE("a secret and the file of it in one source are one too many") {
  const auto variables = config::read_variables({{"NVCF_API_KEY", "canary"}, {"NVCF_API_KEY_FILE", "/canary"}});
  CHECK(has_problem(variables.problems, "NVCF_API_KEY_FILE", "is set beside NVCF_API_KEY"));
  for (const char* text : {"upstream:\n  api_key: canary\n  api_key_file: /canary\n",
                           "upstream:\n  api_key_file: /canary\n  api_key: canary\n"}) {
    const auto source = read_yaml_text(text);
    REQUIRE(source.problems.size() == 1);
    CHECK(source.problems.front().where == "proxy.yaml:3");
    CHECK(config::sentence(source.problems.front()).find("canary") == std::string::npos);
  }
}

TEST_CASE("a flag for a secret does not exist, one for the file of it does") {
  const auto source = config::read_flags({{"upstream.api_key", "canary"}, {"listen.prot", "1"}});
  CHECK(source.given.empty());
  CHECK(source.problems.size() == 2);
  const auto file = config::read_flags({{"upstream.api_key_file", "/key"}, {"upstream.ca_file", "/ca"}});
  CHECK(file.problems.empty());
  CHECK(file.given.at("upstream.api_key").in_file);
  CHECK_FALSE(file.given.at("upstream.ca_file").in_file);
}

TEST_CASE("YAML gives values with the line where they stand") {
  const auto source = read_yaml_text(
      "# a comment\n"
      "listen:\n"
      "  port: 8080\n"
      "  tls: {self_signed: true}\n"
      "  trusted_proxies:\n"
      "    - 10.0.0.0/8\n"
      "    - '::1'\n"
      "functions: {allowed: one}\n"
      "threads: 2\n");
  CHECK(source.problems.empty());
  CHECK(source.given.at("listen.port").where == "proxy.yaml:3");
  CHECK(source.given.at("listen.port").values == Values{"8080"});
  CHECK(source.given.at("listen.tls.self_signed").where == "proxy.yaml:4");
  CHECK(source.given.at("listen.trusted_proxies").values == Values{"10.0.0.0/8", "::1"});
  CHECK(source.given.at("functions.allowed").values == Values{"one"});
  CHECK(source.given.at("threads").where == "proxy.yaml:9");
}

TEST_CASE("what YAML leaves empty is not set") {
  const auto source = read_yaml_text("listen:\nupstream:\n  ca_file: ~\n  host:\n");
  CHECK(source.given.empty());
  CHECK(source.problems.empty());
  CHECK(read_yaml_text("").problems.empty());
  CHECK(read_yaml_text("---\n# nothing\n").problems.empty());
}

TEST_CASE("everything in the YAML file that means nothing is a problem, with its line") {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"listen:\n  prot: 1\n", "proxy.yaml:2", "listen.prot is no setting (did you mean listen.port?)"},
      {"limit:\n  sessions: 1\n", "proxy.yaml:1", "did you mean limits?"},
      {"zzzzzzzz: 1\n", "proxy.yaml:1", "zzzzzzzz is no setting"},
      {"listen.port: 1\nlisten:\n  tls:\n    listen.port: 1\n", "proxy.yaml:4", "listen.tls.listen.port is no setting"},
      {"threads: 1\nthreads: 2\n", "proxy.yaml:2", "threads stands twice"},
      {"listen: {port: 1}\nlisten: {port: 2}\n", "proxy.yaml:2", "listen stands twice"},
      {"listen: 3\n", "proxy.yaml:1", "must hold settings"},
      {"- a\n", "proxy.yaml:1", "the file must hold settings"},
      {"just text\n", "proxy.yaml:1", "the file must hold settings"},
      {"threads: [1]\n", "proxy.yaml:1", "threads must be one value"},
      {"threads: {a: 1}\n", "proxy.yaml:1", "threads must be one value"},
      {"functions:\n  allowed: {a: b}\n", "proxy.yaml:2", "must be a list"},
      {"functions:\n  allowed: [[a]]\n", "proxy.yaml:2", "must be a list"},
      {"[a, b]: 1\n", "proxy.yaml:1", "is not a name"},
      {"threads: 1\n---\nthreads: 2\n", "proxy.yaml", "more than one YAML document"},
      {"listen: {port: 1\nthreads: 1\n", "proxy.yaml:2", "is not YAML"},
  };
  for (const auto& [text, where, part] : cases) {
    CAPTURE(text);
    const auto source = read_yaml_text(text);
    CAPTURE(test::lines(source.problems));
    CHECK(has_problem(source.problems, where, part));
  }
}

TEST_CASE("a YAML file that refers to itself comes to an end") {
  CHECK_FALSE(read_yaml_text("listen: &a\n  tls: *a\n").problems.empty());
}

TEST_CASE("X8: a broken YAML file does not show what stood in it") {
  for (const char* text : {"upstream:\n  api_key: *canary\n", "upstream:\n\tapi_key: canary\n",
                           "upstream:\n  api_key: canary: canary: [\n", "upstream:\n  api_key: [canary]\n",
                           "upstream:\n  api_key: {canary: canary}\n", "upstream:\n  api_key: !<canary\n"}) {
    CAPTURE(text);
    const auto source = read_yaml_text(text);
    CHECK_FALSE(source.problems.empty());
    CHECK(test::lines(source.problems).find("canary") == std::string::npos);
  }
}

TEST_CASE("a YAML file that is not there or is a folder is a problem") {
  const test::TemporaryFolder folder;
  CHECK(has_problem(config::read_yaml(folder.path() + "/none.yaml").problems, folder.path() + "/none.yaml",
                    "No such file"));
  CHECK(has_problem(config::read_yaml(folder.path()).problems, folder.path(), "Is a directory"));
}

TEST_CASE("a slip of the pen is recognised, another word is not") {
  const std::vector<std::string_view> words{"listen.port", "threads", "log.level"};
  CHECK(config::suggest("listen.prot", words) == "did you mean listen.port?");
  CHECK(config::suggest("thread", words) == "did you mean threads?");
  CHECK(config::suggest("colour", words).empty());
  CHECK(config::suggest("", words).empty());
  CHECK(config::suggest("anything", {}).empty());
}
