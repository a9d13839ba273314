// Decides how the sample function starts and ends.
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "demo/function/function.hpp"
#include "demo/wire/listen.hpp"

namespace {

struct Options {
  std::string listen = "127.0.0.1:49101";
  std::string control = "127.0.0.1:0";
  std::string heartbeat = "5s";
  std::string resume_window = "30s";
  function::Settings settings;
};

void declare(CLI::App& app, Options& options) {
  app.add_option("--listen", options.listen, "HOST:PORT of the WebSocket, 0: any port")->capture_default_str();
  app.add_option("--control", options.control, "HOST:PORT of the control port")->capture_default_str();
  app.add_option("--endpoint", options.settings.endpoint, "path of the WebSocket")->capture_default_str();
  app.add_option("--heartbeat", options.heartbeat, "between two heartbeats, 0s: none")->capture_default_str();
  app.add_option("--resume-window", options.resume_window, "how long a lost session is remembered")
      ->capture_default_str();
  app.add_option("--max-sessions", options.settings.max_sessions, "not ready beyond that, 0: no limit")
      ->capture_default_str();
  app.add_flag("--raw-echo", options.settings.raw_echo, "every frame comes back as it was");
  app.add_flag("--accept-deflate", options.settings.accept_deflate, "with --raw-echo: agree to permessage-deflate");
}

int run(Options options) {
  options.settings.heartbeat = wire::parse_duration(options.heartbeat);
  options.settings.resume_window = wire::parse_duration(options.resume_window);
  function::Function sample{options.settings};
  boost::asio::io_context context{1};
  auto acceptor = wire::open_acceptor(context, wire::parse_host_port(options.listen));
  auto control = wire::open_acceptor(context, wire::parse_host_port(options.control));
  boost::json::array listening;
  listening.push_back(wire::described(acceptor));
  const boost::json::object start{{"listen", std::move(listening)}, {"control", wire::described(control)}};
  sample.serve(context, std::move(acceptor));
  sample.serve_control(context, std::move(control));
  boost::asio::signal_set signals{context, SIGTERM, SIGINT};
  signals.async_wait([&](const boost::system::error_code&, int) { context.stop(); });
  std::printf("%s\n", boost::json::serialize(start).c_str());
  std::fflush(stdout);
  context.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    CLI::App app{"A sample streaming function: greets, echoes and beats on a WebSocket"};
    Options options;
    declare(app, options);
    CLI11_PARSE(app, argc, argv);
    return run(std::move(options));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "nvcf-sample-function: %s\n", error.what());
    return 1;
  }
}
