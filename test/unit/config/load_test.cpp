#include "config/load.hpp"

#include <catch2/catch.hpp>

#include "config/describe.hpp"
#include "config/settings.hpp"
#include "test/unit/config/complete_sources.hpp"
#include "test/unit/temporary_folder.hpp"

using namespace std::chrono_literals;
using config::load;
using config::Sources;
using test::complete_sources;
using test::has_problem;

namespace {

config::Config load_good(const Sources& sources) {
  config::Loaded loaded = load(sources);
  INFO(test::lines(loaded.problems));
  REQUIRE(loaded.config);
  REQUIRE(loaded.problems.empty());
  return *std::move(loaded.config);
}

/// `a.b` and a value as YAML: `{a: {b: 'value'}}`.
std::string nested(std::string_view key, const std::string& value) {
  const std::size_t dot = key.find('.');
  const std::string name(key.substr(0, dot));
  const std::string inner = dot == std::string_view::npos ? "'" + value + "'" : nested(key.substr(dot + 1), value);
  return "{" + name + ": " + inner + "}";
}

}  // namespace

TEST_CASE("the three variables of HAProxy's sample are enough") {
  const config::Config config = load_good(complete_sources());
  CHECK(config.upstream.tls);
  CHECK(config.upstream.host == "gateway.example");
  CHECK(config.upstream.port == 443);
  CHECK(config.upstream.authority == "gateway.example");
  CHECK(config.upstream.tls_name == "gateway.example");
  CHECK(config.upstream.api_key.reveal() == "nvapi-canary");
  CHECK(config.functions.default_id->str() == "function-1");
  CHECK(config.functions.allowed == std::vector{*config::FunctionId::parse("function-1")});
  CHECK(config.listen.port == 49100);
  CHECK_FALSE(config.listen.address);
  CHECK_FALSE(config.listen.tls.enabled());
  CHECK(config.admin.address->to_string() == "127.0.0.1");
}

TEST_CASE("a flag wins over the environment, that over the file, that over the default") {
  const test::TemporaryFolder folder;
  Sources sources = complete_sources();
  CHECK(load_good(sources).limits.idle_timeout == 75s);
  sources.file = folder.write("proxy.yaml", "limits:\n  idle_timeout: 1s\n  write_timeout: 4s\n");
  CHECK(load_good(sources).limits.idle_timeout == 1s);
  sources.environment["PROXY_IDLE_TIMEOUT"] = "2s";
  CHECK(load_good(sources).limits.idle_timeout == 2s);
  sources.flags["limits.idle_timeout"] = "3s";
  const config::Config config = load_good(sources);
  CHECK(config.limits.idle_timeout == 3s);
  CHECK(config.limits.write_timeout == 4s);
}

TEST_CASE("PROXY_CONFIG names the file where no flag does") {
  const test::TemporaryFolder folder;
  Sources sources = complete_sources();
  sources.environment["PROXY_CONFIG"] = folder.write("a.yaml", "threads: 3\n");
  CHECK(load_good(sources).threads == 3);
  sources.file = folder.write("b.yaml", "threads: 4\n");
  CHECK(load_good(sources).threads == 4);
  CHECK(load(sources).warnings.empty());
}

TEST_CASE("all problems of all sources are told at once, each with its place") {
  const test::TemporaryFolder folder;
  Sources sources;
  sources.file = folder.write("proxy.yaml",
                              "listen:\n"
                              "  port: 70000\n"
                              "  colour: red\n"
                              "keepalive:\n"
                              "  ping_interval: 5 minutes\n");
  sources.environment = {
      {"PROXY_SSL_INSECURE", "maybe"}, {"STREAMING_FUNCTION_ID", "not an id"}, {"PROXY_MAX_HEADER_BYTES", "1KiB"}};
  sources.flags = {{"threads", "many"}};
  const config::Loaded loaded = load(sources);
  CHECK_FALSE(loaded.config);
  INFO(test::lines(loaded.problems));
  CHECK(has_problem(loaded.problems, *sources.file + ":2",
                    "listen.port \"70000\" is not a whole number from 0 to 65535"));
  CHECK(has_problem(loaded.problems, *sources.file + ":3", "listen.colour is no setting"));
  CHECK(has_problem(loaded.problems, *sources.file + ":5", "is not a duration"));
  CHECK(has_problem(loaded.problems, "PROXY_SSL_INSECURE", "is neither true nor false"));
  CHECK(has_problem(loaded.problems, "STREAMING_FUNCTION_ID", "is no function id"));
  CHECK(has_problem(loaded.problems, "PROXY_MAX_HEADER_BYTES", "is not between 4KiB and 1MiB"));
  CHECK(has_problem(loaded.problems, "--threads", "\"many\""));
  CHECK(has_problem(loaded.problems, "NVCF_SERVER", "is not set"));
  CHECK(has_problem(loaded.problems, "NVCF_API_KEY", "is not set"));
  CHECK(loaded.problems.size() == 9);
}

TEST_CASE("a value that is overruled is not judged") {
  const test::TemporaryFolder folder;
  Sources sources = complete_sources();
  sources.file = folder.write("proxy.yaml", "threads: many\n");
  sources.environment["PROXY_THREADS"] = "2";
  CHECK(load_good(sources).threads == 2);
}

TEST_CASE("every setting can be set by its flag, its variable and its key in YAML, and each way means the same") {
  const std::map<std::string_view, std::string> examples{{"listen.address", "127.0.0.2"},
                                                         {"listen.port", "1"},
                                                         {"listen.tls.self_signed", "true"},
                                                         {"listen.trusted_proxies", "10.0.0.0/8"},
                                                         {"upstream.server", "http://localhost:1"},
                                                         {"upstream.host", "other.example"},
                                                         {"upstream.connect_timeout", "1s"},
                                                         {"upstream.response_timeout", "1s"},
                                                         {"upstream.warm_connections", "0"},
                                                         {"functions.default", "f"},
                                                         {"functions.version", "v"},
                                                         {"functions.allowed", "f"},
                                                         {"browser.allowed_origins", "https://a.example"},
                                                         {"browser.forward_cookies", "a"},
                                                         {"browser.refusals", "close"},
                                                         {"browser.retry_stale_session", "false"},
                                                         {"keepalive.ping_interval", "0"},
                                                         {"keepalive.pong_timeout", "0"},
                                                         {"limits.sessions", "5"},
                                                         {"limits.header_bytes", "8KiB"},
                                                         {"limits.request_timeout", "1s"},
                                                         {"limits.idle_timeout", "1s"},
                                                         {"limits.handshake_timeout", "1s"},
                                                         {"limits.write_timeout", "1s"},
                                                         {"drain_timeout", "0"},
                                                         {"admin.address", "off"},
                                                         {"log.level", "trace"},
                                                         {"log.format", "text"},
                                                         {"threads", "7"}};
  const test::TemporaryFolder folder;
  const Sources minimum = complete_sources();
  const std::string before = config::describe(load_good(minimum));
  for (const config::Setting& setting : config::settings()) {
    // files and secrets have tests of their own
    if (setting.form == config::Path::form || setting.is_secret) continue;
    CAPTURE(setting.key);
    REQUIRE(examples.contains(setting.key));
    const std::string& text = examples.at(setting.key);
    Sources flag = minimum;
    flag.flags[std::string(setting.key)] = text;
    const std::string by_flag = config::describe(load_good(flag));
    CHECK(by_flag != before);
    Sources variable = minimum;
    variable.environment[std::string(setting.variable)] = text;
    CHECK(config::describe(load_good(variable)) == by_flag);
    Sources file = minimum;
    file.environment.erase(std::string(setting.variable));
    file.file = folder.write("proxy.yaml", nested(setting.key, text));
    CHECK(config::describe(load_good(file)) == by_flag);
  }
}

TEST_CASE("the API key may stand in a file, whose last newline is not part of it") {
  const test::TemporaryFolder folder;
  Sources sources = complete_sources();
  sources.environment.erase("NVCF_API_KEY");
  sources.environment["NVCF_API_KEY_FILE"] = folder.write("key", "nvapi-from-file\r\n");
  CHECK(load_good(sources).upstream.api_key.reveal() == "nvapi-from-file");

  SECTION("and a stronger source's key, in whatever form, hides a weaker one's") {
    const std::string yaml = folder.write("proxy.yaml", "upstream:\n  api_key: nvapi-yaml\n");
    sources.file = yaml;
    CHECK(load_good(sources).upstream.api_key.reveal() == "nvapi-from-file");
    sources.flags["upstream.api_key_file"] = folder.write("key2", "nvapi-flag");
    CHECK(load_good(sources).upstream.api_key.reveal() == "nvapi-flag");
  }
}

TEST_CASE("X8: a file of a secret that does not serve is a problem that shows neither path nor content") {
  const test::TemporaryFolder folder;
  const std::pair<std::string, const char*> cases[] = {
      {"nvapi-canary", "No such file"},
      {folder.path(), "Is a directory"},
      {folder.write("empty", "\n\n"), "is empty"},
      {folder.write("two", "canary\ncanary\n"), "control character"},
      {folder.write("huge", std::string(70000, 'x')), "is larger"},
  };
  for (const auto& [path, part] : cases) {
    Sources sources = complete_sources();
    sources.environment.erase("NVCF_API_KEY");
    sources.environment["NVCF_API_KEY_FILE"] = path;
    const config::Loaded loaded = load(sources);
    CAPTURE(test::lines(loaded.problems));
    CHECK(has_problem(loaded.problems, "NVCF_API_KEY_FILE", part));
    CHECK(loaded.problems.size() == 1);
    CHECK(test::lines(loaded.problems).find("canary") == std::string::npos);
  }
}

TEST_CASE("X8: no way to set the API key wrongly tells it") {
  const test::TemporaryFolder folder;
  for (const char* key : {"canary key", "canary\n", "Bearer canary", "canary\x01", "canary\\r\\n\r\n"}) {
    Sources sources = complete_sources();
    sources.environment["NVCF_API_KEY"] = key;
    sources.environment["NVCF_SERVER"] = "https://user:canary@gateway.example";
    sources.environment["PROXY_TLS_KEY_FILE"] = "-----BEGIN PRIVATE KEY-----\ncanary";
    const config::Loaded loaded = load(sources);
    CHECK(loaded.problems.size() >= 3);
    CHECK(test::lines(loaded.problems).find("canary") == std::string::npos);
    CHECK(test::lines(loaded.warnings).find("canary") == std::string::npos);
  }
}

TEST_CASE("NVCF_SERVER is read as host, host:port, URL and IPv6") {
  struct Case {
    const char* server;
    bool tls;
    const char* host;
    std::uint16_t port;
    const char* authority;
  };
  const Case cases[] = {
      {"gateway.example", true, "gateway.example", 443, "gateway.example"},
      {"gateway.example:443", true, "gateway.example", 443, "gateway.example"},
      {"gateway.example:8443", true, "gateway.example", 8443, "gateway.example:8443"},
      {"http://gateway.example", false, "gateway.example", 80, "gateway.example"},
      {"http://gateway.example:10081", false, "gateway.example", 10081, "gateway.example:10081"},
      {"http://[::1]:10081", false, "::1", 10081, "[::1]:10081"},
      {"[2001:db8::1]", true, "2001:db8::1", 443, "[2001:db8::1]"},
      {"gateway.example.", true, "gateway.example.", 443, "gateway.example"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.server);
    Sources sources = complete_sources();
    sources.environment["NVCF_SERVER"] = c.server;
    const config::Upstream upstream = load_good(sources).upstream;
    CHECK(upstream.tls == c.tls);
    CHECK(upstream.host == c.host);
    CHECK(upstream.port == c.port);
    CHECK(upstream.authority == c.authority);
  }
}

TEST_CASE("NVCF_HOST is what Host says and what the certificate must prove, wherever we connect to") {
  Sources sources = complete_sources();
  sources.environment["NVCF_SERVER"] = "https://10.0.0.1:8443";
  CHECK(load_good(sources).upstream.tls_name == "10.0.0.1");
  sources.environment["NVCF_HOST"] = "Grpc.Example";
  CHECK(load_good(sources).upstream.authority == "grpc.example");
  sources.environment["NVCF_HOST"] = "grpc.example:8443";
  const config::Upstream upstream = load_good(sources).upstream;
  CHECK(upstream.host == "10.0.0.1");
  CHECK(upstream.authority == "grpc.example:8443");
  CHECK(upstream.tls_name == "grpc.example");
}

TEST_CASE("F3: a function is required, by itself or in a list, and the default one may always be named") {
  Sources sources = complete_sources();
  sources.environment.erase("STREAMING_FUNCTION_ID");
  CHECK(has_problem(load(sources).problems, "STREAMING_FUNCTION_ID", "is not set"));
  sources.environment["STREAMING_FUNCTION_IDS"] = " , ";
  CHECK(has_problem(load(sources).problems, "STREAMING_FUNCTION_ID", "is not set"));
  sources.environment["STREAMING_FUNCTION_IDS"] = "a,b,a";
  CHECK(load_good(sources).functions.allowed.size() == 2);
  CHECK_FALSE(load_good(sources).functions.default_id);
  sources.environment["STREAMING_FUNCTION_ID"] = "c";
  const config::Functions functions = load_good(sources).functions;
  REQUIRE(functions.allowed.size() == 3);
  CHECK(functions.allowed.front().str() == "c");
}

TEST_CASE("the log is text on a terminal and JSON elsewhere, unless said") {
  Sources sources = complete_sources();
  CHECK(load_good(sources).log.format == config::LogFormat::json);
  sources.terminal = true;
  CHECK(load_good(sources).log.format == config::LogFormat::text);
  sources.environment["PROXY_LOG_FORMAT"] = "json";
  CHECK(load_good(sources).log.format == config::LogFormat::json);
}

TEST_CASE("the variable that Kubernetes sets for a service called proxy is explained") {
  Sources sources = complete_sources();
  sources.environment["PROXY_PORT"] = "tcp://10.0.0.1:49100";
  CHECK(has_problem(load(sources).problems, "PROXY_PORT", "enableServiceLinks: false"));
}

TEST_CASE("an environment is read as getenv would see it") {
  const char* const environment[] = {"A=1", "B=x=y", "C=", "no equals sign", "A=2", nullptr};
  CHECK(config::read_environment(environment) ==
        std::map<std::string, std::string>{{"A", "1"}, {"B", "x=y"}, {"C", ""}});
  CHECK(config::read_environment(nullptr).empty());
}
