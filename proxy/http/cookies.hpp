// Decides which cookies travel where: the session's becomes first-party, others keep all but their Domain.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/ids.hpp"
#include "proxy/http/head.hpp"

namespace proxy {

/// NVCF's name for the cookie that resumes a session.
inline constexpr std::string_view session_cookie_name = "nvcf-request-id";

/// The request id in the request's cookies: the first `nvcf-request-id` that is a UUID.
[[nodiscard]] std::optional<config::RequestId> read_session_cookie(const Fields& fields);

/// The value of the Cookie header for upstream (several lines joined), or nothing if none is left (F7). All pairs pass
/// as they came, or with `only` just those named; of the session's cookie only one pair, and only if it says `session`.
[[nodiscard]] std::optional<std::string> cookies_for_upstream(const Fields& fields,
                                                              const std::optional<std::vector<std::string>>& only,
                                                              const std::optional<config::RequestId>& session);

/// What upstream's Set-Cookie lines say of the session.
struct SessionCookie {
  std::optional<config::RequestId> id;
  /// Max-Age of 0 or less (C2), or an empty value. Expires does not count: no clock is asked here, and the gateway
  /// deletes by Max-Age.
  bool deleted = false;
};
/// Reads them; the last line about the session counts.
[[nodiscard]] SessionCookie read_set_session_cookie(const Fields& fields);

/// Our Set-Cookie value for a session (C1): `Path=/; HttpOnly`, then `Secure; SameSite=None; Partitioned` if `secure`,
/// else `SameSite=Lax`; no Domain.
[[nodiscard]] std::string session_cookie(const config::RequestId& id, bool secure);
/// The same attributes with an empty value and `Max-Age=0`, so that it deletes that very cookie (C2).
[[nodiscard]] std::string session_cookie_deletion(bool secure);

/// Whether a Set-Cookie value is about the session's cookie.
[[nodiscard]] bool is_session_cookie(std::string_view set_cookie) noexcept;
/// A Set-Cookie value of the application's without its Domain attribute, all else byte for byte (C1).
[[nodiscard]] std::string without_domain(std::string_view set_cookie);

}  // namespace proxy
