#include "proxy/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <charconv>

namespace proxy {
namespace {

constexpr std::size_t head_read_size = std::size_t{8} * 1024;
constexpr std::size_t body_read_size = std::size_t{64} * 1024;
// a chunk's header with its extensions, or all trailers, must fit: the parser wants them whole
constexpr std::size_t longest_chunk_line = std::size_t{16} * 1024;

asio::awaitable<boost::system::result<std::size_t>> read_more(Connection& connection, std::size_t size,
                                                              tls::TimePoint deadline) {
  const auto room = connection.input.prepare(size);
  const auto bytes = co_await connection.transport.read_some({static_cast<char*>(room.data()), room.size()}, deadline);
  if (bytes) connection.input.commit(*bytes);
  co_return bytes;
}

void skip_empty_line(Connection& connection) {
  while (connection.unread().starts_with("\r\n")) connection.input.consume(2);
}

HeadError judge(error_code error, bool begun) {
  if (error == asio::error::timed_out) return begun ? HeadError::slow : HeadError::idle;
  if (error == asio::error::operation_aborted) return HeadError::aborted;
  if (begun) return HeadError::cut;
  return error == asio::error::eof ? HeadError::ended : HeadError::lost;
}

/// Appends one piece with its chunk framing (RFC 9112 section 7.1).
void append_chunk(std::string& out, std::string_view data) {
  std::array<char, 2 * sizeof(std::size_t)> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), data.size(), 16).ptr;
  out.append(digits.data(), end).append("\r\n").append(data).append("\r\n");
}

}  // namespace

asio::awaitable<boost::system::result<std::string, HeadError>> read_head(Connection& connection, HeadLimits limits,
                                                                         bool skip_empty_lines) {
  HeadScan scan;
  tls::TimePoint deadline = tls::Clock::now() + limits.idle;
  bool begun = false;
  // one large request must not be remembered by its size for as long as the connection idles
  if (connection.input.size() == 0 && connection.input.capacity() > 2 * head_read_size)
    connection.input.shrink_to_fit();
  while (true) {
    if (skip_empty_lines && scan.scanned == 0) skip_empty_line(connection);
    if (!begun && !connection.unread().empty()) {
      begun = true;
      deadline = tls::Clock::now() + limits.complete;
    }
    // a lone CR may become the empty line that is skipped
    if (!(skip_empty_lines && connection.unread() == "\r")) find_head_end(connection.unread(), scan);
    if (scan.malformed) co_return HeadError::malformed;
    if (scan.length > limits.bytes || (scan.length == 0 && connection.input.size() >= limits.bytes))
      co_return HeadError::too_large;
    if (scan.length != 0) break;
    if (const auto bytes = co_await read_more(connection, head_read_size, deadline); !bytes)
      co_return judge(bytes.error(), begun);
  }
  std::string head(connection.unread().substr(0, scan.length));
  connection.input.consume(scan.length);
  co_return head;
}

asio::awaitable<std::optional<Failure>> judge_first_chunks(const std::string& head, Connection& client, bool wait,
                                                           tls::TimePoint deadline) {
  if (wait && client.unread().empty()) {
    const auto bytes = co_await read_more(client, body_read_size, deadline);
    if (!bytes) co_return std::nullopt;
  }
  RequestParser trial;
  if (auto failure = trial.read_head(head)) co_return failure;
  std::string_view input = client.unread();
  while (!input.empty() && !trial.done()) {
    const auto piece = trial.next(input);
    if (!piece) co_return piece.error();
    if (piece->consumed == 0) break;
    input.remove_prefix(piece->consumed);
  }
  co_return std::nullopt;
}

template <bool isRequest>
asio::awaitable<BodyError> pass_body(MessageParser<isRequest>& parser, Connection& from, Connection& to,
                                     BodyFraming::Kind framing, BodyLimits limits, std::uint64_t& bytes) {
  std::string out;
  while (!parser.done()) {
    out.clear();
    bool starved = from.unread().empty();
    while (!starved && !parser.done()) {
      const auto piece = parser.next(from.unread());
      if (!piece) co_return BodyError::from_malformed;
      if (!piece->data.empty()) {
        bytes += piece->data.size();
        if (framing == BodyFraming::Kind::chunked) {
          append_chunk(out, piece->data);
        } else {
          out.append(piece->data);
        }
      }
      from.input.consume(piece->consumed);
      starved = piece->consumed == 0 || from.unread().empty();
    }
    if (parser.done() && framing == BodyFraming::Kind::chunked) out.append("0\r\n\r\n");
    const error_code written = co_await to.transport.write(out, limits.write_stall);
    if (written) co_return written == asio::error::timed_out ? BodyError::to_stalled : BodyError::to_lost;
    if (parser.done()) break;
    if (from.input.size() >= longest_chunk_line) co_return BodyError::from_malformed;
    const auto read = co_await read_more(from, body_read_size, tls::Clock::now() + limits.idle);
    if (read) continue;
    if (read.error() == asio::error::timed_out) co_return BodyError::from_slow;
    if (read.error() == asio::error::operation_aborted) co_return BodyError::aborted;
    if (read.error() != asio::error::eof || parser.end_of_input()) co_return BodyError::from_ended;
    if (framing == BodyFraming::Kind::chunked && co_await to.transport.write("0\r\n\r\n", limits.write_stall))
      co_return BodyError::to_lost;
    break;
  }
  co_return BodyError::none;
}

template asio::awaitable<BodyError> pass_body(MessageParser<true>&, Connection&, Connection&, BodyFraming::Kind,
                                              BodyLimits, std::uint64_t&);
template asio::awaitable<BodyError> pass_body(MessageParser<false>&, Connection&, Connection&, BodyFraming::Kind,
                                              BodyLimits, std::uint64_t&);

}  // namespace proxy
