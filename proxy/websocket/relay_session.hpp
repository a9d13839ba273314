// Decides what is remembered of one relayed session: its two sides, and how it went.
#pragma once

#include <boost/intrusive/list_hook.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "proxy/error.hpp"
#include "proxy/websocket/close_policy.hpp"
#include "proxy/websocket/frames.hpp"
#include "tls/stream.hpp"
#include "tls/ticker.hpp"

namespace proxy {

class RelaySession;

/// A side as it comes out of the handshake: its connection, and the bytes that came with or right after its head.
struct RelayEnd {
  tls::Stream stream;
  std::string early;
};

/// What moved in one direction.
struct RelayFlow {
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;
};

/// How a session went (S14).
struct RelayReport {
  /// Who ended it: the side whose Close frame or end came first; proxy where we did (shutdown).
  Side ended_by = Side::proxy;
  Ending ending = Ending::abort;
  /// The first Close frame.
  std::optional<CloseFrame> close;
  /// What the ending side's connection said where no Close frame did: an empty code for FIN.
  boost::system::error_code cause;
  RelayFlow client_to_upstream;
  RelayFlow upstream_to_client;
};

/// One side of a session: its connection, what it sent, and what it must still take.
struct RelaySide {
  RelaySession* session = nullptr;
  RelaySide* other = nullptr;
  Side name = Side::client;
  tls::Stream stream;
  FrameScanner sent;
  std::uint64_t bytes_sent = 0;
  /// Bytes of the other side's that the socket refused so far; the other is not read until they are gone.
  std::string owed;
  std::size_t owed_from = 0;
  tls::TimePoint owed_since;
  /// What the kernel held for the peer when the linger limit was last looked at.
  std::size_t unacknowledged = 0;
  /// The socket may have bytes that were not read; no event will tell.
  bool unread = true;
  /// The peer has ended: read on until the end shows.
  bool hung_up = false;
  /// The connection is reset: nothing it is owed can hold up the news.
  bool broken = false;
  bool read_ended = false;
  bool write_failed = false;
  bool writing_ended = false;
  bool queued = false;

  /// Whether bytes wait for the socket to take them.
  [[nodiscard]] bool owes() const noexcept { return owed_from < owed.size(); }
  /// Whether bytes may still be written at all.
  [[nodiscard]] bool takes() const noexcept { return stream.is_open() && !write_failed && !writing_ended; }
};

/// Wakes the coroutine that awaits the session.
struct RelayCompletion {
  virtual ~RelayCompletion() = default;
  /// Called once, when both connections are closed.
  virtual void complete(RelayReport report) = 0;
};

/// A pair of sides.
class RelaySession : public boost::intrusive::list_base_hook<> {
 public:
  /// Takes both connections over; `when_ended` is told at the end.
  RelaySession(RelayEnd client_end, RelayEnd upstream_end, std::unique_ptr<RelayCompletion> when_ended)
      : completion(std::move(when_ended)) {
    client.name = Side::client;
    upstream.name = Side::upstream;
    client.other = &upstream;
    upstream.other = &client;
    client.session = upstream.session = this;
    client.stream = std::move(client_end.stream);
    upstream.stream = std::move(upstream_end.stream);
  }

  RelaySide client;
  RelaySide upstream;
  RelayReport report;
  /// Both directions are only wound up: nothing is passed on.
  bool finishing = false;
  bool ended = false;
  /// When the close handshake, then the wait for the peers' FINs, has lasted long enough; zero: neither has begun.
  tls::TimePoint linger_until{};
  std::unique_ptr<RelayCompletion> completion;
};

}  // namespace proxy
