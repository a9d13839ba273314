#include "tls/ticker.hpp"

namespace tls {

void Ticker::set(Alarm& alarm, TimePoint at) {
  alarm.unlink();
  alarm.at_ = at;
  alarm.expired_ = false;
  alarms_.push_back(alarm);
  if (!waiting_) wait();
}

void Ticker::wait() {
  waiting_ = true;
  timer_.expires_after(resolution);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) look();
  });
}

void Ticker::look() {
  waiting_ = false;
  const TimePoint now = Clock::now();
  for (auto next = alarms_.begin(); next != alarms_.end();) {
    Alarm& alarm = *next++;
    if (alarm.at_ > now) continue;
    alarm.unlink();
    alarm.expired_ = true;
    alarm.ring();
  }
  if (!alarms_.empty()) wait();
}

}  // namespace tls
