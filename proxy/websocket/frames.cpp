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

std::size_t length_bytes(unsigned char second_byte) noexcept {
  const unsigned length = second_byte & length_bits;
  return length == 126 ? 2 : length == 127 ? 8 : 0;
}

}  // namespace

std::size_t header_length(unsigned char second_byte) noexcept {
  return 2 + length_bytes(second_byte) + ((second_byte & mask_bit) != 0 ? 4 : 0);
}

void FrameScanner::begin_frame(const unsigned char* header) {
  final_ = (header[0] & final_bit) != 0;
  opcode_ = header[0] & opcode_bits;
  const std::size_t extended = length_bytes(header[1]);
  remaining_ = header[1] & length_bits;
  if (extended != 0) {
    remaining_ = 0;
    for (std::size_t i = 0; i < extended; ++i) remaining_ = remaining_ << 8 | header[2 + i];
  }
  in_close_ = opcode_ == opcode_close && !close_ && remaining_ <= longest_control;
  if (in_close_) {
    mask_ = {};
    if ((header[1] & mask_bit) != 0) std::copy_n(header + 2 + extended, mask_.size(), mask_.begin());
    close_payload_.clear();
  }
  if (remaining_ == 0) end_frame();
}

void FrameScanner::end_frame() {
  if (opcode_ < first_control_opcode && final_) ++messages_;
  if (!in_close_) return;
  in_close_ = false;
  CloseFrame frame;
  if (close_payload_.size() >= 2) {
    for (std::size_t i = 0; i < close_payload_.size(); ++i)
      close_payload_[i] = static_cast<char>(static_cast<unsigned char>(close_payload_[i]) ^ mask_[i % mask_.size()]);
    frame.code = static_cast<std::uint16_t>(static_cast<unsigned char>(close_payload_[0]) << 8 |
                                            static_cast<unsigned char>(close_payload_[1]));
    frame.reason = close_payload_.substr(2);
  }
  close_payload_ = {};
  close_ = std::move(frame);
}

void FrameScanner::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (remaining_ > 0) {
      const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
      if (in_close_) close_payload_.append(bytes.substr(0, taken));
      remaining_ -= taken;
      bytes.remove_prefix(taken);
      if (remaining_ == 0) end_frame();
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
}

}  // namespace proxy
