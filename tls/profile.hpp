// Decides which TLS both sides speak: Mozilla's intermediate profile (guidelines 5.7).
#pragma once

#include <array>
#include <string>

#include "tls/openssl.hpp"

namespace tls {

/// The one protocol that we speak, as ALPN writes it (RFC 7301 section 3.1): WebSocket over HTTP/2 is not ours.
inline constexpr std::array<unsigned char, 9> alpn_protocols{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

/// Sets versions (1.2 and later), ciphers, curves and modes on a new context; false if OpenSSL lacks one of them.
[[nodiscard]] bool apply_profile(SSL_CTX* context);

/// Loads certificate chain and private key (PEM) and checks that they belong together. Appends each failure to
/// `problems`, with the path of the file that is to blame; true if there was none.
bool load_identity(SSL_CTX* context, const std::string& certificate_file, const std::string& key_file,
                   std::vector<config::Problem>& problems);

/// Loads the authorities that peers' certificates must lead to; the same contract as `load_identity`.
bool load_authorities(SSL_CTX* context, const std::string& file, std::vector<config::Problem>& problems);

}  // namespace tls
