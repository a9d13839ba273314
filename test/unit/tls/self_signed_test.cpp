#include "tls/self_signed.hpp"

#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using tls::make_self_signed;

namespace {

bool proves(X509* certificate, const char* host) { return X509_check_host(certificate, host, 0, 0, nullptr) == 1; }
bool proves_address(X509* certificate, const char* address) { return X509_check_ip_asc(certificate, address, 0) == 1; }

std::string serial(X509* certificate) {
  const ASN1_INTEGER* number = X509_get0_serialNumber(certificate);
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(number)),
          static_cast<std::size_t>(ASN1_STRING_length(number))};
}

}  // namespace

TEST_CASE("a self-signed certificate is for localhost, both loopback addresses and the names given") {
  const auto made = make_self_signed({"box.example", "10.1.2.3", "2001:db8::5", "localhost"});
  REQUIRE(made.has_value());
  X509* certificate = made->certificate.get();
  for (const char* name : {"localhost", "box.example"}) CHECK(proves(certificate, name));
  for (const char* address : {"127.0.0.1", "::1", "10.1.2.3", "2001:db8::5"})
    CHECK(proves_address(certificate, address));
  CHECK_FALSE(proves(certificate, "other.example"));
  CHECK_FALSE(proves_address(certificate, "10.1.2.4"));
}

TEST_CASE("a name that is none adds nothing to a self-signed certificate, and no entry by the back door") {
  const auto made =
      make_self_signed({"a,DNS:evil.example", "", "b c", "x\nDNS:evil.example", std::string(300, 'a'), "*"});
  REQUIRE(made.has_value());
  CHECK_FALSE(proves(made->certificate.get(), "evil.example"));
  CHECK_FALSE(proves(made->certificate.get(), "anything"));
  CHECK(proves(made->certificate.get(), "localhost"));
}

TEST_CASE("a self-signed certificate is valid from a day ago for a year, as a server's and no authority's") {
  const auto now = std::chrono::system_clock::now();
  const auto made = make_self_signed({}, now);
  REQUIRE(made.has_value());
  X509* certificate = made->certificate.get();
  const auto at = [&](std::chrono::hours offset) { return std::chrono::system_clock::to_time_t(now + offset); };
  for (const auto& [offset, before, after] :
       {std::tuple{-25h, 1, 1}, {-23h, -1, 1}, {364h * 24, -1, 1}, {366h * 24, -1, -1}}) {
    std::time_t moment = at(offset);
    CHECK(X509_cmp_time(X509_get0_notBefore(certificate), &moment) == before);
    CHECK(X509_cmp_time(X509_get0_notAfter(certificate), &moment) == after);
  }
  CHECK(X509_check_ca(certificate) == 0);
  CHECK(X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0) == 1);
  CHECK(X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0) == 0);
  CHECK(X509_get_version(certificate) == X509_VERSION_3);
}

TEST_CASE("a self-signed certificate has a P-256 key of its own and a serial number that nobody else has") {
  const auto first = make_self_signed({});
  const auto second = make_self_signed({});
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  char group[32] = {};
  std::size_t size = 0;
  REQUIRE(EVP_PKEY_get_group_name(first->key.get(), group, sizeof group, &size) == 1);
  CHECK(std::string(group, size) == "prime256v1");
  CHECK(X509_verify(first->certificate.get(), first->key.get()) == 1);
  CHECK(X509_verify(first->certificate.get(), second->key.get()) != 1);
  CHECK(serial(first->certificate.get()) != serial(second->certificate.get()));
  CHECK(serial(first->certificate.get()).size() <= 20);
}

TEST_CASE("this machine's host name can be put into a certificate") {
  const auto names = tls::local_host_names();
  REQUIRE(names.size() <= 1);
  const auto made = make_self_signed(names);
  REQUIRE(made.has_value());
  for (const std::string& name : names) CHECK(proves(made->certificate.get(), name.c_str()));
}
