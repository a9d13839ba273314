#include "proxy/http/subprotocols.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace proxy {
namespace {

constexpr std::string_view secret_prefix = "authorization.";
constexpr std::string_view request_id_prefix = "nvcf-reqid.";
constexpr std::string_view function_prefixes[] = {"function-id.", "nvcf-function-id."};
/// Not among the function's: whichever version a client names, ours is the configured one (F1).
constexpr std::string_view version_prefix = "function-version-id.";
constexpr std::string_view function_family = "nvcf-function-";

/// Whatever the case: a gateway that is lenient there must not find what we overlooked.
bool starts_with(std::string_view text, std::string_view prefix) noexcept {
  return same_name(text.substr(0, prefix.size()), prefix);
}

/// What follows `prefix` in `text`, or nothing if it starts otherwise.
std::optional<std::string_view> after(std::string_view text, std::string_view prefix) noexcept {
  if (!starts_with(text, prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

std::optional<std::string_view> function_in(std::string_view protocol) noexcept {
  for (const std::string_view prefix : function_prefixes) {
    if (const auto id = after(protocol, prefix)) return id;
  }
  return std::nullopt;
}

/// Whether the protocol is a message to us and no business of upstream's (F4).
bool is_addressed_to_us(std::string_view protocol) noexcept {
  return carries_secret(protocol) || function_in(protocol) || starts_with(protocol, request_id_prefix) ||
         starts_with(protocol, version_prefix) || starts_with(protocol, function_family);
}

/// Notes what `protocol` says to us; a failure if it contradicts what was said before.
std::optional<Failure> note(std::string_view protocol, Subprotocols& said) {
  if (const auto function = function_in(protocol)) {
    if (said.function && *said.function != *function) {
      return Failure{errc::malformed_request, "two functions are named in Sec-WebSocket-Protocol"};
    }
    said.function = *function;
  }
  if (const auto id = after(protocol, request_id_prefix); id && !said.request_id) said.request_id = *id;
  return std::nullopt;
}

}  // namespace

boost::system::result<Subprotocols, Failure> read_subprotocols(const Fields& fields) {
  constexpr std::size_t most_offers = 64;  // each is compared with each other
  Subprotocols read;
  for (const std::string_view protocol : list(fields, "Sec-WebSocket-Protocol")) {
    if (read.offered.size() == most_offers)
      return Failure{errc::bad_websocket_handshake, "more than 64 subprotocols are offered"};
    if (!is_token(protocol)) return Failure{errc::bad_websocket_handshake, "an offered subprotocol is no token"};
    if (std::ranges::find(read.offered, protocol) != read.offered.end()) {
      return Failure{errc::bad_websocket_handshake, "a subprotocol is offered twice"};
    }
    if (auto contradiction = note(protocol, read)) return *std::move(contradiction);
    read.offered.emplace_back(protocol);
    if (!is_addressed_to_us(protocol)) read.for_upstream.emplace_back(protocol);
  }
  return read;
}

bool carries_secret(std::string_view protocol) noexcept { return starts_with(protocol, secret_prefix); }

boost::system::result<std::optional<std::string>, Failure> choose_subprotocol(
    const Subprotocols& subprotocols, std::optional<std::string_view> upstream_choice) {
  using Choice = std::optional<std::string>;
  if (upstream_choice) {
    if (std::ranges::find(subprotocols.for_upstream, *upstream_choice) == subprotocols.for_upstream.end()) {
      return Failure{errc::upstream_bad_101, "a subprotocol was chosen that was not offered"};
    }
    return Choice(*upstream_choice);
  }
  if (subprotocols.offered.empty()) return Choice();
  const auto harmless = std::ranges::find_if_not(subprotocols.offered, carries_secret);
  return Choice(harmless == subprotocols.offered.end() ? subprotocols.offered.front() : *harmless);
}

}  // namespace proxy
