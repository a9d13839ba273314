#include "proxy/http/framing.hpp"

#include <algorithm>
#include <boost/asio/ip/address_v6.hpp>
#include <charconv>
#include <limits>
#include <string>

#include "proxy/http/hop.hpp"

namespace proxy {
namespace {

/// A complaint about a body's length; the side decides its code.
using Complaint = std::optional<std::string>;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_alphanumeric(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool has_control(std::string_view text, bool tab_allowed) noexcept {
  return std::ranges::any_of(text, [tab_allowed](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && !(tab_allowed && c == '\t')) || byte == 0x7f;
  });
}

std::optional<std::string_view> fault_of_start_line(std::string_view line) noexcept {
  if (line.empty()) return "is empty where the start line should be";
  if (has_control(line, false)) return "has a control character";
  return std::nullopt;
}

std::optional<std::string_view> fault_of_field_line(std::string_view line) noexcept {
  if (line.front() == ' ' || line.front() == '\t') return "starts with white space (obsolete line folding)";
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return "has no colon";
  const std::string_view name = line.substr(0, colon);
  if (name.empty()) return "has no field name";
  if (name.back() == ' ' || name.back() == '\t') return "has white space before its colon";
  if (!is_token(name)) return "has a field name that is no token";
  if (has_control(line.substr(colon + 1), true)) return "has a control character, a bare CR or a bare LF";
  return std::nullopt;
}

/// Whether `name` is `listed`, spelled in a way that only some recipients understand.
bool poses_as(std::string_view name, std::string_view listed) noexcept {
  return reads_as(name, listed) && !same_name(name, listed);
}

std::optional<std::uint64_t> parse_length(std::string_view text) noexcept {
  // not only what fits: the gateway holds lengths in 63 bits, so a longer one would be read differently there
  constexpr auto longest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size() || length > longest) return std::nullopt;
  return length;
}

/// What the framing fields say, whatever kind of message they are in; nothing said is Kind::none.
Complaint read_framing(unsigned version, const Fields& fields, BodyFraming& framing) {
  const std::size_t lengths = count(fields, "Content-Length");
  const std::size_t encodings = count(fields, "Transfer-Encoding");
  for (const Field& field : fields) {
    if (poses_as(field.name, "Content-Length") || poses_as(field.name, "Transfer-Encoding"))
      return "a framing field is spelled with an underscore";
  }
  if (lengths > 0 && encodings > 0) return "Content-Length beside Transfer-Encoding";
  if (lengths > 1) return "more than one Content-Length";
  if (encodings > 1) return "more than one Transfer-Encoding";
  if (encodings == 1) {
    if (version < 11) return "Transfer-Encoding in HTTP/1.0";
    if (!same_name(*find(fields, "Transfer-Encoding"), "chunked")) return "a Transfer-Encoding other than chunked";
    framing = {BodyFraming::Kind::chunked, 0};
  } else if (lengths == 1) {
    const std::optional<std::uint64_t> length = parse_length(*find(fields, "Content-Length"));
    if (!length) return "a Content-Length that is no length";
    framing = {BodyFraming::Kind::length, *length};
  }
  return std::nullopt;
}

bool is_port(std::string_view text) noexcept {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535 && text.size() <= 5;
}

bool is_bracketed_address(std::string_view text) {
  if (text.size() < 4 || text.front() != '[' || text.back() != ']') return false;
  const std::string_view address = text.substr(1, text.size() - 2);
  if (address.find('%') != std::string_view::npos) return false;  // a zone means something on one machine only
  boost::system::error_code error;
  boost::asio::ip::make_address_v6(address, error);
  return !error;
}

/// host[:port], narrower than RFC 3986 where nobody uses the width: no sub-delimiters, no percent-encoding.
bool is_host(std::string_view text) {
  const bool bracketed = !text.empty() && text.front() == '[';
  const std::size_t host_end = bracketed ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  const std::string_view host = text.substr(0, host_end);
  const std::string_view port = text.substr(host_end);
  if (!port.empty() && (port.front() != ':' || !is_port(port.substr(1)))) return false;
  if (bracketed) return is_bracketed_address(host);
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
  });
}

}  // namespace

void find_head_end(std::string_view bytes, HeadScan& scan) noexcept {
  if (scan.malformed || scan.length != 0) return;
  for (;;) {
    const std::size_t cr = std::min(bytes.find('\r', scan.scanned), bytes.size());
    if (bytes.substr(scan.scanned, cr - scan.scanned).find('\n') != std::string_view::npos) {
      scan.malformed = true;
      return;
    }
    scan.scanned = cr;
    if (cr + 1 >= bytes.size()) return;  // what follows a CR decides, so it is looked at again
    if (bytes[cr + 1] != '\n') {
      scan.malformed = true;
      return;
    }
    scan.scanned = cr + 2;
    if (cr == 0 || bytes[cr - 1] == '\n') {
      scan.length = scan.scanned;
      return;
    }
  }
}

std::optional<Failure> judge_lines(std::string_view head) {
  constexpr std::string_view line_end = "\r\n";
  for (unsigned number = 1; number == 1 || head != line_end; ++number) {
    const std::size_t end = head.find(line_end);
    if (end == std::string_view::npos) return Failure{errc::malformed_request, "the head has no end"};
    const std::string_view line = head.substr(0, end);
    const std::optional<std::string_view> fault =
        number == 1 ? fault_of_start_line(line)
                    : (line.empty() ? "is empty inside the head" : fault_of_field_line(line));
    if (fault) {
      return Failure{errc::malformed_request, "line " + std::to_string(number) + " " + std::string(*fault)};
    }
    head.remove_prefix(end + line_end.size());
  }
  return std::nullopt;
}

boost::system::result<BodyFraming, Failure> judge_request_framing(const RequestHead& head) {
  BodyFraming framing;
  if (Complaint complaint = read_framing(head.version, head.fields, framing)) {
    return Failure{errc::ambiguous_framing, *std::move(complaint)};
  }
  return framing;
}

boost::system::result<BodyFraming, Failure> judge_response_framing(const ResponseHead& head, http::verb method) {
  BodyFraming framing;
  if (Complaint complaint = read_framing(head.version, head.fields, framing)) {
    return Failure{errc::upstream_malformed, *std::move(complaint)};
  }
  if (head.status < 200 || head.status == 204) {
    // RFC 9112 section 6.3: these have no body, so a sender that announces one cannot be understood
    if (framing.has_body()) return Failure{errc::upstream_malformed, "a body announced where none can be"};
    return BodyFraming{};
  }
  if (method == http::verb::head || head.status == 304) return BodyFraming{};
  if (framing.kind == BodyFraming::Kind::none) framing.kind = BodyFraming::Kind::until_close;
  return framing;
}

std::optional<Failure> judge_counts(const Fields& fields) {
  constexpr std::size_t most_fields = 256;  // browsers send about 20, HAProxy takes 101
  constexpr std::size_t most_connection_names = 64;
  if (fields.size() > most_fields) return Failure{errc::head_too_large, "more than 256 header lines"};
  if (list(fields, "Connection").size() > most_connection_names)
    return Failure{errc::head_too_large, "more than 64 names in Connection"};
  return std::nullopt;
}

std::optional<Failure> judge_host(const RequestHead& head) {
  const std::size_t hosts = count(head.fields, "Host");
  if (hosts == 0 && head.version < 11) return std::nullopt;
  if (hosts == 0) return Failure{errc::malformed_request, "no Host"};
  if (hosts > 1) return Failure{errc::malformed_request, "more than one Host"};
  if (!is_host(*find(head.fields, "Host"))) return Failure{errc::malformed_request, "Host is not host[:port]"};
  return std::nullopt;
}

bool keeps_alive(unsigned version, const Fields& fields) {
  if (list_has(fields, "Connection", "close")) return false;
  return version >= 11 || list_has(fields, "Connection", "keep-alive");
}

}  // namespace proxy
