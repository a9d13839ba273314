#include "proxy/http/websocket_handshake.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace proxy {
namespace {

Failure bad_handshake(std::string detail) { return {errc::bad_websocket_handshake, std::move(detail)}; }
Failure bad_101(std::string detail) { return {errc::upstream_bad_101, std::move(detail)}; }

/// The value under `name` if exactly one line has that name.
std::optional<std::string_view> only(const Fields& fields, std::string_view name) noexcept {
  if (count(fields, name) != 1) return std::nullopt;
  return find(fields, name);
}

/// `Upgrade: websocket` and nothing else: of a list we could not know which protocol the other side would choose.
bool upgrades_to_websocket(const Fields& fields) noexcept {
  const auto protocol = only(fields, "Upgrade");
  return protocol && same_name(*protocol, "websocket");
}

bool is_base64(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
}

/// 16 bytes in base64 (RFC 6455 section 4.1), which is 22 characters and their padding.
bool is_key(std::string_view text) noexcept {
  constexpr std::size_t characters = 22;
  return text.size() == characters + 2 && std::ranges::all_of(text.substr(0, characters), is_base64) &&
         text.substr(characters) == "==";
}

/// Names of the extensions. The quoted strings of their parameters can hold no comma: RFC 6455 section 9.1 wants tokens
/// in them.
std::vector<std::string> extension_names(const Fields& fields) {
  std::vector<std::string> names;
  for (const std::string_view extension : list(fields, "Sec-WebSocket-Extensions")) {
    names.emplace_back(trim(extension.substr(0, extension.find(';'))));
  }
  return names;
}

}  // namespace

bool asks_upgrade(const RequestHead& head) noexcept { return find(head.fields, "Upgrade").has_value(); }

boost::system::result<WebSocketOffer, Failure> read_websocket_offer(const RequestHead& head, const BodyFraming& body) {
  if (!upgrades_to_websocket(head.fields)) {
    return Failure{errc::upgrade_not_websocket, "Upgrade is not exactly websocket"};
  }
  if (head.method != http::verb::get) return bad_handshake("the method is not GET");
  if (head.version < 11) return bad_handshake("an upgrade in HTTP/1.0");
  if (body.has_body()) return bad_handshake("an upgrade with a body");
  if (!list_has(head.fields, "Connection", "Upgrade")) return bad_handshake("Connection does not say Upgrade");
  if (only(head.fields, "Sec-WebSocket-Version") != "13") {
    return Failure{errc::websocket_version, "Sec-WebSocket-Version is not 13"};
  }
  const auto key = only(head.fields, "Sec-WebSocket-Key");
  if (!key || !is_key(*key)) return bad_handshake("Sec-WebSocket-Key is not one base64 value of 16 bytes");
  auto protocols = read_subprotocols(head.fields);
  if (!protocols) return std::move(protocols).error();
  return WebSocketOffer{std::string(*key), *std::move(protocols), extension_names(head.fields)};
}

std::string accept_for(std::string_view key) {
  constexpr std::string_view guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 section 1.3
  std::string text;
  text.reserve(key.size() + guid.size());
  text.append(key).append(guid);

  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned digest_size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &digest_size, EVP_sha1(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-1: WebSocket handshakes cannot be answered");
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE * 2> base64{};  // four characters for three bytes, and a NUL
  const int size = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest_size));
  return {base64.begin(), base64.begin() + size};
}

std::optional<Failure> judge_101(const ResponseHead& head, const WebSocketOffer& offer) {
  if (head.status != 101 || head.version < 11) return bad_101("not a 101 of HTTP/1.1");
  if (!upgrades_to_websocket(head.fields)) return bad_101("Upgrade is not exactly websocket");
  if (!list_has(head.fields, "Connection", "Upgrade")) return bad_101("Connection does not say Upgrade");
  if (only(head.fields, "Sec-WebSocket-Accept") != accept_for(offer.key)) {
    return bad_101("Sec-WebSocket-Accept does not answer the key");
  }
  for (const std::string& extension : extension_names(head.fields)) {
    if (std::ranges::find(offer.extensions, extension) == offer.extensions.end()) {
      return bad_101("an extension was chosen that was not offered");
    }
  }
  if (count(head.fields, "Sec-WebSocket-Protocol") > 1) return bad_101("more than one subprotocol was chosen");
  // it has no body (RFC 9110 section 8.6); who announces one would have its bytes read as frames
  if (find(head.fields, "Transfer-Encoding") || find(head.fields, "Content-Length").value_or("0") != "0") {
    return bad_101("a body is announced");
  }
  return std::nullopt;
}

}  // namespace proxy
