#include "tls/server_context.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "test/unit/config/complete_sources.hpp"
#include "test/unit/temporary_folder.hpp"
#include "test/unit/tls/certificates.hpp"
#include "test/unit/tls/handshake.hpp"

using test::shake_hands;

namespace {

/// A client that believes everyone and speaks everything, so that only the server decides.
tls::ContextPtr careless_client() {
  tls::ContextPtr context(SSL_CTX_new(TLS_client_method()), tls::Free<SSL_CTX_free>());
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  return context;
}

tls::ContextPtr self_signed_server() {
  config::ListenTls settings;
  settings.self_signed = true;
  const auto made = tls::make_server_context(settings, {});
  REQUIRE(made.has_value());
  return *made;
}

void offer(SSL_CTX* client, std::string_view protocols) {
  REQUIRE(SSL_CTX_set_alpn_protos(client, reinterpret_cast<const unsigned char*>(protocols.data()),
                                  static_cast<unsigned>(protocols.size())) == 0);
}

std::string chosen_protocol(const SSL* ssl) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

}  // namespace

TEST_CASE("the self-signed listener speaks TLS 1.3 and 1.2") {
  const auto server = self_signed_server();
  const auto client = careless_client();
  CHECK(std::string(SSL_get_version(shake_hands(client.get(), server.get()).client.ssl.get())) == "TLSv1.3");
  SSL_CTX_set_max_proto_version(client.get(), TLS1_2_VERSION);
  const auto older = shake_hands(client.get(), server.get());
  CHECK(older.done());
  CHECK(std::string(SSL_get_version(older.client.ssl.get())) == "TLSv1.2");
}

TEST_CASE("X7: a client of TLS 1.1 is refused") {
  const auto server = self_signed_server();
  const auto client = careless_client();
  SSL_CTX_set_max_proto_version(client.get(), TLS1_1_VERSION);
  const auto handshake = shake_hands(client.get(), server.get());
  CHECK_FALSE(handshake.server.done);
  CHECK(handshake.server.reason == "unsupported protocol");
}

TEST_CASE("X7: a client that has none of the profile's ciphers is refused") {
  const auto server = self_signed_server();
  for (const char* ciphers :
       {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-NULL-SHA", "AECDH-AES128-SHA"}) {
    CAPTURE(ciphers);
    const auto client = careless_client();
    SSL_CTX_set_max_proto_version(client.get(), TLS1_2_VERSION);
    REQUIRE(SSL_CTX_set_cipher_list(client.get(), (std::string(ciphers) + ":@SECLEVEL=0").c_str()) == 1);
    CHECK(shake_hands(client.get(), server.get()).server.reason == "no shared cipher");
  }
}

TEST_CASE("the client's order of ciphers counts, so that phones without AES in hardware get ChaCha20") {
  const auto server = self_signed_server();
  for (const auto& [list, first] :
       {std::pair{"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
        {"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-GCM-SHA256"}}) {
    const auto client = careless_client();
    SSL_CTX_set_max_proto_version(client.get(), TLS1_2_VERSION);
    REQUIRE(SSL_CTX_set_cipher_list(client.get(), list) == 1);
    const auto handshake = shake_hands(client.get(), server.get());
    REQUIRE(handshake.done());
    CHECK(std::string(SSL_get_cipher(handshake.client.ssl.get())) == first);
  }
}

TEST_CASE("ALPN: http/1.1 is chosen, a client without ALPN is served, one that offers only others is refused") {
  const auto server = self_signed_server();
  const auto silent = shake_hands(careless_client().get(), server.get());
  CHECK(silent.done());
  CHECK(chosen_protocol(silent.client.ssl.get()).empty());

  const auto browser = careless_client();
  offer(browser.get(), "\x02h2\x08http/1.1");
  const auto handshake = shake_hands(browser.get(), server.get());
  CHECK(handshake.done());
  CHECK(chosen_protocol(handshake.client.ssl.get()) == "http/1.1");

  const auto stubborn = careless_client();
  offer(stubborn.get(), "\x02h2\x08http/1.0");
  const auto refused = shake_hands(stubborn.get(), server.get());
  CHECK_FALSE(refused.server.done);
  CHECK(refused.client.reason == "tlsv1 alert no application protocol");
}

TEST_CASE("S5: an end without close_notify is told from a clean one") {
  const auto server = self_signed_server();
  auto handshake = shake_hands(careless_client().get(), server.get());
  REQUIRE(handshake.done());
  char byte = 0;
  SECTION("clean") {
    SSL_shutdown(handshake.client.ssl.get());
    const int result = SSL_read(handshake.server.ssl.get(), &byte, 1);
    CHECK(SSL_get_error(handshake.server.ssl.get(), result) == SSL_ERROR_ZERO_RETURN);
  }
  SECTION("torn off") {
    BIO_shutdown_wr(SSL_get_wbio(handshake.client.ssl.get()));
    ERR_clear_error();
    const int result = SSL_read(handshake.server.ssl.get(), &byte, 1);
    CHECK(SSL_get_error(handshake.server.ssl.get(), result) == SSL_ERROR_SSL);
    CHECK(tls::take_openssl_reason() == "unexpected eof while reading");
  }
}

TEST_CASE("a client cannot make us renegotiate") {
  const auto server = self_signed_server();
  const auto client = careless_client();
  SSL_CTX_set_max_proto_version(client.get(), TLS1_2_VERSION);
  auto handshake = shake_hands(client.get(), server.get());
  REQUIRE(handshake.done());
  SSL_renegotiate(handshake.client.ssl.get());
  SSL_do_handshake(handshake.client.ssl.get());
  char byte = 0;
  SSL_read(handshake.server.ssl.get(), &byte, 1);
  const int result = SSL_do_handshake(handshake.client.ssl.get());
  CHECK(result != 1);
  CHECK(SSL_get_error(handshake.client.ssl.get(), result) == SSL_ERROR_SSL);
  ERR_clear_error();
}

TEST_CASE("a certificate of the operator's is served with its chain") {
  const test::TemporaryFolder folder;
  const test::Authority authority;
  const auto identity = authority.issue({});
  config::ListenTls settings;
  settings.certificate_file =
      folder.write("chain.pem", test::pem(identity.certificate.get()) + test::pem(authority.certificate()));
  settings.private_key_file = folder.write("key.pem", test::pem(identity.key.get()));
  const auto server = tls::make_server_context(settings, {});
  REQUIRE(server.has_value());
  const auto handshake = shake_hands(careless_client().get(), server->get());
  REQUIRE(handshake.done());
  CHECK(sk_X509_num(SSL_get_peer_cert_chain(handshake.client.ssl.get())) == 2);
}

TEST_CASE("client certificates are demanded where an authority for them is set, and a resumed session has one too") {
  const test::TemporaryFolder folder;
  const test::Authority authority;
  const test::Authority stranger("Stranger");
  config::ListenTls settings;
  settings.self_signed = true;
  settings.client_ca_file = folder.write("ca.pem", test::pem(authority.certificate()));
  const auto server = tls::make_server_context(settings, {});
  REQUIRE(server.has_value());

  CHECK(shake_hands(careless_client().get(), server->get()).server.reason == "peer did not return a certificate");

  const auto show = [](SSL_CTX* client, const tls::Identity& identity) {
    REQUIRE(SSL_CTX_use_certificate(client, identity.certificate.get()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(client, identity.key.get()) == 1);
  };
  const auto wrong = careless_client();
  show(wrong.get(), stranger.issue({"", std::chrono::hours(-1), std::chrono::hours(1), "clientAuth"}));
  CHECK(shake_hands(wrong.get(), server->get()).server.reason == "certificate verify failed");

  const auto right = careless_client();
  show(right.get(), authority.issue({"", std::chrono::hours(-1), std::chrono::hours(1), "clientAuth"}));
  const auto first = shake_hands(right.get(), server->get());
  REQUIRE(first.done());
  char byte = 0;
  SSL_read(first.client.ssl.get(), &byte, 1);  // takes the ticket, which follows the handshake in TLS 1.3
  const std::unique_ptr<SSL_SESSION, tls::Free<SSL_SESSION_free>> session(SSL_get1_session(first.client.ssl.get()));
  auto second = test::join(right.get(), server->get());
  REQUIRE(SSL_set_session(second.client.ssl.get(), session.get()) == 1);
  shake_hands(second);
  CHECK(second.done());
  CHECK(SSL_session_reused(second.server.ssl.get()) == 1);
  CHECK(SSL_get0_peer_certificate(second.server.ssl.get()) != nullptr);
}

TEST_CASE("every file that does not serve is a problem of its own, named with OpenSSL's reason") {
  const test::TemporaryFolder folder;
  const test::Authority authority;
  const auto one = authority.issue({});
  const auto other = authority.issue({});
  const std::string certificate = folder.write("cert.pem", test::pem(one.certificate.get()));
  const std::string key = folder.write("key.pem", test::pem(one.key.get()));
  const std::string other_key = folder.write("other.pem", test::pem(other.key.get()));
  const std::string encrypted = folder.write("encrypted.pem", test::pem(one.key.get(), "passphrase"));
  const std::string nonsense = folder.write("nonsense.pem", "nonsense");
  const std::string missing = folder.path() + "/missing.pem";

  struct Case {
    config::ListenTls settings;
    std::vector<std::pair<std::string, std::string>> problems;
  };
  const Case cases[] = {
      {{false, nonsense, key, ""}, {{nonsense, "no start line"}}},
      {{false, certificate, nonsense, ""}, {{nonsense, "cannot use the private key"}}},
      {{false, certificate, other_key, ""}, {{other_key, "does not belong to the certificate"}}},
      {{false, certificate, encrypted, ""}, {{encrypted, "is encrypted"}}},
      {{false, missing, missing, ""}, {{missing, "No such file or directory"}, {missing, "private key"}}},
      {{false, certificate, key, nonsense}, {{nonsense, "authorities"}}},
      {{true, "", "", missing}, {{missing, "authorities"}}},
      {{false, nonsense, encrypted, missing},
       {{nonsense, "certificate"}, {encrypted, "encrypted"}, {missing, "authorities"}}},
  };
  for (const Case& c : cases) {
    const auto made = tls::make_server_context(c.settings, {});
    REQUIRE_FALSE(made.has_value());
    const auto problems = made.error();
    CAPTURE(test::lines(problems));
    CHECK(problems.size() == c.problems.size());
    for (const auto& [file, part] : c.problems) CHECK(test::has_problem(problems, file, part));
    CHECK(ERR_peek_error() == 0);
  }
}
