#include "demo/wire/body.hpp"

#include <algorithm>
#include <charconv>

namespace wire {
namespace {

constexpr std::size_t line_limit_bytes = 8192;
constexpr std::size_t trailer_limit_bytes = 65536;

// decimal digits only; no sign, no list, no overflow
BodyFrame frame_of_length(std::string_view text) {
  BodyFrame frame{Framing::length, 0};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), frame.length);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return {Framing::invalid, 0};
  return frame;
}

BodyFrame frame_of_fields(const Fields& fields, bool http11, Framing without) {
  const auto lengths = fields.all("content-length");
  const auto encodings = fields.all("transfer-encoding");
  if (!encodings.empty()) {
    const bool sole = encodings.size() == 1 && lengths.empty() && http11;
    return {sole && same_name(encodings.front(), "chunked") ? Framing::chunked : Framing::invalid, 0};
  }
  if (lengths.size() > 1) return {Framing::invalid, 0};
  if (lengths.empty()) return {without, 0};
  return frame_of_length(lengths.front());
}

}  // namespace

BodyFrame frame_of_request(const RequestHead& head) {
  return frame_of_fields(head.fields, head.version == "HTTP/1.1", Framing::none);
}

BodyFrame frame_of_response(const ResponseHead& head, std::string_view method) {
  if (head.status < 200 || head.status == 204 || head.status == 304 || method == "HEAD") return {Framing::none, 0};
  return frame_of_fields(head.fields, head.version == "HTTP/1.1", Framing::until_close);
}

BodyDecoder::BodyDecoder(BodyFrame frame) : left_{frame.length} {
  switch (frame.framing) {
    case Framing::none:
      break;
    case Framing::length:
      state_ = frame.length == 0 ? State::complete : State::data;
      break;
    case Framing::chunked:
      state_ = State::chunk_size;
      break;
    case Framing::until_close:
      state_ = State::until_close;
      break;
    case Framing::invalid:
      state_ = State::failed;
      break;
  }
}

std::size_t BodyDecoder::take(std::string_view input, std::string& payload) {
  std::size_t consumed = 0;
  while (consumed < input.size() && !complete() && !failed()) {
    const auto rest = input.substr(consumed);
    if (state_ == State::until_close) {
      payload += rest;
      return input.size();
    }
    if (state_ == State::data || state_ == State::chunk_data) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
      payload += rest.substr(0, size);
      left_ -= size;
      consumed += size;
      if (left_ == 0) state_ = state_ == State::data ? State::complete : State::chunk_end;
      continue;
    }
    ++consumed;
    if (take_line(rest.front())) on_line();
  }
  return consumed;
}

void BodyDecoder::end() {
  if (state_ == State::until_close) state_ = State::complete;
  if (state_ != State::complete) state_ = State::failed;
}

// true once line_ holds a whole line without its CRLF
bool BodyDecoder::take_line(char c) {
  line_ += c;
  if (line_.size() > line_limit_bytes) state_ = State::failed;
  if (!line_.ends_with("\r\n")) return false;
  line_.resize(line_.size() - 2);
  return state_ != State::failed;
}

void BodyDecoder::on_line() {
  if (state_ == State::chunk_size) {
    on_chunk_size();
  } else if (state_ == State::chunk_end) {
    state_ = line_.empty() ? State::chunk_size : State::failed;
  } else if (line_.empty()) {
    state_ = State::complete;
  } else {
    trailer_bytes_ += line_.size();
    const auto colon = line_.find(':');
    if (colon == std::string::npos || trailer_bytes_ > trailer_limit_bytes) {
      state_ = State::failed;
    } else {
      trailers_.add(line_.substr(0, colon), trimmed(std::string_view{line_}.substr(colon + 1)));
    }
  }
  line_.clear();
}

void BodyDecoder::on_chunk_size() {
  const auto digits = std::string_view{line_}.substr(0, line_.find(';'));
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), left_, 16);
  if (digits.empty() || parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size()) {
    state_ = State::failed;
  } else {
    state_ = left_ == 0 ? State::trailer : State::chunk_data;
  }
}

std::string chunk(std::string_view payload) {
  if (payload.empty()) return "0\r\n\r\n";
  char digits[16];
  const auto written = std::to_chars(digits, digits + sizeof digits, payload.size(), 16);
  std::string text{digits, written.ptr};
  text.append("\r\n").append(payload).append("\r\n");
  return text;
}

}  // namespace wire
