// Decides how the bytes of all WebSockets of one thread move: the relay engine.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "proxy/websocket/relay_session.hpp"

namespace proxy {

namespace asio = boost::asio;

/// Moves bytes between pairs of sockets that are past their handshakes: one edge-triggered epoll for all sessions of a
/// thread, nested in the thread's io_context. A read goes into one buffer that the thread shares and out at once; only
/// what the other socket refused is kept, and while a side owes bytes the other is not read (S11), so that a stalled
/// session holds one buffer's worth at most. Frames pass byte for byte (F10).
class RelayEngine {
 public:
  /// `write_timeout`: a reader that takes nothing for so long is lost (S13). Throws system_error without descriptors.
  RelayEngine(asio::io_context& context, std::chrono::milliseconds write_timeout);
  ~RelayEngine();
  RelayEngine(const RelayEngine&) = delete;
  RelayEngine& operator=(const RelayEngine&) = delete;

  /// Relays until both connections, which it takes out of its arguments, are ended and closed. May not be cancelled;
  /// abort_all ends it. Await it on the engine's own io_context.
  asio::awaitable<RelayReport> relay(RelayEnd& client, RelayEnd& upstream);

  /// Aborts both connections of every session (S5, S6): the browser sees 1006, the gateway keeps the GPU session.
  void abort_all();
  /// How many sessions are relayed now; linear in their number.
  [[nodiscard]] std::size_t sessions() const noexcept { return sessions_.size(); }

 private:
  void await_events();
  void handle_events();
  void handle(RelaySide& side, std::uint32_t events);
  void pump(RelaySide& from);
  void take(RelaySide& from, std::string_view bytes);
  void close_sent(RelaySide& from);
  void deliver(RelaySide& to, std::string_view bytes);
  void flush(RelaySide& side);
  void stream_ended(RelaySide& side, boost::system::error_code cause);
  void finish(RelaySession& session, Ending ending);
  void finish_side(RelaySide& side);
  void close_side(RelaySide& side);
  void settle(RelaySession& session);
  void queue(RelaySide& side);
  void retry_pumps();
  void bury();
  void await_tick();
  void tick();

  asio::io_context& context_;
  int epoll_;
  asio::posix::stream_descriptor events_;
  asio::steady_timer ticker_;
  bool ticking_ = false;
  std::chrono::milliseconds write_timeout_;
  std::unique_ptr<char[]> buffer_;
  boost::intrusive::list<RelaySession> sessions_;
  /// Sides with unread bytes whose turn is over; a posted retry_pumps is due while there are any.
  std::vector<RelaySide*> again_;
  std::vector<std::unique_ptr<RelaySession>> ended_;
};

}  // namespace proxy
