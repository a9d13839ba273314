#include "demo/gateway/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <stdexcept>
#include <string_view>

namespace gateway {
namespace {

constexpr std::string_view http1 = "http/1.1";

void free_offer(void*, void* offer, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<std::string*>(offer); }

int offer_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_offer);
  return index;
}

std::vector<std::string> names_of(std::string_view offer) {
  std::vector<std::string> names;
  while (!offer.empty()) {
    const auto size = static_cast<unsigned char>(offer.front());
    names.emplace_back(offer.substr(1, size));
    offer.remove_prefix(std::min<std::size_t>(offer.size(), size + 1U));
  }
  return names;
}

int choose_protocol(SSL* connection, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int size, void*) {
  const std::string_view offer{reinterpret_cast<const char*>(offered), size};
  delete static_cast<std::string*>(SSL_get_ex_data(connection, offer_index()));
  SSL_set_ex_data(connection, offer_index(), new std::string{offer});
  for (const auto& name : names_of(offer)) {
    if (name != http1) continue;
    *chosen = reinterpret_cast<const unsigned char*>(http1.data());
    *chosen_size = static_cast<unsigned char>(http1.size());
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

int version_of(const std::string& text) {
  if (text == "1.0") return TLS1_VERSION;
  if (text == "1.1") return TLS1_1_VERSION;
  if (text == "1.2") return TLS1_2_VERSION;
  if (text == "1.3") return TLS1_3_VERSION;
  throw std::runtime_error{"'" + text + "' is not a TLS version: 1.0, 1.1, 1.2 or 1.3"};
}

void demand(bool success, const std::string& what) {
  if (success) return;
  char reason[256];
  ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
  throw std::runtime_error{what + ": " + reason};
}

}  // namespace

void FreeTlsContext::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

TlsContext make_tls_context(const TlsSettings& settings) {
  TlsContext context{SSL_CTX_new(TLS_server_method())};
  auto* raw = context.get();
  demand(raw != nullptr, "TLS");
  const int min_version = version_of(settings.min_version);
  // OpenSSL's default level refuses SHA-1, without which TLS 1.0 and 1.1 cannot be spoken
  if (min_version < TLS1_2_VERSION) SSL_CTX_set_security_level(raw, 0);
  SSL_CTX_set_min_proto_version(raw, min_version);
  SSL_CTX_set_max_proto_version(raw, version_of(settings.max_version));
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
  demand(SSL_CTX_use_certificate_chain_file(raw, settings.certificate.c_str()) == 1, settings.certificate);
  demand(SSL_CTX_use_PrivateKey_file(raw, settings.key.c_str(), SSL_FILETYPE_PEM) == 1, settings.key);
  if (!settings.client_ca.empty()) {
    demand(SSL_CTX_load_verify_locations(raw, settings.client_ca.c_str(), nullptr) == 1, settings.client_ca);
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    const std::string_view name{"nvcf-gateway-standin"};
    SSL_CTX_set_session_id_context(raw, reinterpret_cast<const unsigned char*>(name.data()),
                                   static_cast<unsigned int>(name.size()));
  }
  return context;
}

std::vector<std::string> offered_protocols(const ssl_st* connection) {
  const auto* offer =
      connection == nullptr ? nullptr : static_cast<const std::string*>(SSL_get_ex_data(connection, offer_index()));
  return offer == nullptr ? std::vector<std::string>{} : names_of(*offer);
}

}  // namespace gateway
