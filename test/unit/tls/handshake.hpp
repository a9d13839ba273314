// Decides how two TLS ends meet in a test: in memory, step by step, until both are done or one gives up.
#pragma once

#include <string>

#include "tls/openssl.hpp"

namespace test {

/// One end after the handshake.
struct End {
  tls::SslPtr ssl;
  bool done = false;
  /// OpenSSL's reason where it is not done.
  std::string reason;
};

/// Both ends; each may read and write what the other sent, as on a socket.
struct Handshake {
  End client;
  End server;

  /// Whether both ends have finished.
  [[nodiscard]] bool done() const { return client.done && server.done; }
};

/// New ends of the two contexts, joined in memory, before their first byte.
[[nodiscard]] Handshake join(SSL_CTX* client, SSL_CTX* server);

/// Lets both ends work until nothing moves any more.
void shake_hands(Handshake& handshake);

/// Both at once, for tests that configure nothing between.
[[nodiscard]] Handshake shake_hands(SSL_CTX* client, SSL_CTX* server);

}  // namespace test
