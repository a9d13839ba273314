#include "demo/function/raw_echo.hpp"

#include "demo/wire/frames.hpp"

namespace function {

boost::asio::awaitable<void> echo_frames(wire::Connection& connection, std::string unread) {
  wire::FrameReader frames;
  bool closed = false;
  for (bool more = true; more;) {
    std::string answer;
    std::string_view rest{unread};
    while (!closed) {
      const auto piece = frames.next(rest);
      if (!piece) break;
      if (piece->begins) answer += wire::unmasked_header(piece->header.first_byte, piece->header.length);
      answer += piece->payload;
      closed = piece->ends && piece->header.opcode() == wire::opcode::close;
    }
    unread.clear();
    const bool written = co_await connection.write(answer);
    if (!written || closed) break;
    more = co_await connection.read(unread);
  }
  co_await connection.finish();
}

}  // namespace function
