// Decides how the stand-in proves itself to those who connect with TLS.
#pragma once

#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace gateway {

/// PEM files and versions ("1.0" to "1.3"); `client_ca` empty: no client certificate is asked for.
struct TlsSettings {
  std::string certificate;
  std::string key;
  std::string client_ca;
  std::string min_version = "1.2";
  std::string max_version = "1.3";
};

/// Gives an OpenSSL context back.
struct FreeTlsContext {
  /// Counts it down; OpenSSL frees it with its last connection.
  void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, FreeTlsContext>;

/// Throws std::runtime_error with OpenSSL's reason if a file cannot be used.
[[nodiscard]] TlsContext make_tls_context(const TlsSettings& settings);
/// The protocols that the client of this connection offered by ALPN, in its order.
[[nodiscard]] std::vector<std::string> offered_protocols(const ssl_st* connection);

}  // namespace gateway
