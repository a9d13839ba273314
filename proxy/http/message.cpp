#include "proxy/http/message.hpp"

#include <boost/beast/http/error.hpp>
#include <limits>
#include <string>

namespace proxy {
namespace {

// most requests of a browser have 12 to 20 fields: one allocation
constexpr std::size_t usual_fields = 24;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

template <bool isRequest>
Failure malformed(const boost::beast::error_code& error) {
  return {isRequest ? errc::malformed_request : errc::upstream_malformed, error.message()};
}

}  // namespace

template <bool isRequest>
MessageParser<isRequest>::MessageParser() {
  // limits of bytes are held where the bytes are read; Beast's would only be a second opinion
  base().header_limit(std::numeric_limits<std::uint32_t>::max());
  base().body_limit(boost::none);
  head_.fields.reserve(usual_fields);
}

template <bool isRequest>
std::optional<Failure> MessageParser<isRequest>::read_head(std::string_view text) {
  boost::beast::error_code error;
  base().put(boost::asio::const_buffer(text.data(), text.size()), error);
  if (error) return malformed<isRequest>(error);
  if (!base().is_header_done()) return Failure{malformed<isRequest>(http::error::partial_message)};
  return std::nullopt;
}

template <bool isRequest>
auto MessageParser<isRequest>::next(std::string_view input) -> boost::system::result<Piece, Failure> {
  piece_ = {};
  boost::beast::error_code error;
  const std::size_t consumed = base().put(boost::asio::const_buffer(input.data(), input.size()), error);
  if (error && error != http::error::need_more) return malformed<isRequest>(error);
  return Piece{consumed, piece_};
}

template <bool isRequest>
std::optional<Failure> MessageParser<isRequest>::end_of_input() {
  boost::beast::error_code error;
  base().put_eof(error);
  if (error) return malformed<isRequest>(error);
  return std::nullopt;
}

template <bool isRequest>
void MessageParser<isRequest>::on_request_impl(http::verb method, Text method_text, Text target, int version,
                                               Error& error) {
  if constexpr (isRequest) {
    if (version != 10 && version != 11) error = http::error::bad_version;
    head_.method = method;
    head_.method_text = view(method_text);
    head_.target = view(target);
    head_.version = static_cast<unsigned>(version);
  }
}

template <bool isRequest>
void MessageParser<isRequest>::on_response_impl(int status, Text reason, int version, Error& error) {
  if constexpr (!isRequest) {
    if (version != 10 && version != 11) error = http::error::bad_version;
    if (status < 100 || status > 599) error = http::error::bad_status;  // RFC 9110 section 15
    head_.status = static_cast<unsigned>(status);
    head_.reason = view(reason);
    head_.version = static_cast<unsigned>(version);
  }
}

template <bool isRequest>
void MessageParser<isRequest>::on_field_impl(http::field id, Text name, Text value, Error&) {
  if (!head_done_) head_.fields.push_back({id, view(name), view(value)});
}

template <bool isRequest>
void MessageParser<isRequest>::on_header_impl(Error&) {
  head_done_ = true;
}

template <bool isRequest>
void MessageParser<isRequest>::on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) {}

template <bool isRequest>
std::size_t MessageParser<isRequest>::on_body_impl(Text body, Error&) {
  piece_ = view(body);
  return body.size();
}

template <bool isRequest>
void MessageParser<isRequest>::on_chunk_header_impl(std::uint64_t, Text, Error&) {}

template <bool isRequest>
std::size_t MessageParser<isRequest>::on_chunk_body_impl(std::uint64_t, Text body, Error&) {
  piece_ = view(body);
  return body.size();
}

template <bool isRequest>
void MessageParser<isRequest>::on_finish_impl(Error&) {}

template class MessageParser<true>;
template class MessageParser<false>;

}  // namespace proxy
