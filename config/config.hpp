// Decides what there is to set: every setting with its type, unit, default and reason. `load.hpp` fills it, nobody
// changes it afterwards.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/ids.hpp"
#include "config/secret.hpp"

namespace config {

using Duration = std::chrono::milliseconds;

/// An address range of `trusted_proxies`, IPv4 or IPv6.
using Network = std::variant<boost::asio::ip::network_v4, boost::asio::ip::network_v6>;

/// TLS towards browsers; off unless self-signed or a certificate is given.
struct ListenTls {
  /// `PROXY_SSL_INSECURE`: a certificate made at start, in memory; browsers must be told to accept it. It concerns this
  /// listener only, never how upstream is verified (X7).
  bool self_signed = false;
  /// PEM files; both or none.
  std::string certificate_file;
  std::string private_key_file;
  /// PEM file of authorities whose client certificates are demanded; empty: none is asked for.
  std::string client_ca_file;

  /// Whether browsers speak TLS.
  [[nodiscard]] bool enabled() const noexcept { return self_signed || !certificate_file.empty(); }
};

/// Where browsers connect.
struct Listen {
  /// An address, or empty for all of IPv6 and IPv4 in one socket.
  std::optional<boost::asio::ip::address> address;
  /// 0 lets the system choose; the start line tells which it chose.
  std::uint16_t port = 49100;
  ListenTls tls;
  /// Peers whose `X-Forwarded-*` are believed (F9).
  std::vector<Network> trusted_proxies;
};

/// NVCF's gateway.
struct Upstream {
  bool tls = true;
  /// Name or address to connect to, an IPv6 address without its brackets.
  std::string host;
  std::uint16_t port = 443;
  /// What `Host` says: name or address, an IPv6 address in brackets, with `:port` unless it is the scheme's own. Always
  /// set: made from `host` and `port` unless `NVCF_HOST` says otherwise.
  std::string authority;
  /// What the certificate must prove and SNI tells: the name in `authority`, without port or brackets.
  std::string tls_name;
  Secret api_key;
  /// PEM file of the authorities to trust instead of the system's.
  std::string ca_file;
  /// PEM files of our own certificate towards a gateway that asks for one; both or none.
  std::string client_certificate_file;
  std::string client_key_file;
  /// Per address, not per name (S12).
  Duration connect_timeout = std::chrono::seconds(4);
  /// Until the answer's head, a cold start of a GPU takes minutes (S13), and between two pieces of its body.
  Duration response_timeout = std::chrono::seconds(120);
  /// Spare connections kept ready per thread, TLS done and never used before (S1); 0: none.
  std::size_t warm_connections = 2;
};

/// Which functions may be reached.
struct Functions {
  std::optional<FunctionId> default_id;
  std::optional<VersionId> default_version;
  /// What a client may name; the default one is always among them.
  std::vector<FunctionId> allowed;
};

/// How a refusal before the 101 reaches a WebSocket client (F11).
enum class Refusals {
  /// as an HTTP status, which a browser hides from JavaScript
  status,
  /// the socket is opened and closed at once with 4000 + status, which it shows
  close,
};

/// What concerns browsers alone.
struct Browser {
  /// Origins as `scheme://host[:port]`; empty: every origin (`*`).
  std::vector<std::string> allowed_origins;
  /// Names of the cookies that go upstream, `nvcf-request-id` always among them; nothing: all of them (F7).
  std::optional<std::vector<std::string>> forward_cookies;
  Refusals refusals = Refusals::status;
  /// A request for a session that is gone is repeated once without its id (C3).
  bool retry_stale_session = true;
};

/// WebSocket pings (S2). Read and judged; nothing sends them yet.
struct Keepalive {
  /// Silence after which a side is pinged; 0: never.
  Duration ping_interval = std::chrono::seconds(20);
  /// Wait for the pong of a peer that answered one before; 0: TCP alone judges.
  Duration pong_timeout = std::chrono::seconds(40);
};

/// What one client may cost.
struct Limits {
  /// Sessions at once; 0: what the limit of file descriptors allows.
  std::size_t sessions = 0;
  /// All of a request's head; users with many cookies send 40 KiB (F8).
  std::size_t header_bytes = std::size_t{64} * 1024;
  /// Until a request's head is complete.
  Duration request_timeout = std::chrono::seconds(10);
  /// Between two requests of a connection, and between two pieces of a body.
  Duration idle_timeout = std::chrono::seconds(75);
  /// TLS handshake, either side.
  Duration handshake_timeout = std::chrono::seconds(10);
  /// A reader that takes nothing for so long is lost.
  Duration write_timeout = std::chrono::seconds(30);
};

/// What is logged: a level and all above it.
enum class LogLevel { trace, debug, info, warn, error, off };
/// For people, or for machines.
enum class LogFormat { text, json };

/// What is logged, and how.
struct Log {
  LogLevel level = LogLevel::info;
  /// Text on a terminal, else JSON.
  LogFormat format = LogFormat::json;
};

/// Where health is told.
struct Admin {
  /// nothing: off
  std::optional<boost::asio::ip::address> address = boost::asio::ip::address_v4::loopback();
  std::uint16_t port = 9901;
};

/// Everything the operator wants. Immutable once loaded; shared by all threads.
struct Config {
  Listen listen;
  Upstream upstream;
  Functions functions;
  Browser browser;
  Keepalive keepalive;
  Limits limits;
  /// How long sessions may go on after SIGTERM (S8).
  Duration drain_timeout = std::chrono::seconds(25);
  Admin admin;
  Log log;
  /// 0: one per CPU.
  unsigned threads = 0;
};

}  // namespace config
