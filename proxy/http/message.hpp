// Decides how bytes become a message: Beast's parser, fed by us, telling views where a message class would copy.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

#include "proxy/error.hpp"
#include "proxy/http/framing.hpp"
#include "proxy/http/head.hpp"

namespace proxy {

/// Reads one message: its head from a text that is complete, then its body piece by piece. Judges nothing beyond
/// syntax; that is for judge_lines before and for the framing's judges after. Failures are malformed_request for
/// requests and upstream_malformed for responses.
template <bool isRequest>
class MessageParser : private http::basic_parser<isRequest> {
 public:
  using Head = std::conditional_t<isRequest, RequestHead, ResponseHead>;

  /// A piece of a body; `data` points into the input that was given.
  struct Piece {
    /// Bytes of input that are done with. 0: more input is needed.
    std::size_t consumed = 0;
    std::string_view data;
  };

  MessageParser();

  /// Parses `text`, which ends with its empty line and passed judge_lines, and which must live as long as head() is
  /// used.
  [[nodiscard]] std::optional<Failure> read_head(std::string_view text);
  /// For the answer to a HEAD request: its framing headers announce a body that does not come. Call before read_head.
  void expect_no_body() { base().skip(true); }

  /// The head, once read_head has succeeded.
  [[nodiscard]] const Head& head() const noexcept { return head_; }

  /// The next piece of the body in `input`, without its chunk framing; trailers are read and dropped (F6).
  [[nodiscard]] boost::system::result<Piece, Failure> next(std::string_view input);
  /// The peer ended: fine for a body that lasts until close, else a failure.
  [[nodiscard]] std::optional<Failure> end_of_input();
  /// Whether the whole message was read.
  [[nodiscard]] bool done() const noexcept { return this->is_done(); }

 private:
  using Base = http::basic_parser<isRequest>;
  using Text = boost::beast::string_view;
  using Error = boost::beast::error_code;

  Base& base() noexcept { return *this; }

  void on_request_impl(http::verb method, Text method_text, Text target, int version, Error& error) override;
  void on_response_impl(int status, Text reason, int version, Error& error) override;
  void on_field_impl(http::field id, Text name, Text value, Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) override;
  std::size_t on_body_impl(Text body, Error& error) override;
  void on_chunk_header_impl(std::uint64_t size, Text extensions, Error& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, Text body, Error& error) override;
  void on_finish_impl(Error& error) override;

  Head head_;
  bool head_done_ = false;
  std::string_view piece_;
};

using RequestParser = MessageParser<true>;
using ResponseParser = MessageParser<false>;

extern template class MessageParser<true>;
extern template class MessageParser<false>;

}  // namespace proxy
