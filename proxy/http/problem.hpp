// Decides how a failure is told to the one who asked: an HTTP problem (RFC 9457) or a WebSocket close code.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/error.hpp"
#include "proxy/http/rewrite_response.hpp"

namespace proxy {

/// The JSON of a problem: type (about:blank), title, status, detail, side, error (the label) and advice (F11).
[[nodiscard]] std::string problem_json(const Failure& failure);

/// A complete answer, head and body, that tells `failure` with its status, CORS (C4) and what the status demands: Allow
/// (405), Upgrade and Sec-WebSocket-Version (426), Retry-After (503, 504 none). The body is left out for HEAD, its
/// length not. `keep_alive` false adds `Connection: close`. Statuses of 0 give an empty string.
[[nodiscard]] std::string problem_answer(const Failure& failure, const RequestFacts& request,
                                         const std::vector<std::string>& allowed_origins, bool keep_alive);

/// What a WebSocket client is told with `refusals: close`.
struct CloseReason {
  /// 4000 + status (F11).
  std::uint16_t code = 0;
  /// At most 123 bytes of valid UTF-8 (S4).
  std::string text;
};
/// The close for a refusal with `status` and a sentence about it.
[[nodiscard]] CloseReason refusal_close(unsigned status, std::string_view sentence);

/// The 101 and the Close frame with which a refused WebSocket is opened and closed at once; the same cookies and CORS
/// as the status would have carried are in `extra_lines` (each ended by CRLF). Empty if the request carried no offer
/// that could be read: then the status is all there is.
[[nodiscard]] std::string open_and_close(const RequestFacts& request, const CloseReason& reason,
                                         std::string_view extra_lines);

/// The lines of an answer's head that a 101 in its place carries too, for open_and_close: cookies, CORS, Vary.
[[nodiscard]] std::string lines_beside_status(std::string_view head);

/// `text` cut to `bytes` without splitting a UTF-8 character; bytes that are no UTF-8 become '?'.
[[nodiscard]] std::string cut_utf8(std::string_view text, std::size_t bytes);

}  // namespace proxy
