#include "test/unit/tls/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace test {
namespace {

using BioPtr = std::unique_ptr<BIO, tls::Free<BIO_free_all>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, tls::Free<X509_EXTENSION_free>>;

void must(bool done) {
  if (!done) throw std::runtime_error("a test's certificate cannot be made: " + tls::take_openssl_reason());
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  must(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

/// Signed by `issuer`, or by itself where there is none.
tls::Identity make(const Wanted& wanted, const std::string& common_name, const tls::Identity* issuer) {
  tls::Identity made{tls::CertificatePtr(X509_new()), tls::KeyPtr(EVP_EC_gen("P-256"))};
  X509* certificate = made.certificate.get();
  static long serial = 1000;
  must(X509_set_version(certificate, X509_VERSION_3) == 1);
  must(ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial) == 1);
  const auto seconds = [](std::chrono::hours hours) { return std::chrono::seconds(hours).count(); };
  must(X509_gmtime_adj(X509_getm_notBefore(certificate), seconds(wanted.valid_from)) != nullptr);
  must(X509_gmtime_adj(X509_getm_notAfter(certificate), seconds(wanted.valid_until)) != nullptr);
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.c_str());
  must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1);
  const X509* signer = issuer == nullptr ? certificate : issuer->certificate.get();
  must(X509_set_issuer_name(certificate, X509_get_subject_name(signer)) == 1);
  must(X509_set_pubkey(certificate, made.key.get()) == 1);
  add_extension(certificate, NID_basic_constraints, wanted.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!wanted.usage.empty()) add_extension(certificate, NID_ext_key_usage, wanted.usage);
  if (!wanted.names.empty()) add_extension(certificate, NID_subject_alt_name, wanted.names);
  EVP_PKEY* key = issuer == nullptr ? made.key.get() : issuer->key.get();
  must(X509_sign(certificate, key, EVP_sha256()) > 0);
  return made;
}

std::string content(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

Authority::Authority(const std::string& name, std::chrono::hours lifetime)
    : self_(make({"", std::chrono::hours(-240), lifetime, "", true}, name, nullptr)) {}

tls::Identity Authority::issue(const Wanted& wanted) const { return make(wanted, "leaf", &self_); }

std::string pem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  must(PEM_write_bio_X509(bio.get(), certificate) == 1);
  return content(bio.get());
}

std::string pem(EVP_PKEY* key, const std::string& passphrase) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  const bool encrypted = !passphrase.empty();
  must(PEM_write_bio_PrivateKey(bio.get(), key, encrypted ? EVP_aes_128_cbc() : nullptr,
                                encrypted ? reinterpret_cast<const unsigned char*>(passphrase.data()) : nullptr,
                                static_cast<int>(passphrase.size()), nullptr, nullptr) == 1);
  return content(bio.get());
}

}  // namespace test
