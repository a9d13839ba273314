// Decides how a coroutine waits for a connection: every wait has a limit, and every way to end it has a name.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <span>
#include <string_view>

#include "tls/stream.hpp"
#include "tls/ticker.hpp"

namespace tls {

namespace asio = boost::asio;
using boost::system::error_code;

/// A connection, plain or TLS, client's or upstream's, while coroutines use it. One coroutine may read and another
/// write at the same time. Every awaited operation ends with asio::error::timed_out at its deadline and with
/// operation_aborted when abort or stop_reading is called meanwhile; they ignore Asio's cancellation. Not movable:
/// waits refer to it. Destroyed while open it aborts the connection, since what was not finished must not look finished
/// (S5).
class Transport {
 public:
  /// Takes the connection over; `context` and `ticker` are of the thread that uses it.
  Transport(asio::io_context& context, Ticker& ticker, Stream stream);
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport();

  /// The TLS handshake; nothing without TLS.
  asio::awaitable<error_code> handshake(TimePoint deadline);
  /// At least one byte and at most `into`; asio::error::eof when the peer ended properly, ssl stream_truncated when a
  /// TLS peer ended without close_notify.
  asio::awaitable<boost::system::result<std::size_t>> read_some(std::span<char> into, TimePoint deadline);
  /// All of `bytes`, which must stay valid meanwhile; `stall` is how long a peer may take nothing (S13).
  asio::awaitable<error_code> write(std::string_view bytes, Clock::duration stall);
  /// Ends properly: close_notify, FIN, then reads and forgets until the peer ends too or `deadline`, so that what was
  /// written reaches it (RFC 9112 section 9.6). The connection is closed afterwards in every case.
  asio::awaitable<void> close(TimePoint deadline);

  /// Ends properly without waiting for the peer: for one that has nothing more to say. Unread bytes make it an abort.
  void finish() noexcept;

  /// Waits for `connect` on a socket whose connection is under way; its result.
  asio::awaitable<error_code> wait_connected(TimePoint deadline);

  /// Ends without a word (RST); waiting operations return operation_aborted.
  void abort() noexcept;
  /// Makes a waiting read, and each one until resume_reading, return operation_aborted; nothing that came is lost.
  void stop_reading() noexcept;
  /// Reads work again.
  void resume_reading() noexcept { reading_stopped_ = false; }

  /// Whether an unused connection is still good: not ended by the peer, nothing sent by it. Takes in TLS tickets.
  [[nodiscard]] bool is_quiet() noexcept;

  /// Whether the connection has neither been ended nor released.
  [[nodiscard]] bool is_open() const noexcept { return stream_.is_open(); }
  /// Null without TLS.
  [[nodiscard]] SSL* ssl() const noexcept { return stream_.ssl(); }
  /// The connection beneath, for setting TLS up; no waiting operation may run.
  [[nodiscard]] Stream& stream() noexcept { return stream_; }
  /// The connection itself, for one who awaits it in another way; this object is closed then. No operation may wait.
  [[nodiscard]] Stream release() noexcept;

 private:
  using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

  struct Limit : Alarm {
    explicit Limit(Transport& transport) : owner(transport) {}
    void ring() noexcept override { owner.wake(); }
    Transport& owner;
  };

  asio::awaitable<error_code> wait(Attempt::Outcome readiness, Limit& limit, TimePoint deadline);
  void wake() noexcept;
  void forget_descriptor() noexcept;

  Stream stream_;
  Descriptor descriptor_;
  Ticker& ticker_;
  Limit read_limit_{*this};
  Limit write_limit_{*this};
  bool reading_stopped_ = false;
};

}  // namespace tls
