#include "tls/client_context.hpp"

#include <openssl/err.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "test/unit/config/complete_sources.hpp"
#include "test/unit/temporary_folder.hpp"
#include "test/unit/tls/certificates.hpp"
#include "test/unit/tls/handshake.hpp"

using std::chrono::hours;
using test::Wanted;

namespace {

/// A gateway that serves `identity`, with nothing of ours in it.
tls::ContextPtr gateway(const tls::Identity& identity, X509* intermediate = nullptr) {
  tls::ContextPtr context(SSL_CTX_new(TLS_server_method()), tls::Free<SSL_CTX_free>());
  REQUIRE(SSL_CTX_use_certificate(context.get(), identity.certificate.get()) == 1);
  REQUIRE(SSL_CTX_use_PrivateKey(context.get(), identity.key.get()) == 1);
  if (intermediate != nullptr) REQUIRE(SSL_CTX_add1_chain_cert(context.get(), intermediate) == 1);
  return context;
}

/// Connects our client to gateways with certificates of its own authority.
struct Fixture {
  test::TemporaryFolder folder;
  test::Authority authority;
  config::Upstream upstream;
  tls::ContextPtr client;

  Fixture() {
    upstream.ca_file = folder.write("ca.pem", test::pem(authority.certificate()));
    const auto made = tls::make_client_context(upstream);
    REQUIRE(made.has_value());
    client = *made;
  }

  [[nodiscard]] test::Handshake connect(SSL_CTX* server, const std::string& host) const {
    auto handshake = test::join(client.get(), server);
    REQUIRE(tls::configure_peer(handshake.client.ssl.get(), host));
    test::shake_hands(handshake);
    return handshake;
  }

  /// What the log would say; empty after a good handshake.
  [[nodiscard]] std::string refusal(const Wanted& wanted, const std::string& host) const {
    const auto server = gateway(authority.issue(wanted));
    const auto handshake = connect(server.get(), host);
    const std::string why = tls::describe_verification_failure(handshake.client.ssl.get(), host);
    CHECK(handshake.client.done == why.empty());
    return why;
  }
};

std::string sni(const SSL* ssl) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? "" : name;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "a gateway that proves its name is believed, by name, wildcard and address") {
  CHECK(refusal({"DNS:gateway.example"}, "gateway.example").empty());
  CHECK(refusal({"DNS:Gateway.EXAMPLE"}, "gateway.example").empty());
  CHECK(refusal({"DNS:*.example.org"}, "gateway.example.org").empty());
  CHECK(refusal({"IP:10.0.0.1"}, "10.0.0.1").empty());
  CHECK(refusal({"IP:2001:db8::1"}, "2001:db8::1").empty());
}

TEST_CASE_METHOD(Fixture, "X7: a certificate for another name is refused, and the sentence says for which it is") {
  CHECK(refusal({"DNS:other.example,DNS:second.example,IP:10.0.0.1"}, "gateway.example") ==
        "certificate is for other.example, second.example, 10.0.0.1, not gateway.example: set NVCF_HOST if the gateway "
        "goes by another name");
  CHECK(refusal({"DNS:a.example,DNS:b.example,DNS:c.example,DNS:d.example"}, "x.example").find("and others, not") !=
        std::string::npos);
  for (const auto& [names, host] : {std::pair{"DNS:gate*.example", "gateway.example"},
                                    {"DNS:*.example", "a.b.example"},
                                    {"DNS:10.0.0.1", "10.0.0.1"},
                                    {"IP:10.0.0.1", "10.0.0.2"},
                                    {"IP:::1", "::2"},
                                    {"DNS:gateway.example.evil.example", "gateway.example"},
                                    {"email:gateway.example", "gateway.example"}}) {
    CAPTURE(names, host);
    CHECK(refusal({names}, host).starts_with("certificate is for "));
  }
}

TEST_CASE_METHOD(Fixture, "X7: the common name proves nothing where there is no subjectAltName") {
  const std::string why = refusal({""}, "gateway.example");
  CHECK(why.find("no name at all") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "X7: an expired certificate is refused with its day, one of tomorrow too") {
  const std::string expired = refusal({"DNS:gateway.example", hours(-72), hours(-48)}, "gateway.example");
  CHECK(expired.starts_with("certificate of gateway.example expired on 20"));
  CHECK(expired.size() == std::string("certificate of gateway.example expired on 2026-01-01").size());
  CHECK(refusal({"DNS:gateway.example", hours(48), hours(72)}, "gateway.example").find("is not valid before 20") !=
        std::string::npos);
}

TEST_CASE_METHOD(Fixture, "X7: an expired authority is told from an expired certificate") {
  const test::Authority expired("Expired Authority", hours(-24));
  upstream.ca_file = folder.write("expired.pem", test::pem(expired.certificate()));
  const auto made = tls::make_client_context(upstream);
  REQUIRE(made.has_value());
  client = *made;
  const auto server = gateway(expired.issue({}), expired.certificate());
  const auto handshake = connect(server.get(), "gateway.example");
  CHECK_FALSE(handshake.client.done);
  CHECK(tls::describe_verification_failure(handshake.client.ssl.get(), "gateway.example")
            .starts_with("an authority in the chain of the certificate of gateway.example expired on 20"));
}

TEST_CASE_METHOD(Fixture,
                 "X7: a certificate of an authority that nobody named is refused, and NVCF_CA_FILE is suggested") {
  const test::Authority stranger("Stranger");
  const test::Authority namesake;
  const auto self_signed = tls::make_self_signed({"gateway.example"});
  REQUIRE(self_signed.has_value());
  for (const tls::ContextPtr& server :
       {gateway(stranger.issue({})), gateway(namesake.issue({})), gateway(*self_signed)}) {
    const auto handshake = connect(server.get(), "gateway.example");
    CHECK_FALSE(handshake.client.done);
    const std::string why = tls::describe_verification_failure(handshake.client.ssl.get(), "gateway.example");
    CAPTURE(why);
    CHECK(why.find("set NVCF_CA_FILE") != std::string::npos);
  }
}

TEST_CASE_METHOD(Fixture, "X7: a certificate that is a client's only is refused") {
  CHECK_FALSE(refusal({"DNS:gateway.example", hours(-1), hours(1), "clientAuth"}, "gateway.example").empty());
}

TEST_CASE_METHOD(Fixture, "what a hostile gateway writes into its certificate cannot break a log line") {
  const std::string why = refusal({"DNS:evil\x01\x1b[2Jname"}, "gateway.example");
  CAPTURE(why);
  CHECK(why.find('\x1b') == std::string::npos);
  CHECK(why.find("evil??[2Jname") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "X7: a gateway that speaks TLS 1.1 at most is refused") {
  const auto server = gateway(authority.issue({}));
  SSL_CTX_set_security_level(server.get(), 0);
  SSL_CTX_set_cipher_list(server.get(), "ALL:@SECLEVEL=0");
  SSL_CTX_set_min_proto_version(server.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(server.get(), TLS1_1_VERSION);
  const auto handshake = connect(server.get(), "gateway.example");
  CHECK_FALSE(handshake.client.done);
  CHECK(tls::describe_verification_failure(handshake.client.ssl.get(), "gateway.example").empty());
  SSL_CTX_set_max_proto_version(server.get(), TLS1_2_VERSION);
  CHECK(connect(server.get(), "gateway.example").done());
}

TEST_CASE_METHOD(Fixture, "the name goes into SNI, an address does not, and http/1.1 is offered") {
  const auto named = gateway(authority.issue({"DNS:gateway.example,IP:10.0.0.1"}));
  SSL_CTX_set_alpn_select_cb(
      named.get(),
      [](SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered, unsigned, void*) {
        *chosen = offered + 1;
        *size = offered[0];
        return SSL_TLSEXT_ERR_OK;
      },
      nullptr);
  const auto by_name = connect(named.get(), "gateway.example");
  REQUIRE(by_name.done());
  CHECK(sni(by_name.server.ssl.get()) == "gateway.example");
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(by_name.client.ssl.get(), &protocol, &size);
  CHECK(std::string(reinterpret_cast<const char*>(protocol), size) == "http/1.1");
  const auto by_address = connect(named.get(), "10.0.0.1");
  REQUIRE(by_address.done());
  CHECK(sni(by_address.server.ssl.get()).empty());
}

TEST_CASE_METHOD(Fixture, "a peer without a name is not set up") {
  const tls::SslPtr ssl(SSL_new(client.get()));
  CHECK_FALSE(tls::configure_peer(ssl.get(), ""));
  CHECK_FALSE(tls::configure_peer(ssl.get(), std::string("a\0b", 3)));
  CHECK_FALSE(tls::configure_peer(ssl.get(), std::string(300, 'a')));
  ERR_clear_error();
}

TEST_CASE_METHOD(Fixture, "our own certificate is shown to a gateway that asks for one") {
  const auto own = authority.issue({"", hours(-1), hours(1), "clientAuth"});
  upstream.client_certificate_file = folder.write("own.pem", test::pem(own.certificate.get()));
  upstream.client_key_file = folder.write("own-key.pem", test::pem(own.key.get()));
  const auto made = tls::make_client_context(upstream);
  REQUIRE(made.has_value());
  client = *made;
  const auto server = gateway(authority.issue({}));
  SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  REQUIRE(SSL_CTX_load_verify_file(server.get(), upstream.ca_file.c_str()) == 1);
  const auto handshake = connect(server.get(), "gateway.example");
  REQUIRE(handshake.done());
  CHECK(X509_cmp(SSL_get0_peer_certificate(handshake.server.ssl.get()), own.certificate.get()) == 0);
}

TEST_CASE_METHOD(Fixture, "every file for upstream that does not serve is a problem of its own") {
  const std::string nonsense = folder.write("nonsense.pem", "nonsense");
  upstream.ca_file = nonsense;
  upstream.client_certificate_file = folder.path() + "/missing.pem";
  upstream.client_key_file = folder.path() + "/missing-key.pem";
  const auto made = tls::make_client_context(upstream);
  REQUIRE_FALSE(made.has_value());
  const auto problems = made.error();
  CAPTURE(test::lines(problems));
  CHECK(problems.size() == 3);
  CHECK(test::has_problem(problems, nonsense, "authorities"));
  CHECK(test::has_problem(problems, upstream.client_certificate_file, "No such file"));
  CHECK(test::has_problem(problems, upstream.client_key_file, "private key"));
}

TEST_CASE("a system without a store of authorities is a problem at the start, not at the first session") {
  const test::TemporaryFolder folder;
  REQUIRE(::setenv(X509_get_default_cert_file_env(), (folder.path() + "/none.pem").c_str(), 1) == 0);
  REQUIRE(::setenv(X509_get_default_cert_dir_env(), folder.path().c_str(), 1) == 0);
  const auto without = tls::make_client_context({});
  REQUIRE_FALSE(without.has_value());
  CHECK(test::has_problem(without.error(), "NVCF_CA_FILE", "no store"));
  const test::Authority authority;
  REQUIRE(::setenv(X509_get_default_cert_file_env(),
                   folder.write("all.pem", test::pem(authority.certificate())).c_str(), 1) == 0);
  CHECK(tls::make_client_context({}).has_value());
  ::unsetenv(X509_get_default_cert_file_env());
  ::unsetenv(X509_get_default_cert_dir_env());
}
