#include "demo/gateway/tunnel.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <utility>

namespace gateway {
namespace {

using boost::asio::awaitable;
constexpr auto linger_limit = std::chrono::seconds{2};

class Tunnel : public std::enable_shared_from_this<Tunnel> {
 public:
  Tunnel(wire::Connection& client, wire::Connection& function)
      : client_{client}, function_{function}, linger_{client.executor()} {}

  awaitable<void> client_to_function(std::string bytes) {
    for (;;) {
      client_frames_.take(bytes);
      if (const bool written = co_await function_.write(bytes); !written) break;
      bytes.clear();
      if (const bool done = co_await client_.read(bytes); !done) break;
    }
    on_end(client_, function_);
  }

  awaitable<void> function_to_client(std::string bytes) {
    for (;;) {
      function_frames_.take(bytes);
      writing_ = true;
      const bool written = co_await client_.write(bytes);
      writing_ = false;
      if (!written) break;
      inject_now();
      bytes.clear();
      if (const bool done = co_await function_.read(bytes); !done) break;
    }
    on_end(function_, client_);
  }

  void inject(const std::string& frame) {
    injected_ += frame;
    inject_now();
  }

  void report(ConnectionEnd& end) {
    linger_.cancel();
    end.websocket = true;
    end.first = first_ == &client_ ? "client" : first_ == &function_ ? "function" : "";
    end.client = side(client_, client_frames_);
    end.function = side(function_, function_frames_);
    const bool function_said_goodbye = end.function.close && end.function.how == "fin" && end.first == "function";
    end.clean = end.client.close.has_value() || function_said_goodbye;
  }

 private:
  // what this side did to the other is no end of the other's own
  void on_end(wire::Connection& from, wire::Connection& to) {
    const bool from_ended = from.peer_ending() != wire::Ending::open;
    if (first_ == nullptr && (from_ended || to.peer_ending() != wire::Ending::open)) first_ = from_ended ? &from : &to;
    if (from.peer_ending() == wire::Ending::fin) {
      to.end_writing();
      linger_.expires_after(linger_limit);
      // weak: a handler that is queued already cannot be cancelled any more
      linger_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto tunnel = weak.lock();
        if (!error && tunnel) tunnel->abort_both();
      });
    } else {
      abort_both();
    }
  }

  void abort_both() {
    client_.abort();
    function_.abort();
  }

  void inject_now() {
    if (injected_.empty() || writing_ || !function_frames_.between_frames()) return;
    if (!client_.write_now(injected_)) abort_both();
    injected_.clear();
  }

  static SideEnd side(const wire::Connection& connection, const wire::FrameScanner& frames) {
    return {std::string{name_of(connection.peer_ending())}, frames.close(), connection.close_notify_seen(),
            frames.frames(), frames.bytes()};
  }

  wire::Connection& client_;
  wire::Connection& function_;
  wire::FrameScanner client_frames_;
  wire::FrameScanner function_frames_;
  boost::asio::steady_timer linger_;
  const wire::Connection* first_ = nullptr;
  std::string injected_;
  bool writing_ = false;
};

}  // namespace

awaitable<void> run_tunnel(Call& call, wire::Connection& function, std::string from_function) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  const auto tunnel = std::make_shared<Tunnel>(call.client, function);
  call.live.inject_frame = [raw = tunnel.get()](const std::string& frame) { raw->inject(frame); };
  co_await (tunnel->client_to_function(std::exchange(call.unread, {})) &&
            tunnel->function_to_client(std::move(from_function)));
  call.live.inject_frame = nullptr;
  tunnel->report(call.end);
}

}  // namespace gateway
