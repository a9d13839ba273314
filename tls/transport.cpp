#include "tls/transport.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tls {
namespace {

using Outcome = Attempt::Outcome;

}  // namespace

Transport::Transport(asio::io_context& context, Ticker& ticker, Stream stream)
    : stream_(std::move(stream)), descriptor_(context.get_executor()), ticker_(ticker) {
  descriptor_.assign(stream_.fd());  // the descriptor only watches; the stream owns
}

Transport::~Transport() { abort(); }

void Transport::forget_descriptor() noexcept {
  if (descriptor_.is_open()) descriptor_.release();
}

void Transport::wake() noexcept {
  if (!descriptor_.is_open()) return;
  error_code ignored;  // nothing waits: nothing to wake
  descriptor_.cancel(ignored);
}

asio::awaitable<error_code> Transport::wait(Outcome readiness, Limit& limit, TimePoint deadline) {
  const auto kind = readiness == Outcome::wait_readable ? Descriptor::wait_read : Descriptor::wait_write;
  ticker_.set(limit, deadline);
  while (true) {
    if (!descriptor_.is_open()) co_return asio::error::operation_aborted;
    error_code error;
    co_await descriptor_.async_wait(kind, asio::redirect_error(asio::use_awaitable, error));
    if (limit.expired()) co_return asio::error::timed_out;
    if (!stream_.is_open() || (&limit == &read_limit_ && reading_stopped_)) {
      limit.disarm();
      co_return asio::error::operation_aborted;
    }
    if (error == asio::error::operation_aborted) continue;  // the other direction was woken
    limit.disarm();
    co_return error;
  }
}

asio::awaitable<error_code> Transport::handshake(TimePoint deadline) {
  while (true) {
    const Attempt attempt = stream_.handshake();
    if (attempt.outcome == Outcome::done) co_return error_code{};
    if (attempt.outcome == Outcome::end) co_return asio::error::eof;
    if (!attempt.waits()) co_return attempt.error;
    if (const error_code error = co_await wait(attempt.outcome, read_limit_, deadline)) co_return error;
  }
}

asio::awaitable<boost::system::result<std::size_t>> Transport::read_some(std::span<char> into, TimePoint deadline) {
  while (true) {
    if (reading_stopped_) co_return error_code{asio::error::operation_aborted};
    const Attempt attempt = stream_.read(into);
    if (attempt.outcome == Outcome::done) co_return attempt.bytes;
    if (attempt.outcome == Outcome::end) co_return error_code{asio::error::eof};
    if (!attempt.waits()) co_return attempt.error;
    if (const error_code error = co_await wait(attempt.outcome, read_limit_, deadline)) co_return error;
  }
}

asio::awaitable<error_code> Transport::write(std::string_view bytes, Clock::duration stall) {
  while (!bytes.empty()) {
    const Attempt attempt = stream_.write(bytes);
    if (attempt.outcome == Outcome::done) {
      bytes.remove_prefix(attempt.bytes);
      continue;
    }
    if (!attempt.waits()) co_return attempt.error;
    if (const error_code error = co_await wait(attempt.outcome, write_limit_, Clock::now() + stall)) co_return error;
  }
  co_return error_code{};
}

asio::awaitable<void> Transport::close(TimePoint deadline) {
  resume_reading();
  Attempt attempt = stream_.end_writing();
  while (attempt.waits()) {
    const error_code error = co_await wait(attempt.outcome, write_limit_, deadline);
    if (error) break;
    attempt = stream_.end_writing();
  }
  std::array<char, 4096> forgotten;
  while (attempt.outcome == Outcome::done && Clock::now() < deadline) {
    const auto read = co_await read_some(forgotten, deadline);
    if (!read) break;
  }
  forget_descriptor();
  stream_.close();
}

void Transport::finish() noexcept {
  forget_descriptor();
  static_cast<void>(stream_.end_writing());
  stream_.close();
}

asio::awaitable<error_code> Transport::wait_connected(TimePoint deadline) {
  if (const error_code error = co_await wait(Outcome::wait_writable, write_limit_, deadline)) co_return error;
  int cause = 0;
  socklen_t size = sizeof cause;
  ::getsockopt(stream_.fd(), SOL_SOCKET, SO_ERROR, &cause, &size);
  co_return error_code{cause, boost::system::system_category()};
}

void Transport::abort() noexcept {
  forget_descriptor();  // completes what waits with operation_aborted
  stream_.abort();
}

void Transport::stop_reading() noexcept {
  reading_stopped_ = true;
  wake();
}

bool Transport::is_quiet() noexcept {
  if (!stream_.is_open()) return false;
  std::array<char, 1> unexpected;
  return stream_.read(unexpected).waits();
}

Stream Transport::release() noexcept {
  forget_descriptor();
  return std::move(stream_);
}

}  // namespace tls
