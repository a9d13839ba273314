// Decides how a session ends: what one side is told when the other has ended (promises S4-S6).
#pragma once

#include <cstdint>
#include <string_view>

#include "proxy/error.hpp"

namespace proxy {

/// "Going away" (RFC 6455 section 7.4.1): what a browser sends by itself when a page is reloaded, left or closed.
inline constexpr std::uint16_t close_going_away = 1001;

/// Whether a Close frame goes on to the other side.
enum class Passage { pass, withhold };

/// A page that goes away did not end its session: Chromium sends 1001 on every way out of a page but `close()`, and a
/// reload must find its GPU again. So a client's 1001 that begins the closing stays here and upstream is aborted (S5);
/// every other Close passes with code and reason (S4), also the 1001 with which a client echoes upstream's (`answers`).
[[nodiscard]] constexpr Passage decide_close(Side from, std::uint16_t code, bool answers) noexcept {
  return from == Side::client && code == close_going_away && !answers ? Passage::withhold : Passage::pass;
}

/// What is known when one side's stream of bytes has ended, by FIN, close_notify, reset, time-out or anything else.
struct StreamEnd {
  /// A Close frame of the side that ended has passed.
  bool sent_close = false;
  /// A Close frame of the other side has passed to it.
  bool received_close = false;
};

/// How a connection is ended.
enum class Ending {
  /// what is owed is delivered, then close_notify, FIN, and a wait for the peer's end
  clean,
  /// RST without a word: the gateway keeps the GPU session, the browser sees 1006 and resumes
  abort,
};

/// How the other side's connection is ended:
///
/// | the side that ended | had sent Close | had got Close | the other side's connection ends |
/// | ------------------- | -------------- | ------------- | -------------------------------- |
/// | either              | yes            | any           | clean (S4): the session is over  |
/// | either              | no             | yes           | clean: the other one ended it and need not be told |
/// | client, by 1001     | withheld       | any           | abort (S5), see decide_close |
/// | client              | no             | no            | abort (S5): it may come back for its GPU session |
/// | upstream            | no             | no            | abort (S6): the client sees 1006 and resumes     |
[[nodiscard]] constexpr Ending decide_ending(const StreamEnd& end) noexcept {
  return end.sent_close || end.received_close ? Ending::clean : Ending::abort;
}

/// "clean" or "abort".
[[nodiscard]] constexpr std::string_view name(Ending ending) noexcept {
  return ending == Ending::clean ? "clean" : "abort";
}

}  // namespace proxy
