#include "config/settings.hpp"

#include <algorithm>

namespace config {
namespace {

template <class Kind, auto... path>
constexpr bool takes_list =
    requires(Config& config, const Values& values) { read_value(Kind{}, values, (config.*....*path)); };

template <class Kind, auto... path>
Verdict read_into(Config& config, const Values& values) {
  if constexpr (takes_list<Kind, path...>) {
    return read_value(Kind{}, values, (config.*....*path));
  } else {
    return read_value(Kind{}, values.front(), (config.*....*path));
  }
}

template <class Kind, auto... path>
Values write_from(const Config& config) {
  return write_value(Kind{}, (config.*....*path));
}

/// A row whose value is of `Kind` and lives at `path` in the configuration.
template <class Kind, auto... path>
constexpr Setting row(std::string_view key, std::string_view variable, std::string_view meaning,
                      std::string_view otherwise = "") {
  return {key,
          variable,
          meaning,
          otherwise,
          Kind::form,
          &read_into<Kind, path...>,
          &write_from<Kind, path...>,
          takes_list<Kind, path...>,
          std::is_same_v<Kind, Credential>,
          otherwise == "required"};
}

using Port = Number<0, 65535>;

constexpr auto listen = &Config::listen;
constexpr auto upstream = &Config::upstream;
constexpr auto functions = &Config::functions;
constexpr auto browser = &Config::browser;
constexpr auto keepalive = &Config::keepalive;
constexpr auto limits = &Config::limits;

constexpr Setting table[] = {
    row<Address, listen, &Listen::address>("listen.address", "PROXY_ADDRESS",
                                           "Where browsers connect; `*`: all IPv6 and IPv4 addresses."),
    row<Port, listen, &Listen::port>("listen.port", "PROXY_PORT", "TCP port for browsers; 0: the system chooses one."),
    row<Boolean, listen, &Listen::tls, &ListenTls::self_signed>(
        "listen.tls.self_signed", "PROXY_SSL_INSECURE",
        "TLS with a certificate made at start, in memory. How upstream is verified does not change."),
    row<Path, listen, &Listen::tls, &ListenTls::certificate_file>(
        "listen.tls.certificate", "PROXY_TLS_CERT_FILE",
        "TLS with this certificate (PEM, then its intermediates); needs the private key.", "no TLS"),
    row<Path, listen, &Listen::tls, &ListenTls::private_key_file>(
        "listen.tls.private_key", "PROXY_TLS_KEY_FILE", "Private key of the certificate (PEM, no passphrase).", "-"),
    row<Path, listen, &Listen::tls, &ListenTls::client_ca_file>(
        "listen.tls.client_ca", "PROXY_TLS_CLIENT_CA_FILE",
        "Authorities (PEM) of the certificates that clients must show.", "none is asked for"),
    row<Networks, listen, &Listen::trusted_proxies>("listen.trusted_proxies", "PROXY_TRUSTED_PROXIES",
                                                    "Peers whose `X-Forwarded-*` headers are believed.", "none"),

    row<ServerAddress, upstream>(
        "upstream.server", "NVCF_SERVER",
        "NVCF's gateway; https and 443 unless said. `GATEWAY_ADDR` is read where this variable "
        "is not set.",
        "required"),
    row<HostHeader, upstream, &Upstream::authority>(
        "upstream.host", "NVCF_HOST", "`Host` header and verified name, for a gateway that routes by name.",
        "the server's"),
    row<Credential, upstream, &Upstream::api_key>("upstream.api_key", "NVCF_API_KEY",
                                                  "NVCF API key with the right to invoke the function.", "required"),
    row<Path, upstream, &Upstream::ca_file>("upstream.ca_file", "NVCF_CA_FILE",
                                            "Authorities (PEM) that the gateway's certificate must lead to.",
                                            "the system's store"),
    row<Path, upstream, &Upstream::client_certificate_file>(
        "upstream.client_certificate", "NVCF_CLIENT_CERT_FILE",
        "Our certificate (PEM) for a gateway that asks for one; needs its key.", "-"),
    row<Path, upstream, &Upstream::client_key_file>("upstream.client_key", "NVCF_CLIENT_KEY_FILE",
                                                    "Private key of that certificate (PEM, no passphrase).", "-"),
    row<Timeout, upstream, &Upstream::connect_timeout>("upstream.connect_timeout", "NVCF_CONNECT_TIMEOUT",
                                                       "Limit of a connection attempt, for each address of the name."),
    row<Timeout, upstream, &Upstream::response_timeout>(
        "upstream.response_timeout", "NVCF_RESPONSE_TIMEOUT",
        "Limit until the gateway answers, minutes for a cold GPU, and between two pieces of its answer."),
    row<Number<0, 64>, upstream, &Upstream::warm_connections>(
        "upstream.warm_connections", "NVCF_WARM_CONNECTIONS",
        "Unused connections kept ready for the next session, for each thread; 0: none."),

    row<Identifier, functions, &Functions::default_id>("functions.default", "STREAMING_FUNCTION_ID",
                                                       "The function that is reached when a client names none.",
                                                       "required unless `functions.allowed` is set"),
    row<Identifier, functions, &Functions::default_version>("functions.version", "STREAMING_FUNCTION_VERSION_ID",
                                                            "The version of the default function.", "NVCF chooses"),
    row<Identifiers, functions, &Functions::allowed>("functions.allowed", "STREAMING_FUNCTION_IDS",
                                                     "Functions that a client may name; the default one always is.",
                                                     "the default one"),

    row<Origins, browser, &Browser::allowed_origins>(
        "browser.allowed_origins", "PROXY_ALLOWED_ORIGINS",
        "Pages that may use the proxy, as `scheme://host[:port]`; `*`: every page."),
    row<CookieNames, browser, &Browser::forward_cookies>(
        "browser.forward_cookies", "PROXY_FORWARD_COOKIES",
        "Cookies that go upstream, `nvcf-request-id` always among them; `*`: all of them."),
    row<RefusalsChoice, browser, &Browser::refusals>("browser.refusals", "PROXY_REFUSALS",
                                                     "How a WebSocket is refused: by its HTTP status, or opened and "
                                                     "closed with 4000 + status, which scripts can see."),
    row<Boolean, browser, &Browser::retry_stale_session>(
        "browser.retry_stale_session", "PROXY_RETRY_STALE_SESSION",
        "Whether a request for a session that is gone is repeated without its id, for a fresh one."),

    row<Interval, keepalive, &Keepalive::ping_interval>(
        "keepalive.ping_interval", "PROXY_PING_INTERVAL",
        "Silence after which a side of a WebSocket is pinged; 0: never. Read, but no ping is sent yet."),
    row<Interval, keepalive, &Keepalive::pong_timeout>(
        "keepalive.pong_timeout", "PROXY_PONG_TIMEOUT",
        "Wait for the pong of a peer that answered one before; 0: TCP decides. Read, without effect yet."),

    row<Number<0, 10'000'000>, limits, &Limits::sessions>("limits.sessions", "PROXY_MAX_SESSIONS",
                                                          "Sessions at once; 0: what the limit of open files allows."),
    row<HeadSize, limits, &Limits::header_bytes>("limits.header_bytes", "PROXY_MAX_HEADER_BYTES",
                                                 "Size of a request's head, 4KiB to 1MiB; more is refused with 431."),
    row<Timeout, limits, &Limits::request_timeout>("limits.request_timeout", "PROXY_REQUEST_TIMEOUT",
                                                   "Limit until a request's head is complete."),
    row<Timeout, limits, &Limits::idle_timeout>(
        "limits.idle_timeout", "PROXY_IDLE_TIMEOUT",
        "Limit between two requests of a connection and between two pieces of a "
        "body. WebSockets may be silent for ever."),
    row<Timeout, limits, &Limits::handshake_timeout>("limits.handshake_timeout", "PROXY_HANDSHAKE_TIMEOUT",
                                                     "Limit of a TLS handshake, on either side."),
    row<Timeout, limits, &Limits::write_timeout>("limits.write_timeout", "PROXY_WRITE_TIMEOUT",
                                                 "A reader that takes nothing for so long is given up."),

    row<AdminAddress, &Config::admin>("admin.address", "PROXY_ADMIN_ADDRESS",
                                      "Where `/healthz` and `/readyz` are served; not for the public."),
    row<LogLevelChoice, &Config::log, &Log::level>("log.level", "PROXY_LOG_LEVEL", "What is logged."),
    row<LogFormatChoice, &Config::log, &Log::format>("log.format", "PROXY_LOG_FORMAT", "How a log line is written.",
                                                     "`text` on a terminal, else `json`"),
    row<Interval, &Config::drain_timeout>("drain_timeout", "PROXY_DRAIN_TIMEOUT",
                                          "How long sessions may go on after SIGTERM."),
    row<Number<0, 1024>, &Config::threads>("threads", "PROXY_THREADS", "Threads that serve; 0: one for each CPU."),
};

}  // namespace

std::span<const Setting> settings() { return table; }

const Setting* find_setting(std::string_view key) {
  const auto* const found = std::ranges::find(table, key, &Setting::key);
  return found == std::end(table) ? nullptr : found;
}

std::string describe_default(const Setting& setting) {
  if (!setting.otherwise.empty()) return std::string(setting.otherwise);
  std::string text;
  for (const std::string& value : setting.write(Config{})) text += (text.empty() ? "`" : ", `") + value + "`";
  return text;
}

}  // namespace config
