#include "proxy/child_task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace proxy {

ChildTask::ChildTask(asio::io_context& context)
    : context_(context), ended_(context, asio::steady_timer::time_point::max()) {}

void ChildTask::start(asio::awaitable<void> task) {
  running_ = true;
  asio::co_spawn(context_, std::move(task), [this](std::exception_ptr thrown) {
    running_ = false;
    thrown_ = std::move(thrown);
    ended_.cancel();
  });
}

asio::awaitable<void> ChildTask::join() {
  boost::system::error_code cancelled;
  while (running_) co_await ended_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

}  // namespace proxy
