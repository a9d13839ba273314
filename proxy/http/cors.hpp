// Decides what a page of another origin may read (CORS, the Fetch standard).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/http/head.hpp"

namespace proxy {

/// Whether a page of `origin` may use us (C6): `allowed` is empty (everyone), or has it, scheme, host and port compared
/// (case-insensitive, default ports dropped); `null` never matches a list.
[[nodiscard]] bool origin_allowed(const std::vector<std::string>& allowed, std::string_view origin);

/// The Origin of a head that could not be parsed, for the answer that says so; empty if it has none.
[[nodiscard]] std::string_view origin_in(std::string_view broken_head) noexcept;

/// Whether the request is a preflight: OPTIONS with Origin and Access-Control-Request-Method.
[[nodiscard]] bool is_preflight(const RequestHead& head) noexcept;

/// Whether a response header is one that only we may write on this subject: any `access-control-*`.
[[nodiscard]] bool is_cors_header(std::string_view name) noexcept;

/// Appends the CORS lines of an answer (C4), each once, each ended by CRLF. Without `allowed`: the three `*` of NVCF's
/// page. With it: the origin echoed if it is allowed, credentials, explicit lists; `exposed` are the names of the
/// answer's headers. `Vary: Origin` is in it when a list decides, whatever the origin: another page's answer would
/// differ.
void append_cors(std::string& head, const std::vector<std::string>& allowed, std::string_view origin,
                 const std::vector<std::string_view>& exposed);

/// The head and body of the answer to a preflight (C5): 204 with methods, headers, max-age and private-network; the
/// requested headers are echoed if they are tokens. An origin that is not allowed gets 403 elsewhere, before this.
[[nodiscard]] std::string preflight_answer(const RequestHead& head, const std::vector<std::string>& allowed,
                                           bool keep_alive);

}  // namespace proxy
