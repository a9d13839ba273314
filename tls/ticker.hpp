// Decides when a wait has lasted too long: one coarse timer per thread instead of one per wait.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>

namespace tls {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

/// One limit in force. Linked into its ticker's list while it is; dies without trace.
class Alarm : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  /// Whether the time came since the alarm was last set.
  [[nodiscard]] bool expired() const noexcept { return expired_; }
  /// No longer in force.
  void disarm() noexcept { unlink(); }

 protected:
  Alarm() = default;
  ~Alarm() = default;
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

 private:
  friend class Ticker;
  /// Called once when the time has come; must not destroy other alarms.
  virtual void ring() noexcept = 0;

  TimePoint at_;
  bool expired_ = false;
};

/// The alarms of one thread. A timer of its own for every read would cost more than the read (measured: 5% of a
/// message); all limits here are seconds, so a look every `resolution` is precise enough. Idle without alarms.
class Ticker {
 public:
  static constexpr auto resolution = std::chrono::milliseconds(100);

  /// Must outlive its alarms' being set; runs on `context`.
  explicit Ticker(boost::asio::io_context& context) : timer_(context) {}

  /// Puts `alarm` in force until disarmed: it rings at `at`, at most one resolution late.
  void set(Alarm& alarm, TimePoint at);

 private:
  void wait();
  void look();

  boost::asio::steady_timer timer_;
  boost::intrusive::list<Alarm, boost::intrusive::constant_time_size<false>> alarms_;
  bool waiting_ = false;
};

}  // namespace tls
