#include "tls/client_context.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <cstdlib>
#include <filesystem>

#include "tls/profile.hpp"

namespace tls {
namespace {

std::string system_path(const char* variable, const char* compiled_in) {
  const char* value = std::getenv(variable);  // OpenSSL's own variables: it reads them the same way
  return value != nullptr && *value != '\0' ? value : compiled_in;
}

/// OpenSSL takes a missing store without a word, and then believes nobody.
bool system_store_exists() {
  std::error_code error;
  if (std::filesystem::is_regular_file(system_path(X509_get_default_cert_file_env(), X509_get_default_cert_file()),
                                       error)) {
    return true;
  }
  const std::filesystem::directory_iterator entries(
      system_path(X509_get_default_cert_dir_env(), X509_get_default_cert_dir()), error);
  return !error && entries != std::filesystem::directory_iterator();
}

void trust_system_store(SSL_CTX* context, std::vector<config::Problem>& problems) {
  if (system_store_exists() && SSL_CTX_set_default_verify_paths(context) == 1) return;
  problems.push_back({"NVCF_CA_FILE", "this system has no store of certificate authorities",
                      "install ca-certificates, or name a file of authorities here"});
}

}  // namespace

ContextResult make_client_context(const config::Upstream& upstream) {
  std::vector<config::Problem> problems;
  ERR_clear_error();
  ContextPtr context(SSL_CTX_new(TLS_client_method()), Free<SSL_CTX_free>());
  // SSL_CTX_set_alpn_protos is the one call of OpenSSL's that returns 0 for success
  if (!context || !apply_profile(context.get()) ||
      SSL_CTX_set_alpn_protos(context.get(), alpn_protocols.data(), alpn_protocols.size()) != 0) {
    return std::vector<config::Problem>{{"OpenSSL", "cannot be set up: " + take_openssl_reason(), ""}};
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (upstream.ca_file.empty()) {
    trust_system_store(context.get(), problems);
  } else {
    load_authorities(context.get(), upstream.ca_file, problems);
  }
  if (!upstream.client_certificate_file.empty()) {
    load_identity(context.get(), upstream.client_certificate_file, upstream.client_key_file, problems);
  }
  ERR_clear_error();
  if (!problems.empty()) return problems;
  return context;
}

bool configure_peer(SSL* ssl, std::string_view host) {
  const std::string name(host);
  X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl);
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(name, not_an_address);
  if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str()) == 1;
  if (name.empty()) return false;
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), name.size()) == 1 &&
         SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

}  // namespace tls
