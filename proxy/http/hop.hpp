// Decides what belongs to one connection only (RFC 9110 section 7.6.1), and how such lines are written anew.
#pragma once

#include <string>
#include <string_view>

#include "proxy/http/framing.hpp"
#include "proxy/http/head.hpp"

namespace proxy {

/// Whether the field called `name` stays on the connection it came by (F6): Connection and its like, Expect, the
/// framing, everything `Proxy-*`, and whatever the message's own Connection names.
[[nodiscard]] bool is_hop_by_hop(const Fields& fields, std::string_view name);

/// Whether `name` is `listed`, or would be for a recipient that makes variables of headers (CGI) and then cannot tell
/// '_' from '-'.
[[nodiscard]] bool reads_as(std::string_view name, std::string_view listed) noexcept;

/// Appends `name: value` and CRLF; the value must have none in it.
void append_line(std::string& head, std::string_view name, std::string_view value);
/// Appends Content-Length or Transfer-Encoding, or nothing where `body` has no framing.
void append_framing(std::string& head, const BodyFraming& body);
/// Appends the Connection line of an answer to a client that speaks HTTP/1.0 (10) or 1.1 (11); often there is none.
void append_connection(std::string& head, unsigned client_version, bool keep_alive);

}  // namespace proxy
