#include "proxy/http/cors.hpp"

#include <algorithm>
#include <optional>

#include "proxy/http/hop.hpp"

namespace proxy {
namespace {

/// What a page may send where it cannot be told `*`: what browsers want named, and what the gateway understands.
constexpr std::string_view usual_headers =
    "Authorization, Content-Type, function-id, function-version-id, nvcf-function-id, nvcf-function-version-id, "
    "nvcf-reqid, X-NVCF-ABSORB";
constexpr std::string_view methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
/// Seconds; Chromium takes no more.
constexpr std::string_view preflight_max_age = "7200";

/// An origin in its three parts.
struct Origin {
  std::string_view scheme;
  std::string_view host;
  std::string_view port;
};

std::string_view default_port(std::string_view scheme) noexcept {
  if (same_name(scheme, "https")) return "443";
  if (same_name(scheme, "http")) return "80";
  return {};
}

std::optional<Origin> parse_origin(std::string_view text) noexcept {
  constexpr std::string_view separator = "://";
  const std::size_t scheme_end = text.find(separator);
  if (scheme_end == std::string_view::npos) return std::nullopt;  // `null` among others
  Origin origin{text.substr(0, scheme_end), text.substr(scheme_end + separator.size()), {}};
  const std::size_t colon = origin.host.rfind(':');
  if (colon != std::string_view::npos && origin.host.find(']', colon) == std::string_view::npos) {
    origin.port = origin.host.substr(colon + 1);
    origin.host = origin.host.substr(0, colon);
  } else {
    origin.port = default_port(origin.scheme);
  }
  if (origin.scheme.empty() || origin.host.empty()) return std::nullopt;
  return origin;
}

bool same_origin(std::string_view left, std::string_view right) noexcept {
  const std::optional<Origin> a = parse_origin(left);
  const std::optional<Origin> b = parse_origin(right);
  return a && b && same_name(a->scheme, b->scheme) && same_name(a->host, b->host) && a->port == b->port;
}

/// Who may read the answer, and whether with credentials.
void append_readers(std::string& head, const std::vector<std::string>& allowed, std::string_view origin) {
  if (allowed.empty()) return append_line(head, "Access-Control-Allow-Origin", "*");
  append_line(head, "Vary", "Origin");
  if (!origin_allowed(allowed, origin)) return;
  append_line(head, "Access-Control-Allow-Origin", origin);
  append_line(head, "Access-Control-Allow-Credentials", "true");
}

/// What the page wants to send, if it can be repeated safely.
std::string requested_headers(const Fields& fields) {
  std::string joined;
  for (const std::string_view name : list(fields, "Access-Control-Request-Headers")) {
    if (!is_token(name)) continue;
    if (!joined.empty()) joined.append(", ");
    joined.append(name);
  }
  return joined;
}

std::string joined_names(const std::vector<std::string_view>& names) {
  std::string joined;
  for (auto name = names.begin(); name != names.end(); ++name) {
    const auto same = [name](std::string_view other) { return same_name(*name, other); };
    if (same("Set-Cookie") || std::any_of(names.begin(), name, same)) continue;  // browsers never show a Set-Cookie
    if (!joined.empty()) joined.append(", ");
    joined.append(*name);
  }
  return joined;
}

}  // namespace

bool origin_allowed(const std::vector<std::string>& allowed, std::string_view origin) {
  return allowed.empty() ||
         std::ranges::any_of(allowed, [origin](const std::string& one) { return same_origin(one, origin); });
}

std::string_view origin_in(std::string_view broken_head) noexcept {
  while (!broken_head.empty()) {
    const std::string_view line = broken_head.substr(0, broken_head.find("\r\n"));
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && same_name(line.substr(0, colon), "Origin"))
      return trim(line.substr(colon + 1));
    broken_head.remove_prefix(std::min(broken_head.size(), line.size() + 2));
  }
  return {};
}

bool is_preflight(const RequestHead& head) noexcept {
  return head.method == http::verb::options && find(head.fields, "Origin") &&
         find(head.fields, "Access-Control-Request-Method");
}

bool is_cors_header(std::string_view name) noexcept {
  constexpr std::string_view family = "Access-Control-";
  return same_name(name.substr(0, family.size()), family);
}

void append_cors(std::string& head, const std::vector<std::string>& allowed, std::string_view origin,
                 const std::vector<std::string_view>& exposed) {
  append_readers(head, allowed, origin);
  if (allowed.empty()) {
    append_line(head, "Access-Control-Allow-Headers", "*");
    append_line(head, "Access-Control-Expose-Headers", "*");
  } else if (origin_allowed(allowed, origin)) {
    append_line(head, "Access-Control-Allow-Headers", usual_headers);
    append_line(head, "Access-Control-Expose-Headers", joined_names(exposed));
  }
}

std::string preflight_answer(const RequestHead& head, const std::vector<std::string>& allowed, bool keep_alive) {
  const std::string requested = requested_headers(head.fields);
  std::string answer = "HTTP/1.1 204 No Content\r\n";
  append_readers(answer, allowed, find(head.fields, "Origin").value_or(""));
  append_line(answer, "Access-Control-Allow-Methods", methods);
  if (allowed.empty()) {
    // a wildcard does not cover Authorization (Fetch standard), so what was asked for is named beside it
    append_line(answer, "Access-Control-Allow-Headers", requested.empty() ? "*" : "*, " + requested);
    append_line(answer, "Access-Control-Expose-Headers", "*");
  } else {
    append_line(answer, "Access-Control-Allow-Headers", requested.empty() ? usual_headers : requested);
  }
  append_line(answer, "Access-Control-Max-Age", preflight_max_age);
  if (list_has(head.fields, "Access-Control-Request-Private-Network", "true")) {
    append_line(answer, "Access-Control-Allow-Private-Network", "true");
  }
  append_connection(answer, head.version, keep_alive);
  return answer.append("\r\n");
}

}  // namespace proxy
