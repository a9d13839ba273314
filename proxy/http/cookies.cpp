#include "proxy/http/cookies.hpp"

#include <algorithm>

namespace proxy {
namespace {

/// Takes the text up to the next ';' off `rest`, without that.
std::string_view take_part(std::string_view& rest) noexcept {
  const std::size_t end = std::min(rest.find(';'), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

/// `name=value` of a cookie or an attribute, both trimmed; without '=' all is name.
struct Pair {
  explicit Pair(std::string_view text) noexcept
      : name(trim(text.substr(0, text.find('=')))),
        value(text.find('=') == std::string_view::npos ? std::string_view() : trim(text.substr(text.find('=') + 1))) {}
  std::string_view name;
  std::string_view value;
};

/// Calls `visit` with the trimmed text of each pair of all Cookie lines, in order, until it returns true.
template <class Visit>
void for_each_cookie(const Fields& fields, Visit visit) {
  for (const Field& field : fields) {
    if (!same_name(field.name, "Cookie")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::string_view text = trim(take_part(rest));
      if (!text.empty() && visit(text)) return;
    }
  }
}

/// Whether a Max-Age says "now" (RFC 6265 section 5.2.2: a '-' or a digit, then digits; anything else says nothing).
bool is_over(std::string_view max_age) noexcept {
  const bool negative = max_age.starts_with('-');
  const std::string_view digits = max_age.substr(negative ? 1 : 0);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return false;
  return negative || digits.find_first_not_of('0') == std::string_view::npos;
}

bool has_ended(std::string_view attributes) noexcept {
  bool over = false;
  while (!attributes.empty()) {
    const Pair attribute(take_part(attributes));
    if (same_name(attribute.name, "Max-Age")) over = is_over(attribute.value);  // the last one counts, as in browsers
  }
  return over;
}

void append_attributes(std::string& cookie, bool secure) {
  cookie.append("; Path=/; HttpOnly");
  // pages of another origin are the rule here, and only SameSite=None lets their cookie travel; it wants Secure
  cookie.append(secure ? "; Secure; SameSite=None; Partitioned" : "; SameSite=Lax");
}

}  // namespace

std::optional<config::RequestId> read_session_cookie(const Fields& fields) {
  std::optional<config::RequestId> id;
  for_each_cookie(fields, [&id](std::string_view text) {
    const Pair cookie(text);
    if (cookie.name == session_cookie_name) id = config::RequestId::parse(cookie.value);
    return id.has_value();
  });
  return id;
}

std::optional<std::string> cookies_for_upstream(const Fields& fields,
                                                const std::optional<std::vector<std::string>>& only,
                                                const std::optional<config::RequestId>& session) {
  std::optional<std::string> kept;
  bool has_session = false;
  bool complete = true;
  const auto may_pass = [&](const Pair& cookie) {
    if (cookie.name == session_cookie_name) {
      if (has_session || !session || config::RequestId::parse(cookie.value) != session) return false;
      has_session = true;
      return true;
    }
    return !only || std::ranges::find(*only, cookie.name) != only->end();
  };
  for_each_cookie(fields, [&](std::string_view text) {
    const bool passes = may_pass(Pair(text));
    complete = complete && passes;
    if (passes) {
      if (kept) {
        kept->append("; ");
      } else {
        kept.emplace();
      }
      kept->append(text);
    }
    return false;
  });
  // nothing left out of one line: it goes on as it came, quotes and spaces too (F7)
  if (kept && complete && count(fields, "Cookie") == 1) return std::string(*find(fields, "Cookie"));
  return kept;
}

bool is_session_cookie(std::string_view set_cookie) noexcept {
  return Pair(take_part(set_cookie)).name == session_cookie_name;
}

SessionCookie read_set_session_cookie(const Fields& fields) {
  SessionCookie session;
  for (const Field& field : fields) {
    if (!same_name(field.name, "Set-Cookie") || !is_session_cookie(field.value)) continue;
    std::string_view rest = field.value;
    const Pair cookie(take_part(rest));
    session.deleted = cookie.value.empty() || has_ended(rest);
    session.id = session.deleted ? std::nullopt : config::RequestId::parse(cookie.value);
  }
  return session;
}

std::string session_cookie(const config::RequestId& id, bool secure) {
  std::string cookie(session_cookie_name);
  cookie.append("=").append(id.str());
  append_attributes(cookie, secure);
  return cookie;
}

std::string session_cookie_deletion(bool secure) {
  std::string cookie(session_cookie_name);
  cookie.append("=; Max-Age=0");
  append_attributes(cookie, secure);
  return cookie;
}

std::string without_domain(std::string_view set_cookie) {
  std::string kept;
  kept.reserve(set_cookie.size());
  std::size_t start = 0;  // of a part: the pair itself, then each attribute with the ';' before it
  while (start < set_cookie.size()) {
    const std::size_t end = std::min(set_cookie.find(';', start + 1), set_cookie.size());
    const std::string_view part = set_cookie.substr(start, end - start);
    if (part.front() != ';' || !same_name(Pair(part.substr(1)).name, "Domain")) kept.append(part);
    start = end;
  }
  return kept;
}

}  // namespace proxy
