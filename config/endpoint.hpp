// Decides how hosts, servers and origins are written, and into which one spelling they are brought.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace config {

/// Why a text is not what was expected, as the end of a sentence: "has no host". It never repeats the text, which may
/// be or hold a secret.
struct Wrong {
  Wrong() = default;
  /// Not from a std::string: a result of a string could then not tell an error from a value.
  explicit Wrong(const char* reason) : why(reason) {}

  std::string why;
};

/// What was read, or why it could not be.
template <class T>
using ReadResult = boost::system::result<T, Wrong>;

/// A name or an address (without brackets), and the port if one was written.
struct HostPort {
  std::string host;
  std::optional<std::uint16_t> port;

  bool operator==(const HostPort&) const = default;
};

/// Where a server is and how it is spoken to.
struct Server {
  bool tls = true;
  std::string host;
  std::uint16_t port = 443;

  bool operator==(const Server&) const = default;
};

/// `host`, `host:port`, `[v6]`, `[v6]:port` or a bare IPv6 address; names come out in lower case, addresses in their
/// shortest form, ports are `least_port` to 65535 (0 where the system may choose one). A host that looks like an IPv4
/// address must be one.
[[nodiscard]] ReadResult<HostPort> read_host_port(std::string_view text, std::uint16_t least_port = 1);

/// The same with `https://` or `http://` before it: https unless said, 443 or 80 unless said. A path, a query or
/// credentials are refused.
[[nodiscard]] ReadResult<Server> read_server(std::string_view text);

/// An origin as a browser writes it (RFC 6454 section 6.2): `scheme://host[:port]`, in lower case, without the port
/// that is its scheme's own. `null`, patterns, paths and names that are not in ASCII are refused.
[[nodiscard]] ReadResult<std::string> read_origin(std::string_view text);

/// `host`, with brackets if it is an IPv6 address, and `:port` unless that is `usual_port`; a final dot, which only the
/// resolver understands, is left out.
[[nodiscard]] std::string write_authority(std::string_view host, std::uint16_t port, std::uint16_t usual_port);

/// `text` without brackets as an address, if it is one.
[[nodiscard]] std::optional<boost::asio::ip::address> read_address(std::string_view text);

}  // namespace config
