// Makes WebSocket frames for tests, by the RFC and by nothing of the proxy's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The header bits of a frame (RFC 6455 section 5.2).
struct FrameShape {
  unsigned opcode = 1;
  bool final = true;
  bool masked = false;
  unsigned reserved_bits = 0;
};

/// The frame with `payload`, in the shortest length form; the mask is fixed.
inline std::string make_frame(FrameShape shape, std::string_view payload) {
  std::string frame;
  frame += static_cast<char>((shape.final ? 0x80U : 0U) | shape.reserved_bits << 4 | shape.opcode);
  const unsigned mask_bit = shape.masked ? 0x80U : 0U;
  const std::uint64_t size = payload.size();
  const int length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
  const std::uint64_t short_length = length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127;
  frame += static_cast<char>(mask_bit | short_length);
  for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift & 0xff);
  if (!shape.masked) return frame.append(payload);
  constexpr std::string_view mask = "\x11\x22\x33\x44";
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  return frame;
}
