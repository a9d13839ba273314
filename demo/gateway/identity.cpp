#include "demo/gateway/identity.hpp"

#include <openssl/rand.h>

#include <array>

namespace gateway {
namespace {

constexpr std::string_view request_id_name = "nvcf-reqid";
constexpr std::string_view request_id_cookie = "nvcf-request-id";

std::string cookie_value(const wire::Fields& fields, std::string_view name) {
  for (const auto& line : fields.all("cookie")) {
    for (const auto part : wire::split(line, ';')) {
      const auto pair = wire::trimmed(part);
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
      auto value = pair.substr(equals + 1);
      if (value.size() > 1 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
      return std::string{value};
    }
  }
  return {};
}

std::string hex_with_dashes(std::string_view digits) {
  std::string text{digits};
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
  return text;
}

}  // namespace

std::optional<std::map<std::string, std::string>> parse_protocols(const wire::Fields& fields) {
  const auto lines = fields.all("sec-websocket-protocol");
  if (lines.empty()) return std::nullopt;
  std::map<std::string, std::string> pairs;
  for (const auto& line : lines) {
    for (auto part : wire::split(line, ',')) {
      if (part.starts_with(' ')) part.remove_prefix(1);
      const auto dot = part.find('.');
      if (dot != std::string_view::npos) pairs.emplace(wire::lower(part.substr(0, dot)), part.substr(dot + 1));
    }
  }
  return pairs;
}

Identity identify(const wire::Fields& fields) {
  const auto protocols = parse_protocols(fields);
  const auto header_or_protocol = [&](std::string_view name) {
    auto value = fields.value_or_empty(name);
    if (!value.empty() || !protocols) return value;
    const auto pair = protocols->find(std::string{name});
    return pair == protocols->end() ? value : pair->second;
  };
  Identity identity;
  identity.key = header_or_protocol("authorization");
  constexpr std::string_view bearer = "Bearer ";
  if (identity.key.starts_with(bearer)) {
    identity.key.erase(0, bearer.size());
  } else if (!protocols) {
    identity.key.clear();
  }
  identity.function = header_or_protocol("function-id");
  identity.version = header_or_protocol("function-version-id");
  auto request_id = header_or_protocol(request_id_name);
  if (request_id.empty()) request_id = cookie_value(fields, request_id_cookie);
  identity.request_id = parse_uuid(request_id);
  return identity;
}

std::optional<std::string> parse_uuid(std::string_view text) {
  constexpr std::string_view urn = "urn:uuid:";
  if (text.size() == 45 && wire::same_name(text.substr(0, urn.size()), urn)) text.remove_prefix(urn.size());
  if (text.size() == 38) text = text.substr(1, 36);
  if (text.size() != 36 && text.size() != 32) return std::nullopt;
  const bool dashes = text.size() == 36;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash_here = dashes && (i == 8 || i == 13 || i == 18 || i == 23);
    if (dash_here != (text[i] == '-')) return std::nullopt;
    if (!dash_here) digits += text[i];
  }
  digits = wire::lower(digits);
  if (digits.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
  return hex_with_dashes(digits);
}

std::string make_uuid() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  std::string digits;
  for (const unsigned char byte : bytes) {
    digits += "0123456789abcdef"[byte >> 4];
    digits += "0123456789abcdef"[byte & 15];
  }
  return hex_with_dashes(digits);
}

}  // namespace gateway
