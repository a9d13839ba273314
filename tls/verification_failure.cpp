#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ip/address.hpp>

#include "tls/client_context.hpp"

namespace tls {
namespace {

using NamesPtr = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>>;

constexpr int names_told = 3;

// `SSL_get0_peer_certificate` is empty after a failed verification, the chain as it was sent is not.
X509* shown_certificate(const SSL* ssl) {
  STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
  return chain != nullptr && sk_X509_num(chain) > 0 ? sk_X509_value(chain, 0) : nullptr;
}

std::string day(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable day";
  std::array<char, 11> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

// What a peer wrote into its certificate goes into a log line: only what a name consists of may pass.
std::string printable(const unsigned char* data, int size) {
  std::string text;
  for (int i = 0; i < size && i < 80; ++i) text += data[i] > 0x20 && data[i] < 0x7f ? static_cast<char>(data[i]) : '?';
  return text;
}

std::string alternative_name(const GENERAL_NAME* name) {
  int kind = 0;
  const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(name, &kind));
  const unsigned char* data = ASN1_STRING_get0_data(value);
  const int size = kind == GEN_DNS || kind == GEN_IPADD ? ASN1_STRING_length(value) : 0;
  if (kind == GEN_DNS) return printable(data, size);
  if (size == 4) {
    boost::asio::ip::address_v4::bytes_type bytes{};
    std::copy_n(data, bytes.size(), bytes.begin());
    return boost::asio::ip::make_address_v4(bytes).to_string();
  }
  if (size == 16) {
    boost::asio::ip::address_v6::bytes_type bytes{};
    std::copy_n(data, bytes.size(), bytes.begin());
    return boost::asio::ip::make_address_v6(bytes).to_string();
  }
  return {};
}

/// The names that a certificate proves, the first few of them: `a.example, b.example and others`.
std::string proven_names(X509* certificate) {
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string text;
  int told = 0;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const std::string name = alternative_name(sk_GENERAL_NAME_value(names.get(), i));
    if (name.empty()) continue;
    if (told++ == names_told) return text + " and others";
    text += (text.empty() ? "" : ", ") + name;
  }
  return text.empty() ? "no name at all (it has no subjectAltName)" : text;
}

/// The first certificate of the chain that was sent whose time has passed, or the first one.
X509* expired_certificate(const SSL* ssl, X509* shown) {
  STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    X509* certificate = sk_X509_value(chain, i);
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) return certificate;
  }
  return shown;
}

}  // namespace

std::string describe_verification_failure(const SSL* ssl, std::string_view host) {
  const long failure = SSL_get_verify_result(ssl);
  if (failure == X509_V_OK) return {};
  const std::string subject = "certificate of " + std::string(host);
  X509* shown = shown_certificate(ssl);
  if (shown == nullptr) return subject + ": " + X509_verify_cert_error_string(failure);
  switch (failure) {
    case X509_V_ERR_CERT_HAS_EXPIRED: {
      X509* expired = expired_certificate(ssl, shown);
      return (expired == shown ? subject : "an authority in the chain of the " + subject) + " expired on " +
             day(X509_get0_notAfter(expired));
    }
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return subject + " is not valid before " + day(X509_get0_notBefore(shown)) + ": is this machine's clock right?";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "certificate is for " + proven_names(shown) + ", not " + std::string(host) +
             ": set NVCF_HOST if the gateway goes by another name";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:  // an authority of the same name with another key: a rotated one
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return subject + ": " + X509_verify_cert_error_string(failure) +
             ": set NVCF_CA_FILE to the authority that signed it";
    default:
      return subject + ": " + X509_verify_cert_error_string(failure);
  }
}

}  // namespace tls
