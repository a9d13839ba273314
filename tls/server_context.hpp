// Decides how browsers are spoken to over TLS: versions, ciphers, certificate, ALPN, who must show a certificate.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "tls/openssl.hpp"

namespace tls {

/// The context of the listener. Versions and ciphers are Mozilla's intermediate profile (X7). A client that offers ALPN
/// must offer `http/1.1`, else the handshake ends with no_application_protocol (RFC 7301 section 3.2); one that offers
/// none is served. `host_names` go into a self-signed certificate. Reads the files of `settings`; every file that does
/// not serve is a problem of its own. Requires `settings.enabled()`.
[[nodiscard]] ContextResult make_server_context(const config::ListenTls& settings,
                                                const std::vector<std::string>& host_names);

}  // namespace tls
