#include "proxy/http/rewrite_response.hpp"

#include "proxy/http/cookies.hpp"
#include "proxy/http/cors.hpp"
#include "proxy/http/hop.hpp"

namespace proxy {
namespace {

/// The session that upstream speaks of: its header, else its cookie.
std::optional<config::RequestId> session_of(const Fields& fields, const SessionCookie& cookie) {
  if (const auto header = find(fields, "nvcf-reqid")) {
    if (auto id = config::RequestId::parse(*header)) return id;
  }
  return cookie.id;
}

/// Our Set-Cookie, if this answer says anything of the session (C1, C2).
std::optional<std::string> cookie_line(const ResponseHead& head, const SessionCookie& cookie, bool secure) {
  if (cookie.deleted) return session_cookie_deletion(secure);
  if (cookie.id) return session_cookie(*cookie.id, secure);
  if (head.status >= 400) return std::nullopt;  // an id that failed is none to come back with
  const auto id = session_of(head.fields, cookie);
  return id ? std::optional(session_cookie(*id, secure)) : std::nullopt;
}

/// Lines that mean something in a 101 only, where we answer for ourselves.
bool answers_handshake(std::string_view name) noexcept {
  return same_name(name, "Sec-WebSocket-Accept") || same_name(name, "Sec-WebSocket-Protocol");
}

/// What every answer of upstream's has in common: its own lines but for those that are ours to say or end here, our
/// cookie, CORS.
void append_fields(std::string& text, const ResponseHead& head, const RequestFacts& request,
                   const std::vector<std::string>& allowed_origins) {
  std::vector<std::string_view> passed;
  passed.reserve(head.fields.size());
  for (const Field& field : head.fields) {
    if (is_hop_by_hop(head.fields, field.name) || is_cors_header(field.name) || answers_handshake(field.name)) continue;
    if (!same_name(field.name, "Set-Cookie")) {
      append_line(text, field.name, field.value);
      passed.push_back(field.name);
    } else if (!is_session_cookie(field.value)) {
      append_line(text, field.name, without_domain(field.value));
    }
  }
  if (const auto cookie = cookie_line(head, read_set_session_cookie(head.fields), request.secure)) {
    append_line(text, "Set-Cookie", *cookie);
  }
  append_cors(text, allowed_origins, request.origin, passed);
}

/// The framing in which the client can take `body`.
BodyFraming framing_for_client(const BodyFraming& body, unsigned client_version) noexcept {
  using Kind = BodyFraming::Kind;
  if (body.kind == Kind::until_close && client_version >= 11) return {Kind::chunked, 0};
  if (body.kind == Kind::chunked && client_version < 11) return {Kind::until_close, 0};
  return body;
}

std::size_t estimated_size(const ResponseHead& head) noexcept {
  constexpr std::size_t ours = 512;
  std::size_t size = ours + head.reason.size();
  for (const Field& field : head.fields) size += field.name.size() + field.value.size() + 4;
  return size;
}

}  // namespace

bool is_stale_session(const ResponseHead& head) {
  return head.status == 404 && read_set_session_cookie(head.fields).deleted;
}

RewrittenResponse rewrite_response(const ResponseHead& head, const BodyFraming& body, const RequestFacts& request,
                                   const std::vector<std::string>& allowed_origins) {
  RewrittenResponse answer;
  answer.body = framing_for_client(body, request.version);
  answer.keep_alive = request.keep_alive && answer.body.kind != BodyFraming::Kind::until_close;
  answer.request_id = session_of(head.fields, read_set_session_cookie(head.fields));

  answer.head.reserve(estimated_size(head));
  answer.head.append("HTTP/1.1 ").append(std::to_string(head.status)).append(" ");
  answer.head.append(head.reason).append("\r\n");
  append_fields(answer.head, head, request, allowed_origins);
  append_framing(answer.head, answer.body);
  if ((request.method == http::verb::head && head.status != 204) || head.status == 304) {
    // it tells of a body that does not come, and 204 has none to tell of (RFC 9110 section 8.6)
    if (const auto length = find(head.fields, "Content-Length")) append_line(answer.head, "Content-Length", *length);
  }
  append_connection(answer.head, request.version, answer.keep_alive);
  answer.head.append("\r\n");
  return answer;
}

boost::system::result<RewrittenResponse, Failure> rewrite_101(const ResponseHead& head, const RequestFacts& request,
                                                              const std::vector<std::string>& allowed_origins) {
  if (!request.websocket) return Failure{errc::upstream_bad_101, "a 101 that nobody asked for"};
  if (auto fault = judge_101(head, *request.websocket)) return *std::move(fault);
  const auto protocol = choose_subprotocol(request.websocket->protocols, find(head.fields, "Sec-WebSocket-Protocol"));
  if (!protocol) return protocol.error();

  RewrittenResponse answer;
  answer.request_id = session_of(head.fields, read_set_session_cookie(head.fields));
  answer.head.reserve(estimated_size(head));
  answer.head.append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
  append_line(answer.head, "Sec-WebSocket-Accept", accept_for(request.websocket->key));
  if (*protocol) append_line(answer.head, "Sec-WebSocket-Protocol", **protocol);
  append_fields(answer.head, head, request, allowed_origins);
  answer.head.append("\r\n");
  return answer;
}

}  // namespace proxy
