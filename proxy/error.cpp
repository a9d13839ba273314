#include "proxy/error.hpp"

#include <array>
#include <cstddef>

namespace proxy {
namespace {

constexpr std::array table{
    // the client's side
    ErrorRow{errc::malformed_request, Side::client, 400, "malformed_request", "The request is not valid HTTP/1.1",
             "Correct the client, or the proxy in front of this one, that sent it."},
    ErrorRow{errc::ambiguous_framing, Side::client, 400, "ambiguous_framing",
             "The request's body could be read in more than one way",
             "Send one Content-Length, or Transfer-Encoding: chunked, and never both."},
    ErrorRow{errc::head_too_large, Side::client, 431, "head_too_large", "The request's headers are too large",
             "Delete cookies of this site, or let the operator raise limits.header_bytes."},
    ErrorRow{errc::head_timeout, Side::client, 408, "head_timeout", "The request's headers did not arrive in time",
             "Try again; a slow network may need a higher limits.request_timeout."},
    ErrorRow{errc::body_timeout, Side::client, 408, "body_timeout", "The request's body stopped arriving",
             "Try again; a slow network may need a higher limits.idle_timeout."},
    ErrorRow{errc::method_not_allowed, Side::client, 405, "method_not_allowed", "This method is not forwarded",
             "Use one of the methods in the Allow header; CONNECT and TRACE have no place here."},
    ErrorRow{errc::upgrade_not_websocket, Side::client, 426, "upgrade_not_websocket",
             "The only protocol to upgrade to is WebSocket",
             "Leave the Upgrade header out, or say websocket; a client that offers h2c by itself must be told to use "
             "HTTP/1.1."},
    ErrorRow{errc::websocket_version, Side::client, 426, "websocket_version", "The only WebSocket version is 13",
             "Use a client that speaks RFC 6455."},
    ErrorRow{
        errc::bad_websocket_handshake, Side::client, 400, "bad_websocket_handshake",
        "The WebSocket handshake is not valid",
        "If a proxy stands in front of this one, let it pass Upgrade, Connection and Sec-WebSocket-* unchanged over "
        "HTTP/1.1."},
    ErrorRow{errc::other_host, Side::client, 400, "other_host", "The request is for another host",
             "This is no forward proxy: take it out of the client's proxy settings and call it by its own address."},
    ErrorRow{errc::origin_not_allowed, Side::client, 403, "origin_not_allowed", "Pages of this origin may not connect",
             "Let the operator add the page's scheme, host and port to browser.allowed_origins."},
    ErrorRow{errc::function_not_allowed, Side::client, 403, "function_not_allowed",
             "This function may not be reached through this proxy",
             "Name an allowed function, or let the operator add it to STREAMING_FUNCTION_IDS."},
    ErrorRow{errc::function_not_named, Side::client, 400, "function_not_named", "Several functions are served here",
             "Name one: the subprotocol function-id.<id>, or the header function-id."},
    ErrorRow{errc::client_gone, Side::client, 0, "client_gone", "The client went away before its answer",
             "Nothing needs doing; many of these point to impatient time limits in front of this proxy."},
    // upstream's side
    ErrorRow{errc::upstream_unresolved, Side::upstream, 502, "upstream_unresolved",
             "The gateway's name could not be resolved",
             "Check the spelling of NVCF_SERVER, and the DNS that this proxy uses."},
    ErrorRow{errc::upstream_unreachable, Side::upstream, 502, "upstream_unreachable",
             "The gateway could not be reached",
             "Check NVCF_SERVER and its port (443 in the cloud, 10081 without TLS on a self-hosted gateway) and that "
             "outgoing connections to it are open."},
    ErrorRow{errc::upstream_untrusted, Side::upstream, 502, "upstream_untrusted",
             "The gateway's certificate was not accepted",
             "Set NVCF_CA_FILE to the authority that signed it, or NVCF_HOST to the name in it; an expired one must be "
             "renewed."},
    ErrorRow{
        errc::upstream_handshake_failed, Side::upstream, 502, "upstream_handshake_failed",
        "TLS could not be agreed on with the gateway",
        "Check that NVCF_SERVER names a TLS port (http:// where it has none), and whether the gateway wants a client "
        "certificate (NVCF_CLIENT_CERT_FILE)."},
    ErrorRow{errc::upstream_closed, Side::upstream, 502, "upstream_closed",
             "The gateway closed the connection before it answered",
             "Try again; if it stays so, look at the function's state and logs in NVCF."},
    ErrorRow{errc::upstream_timeout, Side::upstream, 504, "upstream_timeout", "The gateway did not answer in time",
             "Try again: a GPU may still be starting. Slow starts need a higher NVCF_RESPONSE_TIMEOUT, or more minimum "
             "instances of the function."},
    ErrorRow{errc::upstream_malformed, Side::upstream, 502, "upstream_malformed",
             "The gateway's answer is not valid HTTP/1.1",
             "Check that NVCF_SERVER names an NVCF gateway, with https:// if its port speaks TLS."},
    ErrorRow{errc::upstream_bad_101, Side::upstream, 502, "upstream_bad_101",
             "The gateway's WebSocket handshake is not valid",
             "Check that nothing between this proxy and the gateway changes WebSocket headers."},
    // our own side
    ErrorRow{errc::too_many_sessions, Side::proxy, 503, "too_many_sessions", "This proxy is full",
             "Try again later; the operator may add replicas, or raise limits.sessions and the limit of open files."},
    ErrorRow{errc::draining, Side::proxy, 503, "draining", "This proxy is shutting down",
             "Try again: another replica will take the request."},
    ErrorRow{errc::internal, Side::proxy, 500, "internal", "This proxy made a mistake",
             "Tell its operator what was done and when; its log has the cause."},
};

constexpr bool rows_in_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].code) != i) return false;
  }
  return true;
}
static_assert(rows_in_order(), "describe() looks a row up by its code's number");
static_assert(table.size() == static_cast<std::size_t>(errc::internal) + 1, "every code has its row");

}  // namespace

const ErrorRow& describe(errc code) noexcept { return table[static_cast<std::size_t>(code)]; }

std::string_view name(Side side) noexcept {
  switch (side) {
    case Side::client:
      return "client";
    case Side::upstream:
      return "upstream";
    case Side::proxy:
      return "proxy";
  }
  return "proxy";
}

}  // namespace proxy
