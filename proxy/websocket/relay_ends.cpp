// How the sessions of the relay engine end; how their bytes move is in relay.cpp.
#include <boost/asio/error.hpp>

#include "proxy/websocket/relay.hpp"

namespace proxy {
namespace {

using boost::system::error_code;
using Outcome = tls::Attempt::Outcome;

// a peer that does not answer a Close frame, or does not end after one, is not waited for longer (S7)
constexpr std::chrono::seconds linger{5};
constexpr std::chrono::milliseconds tick_interval{500};

/// Whether a side is still being given what it is owed: a slow reader that reads is waited for, also by the kernel's
/// measure, since closing over unread input would throw away what is on its way.
bool delivers(RelaySide& side) {
  if (!side.stream.is_open()) return false;
  if (side.takes() && side.owes()) return true;  // the write timeout judges whether it takes anything
  const std::size_t before = std::exchange(side.unacknowledged, side.stream.unacknowledged());
  return side.unacknowledged != 0 && side.unacknowledged != before;
}

}  // namespace

void RelayEngine::close_sent(RelaySide& from) {
  RelaySession& session = *from.session;
  if (!session.report.close) {
    session.report.close = from.sent.close();
    session.report.ended_by = from.name;
    session.linger_until = tls::Clock::now() + linger;
  }
  if (decide_close(from.name, from.sent.close()->code, from.other->sent.close().has_value()) == Passage::withhold) {
    from.other->stream.abort();
    return finish(session, Ending::abort);
  }
  deliver(*from.other, from.sent.close_bytes());
  if (from.other->sent.close()) finish(session, Ending::clean);
}

void RelayEngine::stream_ended(RelaySide& side, error_code cause) {
  RelaySession& session = *side.session;
  if (session.ended) return;
  side.read_ended = true;
  if (session.finishing) return finish_side(side);
  if (!session.report.close) {
    session.report.ended_by = side.name;
    session.report.cause = cause;
  }
  session.report.ending = decide_ending(
      {.sent_close = side.sent.close().has_value(), .received_close = side.other->sent.close().has_value()});
  if (session.report.ending == Ending::clean) return finish(session, Ending::clean);
  if (cause) side.stream.abort();
  side.stream.close();
  side.other->stream.abort();
  settle(session);
}

void RelayEngine::finish(RelaySession& session, Ending ending) {
  session.finishing = true;
  session.report.ending = ending;
  session.linger_until = tls::Clock::now() + linger;
  for (RelaySide* side : {&session.client, &session.upstream}) {
    if (side->unread) queue(*side);  // its end may wait behind bytes that back-pressure held up
    finish_side(*side);
  }
}

void RelayEngine::finish_side(RelaySide& side) {
  if (side.takes() && !side.owes()) {
    const tls::Attempt attempt = side.stream.end_writing();
    if (attempt.waits()) return;
    side.writing_ended = true;
    if (attempt.outcome == Outcome::failed) side.read_ended = true;
  }
  if (side.stream.is_open() && side.read_ended && !side.takes()) side.stream.close();
  settle(*side.session);
}

void RelayEngine::settle(RelaySession& session) {
  if (session.ended || session.client.stream.is_open() || session.upstream.stream.is_open()) return;
  session.ended = true;
  session.report.client_to_upstream = {session.client.bytes_sent, session.client.sent.messages()};
  session.report.upstream_to_client = {session.upstream.bytes_sent, session.upstream.sent.messages()};
  session.completion->complete(std::move(session.report));
  sessions_.erase(sessions_.iterator_to(session));
  ended_.emplace_back(&session);
}

void RelayEngine::abort_all() {
  for (auto next = sessions_.begin(); next != sessions_.end();) {
    RelaySession& session = *next++;
    session.client.stream.abort();
    session.upstream.stream.abort();
    settle(session);
  }
  bury();
}

void RelayEngine::bury() {
  if (ended_.empty()) return;
  std::erase_if(again_, [](const RelaySide* side) { return side->session->ended; });
  ended_.clear();
}

void RelayEngine::await_tick() {
  ticking_ = true;
  ticker_.expires_after(tick_interval);
  ticker_.async_wait([this](error_code error) {
    if (!error) tick();
  });
}

void RelayEngine::tick() {
  ticking_ = false;
  const tls::TimePoint now = tls::Clock::now();
  for (auto next = sessions_.begin(); next != sessions_.end();) {
    RelaySession& session = *next++;
    for (RelaySide* side : {&session.client, &session.upstream}) {
      if (session.ended || !side->takes() || !side->owes() || now - side->owed_since < write_timeout_) continue;
      side->write_failed = true;
      stream_ended(*side, asio::error::timed_out);
    }
    if (session.ended || session.linger_until == tls::TimePoint{} || now < session.linger_until) continue;
    if (delivers(session.client) || delivers(session.upstream)) {
      session.linger_until = now + linger;
      continue;
    }
    if (!session.finishing) {
      finish(session, Ending::clean);
    } else {
      session.client.stream.close();
      session.upstream.stream.close();
      settle(session);
    }
  }
  bury();
  if (!sessions_.empty()) await_tick();
}

}  // namespace proxy
