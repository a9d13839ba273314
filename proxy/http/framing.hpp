// Decides whether a head is safe: where it ends, whether it can be read in one way only, and where its body ends.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proxy/error.hpp"
#include "proxy/http/head.hpp"

namespace proxy {

/// Where the body of a message ends (RFC 9112 section 6.3).
struct BodyFraming {
  /// until_close: an answer without any framing, which ends with its connection.
  enum class Kind { none, length, chunked, until_close };
  Kind kind = Kind::none;
  /// Bytes, for Kind::length.
  std::uint64_t length = 0;

  /// Whether a byte or more may follow the head; a length of 0 is a framing, and no body.
  [[nodiscard]] bool has_body() const noexcept { return kind != Kind::none && !(kind == Kind::length && length == 0); }
  bool operator==(const BodyFraming&) const = default;
};

/// How far the search for a head's end has come.
struct HeadScan {
  /// Bytes looked at so far; the next call goes on there.
  std::size_t scanned = 0;
  /// Length of the head with its empty line, once that was found.
  std::size_t length = 0;
  /// A line ended in a bare LF or a bare CR (X2): no such head is ever complete.
  bool malformed = false;
};

/// Goes on with the search for the empty line in `bytes`, of which the first `scan.scanned` were looked at before.
/// Stops at the first LF without its CR, or CR without its LF, so that such a head is refused at once and not when its
/// time is up. An empty line where the start line should be counts as a head of two bytes, which judge_lines refuses.
void find_head_end(std::string_view bytes, HeadScan& scan) noexcept;

/// Judges the raw lines of a head, before any parser sees them (X2): obsolete folding, control characters, NUL, bare
/// CR, empty or non-token names, white space before the colon. `head` ends with its empty line. Returns the failure, or
/// nothing when the lines are sound. Code is malformed_request; the caller translates for responses.
[[nodiscard]] std::optional<Failure> judge_lines(std::string_view head);

/// The framing of a request's body, or why it is refused (X1; RFC 9112 section 6.3): Content-Length beside
/// Transfer-Encoding in any order; Transfer-Encoding other than exactly `chunked`, twice, or in HTTP/1.0; lengths that
/// are two (even if equal), a list, signed, empty or overflowing 63 bits (the gateway's own limit); either name spelled
/// with an underscore.
[[nodiscard]] boost::system::result<BodyFraming, Failure> judge_request_framing(const RequestHead& head);

/// The same for the answer to a request with `method` (X5): no body for HEAD, 1xx, 204 and 304; a code of
/// upstream_malformed when it is refused, as is a body announced for a 1xx or 204. Without any framing the body lasts
/// until close.
[[nodiscard]] boost::system::result<BodyFraming, Failure> judge_response_framing(const ResponseHead& head,
                                                                                 http::verb method);

/// Whether a head has more lines, or more names in Connection, than any honest one: each of them is compared with each
/// other somewhere, and 64 KiB of them would hold up a thread for seconds. The failure is head_too_large.
[[nodiscard]] std::optional<Failure> judge_counts(const Fields& fields);

/// Whether Host is there exactly once and well-formed (`host[:port]`, RFC 9110 section 7.2); HTTP/1.0 may leave it out.
[[nodiscard]] std::optional<Failure> judge_host(const RequestHead& head);

/// Whether the sender of this message lets the connection live on (RFC 9112 section 9.3).
[[nodiscard]] bool keeps_alive(unsigned version, const Fields& fields);

}  // namespace proxy
