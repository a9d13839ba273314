// Decides whom we believe to be NVCF's gateway: which authorities, which name, which versions of TLS.
#pragma once

#include <string>
#include <string_view>

#include "config/config.hpp"
#include "tls/openssl.hpp"

namespace tls {

/// The context for connections to upstream: TLS 1.2 or later, the chain verified against `upstream.ca_file` or the
/// system's store, ALPN `http/1.1`, our own certificate if one is set. There is no way to switch verification off (X7).
/// Every file that does not serve is a problem of its own, and so is a system without any store.
[[nodiscard]] ContextResult make_client_context(const config::Upstream& upstream);

/// Makes `ssl` demand that the certificate is for `host`, a name or an address without brackets, and tell the name to
/// the server (SNI, not for addresses: RFC 6066 section 3). Call it before the handshake; false means that OpenSSL did
/// not take the name, and the connection must not be used.
[[nodiscard]] bool configure_peer(SSL* ssl, std::string_view host);

/// One sentence about why the certificate that was shown to `ssl` is not believed, or an empty string if verification
/// is not what failed. `host` is what was given to `configure_peer`.
[[nodiscard]] std::string describe_verification_failure(const SSL* ssl, std::string_view host);

}  // namespace tls
