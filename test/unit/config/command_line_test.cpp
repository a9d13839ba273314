#include "config/command_line.hpp"

#include <catch2/catch.hpp>

#include "config/settings.hpp"

using config::Answer;
using config::Command;
using config::Invocation;
using config::parse_command_line;

namespace {

Invocation invocation(const std::vector<std::string>& arguments) {
  const auto parsed = parse_command_line(arguments, "1.2.3");
  REQUIRE(std::holds_alternative<Invocation>(parsed));
  return std::get<Invocation>(parsed);
}

Answer answer(const std::vector<std::string>& arguments) {
  const auto parsed = parse_command_line(arguments, "1.2.3");
  REQUIRE(std::holds_alternative<Answer>(parsed));
  return std::get<Answer>(parsed);
}

}  // namespace

TEST_CASE("without a command the proxy serves") {
  CHECK(invocation({}).command == Command::serve);
  CHECK(invocation({"serve"}).command == Command::serve);
  CHECK(invocation({"check"}).command == Command::check);
  CHECK(invocation({"health"}).command == Command::health);
  CHECK_FALSE(invocation({}).sources.file);
  CHECK(invocation({}).sources.environment.empty());
}

TEST_CASE("options stand before or behind the command") {
  CHECK(invocation({"--config", "a.yaml", "check"}).sources.file == "a.yaml");
  CHECK(invocation({"check", "--config=a.yaml"}).sources.file == "a.yaml");
  CHECK(invocation({"check", "-c", "a.yaml"}).command == Command::check);
  CHECK(invocation({"check", "--listen.port", "80", "--threads=2"}).sources.flags ==
        std::map<std::string, std::string>{{"listen.port", "80"}, {"threads", "2"}});
}

TEST_CASE("every setting but a secret is a flag") {
  for (const config::Setting& setting : config::settings()) {
    const std::string key(setting.key);
    CAPTURE(key);
    if (setting.is_secret) {
      CHECK(answer({"--" + key, "canary"}).exit_code == config::exit_usage);
      CHECK(invocation({"--" + key + "_file", "x"}).sources.flags.at(key + "_file") == "x");
    } else {
      CHECK(invocation({"--" + key, "x"}).sources.flags.at(key) == "x");
    }
  }
}

TEST_CASE("a wrong command line ends with 64 and says what is wrong") {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run"},
                                                    {"check", "serve"},
                                                    {"--nonsense"},
                                                    {"--config"},
                                                    {"--threads", "1", "--threads", "2"},
                                                    {"--listen.port"},
                                                    {"check", "check"},
                                                    {"-x"},
                                                    {""}}) {
    CAPTURE(arguments);
    const Answer said = answer(arguments);
    CHECK(said.exit_code == 64);
    CHECK(said.text.starts_with("nvcf-lls-proxy: "));
    CHECK(said.text.ends_with("--help\n"));
  }
}

TEST_CASE("the version is told on one line") {
  CHECK(answer({"--version"}).text == "nvcf-lls-proxy 1.2.3\n");
  CHECK(answer({"--version"}).exit_code == 0);
}

TEST_CASE("help names every variable with its key, its default and its meaning, at most 100 columns wide") {
  const Answer said = answer({"--help"});
  CHECK(said.exit_code == 0);
  CHECK(answer({"check", "-h"}).text == said.text);
  for (const config::Setting& setting : config::settings()) {
    CAPTURE(setting.key);
    CHECK(said.text.find("  " + std::string(setting.variable)) != std::string::npos);
    CHECK(said.text.find(", " + std::string(setting.key) + " [") != std::string::npos);
  }
  CHECK(said.text.find("PROXY_PORT, listen.port [49100]") != std::string::npos);
  for (std::size_t begin = 0; begin < said.text.size();) {
    const std::size_t end = said.text.find('\n', begin);
    REQUIRE(end != std::string::npos);
    CAPTURE(said.text.substr(begin, end - begin));
    CHECK(end - begin <= 100);
    begin = end + 1;
  }
}
