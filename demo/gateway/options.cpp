#include "demo/gateway/options.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <stdexcept>

namespace gateway {
namespace {

struct Texts {
  std::vector<std::string> listen;
  std::vector<std::string> listen_tls;
  std::vector<std::string> keys;
  std::vector<std::string> functions;
  std::string control = "127.0.0.1:0";
  std::string worker_timeout = "30s";
  std::string resume_window = "30s";
  TlsSettings tls;
};

void declare(CLI::App& app, Texts& texts, SessionSettings& sessions) {
  app.add_option("--listen", texts.listen, "HOST:PORT for clients; repeatable");
  app.add_option("--listen-tls", texts.listen_tls, "HOST:PORT for clients with TLS; repeatable");
  app.add_option("--tls-cert", texts.tls.certificate, "PEM file");
  app.add_option("--tls-key", texts.tls.key, "PEM file");
  app.add_option("--client-ca", texts.tls.client_ca, "PEM file: demand client certificates of this authority");
  app.add_option("--tls-min", texts.tls.min_version, "oldest TLS version spoken")->capture_default_str();
  app.add_option("--tls-max", texts.tls.max_version, "newest TLS version spoken")->capture_default_str();
  app.add_option("--control", texts.control, "HOST:PORT of the control port")->capture_default_str();
  app.add_option("--api-key", texts.keys, "KEY[=ACCOUNT] that is valid; none: every key is; repeatable");
  app.add_option("--function", texts.functions, "ID[/VERSION][=TYPE][@HOST:PORT]; repeatable");
  app.add_option("--workers", sessions.workers, "sessions at once, 0: no limit")->capture_default_str();
  app.add_option("--worker-timeout", texts.worker_timeout, "how long to wait for a free worker")->capture_default_str();
  app.add_option("--resume-window", texts.resume_window, "how long to wait for a lost client")->capture_default_str();
  app.add_option("--rate-limit", sessions.rate_limit, "new sessions per account, 0: no limit")->capture_default_str();
}

std::pair<std::string, std::string> parse_key(const std::string& text) {
  const auto equals = text.rfind('=');
  if (equals == std::string::npos) return {text, "account"};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Options understood(const Texts& texts, SessionSettings sessions) {
  Options options;
  options.sessions = std::move(sessions);
  const bool has_tls = !texts.tls.certificate.empty() || !texts.tls.key.empty();
  if (has_tls) options.tls = texts.tls;
  if (!texts.listen_tls.empty() && !has_tls) throw std::invalid_argument{"--listen-tls needs --tls-cert and --tls-key"};
  if (texts.listen.empty() && texts.listen_tls.empty()) throw std::invalid_argument{"no --listen"};
  for (const auto& text : texts.listen) {
    options.listeners.push_back({wire::parse_host_port(text), has_tls && texts.listen_tls.empty()});
  }
  for (const auto& text : texts.listen_tls) options.listeners.push_back({wire::parse_host_port(text), true});
  options.control = wire::parse_host_port(texts.control);
  for (const auto& text : texts.keys) options.sessions.keys.insert(parse_key(text));
  for (const auto& text : texts.functions) options.sessions.functions.push_back(parse_function(text));
  options.sessions.worker_timeout = wire::parse_duration(texts.worker_timeout);
  options.sessions.resume_window = wire::parse_duration(texts.resume_window);
  return options;
}

}  // namespace

KnownFunction parse_function(std::string_view text) {
  KnownFunction function;
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    function.address = wire::parse_host_port(text.substr(at + 1));
    text = text.substr(0, at);
  }
  if (const auto equals = text.find('='); equals != std::string_view::npos) {
    function.type = text.substr(equals + 1);
    text = text.substr(0, equals);
  }
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    function.version = text.substr(slash + 1);
    text = text.substr(0, slash);
  }
  function.id = text;
  if (function.id.empty()) throw std::invalid_argument{"a --function without an id"};
  return function;
}

std::optional<Options> parse_options(int argc, char** argv, int& exit_code) {
  CLI::App app{"A stand-in for NVCF's gateway: see demo/gateway/README.md"};
  Texts texts;
  SessionSettings sessions;
  declare(app, texts, sessions);
  try {
    app.parse(argc, argv);
    return understood(texts, std::move(sessions));
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "nvcf-gateway-standin: %s\n", error.what());
    exit_code = 2;
  }
  return std::nullopt;
}

}  // namespace gateway
