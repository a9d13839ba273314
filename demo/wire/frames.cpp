#include "demo/wire/frames.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace wire {
namespace {

constexpr std::size_t control_payload_limit = 125;

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

std::string to_big_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xff);
  return text;
}

}  // namespace

std::optional<FrameHeader> parse_frame_header(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  FrameHeader header;
  header.first_byte = static_cast<std::uint8_t>(bytes[0]);
  const auto second = static_cast<std::uint8_t>(bytes[1]);
  header.masked = (second & 0x80) != 0;
  const std::size_t short_length = second & 0x7f;
  const std::size_t length_bytes = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  header.size = 2 + length_bytes + (header.masked ? 4 : 0);
  if (bytes.size() < header.size) return std::nullopt;
  header.length = length_bytes == 0 ? short_length : big_endian(bytes.substr(2, length_bytes));
  if (header.masked) std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(2 + length_bytes), 4, header.mask.begin());
  return header;
}

std::string unmasked_header(std::uint8_t first_byte, std::uint64_t length) {
  std::string header{static_cast<char>(first_byte)};
  if (length < 126) return header += static_cast<char>(length);
  if (length <= 0xffff) return (header += '\x7e') += to_big_endian(length, 2);
  return (header += '\x7f') += to_big_endian(length, 8);
}

std::string unmasked_frame(std::uint8_t opcode, std::string_view payload) {
  return unmasked_header(static_cast<std::uint8_t>(0x80 | opcode), payload.size()).append(payload);
}

std::string close_payload(const CloseMessage& message) {
  if (message.code == 1005) return {};
  return to_big_endian(message.code, 2) + message.reason.substr(0, control_payload_limit - 2);
}

CloseMessage parse_close_payload(std::string_view payload) {
  if (payload.size() < 2) return {};
  return {static_cast<std::uint16_t>(big_endian(payload.substr(0, 2))), std::string{payload.substr(2)}};
}

std::string accept_of(std::string_view key) {
  const std::string text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr);
  unsigned char encoded[64];
  const int length = EVP_EncodeBlock(encoded, digest, static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(length)};
}

std::optional<FramePiece> FrameReader::next(std::string_view& bytes) {
  FramePiece piece;
  while (!current_ && !bytes.empty()) {
    header_bytes_ += bytes.front();
    bytes.remove_prefix(1);
    current_ = parse_frame_header(header_bytes_);
    piece.begins = current_.has_value();
  }
  if (!current_ || (bytes.empty() && !piece.begins)) return std::nullopt;
  piece.header = *current_;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(current_->length - taken_, bytes.size()));
  piece.payload = bytes.substr(0, size);
  for (std::size_t i = 0; i < size; ++i) {
    piece.payload[i] = static_cast<char>(piece.payload[i] ^ current_->mask[(taken_ + i) % 4]);
  }
  taken_ += size;
  bytes.remove_prefix(size);
  piece.ends = taken_ == current_->length;
  if (piece.ends) {
    current_.reset();
    header_bytes_.clear();
    taken_ = 0;
  }
  return piece;
}

void FrameScanner::take(std::string_view bytes) {
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    if (!current_) {
      header_bytes_ += bytes.front();
      bytes.remove_prefix(1);
      current_ = parse_frame_header(header_bytes_);
      if (current_ && current_->length == 0) on_frame_end();
      continue;
    }
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(current_->length - taken_, bytes.size()));
    if (current_->control()) {
      for (std::size_t i = 0; i < size && control_payload_.size() < control_payload_limit; ++i) {
        control_payload_ += static_cast<char>(bytes[i] ^ current_->mask[(taken_ + i) % 4]);
      }
    }
    taken_ += size;
    bytes.remove_prefix(size);
    if (taken_ == current_->length) on_frame_end();
  }
}

void FrameScanner::on_frame_end() {
  ++frames_;
  if (current_->opcode() == opcode::close && !close_) close_ = parse_close_payload(control_payload_);
  current_.reset();
  header_bytes_.clear();
  control_payload_.clear();
  taken_ = 0;
}

}  // namespace wire
