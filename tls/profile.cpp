#include "tls/profile.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace tls {
namespace {

// The profile's DHE suites are left out: no browser offers them, and each handshake would cost the server a modular
// exponentiation that a client can demand for free (CVE-2002-20001).
constexpr auto ciphers_tls12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr auto ciphers_tls13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr auto curves = "X25519:P-256:P-384";

// Without it OpenSSL asks for the passphrase of an encrypted key on the terminal, and the start hangs.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

bool report(std::vector<config::Problem>& problems, const std::string& file, std::string what, std::string advice) {
  problems.push_back({file, std::move(what), std::move(advice)});
  return false;
}

bool load_key(SSL_CTX* context, const std::string& file, std::vector<config::Problem>& problems) {
  bool asked = false;
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context, &asked);
  const bool loaded = SSL_CTX_use_PrivateKey_file(context, file.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  SSL_CTX_set_default_passwd_cb(context, nullptr);
  if (loaded) return true;
  if (asked) {
    ERR_clear_error();
    return report(problems, file, "the private key is encrypted",
                  "give a key without a passphrase: openssl pkey -in old.pem -out new.pem");
  }
  // OpenSSL compares a key with the certificate that is there already, so this is where most mismatches show
  if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH ||
      ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_TYPE_MISMATCH) {
    ERR_clear_error();
    return report(problems, file, "the private key does not belong to the certificate", "");
  }
  return report(problems, file, "cannot use the private key: " + take_openssl_reason(), "a PEM file is expected");
}

}  // namespace

bool apply_profile(SSL_CTX* context) {
  // OP_IGNORE_UNEXPECTED_EOF stays off: an end without close_notify must be told from a clean one (S5, S6)
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_clear_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, ciphers_tls12) == 1 &&
         SSL_CTX_set_ciphersuites(context, ciphers_tls13) == 1 && SSL_CTX_set1_groups_list(context, curves) == 1;
}

bool load_identity(SSL_CTX* context, const std::string& certificate_file, const std::string& key_file,
                   std::vector<config::Problem>& problems) {
  ERR_clear_error();
  const bool good = SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) == 1;
  if (!good) {
    report(problems, certificate_file, "cannot use the certificate: " + take_openssl_reason(),
           "a PEM file is expected, the certificate first, then its intermediates");
  }
  return load_key(context, key_file, problems) && good;
}

bool load_authorities(SSL_CTX* context, const std::string& file, std::vector<config::Problem>& problems) {
  ERR_clear_error();
  if (SSL_CTX_load_verify_file(context, file.c_str()) == 1) return true;
  return report(problems, file, "cannot use the certificates of authorities: " + take_openssl_reason(),
                "a PEM file is expected");
}

}  // namespace tls
