// Decides what the command line of the stand-in says.
#pragma once

#include <optional>
#include <vector>

#include "demo/gateway/sessions.hpp"
#include "demo/gateway/tls.hpp"
#include "demo/wire/listen.hpp"

namespace gateway {

/// A port for clients.
struct ListenerOption {
  wire::HostPort where;
  bool tls = false;
};

/// Everything that can be set.
struct Options {
  std::vector<ListenerOption> listeners;
  std::optional<TlsSettings> tls;
  wire::HostPort control;
  /// A known function without an address has port 0 there: the stand-in's own echo function shall serve it.
  SessionSettings sessions;
};

/// `ID[/VERSION][=TYPE][@HOST:PORT]`; throws std::invalid_argument with a sentence.
[[nodiscard]] KnownFunction parse_function(std::string_view text);
/// What the arguments say; nothing after --help or an error was printed, then `exit_code` is what to exit with.
[[nodiscard]] std::optional<Options> parse_options(int argc, char** argv, int& exit_code);

}  // namespace gateway
