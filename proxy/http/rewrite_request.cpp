#include "proxy/http/rewrite_request.hpp"

#include <algorithm>
#include <variant>

#include "config/endpoint.hpp"
#include "proxy/http/cookies.hpp"
#include "proxy/http/hop.hpp"

namespace proxy {
namespace {

namespace ip = boost::asio::ip;

/// What only we may tell the gateway (F1).
constexpr std::string_view injected[] = {
    "Authorization", "function-id", "nvcf-function-id", "function-version-id", "nvcf-function-version-id", "nvcf-reqid",
};
/// What is written anew from what was understood.
constexpr std::string_view rewritten[] = {
    "Host", "Cookie", "Sec-WebSocket-Protocol", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host",
};

bool is_among(std::string_view name, const auto& names) noexcept {
  return std::ranges::any_of(names, [name](std::string_view listed) { return reads_as(name, listed); });
}

/// What a peer says of those before it, worth nothing unless the peer is trusted (F9).
bool tells_of_others(std::string_view name) noexcept {
  constexpr std::string_view family = "X-Forwarded-";
  return reads_as(name.substr(0, family.size()), family) || reads_as(name, "Forwarded") || reads_as(name, "X-Real-IP");
}

/// The address of an IPv4 client of a socket that takes both families is written as one of IPv4.
ip::address unmapped(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

bool contains(const config::Network& network, const ip::address& address) {
  if (const auto* v4 = std::get_if<ip::network_v4>(&network)) {
    return address.is_v4() && ip::network_v4(address.to_v4(), v4->prefix_length()).canonical() == v4->canonical();
  }
  const auto& v6 = std::get<ip::network_v6>(network);
  return address.is_v6() && ip::network_v6(address.to_v6(), v6.prefix_length()).canonical() == v6.canonical();
}

/// All values under `name` in one, or nothing if there are none.
std::optional<std::string> joined(const Fields& fields, std::string_view name) {
  std::optional<std::string> text;
  for (const std::string_view element : list(fields, name)) {
    if (text) {
      text->append(", ").append(element);
    } else {
      text.emplace(element);
    }
  }
  return text;
}

/// `Host` where a configuration was made by hand and left it out.
std::string authority_of(const config::Upstream& upstream) {
  if (!upstream.authority.empty()) return upstream.authority;
  return config::write_authority(upstream.host, upstream.port, upstream.tls ? 443 : 80);
}

/// The client's own lines that are upstream's business, in order and spelling.
void append_passing(std::string& text, const RequestHead& head, bool trusted, bool upgrade) {
  for (const Field& field : head.fields) {
    if (is_among(field.name, injected) || is_among(field.name, rewritten)) continue;
    if (tells_of_others(field.name) && !trusted) continue;
    // a handshake that was understood goes on whole, whatever Connection says of its parts
    const bool handshake =
        upgrade && (same_name(field.name, "Sec-WebSocket-Key") || same_name(field.name, "Sec-WebSocket-Version") ||
                    same_name(field.name, "Sec-WebSocket-Extensions"));
    if (!handshake && is_hop_by_hop(head.fields, field.name)) continue;
    append_line(text, field.name, field.value);
  }
}

void append_forwarded(std::string& text, const Fields& fields, const Peer& peer, bool trusted) {
  const auto theirs = [&](std::string_view name) { return trusted ? joined(fields, name) : std::nullopt; };

  const std::string address = unmapped(peer.address).to_string();
  const auto chain = theirs("X-Forwarded-For");
  append_line(text, "X-Forwarded-For", chain ? *chain + ", " + address : address);
  append_line(text, "X-Forwarded-Proto", theirs("X-Forwarded-Proto").value_or(peer.tls ? "https" : "http"));
  if (const auto host = theirs("X-Forwarded-Host")) {
    append_line(text, "X-Forwarded-Host", *host);
  } else if (const auto own = find(fields, "Host")) {
    append_line(text, "X-Forwarded-Host", *own);
  }
}

void append_subprotocols(std::string& text, const Fields& fields) {
  const auto protocols = read_subprotocols(fields);  // decide_route refused what cannot be read
  if (!protocols || protocols->for_upstream.empty()) return;
  text.append("Sec-WebSocket-Protocol: ");
  for (const std::string& protocol : protocols->for_upstream) {
    if (&protocol != &protocols->for_upstream.front()) text.append(", ");
    text.append(protocol);
  }
  text.append("\r\n");
}

void append_injected(std::string& text, const SessionIdentity& identity, const config::Secret& api_key) {
  // both spellings: NVCF's documentation asks for one, its gateway reads the other
  append_line(text, "function-id", identity.function.str());
  append_line(text, "nvcf-function-id", identity.function.str());
  if (identity.version) {
    append_line(text, "function-version-id", identity.version->str());
    append_line(text, "nvcf-function-version-id", identity.version->str());
  }
  if (identity.request_id) append_line(text, "nvcf-reqid", identity.request_id->str());
  text.append("Authorization: Bearer ").append(api_key.reveal()).append("\r\n");
}

std::size_t estimated_size(const RequestHead& head, const config::Upstream& upstream) noexcept {
  constexpr std::size_t ours = 640;  // every line that we add, with ids and addresses as long as usual
  std::size_t size = ours + head.target.size() + upstream.api_key.reveal().size();
  for (const Field& field : head.fields) size += field.name.size() + field.value.size() + 4;
  return size;
}

}  // namespace

bool is_trusted(const Peer& peer, const config::Config& config) {
  const ip::address address = unmapped(peer.address);
  return std::ranges::any_of(config.listen.trusted_proxies,
                             [&address](const config::Network& network) { return contains(network, address); });
}

bool is_secure(const RequestHead& head, const Peer& peer, const config::Config& config) {
  if (peer.tls) return true;
  // the first of several is what the browser used
  const auto schemes = list(head.fields, "X-Forwarded-Proto");
  return !schemes.empty() && same_name(schemes.front(), "https") && is_trusted(peer, config);
}

std::string rewrite_request(const RequestHead& head, const Forward& forward, const Peer& peer,
                            const config::Config& config) {
  const bool trusted = is_trusted(peer, config);
  std::string text;
  text.reserve(estimated_size(head, config.upstream));
  text.append(head.method_text).append(" ").append(origin_form(head.target)).append(" HTTP/1.1\r\n");
  append_line(text, "Host", authority_of(config.upstream));
  append_passing(text, head, trusted, forward.websocket.has_value());
  append_forwarded(text, head.fields, peer, trusted);
  if (const auto cookies =
          cookies_for_upstream(head.fields, config.browser.forward_cookies, forward.identity.request_id)) {
    append_line(text, "Cookie", *cookies);
  }
  append_subprotocols(text, head.fields);
  append_injected(text, forward.identity, config.upstream.api_key);
  append_framing(text, forward.body);
  if (forward.websocket) {
    append_line(text, "Connection", "Upgrade");
    append_line(text, "Upgrade", "websocket");
  } else if (forward.body.has_body() && head.version >= 11 && list_has(head.fields, "Expect", "100-continue")) {
    append_line(text, "Expect", "100-continue");
  }
  return text.append("\r\n");
}

}  // namespace proxy
