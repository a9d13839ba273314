#include "proxy/http/route.hpp"

#include <algorithm>
#include <utility>

#include "proxy/http/cookies.hpp"
#include "proxy/http/cors.hpp"

namespace proxy {
namespace {

using Complaint = std::optional<Failure>;

/// Scheme and authority of an absolute-form target, and what follows.
struct AbsoluteForm {
  std::string_view authority;
  std::string_view default_port;
  std::string_view rest;
};

std::optional<AbsoluteForm> parse_absolute_form(std::string_view target) noexcept {
  constexpr std::pair<std::string_view, std::string_view> schemes[] = {{"http://", ":80"}, {"https://", ":443"}};
  for (const auto& [scheme, port] : schemes) {
    if (!same_name(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = std::min(target.find_first_of("/?#"), target.size());
    return AbsoluteForm{target.substr(0, end), port, target.substr(end)};
  }
  return std::nullopt;
}

std::string_view without_suffix(std::string_view text, std::string_view suffix) noexcept {
  if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
  return text;
}

Complaint judge_absolute_form(const AbsoluteForm& target, const Fields& fields) {
  const std::string_view host = find(fields, "Host").value_or("");
  if (!same_name(without_suffix(target.authority, target.default_port), without_suffix(host, target.default_port)) ||
      target.authority.empty()) {
    return Failure{errc::other_host, "the target's host is not the one in Host"};
  }
  if (!target.rest.empty() && target.rest.front() != '/') {
    return Failure{errc::malformed_request, "the target has no path"};
  }
  return std::nullopt;
}

Complaint judge_method_and_target(const RequestHead& head) {
  if (head.method == http::verb::connect || head.method == http::verb::trace) {
    return Failure{errc::method_not_allowed, "CONNECT and TRACE end here"};
  }
  if (head.target.starts_with('/')) return std::nullopt;
  if (head.target == "*") {
    if (head.method == http::verb::options) return std::nullopt;
    return Failure{errc::malformed_request, "the target * belongs to OPTIONS"};
  }
  if (const auto absolute = parse_absolute_form(head.target)) return judge_absolute_form(*absolute, head.fields);
  return Failure{errc::malformed_request, "the target is neither a path nor an address of ours"};
}

/// Every Origin must be allowed, so that it does not matter which one a reader takes.
Complaint judge_origin(const Fields& fields, const std::vector<std::string>& allowed) {
  for (const Field& field : fields) {
    if (same_name(field.name, "Origin") && !origin_allowed(allowed, field.value)) {
      return Failure{errc::origin_not_allowed, "the origin is not among browser.allowed_origins"};
    }
  }
  return std::nullopt;
}

/// The function that the client names, in a header or a subprotocol; empty if it names none.
boost::system::result<std::string_view, Failure> named_function(const Fields& fields, const Subprotocols& protocols) {
  std::string_view named = protocols.function ? std::string_view(*protocols.function) : std::string_view();
  for (const Field& field : fields) {
    if (!same_name(field.name, "function-id") && !same_name(field.name, "nvcf-function-id")) continue;
    if (field.value.empty() || field.value == named) continue;
    if (!named.empty()) return Failure{errc::malformed_request, "two different functions are named"};
    named = field.value;
  }
  return named;
}

/// The function of those who name none.
std::optional<config::FunctionId> default_function(const config::Functions& functions) {
  if (functions.default_id) return functions.default_id;
  if (functions.allowed.size() == 1) return functions.allowed.front();
  return std::nullopt;
}

/// Function and version, the rest of the identity left empty (F3).
boost::system::result<SessionIdentity, Failure> choose_function(std::string_view named,
                                                                const config::Functions& functions) {
  const std::optional<config::FunctionId> usual = default_function(functions);
  if (named.empty() && !usual) return Failure{errc::function_not_named, "no function is named and none is the default"};
  if (named.empty() || (usual && usual->str() == named)) return SessionIdentity{*usual, functions.default_version, {}};

  const auto allowed = std::ranges::find(functions.allowed, named, &config::FunctionId::str);
  if (allowed == functions.allowed.end()) {
    return Failure{errc::function_not_allowed, "the function named is not among those allowed"};
  }
  return SessionIdentity{*allowed, std::nullopt, {}};  // the configured version is the default function's
}

/// The session to resume, from the first place in the gateway's order that has a UUID.
std::optional<config::RequestId> named_request_id(const Fields& fields, const Subprotocols& protocols) {
  if (const auto header = find(fields, "nvcf-reqid")) {
    if (auto id = config::RequestId::parse(*header)) return id;
  }
  if (protocols.request_id) {
    if (auto id = config::RequestId::parse(*protocols.request_id)) return id;
  }
  return read_session_cookie(fields);
}

boost::system::result<SessionIdentity, Failure> decide_identity(const Fields& fields, const Subprotocols& protocols,
                                                                const config::Functions& functions) {
  const auto named = named_function(fields, protocols);
  if (!named) return named.error();
  auto identity = choose_function(*named, functions);
  if (identity) identity->request_id = named_request_id(fields, protocols);
  return identity;
}

Route decide_upgrade(const RequestHead& head, const BodyFraming& body, const config::Config& config) {
  auto offer = read_websocket_offer(head, body);
  if (!offer) return offer.error();
  auto identity = decide_identity(head.fields, offer->protocols, config.functions);
  if (!identity) return identity.error();
  return Forward{*std::move(identity), body, *std::move(offer)};
}

/// A plain request may carry subprotocols too: it is how a page names its function for HEAD and DELETE.
Route decide_plain(const RequestHead& head, const BodyFraming& body, const config::Config& config) {
  if (find(head.fields, "Sec-WebSocket-Key")) {
    // forwarded, it would take a GPU for an answer that no WebSocket client understands
    return Failure{errc::bad_websocket_handshake, "Sec-WebSocket-Key without Upgrade, which a proxy may have dropped"};
  }
  const auto protocols = read_subprotocols(head.fields);
  if (!protocols) return protocols.error();
  auto identity = decide_identity(head.fields, *protocols, config.functions);
  if (!identity) return identity.error();
  return Forward{*std::move(identity), body, std::nullopt};
}

}  // namespace

Route decide_route(const RequestHead& head, const config::Config& config) {
  if (auto complaint = judge_counts(head.fields)) return *std::move(complaint);
  const auto body = judge_request_framing(head);
  if (!body) return body.error();
  if (auto complaint = judge_host(head)) return *std::move(complaint);
  if (auto complaint = judge_method_and_target(head)) return *std::move(complaint);
  if (auto complaint = judge_origin(head.fields, config.browser.allowed_origins)) return *std::move(complaint);
  if (is_preflight(head)) {
    if (!body->has_body()) return Preflight{};
    return Failure{errc::malformed_request, "a preflight with a body"};
  }
  return asks_upgrade(head) ? decide_upgrade(head, *body, config) : decide_plain(head, *body, config);
}

std::string_view origin_form(std::string_view target) noexcept {
  const auto absolute = parse_absolute_form(target);
  if (!absolute) return target;
  return absolute->rest.empty() ? "/" : absolute->rest;
}

bool may_share(const SessionIdentity& held, const SessionIdentity& asked) noexcept { return held == asked; }

}  // namespace proxy
