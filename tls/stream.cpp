#include "tls/stream.hpp"

#include <linux/sockios.h>
#include <openssl/err.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>

namespace tls {
namespace {

using Outcome = Attempt::Outcome;
using boost::system::error_code;

Attempt failed(error_code error) { return {Outcome::failed, 0, error}; }
Attempt failed_by_errno() { return failed({errno, boost::system::system_category()}); }

}  // namespace

Stream& Stream::operator=(Stream&& other) noexcept {
  if (this != &other) {
    abort();
    fd_ = std::exchange(other.fd_, -1);
    ssl_ = std::move(other.ssl_);
  }
  return *this;
}

bool Stream::accept_tls(SSL_CTX* context) {
  ssl_.reset(SSL_new(context));
  if (!ssl_ || SSL_set_fd(ssl_.get(), fd_) != 1) return false;
  SSL_set_accept_state(ssl_.get());
  return true;
}

bool Stream::connect_tls(SSL_CTX* context) {
  ssl_.reset(SSL_new(context));
  if (!ssl_ || SSL_set_fd(ssl_.get(), fd_) != 1) return false;
  SSL_set_connect_state(ssl_.get());
  return true;
}

Attempt Stream::judge_tls(int returned) noexcept {
  const int system_error = errno;
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ:
      return {Outcome::wait_readable, 0, {}};
    case SSL_ERROR_WANT_WRITE:
      return {Outcome::wait_writable, 0, {}};
    case SSL_ERROR_ZERO_RETURN:
      return {Outcome::end, 0, {}};
    case SSL_ERROR_SYSCALL:
      if (system_error == 0) return failed(boost::asio::ssl::error::stream_truncated);
      return failed({system_error, boost::system::system_category()});
    default: {
      const unsigned long reason = ERR_peek_last_error();
      // a FIN that no close_notify announced: an attacker may have cut the stream (RFC 8446 section 6.1)
      if (ERR_GET_REASON(reason) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return failed(boost::asio::ssl::error::stream_truncated);
      return failed({static_cast<int>(reason), boost::asio::error::get_ssl_category()});
    }
  }
}

Attempt Stream::handshake() noexcept {
  if (!ssl_) return {Outcome::done, 0, {}};
  ERR_clear_error();  // SSL_get_error looks at the thread's whole queue
  errno = 0;
  const int returned = SSL_do_handshake(ssl_.get());
  return returned == 1 ? Attempt{Outcome::done, 0, {}} : judge_tls(returned);
}

Attempt Stream::read(std::span<char> into) noexcept {
  if (fd_ < 0) return failed(boost::asio::error::bad_descriptor);
  if (ssl_) {
    ERR_clear_error();
    errno = 0;
    std::size_t bytes = 0;
    const int returned = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    return returned == 1 ? Attempt{Outcome::done, bytes, {}} : judge_tls(returned);
  }
  const ssize_t bytes = ::recv(fd_, into.data(), into.size(), 0);
  if (bytes > 0) return {Outcome::done, static_cast<std::size_t>(bytes), {}};
  if (bytes == 0) return {Outcome::end, 0, {}};
  if (errno == EAGAIN || errno == EINTR) return {Outcome::wait_readable, 0, {}};
  return failed_by_errno();
}

Attempt Stream::write(std::string_view bytes) noexcept {
  if (fd_ < 0) return failed(boost::asio::error::bad_descriptor);
  if (ssl_) {
    ERR_clear_error();
    errno = 0;
    std::size_t written = 0;
    const int returned = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    return returned == 1 ? Attempt{Outcome::done, written, {}} : judge_tls(returned);
  }
  const ssize_t written = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (written >= 0) return {Outcome::done, static_cast<std::size_t>(written), {}};
  if (errno == EAGAIN || errno == EINTR) return {Outcome::wait_writable, 0, {}};
  return failed_by_errno();
}

Attempt Stream::end_writing() noexcept {
  if (fd_ < 0) return failed(boost::asio::error::bad_descriptor);
  if (ssl_ && SSL_is_init_finished(ssl_.get())) {
    ERR_clear_error();
    errno = 0;
    const int returned = SSL_shutdown(ssl_.get());  // 0: sent, the peer's is outstanding
    if (returned < 0) {
      if (const Attempt attempt = judge_tls(returned); attempt.outcome == Outcome::wait_writable) return attempt;
    }
  }
  return ::shutdown(fd_, SHUT_WR) == 0 ? Attempt{Outcome::done, 0, {}} : failed_by_errno();
}

std::size_t Stream::unacknowledged() const noexcept {
  int bytes = 0;
  return fd_ >= 0 && ::ioctl(fd_, SIOCOUTQ, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

void Stream::close() noexcept {
  if (fd_ < 0) return;
  ::close(std::exchange(fd_, -1));
  ssl_.reset();
}

void Stream::abort() noexcept {
  if (fd_ < 0) return;
  const ::linger at_once{1, 0};  // close sends RST and forgets what was not yet sent
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

}  // namespace tls
