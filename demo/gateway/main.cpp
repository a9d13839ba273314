// Decides how the stand-in starts and ends.
#include <openssl/ssl.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <cstdio>
#include <deque>
#include <exception>
#include <optional>

#include "demo/function/function.hpp"
#include "demo/gateway/client.hpp"
#include "demo/gateway/control.hpp"
#include "demo/gateway/options.hpp"

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// a connection's failure ends that connection and says so, nothing else
void report_failure(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    wire::log_line(std::string{"a connection failed: "} + error.what());
  }
}

// functions that were given no address are served by an echo of our own
void serve_addressless(asio::io_context& context, gateway::SessionSettings& settings, function::Function& echo) {
  auto acceptor = wire::open_acceptor(context, {"127.0.0.1", 0});
  for (auto& known : settings.functions) {
    if (known.address.port == 0) known.address = {"127.0.0.1", acceptor.local_endpoint().port()};
  }
  echo.serve(context, std::move(acceptor));
}

int run(gateway::Options options) {
  // what connections refer to is declared first: the context destroys those that still run at the end
  std::optional<gateway::Gateway> standin;
  function::Settings echo_settings;
  echo_settings.raw_echo = true;
  function::Function echo{echo_settings};
  asio::io_context context{1};
  serve_addressless(context, options.sessions, echo);
  const auto tls = options.tls ? gateway::make_tls_context(*options.tls) : gateway::TlsContext{};
  standin.emplace(context.get_executor(), std::move(options.sessions));
  std::deque<tcp::acceptor> acceptors;
  boost::json::array listening;
  for (const auto& listener : options.listeners) {
    const auto index = acceptors.size();
    auto& acceptor = acceptors.emplace_back(wire::open_acceptor(context, listener.where));
    auto description = wire::described(acceptor);
    description["tls"] = listener.tls;
    listening.push_back(std::move(description));
    auto* const listener_tls = listener.tls ? tls.get() : nullptr;
    asio::co_spawn(context,
                   wire::accept_all(acceptor,
                                    [&, index, listener_tls](tcp::socket socket) {
                                      asio::co_spawn(
                                          context,
                                          gateway::serve_client(*standin, std::move(socket), index, listener_tls),
                                          report_failure);
                                    }),
                   report_failure);
  }
  auto& control = acceptors.emplace_back(wire::open_acceptor(context, options.control));
  asio::co_spawn(context,
                 wire::accept_all(control,
                                  [&](tcp::socket socket) {
                                    asio::co_spawn(context, gateway::serve_control(*standin, std::move(socket)),
                                                   report_failure);
                                  }),
                 report_failure);
  asio::signal_set signals{context, SIGTERM, SIGINT};
  signals.async_wait([&](const boost::system::error_code&, int) { context.stop(); });

  const boost::json::object start{{"listen", std::move(listening)}, {"control", wire::described(control)}};
  std::printf("%s\n", boost::json::serialize(start).c_str());
  std::fflush(stdout);
  context.run();
  standin->sessions.stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  // OpenSSL writes to sockets without MSG_NOSIGNAL
  std::signal(SIGPIPE, SIG_IGN);
  int exit_code = 0;
  try {
    auto options = gateway::parse_options(argc, argv, exit_code);
    return options ? run(std::move(*options)) : exit_code;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "nvcf-gateway-standin: %s\n", error.what());
    return 1;
  }
}
