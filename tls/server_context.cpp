#include "tls/server_context.hpp"

#include <openssl/err.h>

#include <array>

#include "tls/profile.hpp"
#include "tls/self_signed.hpp"

namespace tls {
namespace {

int choose_protocol(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void* /*argument*/) {
  unsigned char* match = nullptr;
  if (SSL_select_next_proto(&match, size, alpn_protocols.data(), alpn_protocols.size(), offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

bool use_self_signed(SSL_CTX* context, const std::vector<std::string>& names, std::vector<config::Problem>& problems) {
  const auto identity = make_self_signed(names);
  if (!identity) {
    problems.push_back({"self-signed certificate", identity.error(), ""});
    return false;
  }
  if (SSL_CTX_use_certificate(context, identity->certificate.get()) == 1 &&
      SSL_CTX_use_PrivateKey(context, identity->key.get()) == 1) {
    return true;
  }
  problems.push_back({"self-signed certificate", take_openssl_reason(), ""});
  return false;
}

void demand_certificates(SSL_CTX* context, const std::string& file, std::vector<config::Problem>& problems) {
  if (!load_authorities(context, file, problems)) return;
  // tells clients whose certificates will do, so that a browser offers its user the right ones
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(file.c_str()));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

}  // namespace

ContextResult make_server_context(const config::ListenTls& settings, const std::vector<std::string>& host_names) {
  std::vector<config::Problem> problems;
  ERR_clear_error();
  ContextPtr context(SSL_CTX_new(TLS_server_method()), Free<SSL_CTX_free>());
  if (!context || !apply_profile(context.get())) {
    return std::vector<config::Problem>{{"OpenSSL", "cannot be set up: " + take_openssl_reason(), ""}};
  }
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  // sessions live in the clients' tickets: nothing is kept here per client
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  // a ticket is refused without it where client certificates are demanded, and the handshake with it
  constexpr std::array<unsigned char, 4> session_context{'n', 'v', 'c', 'f'};
  SSL_CTX_set_session_id_context(context.get(), session_context.data(), session_context.size());

  if (settings.self_signed) {
    use_self_signed(context.get(), host_names, problems);
  } else {
    load_identity(context.get(), settings.certificate_file, settings.private_key_file, problems);
  }
  if (!settings.client_ca_file.empty()) demand_certificates(context.get(), settings.client_ca_file, problems);
  ERR_clear_error();
  if (!problems.empty()) return problems;
  return context;
}

}  // namespace tls
