// Decides how bytes move right now: one attempt at a non-blocking socket with or without TLS, and the ways it can end.
#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "tls/openssl.hpp"

namespace tls {

/// What one attempt came to.
struct Attempt {
  /// The five things that can come of it.
  enum class Outcome {
    /// `bytes` moved, or the step is complete
    done,
    /// nothing moved; try again when the socket is readable, or writable
    wait_readable,
    wait_writable,
    /// the peer ended properly: FIN, and close_notify before it under TLS
    end,
    /// the connection is lost; `error` says how (connection_reset, stream truncated, a TLS alert)
    failed,
  };
  Outcome outcome = Outcome::failed;
  std::size_t bytes = 0;
  boost::system::error_code error;

  /// Whether it is to be repeated once the socket is ready.
  [[nodiscard]] bool waits() const noexcept {
    return outcome == Outcome::wait_readable || outcome == Outcome::wait_writable;
  }
};

/// A non-blocking TCP socket, owned, with TLS set straight upon it if wanted: no copy of the bytes in between and 14.5
/// kB for an idle TLS connection, where asio::ssl::stream holds 79 kB. Destroying an open stream aborts it (see abort).
class Stream {
 public:
  Stream() = default;
  /// Takes ownership of `fd`, which must be non-blocking.
  explicit Stream(int fd) noexcept : fd_(fd) {}
  Stream(Stream&& other) noexcept : fd_(std::exchange(other.fd_, -1)), ssl_(std::move(other.ssl_)) {}
  Stream& operator=(Stream&& other) noexcept;
  ~Stream() { abort(); }

  /// Puts TLS on the socket, as server or as client; `handshake` carries it out. False when memory is short.
  [[nodiscard]] bool accept_tls(SSL_CTX* context);
  /// As accept_tls, as the client.
  [[nodiscard]] bool connect_tls(SSL_CTX* context);

  /// One step of the TLS handshake; done at once without TLS.
  Attempt handshake() noexcept;
  /// Reads what is there, at most `into`. After `done` there may be more, also inside OpenSSL where no poll sees it:
  /// only wait_readable means that the socket must be awaited.
  Attempt read(std::span<char> into) noexcept;
  /// Writes what the socket takes; a TLS write that has to wait is to be repeated with the same bytes.
  Attempt write(std::string_view bytes) noexcept;
  /// Says that nothing more will be sent: close_notify, then FIN. Reading goes on. wait_writable if close_notify has to
  /// wait.
  Attempt end_writing() noexcept;

  /// Bytes that were written and that the peer has not acknowledged yet.
  [[nodiscard]] std::size_t unacknowledged() const noexcept;

  /// Closes the socket; what was not read makes the kernel send RST, so end_writing and read to the end before.
  void close() noexcept;
  /// Ends without a word: RST, no close_notify. NVCF's gateway keeps the GPU session then (S5).
  void abort() noexcept;

  /// Whether there is a socket.
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  /// The socket, still owned by the stream; -1 without one.
  [[nodiscard]] int fd() const noexcept { return fd_; }
  /// Null without TLS; owned by the stream.
  [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }

 private:
  Attempt judge_tls(int returned) noexcept;

  int fd_ = -1;
  SslPtr ssl_;
};

}  // namespace tls
