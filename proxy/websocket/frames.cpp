#include "proxy/websocket/frames.hpp"

#include <algorithm>

namespace proxy {
namespace {

constexpr unsigned char final_bit = 0x80;
constexpr unsigned char mask_bit = 0x80;
constexpr unsigned char opcode_bits = 0x0f;
constexpr unsigned char length_bits = 0x7f;
constexpr std::uint8_t opcode_close = 0x8;
constexpr std::uint8_t first_control_opcode = 0x8;
constexpr std::size_t longest_control = 125;
constexpr std::size_t mask_bytes = 4;

std::size_t length_bytes(unsigned char second_byte) noexcept {
  const unsigned length = second_byte & length_bits;
  return length == 126 ? 2 : length == 127 ? 8 : 0;
}

std::uint64_t payload_length(const unsigned char* header) noexcept {
  const std::size_t extended = length_bytes(header[1]);
  if (extended == 0) return header[1] & length_bits;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < extended; ++i) length = length << 8 | header[2 + i];
  return length;
}

}  // namespace

std::size_t header_length(unsigned char second_byte) noexcept {
  return 2 + length_bytes(second_byte) + ((second_byte & mask_bit) != 0 ? 4 : 0);
}

void FrameScanner::begin_frame(const unsigned char* header) {
  remaining_ = payload_length(header);
  const bool data = (header[0] & opcode_bits) < first_control_opcode;
  if (data && (header[0] & final_bit) != 0) ++messages_;
}

void FrameScanner::hold(std::string_view bytes) {
  for (const char byte : bytes) {
    held_.push_back(byte);
    if (held_.size() < 2) continue;
    const auto* frame = reinterpret_cast<const unsigned char*>(held_.data());
    const std::size_t header = header_length(frame[1]);
    // a control frame has at most 125 bytes (RFC 6455 section 5.5): a longer one is no Close frame that anybody reads
    const std::size_t payload = std::min<std::size_t>(frame[1] & length_bits, longest_control);
    if (held_.size() < header + payload) continue;
    read_close();
    return;
  }
}

void FrameScanner::read_close() {
  const auto* frame = reinterpret_cast<const unsigned char*>(held_.data());
  const std::size_t header = header_length(frame[1]);
  const bool masked = (frame[1] & mask_bit) != 0;
  std::string payload = held_.substr(header);
  for (std::size_t i = 0; masked && i < payload.size(); ++i)
    payload[i] =
        static_cast<char>(static_cast<unsigned char>(payload[i]) ^ frame[header - mask_bytes + i % mask_bytes]);
  CloseFrame close;
  if (payload.size() >= 2) {
    close.code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                            static_cast<unsigned char>(payload[1]));
    close.reason = payload.substr(2);
  }
  close_ = std::move(close);
}

std::string_view FrameScanner::feed(std::string_view bytes) {
  const std::string_view all = bytes;
  while (!bytes.empty()) {
    if (in_close_) {
      const std::size_t passed = all.size() - bytes.size();
      if (!close_) hold(bytes);
      return all.substr(0, passed);
    }
    if (remaining_ > 0) {
      const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
      remaining_ -= taken;
      bytes.remove_prefix(taken);
      continue;
    }
    if (header_size_ == 0 && (static_cast<unsigned char>(bytes.front()) & opcode_bits) == opcode_close) {
      in_close_ = true;
      continue;
    }
    if (header_size_ == 0 && bytes.size() >= 2) {  // nearly always the whole header is there
      const std::size_t length = header_length(static_cast<unsigned char>(bytes[1]));
      if (bytes.size() >= length) {
        begin_frame(reinterpret_cast<const unsigned char*>(bytes.data()));
        bytes.remove_prefix(length);
        continue;
      }
    }
    header_[header_size_++] = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (header_size_ >= 2 && header_size_ == header_length(header_[1])) {
      header_size_ = 0;
      begin_frame(header_.data());
    }
  }
  return all;
}

}  // namespace proxy
