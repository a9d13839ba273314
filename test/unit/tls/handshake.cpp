#include "test/unit/tls/handshake.hpp"

#include <openssl/err.h>

#include <stdexcept>

namespace test {
namespace {

/// Works until this end needs the other or has come to its own end.
void step(End& end) {
  if (end.done || !end.reason.empty()) return;
  ERR_clear_error();
  const int result = SSL_do_handshake(end.ssl.get());
  if (result == 1) {
    end.done = true;
  } else if (SSL_get_error(end.ssl.get(), result) != SSL_ERROR_WANT_READ) {
    end.reason = tls::take_openssl_reason();
  }
}

}  // namespace

Handshake join(SSL_CTX* client, SSL_CTX* server) {
  Handshake handshake{{tls::SslPtr(SSL_new(client)), false, {}}, {tls::SslPtr(SSL_new(server)), false, {}}};
  BIO* client_end = nullptr;
  BIO* server_end = nullptr;
  // large enough that no end ever waits for room
  constexpr std::size_t room = std::size_t{256} * 1024;
  if (BIO_new_bio_pair(&client_end, room, &server_end, room) != 1) throw std::runtime_error("no pair of BIOs");
  SSL_set_bio(handshake.client.ssl.get(), client_end, client_end);
  SSL_set_bio(handshake.server.ssl.get(), server_end, server_end);
  SSL_set_connect_state(handshake.client.ssl.get());
  SSL_set_accept_state(handshake.server.ssl.get());
  return handshake;
}

void shake_hands(Handshake& handshake) {
  // TLS takes at most four flights; a few more turns bring each alert to the other end
  for (int turn = 0; turn < 8; ++turn) {
    step(handshake.client);
    step(handshake.server);
  }
}

Handshake shake_hands(SSL_CTX* client, SSL_CTX* server) {
  Handshake handshake = join(client, server);
  shake_hands(handshake);
  return handshake;
}

}  // namespace test
