// Decides how a coroutine runs another one beside itself and does not end before it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>

namespace proxy {

namespace asio = boost::asio;

/// One coroutine at a time, started and joined by the owner. It may refer to whatever outlives join(), which must have
/// ended before this object dies; how the child is made to end is the owner's affair (a transport stops reading).
class ChildTask {
 public:
  /// Runs its children on `context`.
  explicit ChildTask(asio::io_context& context);
  ChildTask(const ChildTask&) = delete;
  ChildTask& operator=(const ChildTask&) = delete;

  /// Runs `task` on the context from its next turn on. Nothing may be running.
  void start(asio::awaitable<void> task);
  /// Ends when the child has; at once when none runs. Throws what the child threw.
  asio::awaitable<void> join();
  /// Whether a child was started and has not ended.
  [[nodiscard]] bool running() const noexcept { return running_; }

 private:
  asio::io_context& context_;
  asio::steady_timer ended_;
  bool running_ = false;
  std::exception_ptr thrown_;
};

}  // namespace proxy
