// Decides where one WebSocket frame ends and the next begins (RFC 6455 section 5.2), and what a Close frame says.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wire {

namespace opcode {
inline constexpr std::uint8_t continuation = 0x0;
inline constexpr std::uint8_t text = 0x1;
inline constexpr std::uint8_t binary = 0x2;
inline constexpr std::uint8_t close = 0x8;
inline constexpr std::uint8_t ping = 0x9;
inline constexpr std::uint8_t pong = 0xa;
}  // namespace opcode

/// The header of one frame.
struct FrameHeader {
  /// FIN, RSV1-3 and opcode as they came.
  std::uint8_t first_byte = 0;
  bool masked = false;
  std::array<char, 4> mask{};
  std::uint64_t length = 0;
  /// Bytes of the header itself, 2 to 14.
  std::size_t size = 0;

  /// One of wire::opcode, or a reserved one.
  [[nodiscard]] std::uint8_t opcode() const noexcept { return first_byte & 0x0f; }
  /// Whether it ends its message.
  [[nodiscard]] bool fin() const noexcept { return (first_byte & 0x80) != 0; }
  /// Close, Ping, Pong or a reserved opcode above 7.
  [[nodiscard]] bool control() const noexcept { return (first_byte & 0x08) != 0; }
};

/// What a Close frame said; code 1005 where it said nothing.
struct CloseMessage {
  std::uint16_t code = 1005;
  std::string reason;
};

/// The header at the start of the bytes; nothing while it is not whole.
[[nodiscard]] std::optional<FrameHeader> parse_frame_header(std::string_view bytes);
/// The header of an unmasked frame, its length in the shortest form.
[[nodiscard]] std::string unmasked_header(std::uint8_t first_byte, std::uint64_t length);
/// A whole unmasked frame with FIN set.
[[nodiscard]] std::string unmasked_frame(std::uint8_t opcode, std::string_view payload);
/// The payload of a Close frame.
[[nodiscard]] std::string close_payload(const CloseMessage& message);
/// What a Close frame's unmasked payload says.
[[nodiscard]] CloseMessage parse_close_payload(std::string_view payload);
/// The answer to a client's `Sec-WebSocket-Key` (RFC 6455 section 4.2.2).
[[nodiscard]] std::string accept_of(std::string_view key);

/// A part of one frame, its payload unmasked.
struct FramePiece {
  FrameHeader header;
  bool begins = false;
  bool ends = false;
  std::string payload;
};

/// Takes frames apart as their bytes arrive, large ones in pieces.
class FrameReader {
 public:
  /// The next piece in the bytes, which it consumes; nothing once all are consumed.
  [[nodiscard]] std::optional<FramePiece> next(std::string_view& bytes);

 private:
  std::string header_bytes_;
  std::optional<FrameHeader> current_;
  std::uint64_t taken_ = 0;
};

/// Follows one direction of a WebSocket without keeping its payload.
class FrameScanner {
 public:
  /// The next bytes of that direction.
  void take(std::string_view bytes);
  /// Frames whose last byte was taken.
  [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }
  /// All bytes taken, headers included.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  /// Whether the last byte was the last one of a frame.
  [[nodiscard]] bool between_frames() const noexcept { return header_bytes_.empty() && !current_; }
  /// The first Close frame, once it is whole.
  [[nodiscard]] const std::optional<CloseMessage>& close() const noexcept { return close_; }

 private:
  void on_frame_end();

  std::string header_bytes_;
  std::optional<FrameHeader> current_;
  std::uint64_t taken_ = 0;
  std::string control_payload_;
  std::uint64_t frames_ = 0;
  std::uint64_t bytes_ = 0;
  std::optional<CloseMessage> close_;
};

}  // namespace wire
