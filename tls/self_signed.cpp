#include "tls/self_signed.hpp"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cctype>

namespace tls {
namespace {

using std::chrono::system_clock;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Free<BN_free>>;

constexpr auto backdated = std::chrono::days(1);
constexpr auto lifetime = std::chrono::days(365);

bool set_random_serial(X509* certificate) {
  // 159 bits keep it positive within the 20 octets that RFC 5280 section 4.1.2.2 allows
  const NumberPtr number(BN_new());
  return number && BN_rand(number.get(), 159, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_time(ASN1_TIME* field, system_clock::time_point time) {
  return ASN1_TIME_set(field, system_clock::to_time_t(time)) != nullptr;
}

bool set_subject_and_issuer(X509* certificate) {
  constexpr std::array<unsigned char, 9> text{'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't'};
  X509_NAME* name = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text.data(), text.size(), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1;
}

bool is_host_name(const std::string& name) {
  return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
  });
}

/// OpenSSL's notation of the alternative names: `DNS:localhost,IP:127.0.0.1`.
std::string alternative_names(const std::vector<std::string>& names) {
  std::vector<std::string> entries{"DNS:localhost", "IP:127.0.0.1", "IP:::1"};
  for (const std::string& name : names) {
    boost::system::error_code not_an_address;
    const auto address = boost::asio::ip::make_address(name, not_an_address);
    std::string entry;
    if (!not_an_address) {
      entry = "IP:" + address.to_string();
    } else if (is_host_name(name)) {
      // a name in this notation must not be able to add entries of its own: is_host_name lets no comma through
      entry = "DNS:" + name;
    }
    if (!entry.empty() && std::ranges::find(entries, entry) == entries.end()) entries.push_back(entry);
  }
  std::string text;
  for (const std::string& entry : entries) text += (text.empty() ? "" : ",") + entry;
  return text;
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

}  // namespace

boost::system::result<Identity, std::string> make_self_signed(const std::vector<std::string>& names,
                                                              system_clock::time_point now) {
  Identity made{CertificatePtr(X509_new()), KeyPtr(EVP_EC_gen("P-256"))};
  X509* certificate = made.certificate.get();
  const bool done = certificate != nullptr && made.key && X509_set_version(certificate, X509_VERSION_3) == 1 &&
                    set_random_serial(certificate) && set_time(X509_getm_notBefore(certificate), now - backdated) &&
                    set_time(X509_getm_notAfter(certificate), now + lifetime) && set_subject_and_issuer(certificate) &&
                    X509_set_pubkey(certificate, made.key.get()) == 1 &&
                    add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
                    add_extension(certificate, NID_subject_alt_name, alternative_names(names)) &&
                    X509_sign(certificate, made.key.get(), EVP_sha256()) > 0;
  if (!done) return "cannot make a certificate: " + take_openssl_reason();
  return made;
}

std::vector<std::string> local_host_names() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') return {};
  return {name.data()};
}

}  // namespace tls
