// Decides what the client is told: upstream's answer with a first-party cookie, our CORS headers and sound framing.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <vector>

#include "proxy/http/framing.hpp"
#include "proxy/http/route.hpp"

namespace proxy {

/// What must be remembered of a request until its answer: the head itself is gone by then.
struct RequestFacts {
  http::verb method = http::verb::unknown;
  unsigned version = 11;
  /// The client wants the connection to live on.
  bool keep_alive = true;
  /// Cookies get Secure (see is_secure).
  bool secure = false;
  std::string origin;
  /// The session that was asked for.
  std::optional<config::RequestId> request_id;
  std::optional<WebSocketOffer> websocket;
};

/// An answer ready to be sent.
struct RewrittenResponse {
  /// Complete, ended by its empty line.
  std::string head;
  /// How the body goes to the client: as upstream framed it, but until_close becomes chunked for an HTTP/1.1 client,
  /// and chunked becomes until_close for an HTTP/1.0 one.
  BodyFraming body;
  /// The client's connection may live on afterwards; `head` says so.
  bool keep_alive = true;
  /// The session that upstream speaks of (`nvcf-reqid` or its cookie), whatever the status.
  std::optional<config::RequestId> request_id;
};

/// Whether this answer says that the session asked for is gone (C3): 404 with the deletion of its cookie.
[[nodiscard]] bool is_stale_session(const ResponseHead& head);

/// Rewrites a final answer other than 101. Hop-by-hop headers and upstream's CORS ones go (C4); each Set-Cookie keeps
/// its own line (C1, C2): ours for the session is set from upstream's cookie, or from `nvcf-reqid` where the status is
/// below 400; `body` is what judge_response_framing said. Content-Length of HEAD and 304 passes as it is.
[[nodiscard]] RewrittenResponse rewrite_response(const ResponseHead& head, const BodyFraming& body,
                                                 const RequestFacts& request,
                                                 const std::vector<std::string>& allowed_origins);

/// The 101 for the client (F5, F4), or upstream_bad_101 if upstream's is not a valid answer to the offer in `request`.
[[nodiscard]] boost::system::result<RewrittenResponse, Failure> rewrite_101(
    const ResponseHead& head, const RequestFacts& request, const std::vector<std::string>& allowed_origins);

}  // namespace proxy
