// Decides what happens to one client connection from accept to close: the story of docs/life-of-a-request.md.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "proxy/http/rewrite_request.hpp"
#include "proxy/worker.hpp"
#include "tls/stream.hpp"

namespace proxy {

/// Serves a client connection until it ends, then its WebSocket if it became one. `within_limits` false: every request
/// is answered with 503. Never throws on anything a peer can do. Ends when the worker's sessions or its relay are
/// aborted.
asio::awaitable<void> run_session(Worker& worker, tls::Stream accepted, Peer peer, bool within_limits);

}  // namespace proxy
