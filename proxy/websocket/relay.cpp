#include "proxy/websocket/relay.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

namespace proxy {
namespace {

using boost::system::error_code;
using Outcome = tls::Attempt::Outcome;

// measured: 64 KiB bulk costs 488 us/MiB with 128 KiB, 560 with 16 KiB
constexpr std::size_t buffer_size = std::size_t{128} * 1024;
constexpr std::size_t tls_record = std::size_t{16} * 1024;
// one busy session must not starve the others of its thread
constexpr int reads_per_turn = 8;
constexpr int events_per_wait = 256;

template <class Handler>
struct HandlerCompletion final : RelayCompletion {
  HandlerCompletion(asio::io_context& io_context, Handler&& completion_handler)
      : context(io_context), handler(std::move(completion_handler)) {}

  void complete(RelayReport report) override {
    // not called from here: the engine is in the midst of its sessions
    asio::post(context,
               [resume = std::move(handler), result = std::move(report)]() mutable { resume(std::move(result)); });
  }

  asio::io_context& context;
  Handler handler;
};

}  // namespace

RelayEngine::RelayEngine(asio::io_context& context, std::chrono::milliseconds write_timeout)
    : context_(context),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      events_(context),
      ticker_(context),
      write_timeout_(write_timeout),
      buffer_(new char[buffer_size]) {
  if (epoll_ < 0) throw boost::system::system_error(errno, boost::system::system_category(), "epoll_create1");
  events_.assign(epoll_);  // owns the descriptor from here
  await_events();
}

RelayEngine::~RelayEngine() {
  sessions_.clear_and_dispose([](RelaySession* session) { delete session; });
}

asio::awaitable<RelayReport> RelayEngine::relay(RelayEnd& client, RelayEnd& upstream) {
  auto begin = [this, &client, &upstream](auto handler) {
    auto completion = std::make_unique<HandlerCompletion<decltype(handler)>>(context_, std::move(handler));
    const std::string from_client = std::move(client.early);
    const std::string from_upstream = std::move(upstream.early);
    auto* session = new RelaySession(std::move(client), std::move(upstream), std::move(completion));
    sessions_.push_back(*session);
    if (!ticking_) await_tick();
    for (RelaySide* side : {&session->client, &session->upstream}) {
      epoll_event event{};
      event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
      event.data.ptr = side;
      if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, side->stream.fd(), &event) != 0)
        stream_ended(*side, {errno, boost::system::system_category()});
    }
    take(session->upstream, from_upstream);
    take(session->client, from_client);
    // OpenSSL may hold bytes that came with the handshake and that no event will announce
    pump(session->upstream);
    pump(session->client);
    bury();
  };
  // a named function object, awaited in place: it outlives the initiation
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(RelayReport)>(begin, asio::use_awaitable);
}

void RelayEngine::await_events() {
  events_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code error) {
    if (error) return;
    handle_events();
    await_events();
  });
}

void RelayEngine::handle_events() {
  std::array<epoll_event, events_per_wait> events;
  const int count = ::epoll_wait(epoll_, events.data(), events_per_wait, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    handle(*static_cast<RelaySide*>(event.data.ptr), event.events);
  }
  bury();
}

void RelayEngine::handle(RelaySide& side, std::uint32_t events) {
  if (side.session->ended || !side.stream.is_open()) return;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) side.hung_up = true;
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) side.broken = true;
  flush(side);
  if ((events & EPOLLIN) != 0 || side.unread || side.hung_up) pump(side);
}

void RelayEngine::pump(RelaySide& from) {
  RelaySide& to = *from.other;
  from.unread = true;
  for (int turn = 0; turn < reads_per_turn; ++turn) {
    if (!from.stream.is_open() || from.read_ended) return;
    if (to.takes() && to.owes() && !from.broken && !from.session->finishing) return;  // back-pressure (S11)
    std::size_t size = 0;
    tls::Attempt attempt;
    do {  // TLS gives a record at a time: gather them into one write
      attempt = from.stream.read({buffer_.get() + size, buffer_size - size});
      if (attempt.outcome == Outcome::done) size += attempt.bytes;
    } while (attempt.outcome == Outcome::done && from.stream.ssl() != nullptr && buffer_size - size >= tls_record);
    take(from, {buffer_.get(), size});
    if (attempt.outcome == Outcome::end || attempt.outcome == Outcome::failed) return stream_ended(from, attempt.error);
    if (attempt.outcome == Outcome::wait_writable) return;  // TLS must write first; handle comes back as long as unread
    const bool drained = attempt.waits() || (from.stream.ssl() == nullptr && size < buffer_size && !from.hung_up);
    if (drained) {
      from.unread = false;  // the next byte makes an event; a read now would only say EAGAIN
      return;
    }
  }
  queue(from);
}

void RelayEngine::take(RelaySide& from, std::string_view bytes) {
  RelaySession& session = *from.session;
  if (bytes.empty() || session.finishing || session.ended) return;
  from.bytes_sent += bytes.size();
  const bool closed_before = from.sent.close().has_value();
  deliver(*from.other, from.sent.feed(bytes));
  if (!closed_before && from.sent.close()) close_sent(from);
}

void RelayEngine::deliver(RelaySide& to, std::string_view bytes) {
  if (!to.takes()) return;
  while (!bytes.empty() && !to.owes()) {
    const tls::Attempt attempt = to.stream.write(bytes);
    if (attempt.outcome == Outcome::done) {
      bytes.remove_prefix(attempt.bytes);
    } else if (attempt.waits()) {
      to.owed_since = tls::Clock::now();
      break;
    } else {
      // what the peer sent before it went, a Close frame perhaps, may still be there to be read: its end shows there
      to.write_failed = to.hung_up = true;
      return queue(to);
    }
  }
  to.owed.append(bytes);
}

void RelayEngine::flush(RelaySide& side) {
  while (side.takes() && side.owes()) {
    const tls::Attempt attempt = side.stream.write(std::string_view(side.owed).substr(side.owed_from));
    if (attempt.waits()) return;
    if (attempt.outcome != Outcome::done) {
      side.write_failed = side.hung_up = true;
      return pump(side);
    }
    side.owed_from += attempt.bytes;
    side.owed_since = tls::Clock::now();
  }
  std::string().swap(side.owed);  // an idle session holds nothing
  side.owed_from = 0;
  if (side.session->finishing) return finish_side(side);
  if (side.other->unread) pump(*side.other);
}

void RelayEngine::queue(RelaySide& side) {
  if (std::exchange(side.queued, true)) return;
  // posted, not looped: the io_context's other work comes in between
  if (again_.empty()) asio::post(context_, [this] { retry_pumps(); });
  again_.push_back(&side);
}

void RelayEngine::retry_pumps() {
  std::vector<RelaySide*> sides;
  sides.swap(again_);
  for (RelaySide* side : sides) {
    side->queued = false;
    pump(*side);
  }
  bury();
}

}  // namespace proxy
