#include "tls/transport.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <optional>
#include <string>

#include "test/unit/proxy/socket_pair.hpp"

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

struct World {
  asio::io_context context{1};
  tls::Ticker ticker{context};
  SocketPair pair{context};
  tls::Transport transport{context, ticker, std::move(pair.stream)};
  std::array<char, 64> buffer{};
  std::optional<boost::system::result<std::size_t>> read;
  std::optional<error_code> written;

  static tls::TimePoint in(std::chrono::milliseconds time) { return tls::Clock::now() + time; }

  void start_reading(std::chrono::milliseconds limit) { asio::co_spawn(context, reading(limit), asio::detached); }
  asio::awaitable<void> reading(std::chrono::milliseconds limit) {
    read = co_await transport.read_some(buffer, in(limit));
  }

  void start_writing(std::string bytes, std::chrono::milliseconds stall) {
    asio::co_spawn(context, writing(std::move(bytes), stall), asio::detached);
  }
  asio::awaitable<void> writing(std::string bytes, std::chrono::milliseconds stall) {
    written = co_await transport.write(bytes, stall);
  }

  /// Runs until `done` holds, two seconds at most.
  template <class Condition>
  void run_until(Condition done) {
    const auto deadline = tls::Clock::now() + 2s;
    bool held = done();
    while (!held && tls::Clock::now() < deadline) {
      context.restart();
      context.run_one_for(10ms);
      held = done();
    }
    REQUIRE(held);
  }
};

}  // namespace

TEST_CASE("a read gives what the peer sent") {
  World world;
  world.start_reading(1s);
  asio::write(world.pair.peer, asio::buffer("hello", 5));
  world.run_until([&] { return world.read.has_value(); });
  REQUIRE(world.read->has_value());
  CHECK(std::string(world.buffer.data(), **world.read) == "hello");
}

TEST_CASE("a read tells a FIN from a RST") {
  World fin;
  fin.start_reading(1s);
  fin.pair.peer.shutdown(asio::socket_base::shutdown_send);
  fin.run_until([&] { return fin.read.has_value(); });
  CHECK(fin.read->error() == asio::error::eof);

  World rst;
  rst.start_reading(1s);
  rst.pair.reset();
  rst.run_until([&] { return rst.read.has_value(); });
  CHECK(rst.read->error() == asio::error::connection_reset);
}

TEST_CASE("S13: a read ends with timed_out at its deadline, and the next one works") {
  World world;
  world.start_reading(1ms);
  world.run_until([&] { return world.read.has_value(); });
  CHECK(world.read->error() == asio::error::timed_out);

  world.read.reset();
  world.start_reading(1s);
  asio::write(world.pair.peer, asio::buffer("x", 1));
  world.run_until([&] { return world.read.has_value(); });
  CHECK(world.read->has_value());
}

TEST_CASE("a read that is stopped loses nothing that comes later") {
  World world;
  world.start_reading(1s);
  asio::post(world.context, [&] { world.transport.stop_reading(); });
  world.run_until([&] { return world.read.has_value(); });
  CHECK(world.read->error() == asio::error::operation_aborted);

  asio::write(world.pair.peer, asio::buffer("later", 5));
  world.read.reset();
  world.transport.resume_reading();
  world.start_reading(1s);
  world.run_until([&] { return world.read.has_value(); });
  CHECK(**world.read == 5);
}

TEST_CASE("a write of more than the socket takes ends when the peer has read it") {
  World world;
  const std::string bytes(std::size_t{8} * 1024 * 1024, 'x');
  world.start_writing(bytes, 1s);
  std::size_t received = 0;
  std::string into(65536, 0);
  while (received < bytes.size()) {
    world.context.poll();
    if (world.pair.peer.available() > 0) received += world.pair.peer.read_some(asio::buffer(into));
  }
  world.run_until([&] { return world.written.has_value(); });
  CHECK_FALSE(*world.written);
}

TEST_CASE("S13: a write to a peer that takes nothing ends with timed_out") {
  World world;
  world.start_writing(std::string(std::size_t{32} * 1024 * 1024, 'x'), 50ms);
  world.run_until([&] { return world.written.has_value(); });
  CHECK(*world.written == asio::error::timed_out);
}

TEST_CASE("an abort ends what waits on both directions and sends RST") {
  World world;
  world.start_reading(1s);
  world.start_writing(std::string(std::size_t{32} * 1024 * 1024, 'x'), 1s);
  asio::post(world.context, [&] { world.transport.abort(); });
  world.run_until([&] { return world.read.has_value() && world.written.has_value(); });
  CHECK(world.read->error() == asio::error::operation_aborted);
  CHECK(*world.written == asio::error::operation_aborted);

  error_code seen;
  std::string into(65536, 0);
  while (!seen) world.pair.peer.read_some(asio::buffer(into), seen);
  CHECK(seen == asio::error::connection_reset);
}

TEST_CASE("S5: a transport that is destroyed aborts, one that is closed ends with FIN") {
  asio::io_context context{1};
  tls::Ticker ticker{context};
  SocketPair aborted(context);
  SocketPair closed(context);
  {
    tls::Transport transport(context, ticker, std::move(aborted.stream));
  }
  {
    tls::Transport transport(context, ticker, std::move(closed.stream));
    transport.finish();
  }
  std::array<char, 8> into{};
  error_code seen;
  aborted.peer.read_some(asio::buffer(into), seen);
  CHECK(seen == asio::error::connection_reset);
  closed.peer.read_some(asio::buffer(into), seen);
  CHECK(seen == asio::error::eof);
}

TEST_CASE("S1: a spare is quiet until its peer sends or ends") {
  World world;
  CHECK(world.transport.is_quiet());
  asio::write(world.pair.peer, asio::buffer("x", 1));
  world.run_until([&] { return !world.transport.is_quiet(); });

  World ended;
  ended.pair.peer.close();
  ended.run_until([&] { return !ended.transport.is_quiet(); });
}
