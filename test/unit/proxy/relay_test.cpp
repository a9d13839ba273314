#include "proxy/websocket/relay.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <optional>
#include <string>

#include "test/unit/proxy/socket_pair.hpp"
#include "test/unit/websocket/make_frame.hpp"

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace proxy;
using namespace std::chrono_literals;

std::string text_frame(std::string_view text) { return make_frame({.opcode = 1}, text); }

/// One relayed session whose two peers are the test's.
struct World {
  explicit World(std::chrono::milliseconds write_timeout = 5s, std::string early_client = {},
                 std::string early_upstream = {})
      : engine(context, write_timeout) {
    client.peer.non_blocking(true);
    upstream.peer.non_blocking(true);
    asio::co_spawn(context, relaying(std::move(early_client), std::move(early_upstream)), asio::detached);
    context.poll();
  }

  asio::awaitable<void> relaying(std::string early_client, std::string early_upstream) {
    RelayEnd client_end{std::move(client.stream), std::move(early_client)};
    RelayEnd upstream_end{std::move(upstream.stream), std::move(early_upstream)};
    report = co_await engine.relay(client_end, upstream_end);
  }

  template <class Condition>
  void run_until(Condition done) {
    const auto deadline = tls::Clock::now() + 8s;
    bool held = done();
    while (!held && tls::Clock::now() < deadline) {
      context.restart();
      context.run_one_for(10ms);
      held = done();
    }
    REQUIRE(held);
  }

  void send(SocketPair& from, const std::string& bytes) { asio::write(from.peer, asio::buffer(bytes)); }

  /// Reads until `bytes` have come or the peer ended.
  std::string receive(SocketPair& at, std::size_t bytes) {
    std::string all;
    std::array<char, 65536> into{};
    run_until([&] {
      error_code error;
      const std::size_t size = at.peer.read_some(asio::buffer(into), error);
      all.append(into.data(), size);
      return all.size() >= bytes || (error && error != asio::error::would_block);
    });
    return all;
  }

  /// How the peer's connection ended: eof for FIN, connection_reset for RST.
  error_code end_of(SocketPair& at) {
    std::array<char, 65536> into{};
    error_code error;
    run_until([&] {
      at.peer.read_some(asio::buffer(into), error);
      return error && error != asio::error::would_block;
    });
    return error;
  }

  void close(SocketPair& side) {
    error_code ignored;
    side.peer.shutdown(asio::socket_base::shutdown_send, ignored);
  }

  asio::io_context context{1};
  RelayEngine engine;
  SocketPair client{context};
  SocketPair upstream{context};
  std::optional<RelayReport> report;
};

}  // namespace

TEST_CASE("F10: bytes pass unchanged both ways, those that came early first") {
  const std::string early = text_frame("early from client");
  World world(5s, early, text_frame("early from upstream"));
  CHECK(world.receive(world.client, 21) == text_frame("early from upstream"));
  CHECK(world.receive(world.upstream, early.size()) == early);

  const std::string odd =
      make_frame({.opcode = 2, .final = false, .masked = true, .reserved_bits = 5}, std::string(70000, 'x'));
  world.send(world.client, odd);
  CHECK(world.receive(world.upstream, odd.size()) == odd);
  world.send(world.upstream, odd);
  CHECK(world.receive(world.client, odd.size()) == odd);
}

TEST_CASE("S4: a Close passes both ways, then both connections end with FIN") {
  World world;
  const std::string close = make_frame({.opcode = 8, .masked = true},
                                       "\x03\xe8"
                                       "done");
  const std::string reply = make_frame({.opcode = 8}, "\x03\xe8");
  world.send(world.client, close);
  CHECK(world.receive(world.upstream, close.size()) == close);
  world.send(world.upstream, reply);
  CHECK(world.receive(world.client, reply.size()) == reply);
  CHECK(world.end_of(world.client) == asio::error::eof);
  CHECK(world.end_of(world.upstream) == asio::error::eof);
  world.close(world.client);
  world.close(world.upstream);
  world.run_until([&] { return world.report.has_value(); });
  CHECK(world.report->ended_by == Side::client);
  CHECK(world.report->ending == Ending::clean);
  CHECK(world.report->close->code == 1000);
  CHECK(world.report->close->reason == "done");
  CHECK(world.engine.sessions() == 0);
}

TEST_CASE("S4, S7: a Close that is not answered ends both connections after the linger limit") {
  World world;
  world.send(world.upstream, make_frame({.opcode = 8}, "\x03\xf3"));
  CHECK(world.end_of(world.client) == asio::error::eof);
  world.run_until([&] { return world.report.has_value(); });
  CHECK(world.report->ended_by == Side::upstream);
  CHECK(world.report->ending == Ending::clean);
  CHECK(world.report->close->code == 1011);
}

TEST_CASE("S5: a client that is lost, by FIN or by RST, aborts upstream") {
  World fin;
  fin.close(fin.client);
  CHECK(fin.end_of(fin.upstream) == asio::error::connection_reset);
  fin.run_until([&] { return fin.report.has_value(); });
  CHECK(fin.report->ended_by == Side::client);
  CHECK(fin.report->ending == Ending::abort);
  CHECK_FALSE(fin.report->cause);

  World rst;
  rst.client.reset();
  CHECK(rst.end_of(rst.upstream) == asio::error::connection_reset);
  rst.run_until([&] { return rst.report.has_value(); });
  CHECK(rst.report->cause == asio::error::connection_reset);
}

TEST_CASE("S6: an upstream that is lost aborts the client, after what it sent was delivered") {
  World world;
  const std::string last = text_frame("last words");
  world.send(world.upstream, last);
  CHECK(world.receive(world.client, last.size()) == last);
  world.upstream.reset();
  CHECK(world.end_of(world.client) == asio::error::connection_reset);
  world.run_until([&] { return world.report.has_value(); });
  CHECK(world.report->ended_by == Side::upstream);
}

TEST_CASE("S5: a page that goes away (1001) aborts upstream, which never sees the Close") {
  World world;
  const std::string message = make_frame({.opcode = 1, .masked = true}, "before");
  world.send(world.client, message + make_frame({.opcode = 8, .masked = true}, "\x03\xe9"));
  world.close(world.client);
  error_code end;
  std::string seen;
  std::array<char, 1024> into{};
  world.run_until([&] {
    const std::size_t size = world.upstream.peer.read_some(asio::buffer(into), end);
    seen.append(into.data(), size);
    return end && end != asio::error::would_block;
  });
  CHECK(end == asio::error::connection_reset);
  CHECK((seen == message || seen.empty()));  // a RST may overtake what was not yet read
  world.run_until([&] { return world.report.has_value(); });
  CHECK(world.report->ended_by == Side::client);
  CHECK(world.report->ending == Ending::abort);
  CHECK(world.report->close->code == 1001);
}

TEST_CASE("S11: while a reader stalls the other side is not read, then nothing is missing") {
  World world;
  const std::string frame = make_frame({.opcode = 2}, std::string(100000, 'x'));
  std::size_t sent = 0;
  error_code error;
  // the kernel's buffers take some MiB; an unbounded proxy would take all of it
  constexpr std::size_t offered = std::size_t{64} * 1024 * 1024;
  int refusals = 0;
  while (sent < offered && refusals < 50) {
    error = {};
    const std::size_t from = sent % frame.size();
    sent += world.upstream.peer.write_some(asio::buffer(frame.data() + from, frame.size() - from), error);
    world.context.poll();
    refusals = error == asio::error::would_block ? refusals + 1 : 0;
  }
  REQUIRE(sent < offered);

  std::size_t received = 0;
  std::array<char, 65536> into{};
  world.run_until([&] {
    error = {};
    received += world.client.peer.read_some(asio::buffer(into), error);
    return received == sent;
  });
  CHECK(received == sent);
}

TEST_CASE("S13: a reader that takes nothing for the write timeout is lost, the other side is aborted") {
  World world(200ms);
  const std::string frame = make_frame({.opcode = 2}, std::string(100000, 'x'));
  error_code error;
  while (error != asio::error::would_block) {
    error = {};
    world.upstream.peer.write_some(asio::buffer(frame), error);
    world.context.poll();
  }
  world.run_until([&] { return world.report.has_value(); });
  CHECK(world.report->ended_by == Side::client);
  CHECK(world.report->cause == asio::error::timed_out);
  CHECK(world.end_of(world.upstream) == asio::error::connection_reset);
}

TEST_CASE("S5, S6: stopping aborts both sides of every session") {
  World world;
  world.engine.abort_all();
  CHECK(world.end_of(world.client) == asio::error::connection_reset);
  CHECK(world.end_of(world.upstream) == asio::error::connection_reset);
  world.run_until([&] { return world.report.has_value(); });
  CHECK(world.report->ended_by == Side::proxy);
}

TEST_CASE("S14: bytes and messages are counted in both directions") {
  World world;
  const std::string one = text_frame("one");
  world.send(world.client, one + one);
  CHECK(world.receive(world.upstream, 2 * one.size()) == one + one);
  world.send(world.upstream, one);
  CHECK(world.receive(world.client, one.size()) == one);
  world.client.reset();
  world.run_until([&] { return world.report.has_value(); });
  CHECK(world.report->client_to_upstream.bytes == 2 * one.size());
  CHECK(world.report->client_to_upstream.messages == 2);
  CHECK(world.report->upstream_to_client.bytes == one.size());
  CHECK(world.report->upstream_to_client.messages == 1);
}
