#include "config/endpoint.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string lower_case(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lowered;
}

ReadResult<std::uint16_t> read_port(std::string_view text, std::uint16_t least) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < least) {
    return Wrong{"has a port that is not a number up to 65535"};
  }
  return port;
}

/// URL parsers take a host that ends in a number for an IPv4 address; a resolver does not, and they would disagree
/// about whom we speak to.
bool ends_in_number(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const std::size_t dot = host.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? host : host.substr(dot + 1);
  return !last.empty() && std::ranges::all_of(last, is_digit);
}

ReadResult<std::string> read_name(std::string_view text) {
  if (text.empty()) return Wrong{"has no host"};
  if (const auto address = read_address(text)) return address->to_string();
  const std::string_view without_dot = text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
  std::size_t label = 0;
  for (const char c : without_dot) {
    if (c != '.' && c != '-' && c != '_' && !is_digit(c) && !is_letter(c)) {
      return Wrong{"has a host with characters that no host name has"};
    }
    label = c == '.' ? 0 : label + 1;
    if (label > 63) return Wrong{"has a host name with a part of more than 63 characters"};
  }
  if (without_dot.empty() || without_dot.size() > 253 || without_dot.front() == '.' || without_dot.back() == '.' ||
      without_dot.find("..") != std::string_view::npos) {
    return Wrong{"has a host that is no host name"};
  }
  if (ends_in_number(text)) return Wrong{"has a host that looks like an IPv4 address but is none"};
  return lower_case(text);
}

std::uint16_t port_of_scheme(std::string_view scheme) {
  if (scheme == "https") return 443;
  return scheme == "http" ? 80 : 0;
}

}  // namespace

std::optional<boost::asio::ip::address> read_address(std::string_view text) {
  boost::system::error_code error;
  auto address = boost::asio::ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return address;
}

ReadResult<HostPort> read_host_port(std::string_view text, std::uint16_t least_port) {
  std::string_view host = text;
  std::optional<std::string_view> port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return Wrong{"has a bracket that is not closed"};
    host = text.substr(1, close - 1);
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return Wrong{"has something behind the bracket that is no port"};
    if (!rest.empty()) port = rest.substr(1);
    const auto address = read_address(host);
    if (!address || !address->is_v6()) return Wrong{"has brackets without an IPv6 address in them"};
  } else if (std::ranges::count(text, ':') == 1) {
    host = text.substr(0, text.find(':'));
    port = text.substr(text.find(':') + 1);
  } else if (std::ranges::count(text, ':') > 1 && !read_address(text)) {
    return Wrong{"has more than one colon and is no IPv6 address; with a port, brackets go around the address"};
  }
  auto name = read_name(host);
  if (!name) return name.error();
  HostPort result{*std::move(name), std::nullopt};
  if (port) {
    const auto number = read_port(*port, least_port);
    if (!number) return number.error();
    result.port = *number;
  }
  return result;
}

ReadResult<Server> read_server(std::string_view text) {
  std::string scheme = "https";
  if (const std::size_t end = text.find("://"); end != std::string_view::npos) {
    scheme = lower_case(text.substr(0, end));
    text.remove_prefix(end + 3);
    if (scheme != "https" && scheme != "http") return Wrong{"has a scheme that is neither https nor http"};
    if (text.ends_with('/') && text.find('/') == text.size() - 1) text.remove_suffix(1);
  }
  if (text.find('@') != std::string_view::npos) return Wrong{"holds credentials, which belong in NVCF_API_KEY"};
  if (text.find('/') != std::string_view::npos) return Wrong{"has a path; only a host and a port are expected"};
  if (text.find_first_of("?#") != std::string_view::npos) {
    return Wrong{"has a query or a fragment; only a host and a port are expected"};
  }
  auto where = read_host_port(text);
  if (!where) return where.error();
  return Server{scheme == "https", std::move(where->host), where->port.value_or(port_of_scheme(scheme))};
}

ReadResult<std::string> read_origin(std::string_view text) {
  if (text == "null") return Wrong{"is what every sandboxed page says, so it proves nothing"};
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos || end == 0) return Wrong{"is not of the form scheme://host[:port]"};
  const std::string scheme = lower_case(text.substr(0, end));
  if (!is_letter(scheme.front()) || !std::ranges::all_of(scheme, [](char c) {
        return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
      })) {
    return Wrong{"has a scheme that is none"};
  }
  const std::string_view rest = text.substr(end + 3);
  if (rest.find('*') != std::string_view::npos) return Wrong{"is a pattern; origins are listed one by one"};
  if (rest.find_first_of("/?#@") != std::string_view::npos) {
    return Wrong{"has more than scheme, host and port; an origin does not even end with a slash"};
  }
  if (std::ranges::any_of(rest, [](char c) { return static_cast<unsigned char>(c) > 0x7f; })) {
    return Wrong{"has a host that is not in ASCII; browsers send its xn-- form"};
  }
  const auto where = read_host_port(rest);
  if (!where) return where.error();
  const std::uint16_t usual = port_of_scheme(scheme);
  return scheme + "://" + write_authority(where->host, where->port.value_or(usual), usual);
}

std::string write_authority(std::string_view host, std::uint16_t port, std::uint16_t usual_port) {
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string text(host);
  if (text.find(':') != std::string::npos) text = "[" + text + "]";
  if (port != usual_port) text += ":" + std::to_string(port);
  return text;
}

}  // namespace config
