// Decides what the process does: serve, check its configuration, or ask the running one how it is.
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "config/command_line.hpp"
#include "config/describe.hpp"
#include "config/load.hpp"
#include "proxy/admin.hpp"
#include "proxy/server.hpp"
#include "proxy/telemetry/log.hpp"
#include "tls/client_context.hpp"
#include "tls/self_signed.hpp"
#include "tls/server_context.hpp"

namespace {

int say(std::FILE* where, const std::string& text, int exit_code) {
  std::fputs(text.c_str(), where);
  return exit_code;
}

void say_all(const std::vector<config::Problem>& problems) {
  for (const config::Problem& problem : problems) say(stderr, config::sentence(problem) + "\n", 0);
}

/// The snapshot of a sound configuration, or null after all that is wrong with its certificates and keys was said.
proxy::SnapshotPtr make_snapshot(config::Config config) {
  auto snapshot = std::make_shared<proxy::Snapshot>();
  snapshot->config = std::move(config);
  bool sound = true;
  const auto take = [&sound](tls::ContextResult made, tls::ContextPtr& into) {
    if (made) {
      into = *std::move(made);
    } else {
      say_all(made.error());
      sound = false;
    }
  };
  if (snapshot->config.listen.tls.enabled())
    take(tls::make_server_context(snapshot->config.listen.tls, tls::local_host_names()), snapshot->server_tls);
  if (snapshot->config.upstream.tls) take(tls::make_client_context(snapshot->config.upstream), snapshot->client_tls);
  return sound ? snapshot : nullptr;
}

int health(const config::Config& config) {
  if (!config.admin.address) return say(stderr, "the admin address is off, nobody can be asked\n", 1);
  const proxy::Health health = proxy::ask_health(*config.admin.address, config.admin.port);
  return say(health.healthy ? stdout : stderr, health.text + "\n", health.healthy ? 0 : 1);
}

int run(const std::vector<std::string>& arguments) {
  auto asked = config::parse_command_line(arguments, NVCF_LLS_PROXY_VERSION);
  if (const auto* answer = std::get_if<config::Answer>(&asked))
    return say(answer->exit_code == 0 ? stdout : stderr, answer->text, answer->exit_code);
  auto& invocation = std::get<config::Invocation>(asked);
  invocation.sources.environment = config::read_environment(environ);
  invocation.sources.terminal = ::isatty(STDOUT_FILENO) != 0;

  config::Loaded loaded = config::load(invocation.sources);
  say_all(loaded.warnings);
  say_all(loaded.problems);
  if (!loaded.config) return config::exit_configuration;
  if (invocation.command == config::Command::health) return health(*loaded.config);

  const proxy::SnapshotPtr snapshot = make_snapshot(*std::move(loaded.config));
  if (!snapshot) return config::exit_configuration;
  if (invocation.command == config::Command::check) return say(stdout, config::describe(snapshot->config), 0);
  proxy::configure_log(snapshot->config.log);
  return proxy::serve(snapshot);
}

}  // namespace

int main(int count, char** words) {
  try {
    return run({words + 1, words + count});
  } catch (const std::exception& exception) {
    return say(stderr, std::string("nvcf-lls-proxy: ") + exception.what() + "\n", 1);
  }
}
