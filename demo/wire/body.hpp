// Decides where the body of a message ends: by length, by chunks or by the end of the connection (RFC 9112 section 6).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "demo/wire/head.hpp"

namespace wire {

/// What tells the end of a body; `invalid`: nothing that can be trusted.
enum class Framing { none, length, chunked, until_close, invalid };

/// How a body is delimited; `length` counts only for Framing::length.
struct BodyFrame {
  Framing framing = Framing::none;
  std::uint64_t length = 0;
};

/// The frame of a request's body; `invalid` for every combination that two parsers could read differently.
[[nodiscard]] BodyFrame frame_of_request(const RequestHead& head);
/// The frame of the body of an answer to a request with that method.
[[nodiscard]] BodyFrame frame_of_response(const ResponseHead& head, std::string_view method);

/// Takes a body out of its frame piece by piece.
class BodyDecoder {
 public:
  /// Complete at once for a body of no bytes, failed at once for an invalid frame.
  explicit BodyDecoder(BodyFrame frame);
  /// Consumes from `input` what belongs to the body, appends its payload to `payload`, returns how many bytes it
  /// consumed: all of them until the body is complete or failed.
  std::size_t take(std::string_view input, std::string& payload);
  /// The end of the connection came: completes a body that is delimited so, fails any other that is incomplete.
  void end();
  /// Whether the last byte of the body was taken.
  [[nodiscard]] bool complete() const noexcept { return state_ == State::complete; }
  /// Whether the bytes were no such body.
  [[nodiscard]] bool failed() const noexcept { return state_ == State::failed; }
  /// What came after the last chunk, known once complete.
  [[nodiscard]] const Fields& trailers() const noexcept { return trailers_; }

 private:
  enum class State { data, until_close, chunk_size, chunk_data, chunk_end, trailer, complete, failed };
  bool take_line(char c);
  void on_line();
  void on_chunk_size();

  State state_ = State::complete;
  std::uint64_t left_ = 0;
  std::string line_;
  std::size_t trailer_bytes_ = 0;
  Fields trailers_;
};

/// One chunk with that payload; the last one of a body for an empty payload, without trailers.
[[nodiscard]] std::string chunk(std::string_view payload);

}  // namespace wire
