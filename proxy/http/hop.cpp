#include "proxy/http/hop.hpp"

#include <algorithm>

namespace proxy {
namespace {

constexpr std::string_view own_lines[] = {"Connection",        "Keep-Alive", "TE",     "Trailer",
                                          "Transfer-Encoding", "Upgrade",    "Expect", "Content-Length"};

}  // namespace

bool is_hop_by_hop(const Fields& fields, std::string_view name) {
  constexpr std::string_view proxy_family = "Proxy-";
  return std::ranges::any_of(own_lines, [name](std::string_view line) { return reads_as(name, line); }) ||
         reads_as(name.substr(0, proxy_family.size()), proxy_family) || list_has(fields, "Connection", name);
}

bool reads_as(std::string_view name, std::string_view listed) noexcept {
  return std::equal(name.begin(), name.end(), listed.begin(), listed.end(),
                    [](char a, char b) { return same_name({&a, 1}, {&b, 1}) || (a == '_' && b == '-'); });
}

void append_line(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

void append_framing(std::string& head, const BodyFraming& body) {
  if (body.kind == BodyFraming::Kind::chunked) append_line(head, "Transfer-Encoding", "chunked");
  if (body.kind == BodyFraming::Kind::length) append_line(head, "Content-Length", std::to_string(body.length));
}

void append_connection(std::string& head, unsigned client_version, bool keep_alive) {
  if (!keep_alive) {
    append_line(head, "Connection", "close");
  } else if (client_version < 11) {
    append_line(head, "Connection", "keep-alive");
  }
}

}  // namespace proxy
