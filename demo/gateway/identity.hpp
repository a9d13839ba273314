// Decides who asks for what: key, function, version and request id of a request, from its headers, its WebSocket
// protocols or its cookie.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demo/wire/head.hpp"

namespace gateway {

/// The `name.value` pairs of all `Sec-WebSocket-Protocol` lines, split at the first dot, names in lower case; the first
/// of a name counts. Nothing if there is no such line, which differs from a line without pairs.
[[nodiscard]] std::optional<std::map<std::string, std::string>> parse_protocols(const wire::Fields& fields);

/// What a request says about itself; empty where it says nothing.
struct Identity {
  /// Without "Bearer "; empty if missing, or if "Bearer " is missing in a request without `Sec-WebSocket-Protocol`.
  std::string key;
  std::string function;
  std::string version;
  /// The session to resume: the header, then the protocol, then the cookie; only one that is a UUID, in lower case.
  std::optional<std::string> request_id;
};

/// What the fields of a request say; nothing is judged here.
[[nodiscard]] Identity identify(const wire::Fields& fields);

/// A UUID in any of the four forms that the gateway reads (plain, `urn:uuid:`, in braces, without dashes) as 36
/// lower-case characters; nothing for any other text.
[[nodiscard]] std::optional<std::string> parse_uuid(std::string_view text);
/// A new random UUID (version 4).
[[nodiscard]] std::string make_uuid();

}  // namespace gateway
