// Decides which certificates tests meet: an authority in memory that signs whatever a test asks for.
#pragma once

#include <chrono>
#include <string>

#include "tls/self_signed.hpp"

namespace test {

/// What a certificate should say.
struct Wanted {
  /// In OpenSSL's notation, `DNS:gateway.example,IP:10.0.0.1`; empty: no subjectAltName at all.
  std::string names = "DNS:gateway.example";
  std::chrono::hours valid_from{-24};
  std::chrono::hours valid_until{24};
  std::string usage = "serverAuth";
  bool is_authority = false;
};

/// Signs certificates. Its own is valid from ten days ago for `lifetime` from now.
class Authority {
 public:
  /// `name` is the common name, by which certificates refer to their issuer.
  explicit Authority(const std::string& name = "Test Authority", std::chrono::hours lifetime = std::chrono::hours(24));

  /// A new key and a certificate for it.
  [[nodiscard]] tls::Identity issue(const Wanted& wanted) const;
  /// Owned by this object.
  [[nodiscard]] X509* certificate() const { return self_.certificate.get(); }

 private:
  tls::Identity self_;
};

/// In PEM, as files hold it.
[[nodiscard]] std::string pem(X509* certificate);
/// The same for a private key, encrypted if there is a `passphrase`.
[[nodiscard]] std::string pem(EVP_PKEY* key, const std::string& passphrase = "");

}  // namespace test
