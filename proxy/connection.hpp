// Decides how messages are read from and written to a connection, with limits of bytes and time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/http/message.hpp"
#include "tls/transport.hpp"

namespace proxy {

namespace asio = boost::asio;
using boost::system::error_code;

/// A transport and the bytes that were read from it but not yet used.
struct Connection {
  Connection(asio::io_context& context, tls::Ticker& ticker, tls::Stream stream)
      : transport(context, ticker, std::move(stream)) {}

  /// What was read and not used; valid until the next read.
  [[nodiscard]] std::string_view unread() const noexcept {
    return {static_cast<const char*>(input.cdata().data()), input.cdata().size()};
  }

  tls::Transport transport;
  boost::beast::flat_buffer input;
};

/// Why no head came.
enum class HeadError {
  /// the peer ended properly before the first byte of a message
  ended,
  /// the peer was lost before it: reset, or TLS cut short
  lost,
  /// the peer ended or was lost within the head
  cut,
  /// no first byte within the time for it
  idle,
  /// the head was not complete in time
  slow,
  too_large,
  malformed,
  /// we stopped reading
  aborted,
};

/// How long and how large a head may be.
struct HeadLimits {
  std::size_t bytes = 0;
  /// Until the first byte.
  tls::Clock::duration idle{};
  /// From the first byte to the last.
  tls::Clock::duration complete{};
};

/// The next head of a message, with its empty line; its bytes are taken out of the input. An empty line before a
/// request is skipped if `skip_empty_lines` (RFC 9112 section 2.2). Ends early, with `aborted`, when the transport
/// stops reading.
asio::awaitable<boost::system::result<std::string, HeadError>> read_head(Connection& connection, HeadLimits limits,
                                                                         bool skip_empty_lines);

/// Judges the beginning of a chunked body before upstream hears of its request (X1): what has come of it, at least its
/// first bytes if `wait`. `head` is the request's. Nothing is consumed. A client that sends nothing, or ends, is no
/// failure here: whoever passes the body finds out.
asio::awaitable<std::optional<Failure>> judge_first_chunks(const std::string& head, Connection& client, bool wait,
                                                           tls::TimePoint deadline);

/// How the passing of a body ended.
enum class BodyError {
  none,
  /// the sender ended, stalled, or sent what is no body
  from_ended,
  from_slow,
  from_malformed,
  /// the receiver is lost
  to_lost,
  /// the receiver takes nothing
  to_stalled,
  /// we stopped reading
  aborted,
};

/// How slow a body may be, on either side.
struct BodyLimits {
  /// Between two pieces.
  tls::Clock::duration idle{};
  tls::Clock::duration write_stall{};
};

/// Passes the body that `parser` began to read from `from` on to `to`, framed as `framing` says (chunked, or as it is),
/// piece by piece: at most one piece is held, so a slow receiver slows the sender (S11). `bytes` counts what was
/// passed.
template <bool isRequest>
asio::awaitable<BodyError> pass_body(MessageParser<isRequest>& parser, Connection& from, Connection& to,
                                     BodyFraming::Kind framing, BodyLimits limits, std::uint64_t& bytes);

extern template asio::awaitable<BodyError> pass_body(MessageParser<true>&, Connection&, Connection&, BodyFraming::Kind,
                                                     BodyLimits, std::uint64_t&);
extern template asio::awaitable<BodyError> pass_body(MessageParser<false>&, Connection&, Connection&, BodyFraming::Kind,
                                                     BodyLimits, std::uint64_t&);

}  // namespace proxy
