// Decides where WebSocket frames begin and end in a stream of bytes, and what its Close frame said (RFC 6455
// section 5.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace proxy {

/// What a Close frame carried; 1005 where it carried nothing (RFC 6455 section 7.4.1), which is never sent.
struct CloseFrame {
  std::uint16_t code = 1005;
  /// As the peer sent it: not judged, to be made printable before it is shown.
  std::string reason;
};

/// Follows one direction of a WebSocket. Looks at headers only; payloads are skipped, but for that of the Close frame,
/// which is held back whole: whether it may pass is close_policy's decision. Costs nothing measurable beside the system
/// calls that moved the bytes.
class FrameScanner {
 public:
  /// Goes on with the bytes that came next. Returns those that may pass: all before a Close frame begins, none after.
  std::string_view feed(std::string_view bytes);

  /// Whether the last byte ended a frame, so that one of our own may follow.
  [[nodiscard]] bool between_frames() const noexcept { return remaining_ == 0 && header_size_ == 0; }
  /// The Close frame, once all of it was there. Nothing after it counts.
  [[nodiscard]] const std::optional<CloseFrame>& close() const noexcept { return close_; }
  /// Its bytes as they came, header and mask included.
  [[nodiscard]] std::string_view close_bytes() const noexcept { return held_; }
  /// Text and binary messages that were completed.
  [[nodiscard]] std::uint64_t messages() const noexcept { return messages_; }

 private:
  static constexpr std::size_t longest_header = 14;

  void begin_frame(const unsigned char* header);
  void hold(std::string_view bytes);
  void read_close();

  std::uint64_t remaining_ = 0;
  std::uint64_t messages_ = 0;
  std::array<unsigned char, longest_header> header_{};
  std::uint8_t header_size_ = 0;
  bool in_close_ = false;
  /// The Close frame so far.
  std::string held_;
  std::optional<CloseFrame> close_;
};

/// The length of the frame header that begins with `bytes`, 2 to 14; at least two bytes must be there.
[[nodiscard]] std::size_t header_length(unsigned char second_byte) noexcept;

}  // namespace proxy
