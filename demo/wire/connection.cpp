#include "demo/wire/connection.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <climits>

namespace wire {
namespace {

constexpr auto nothrow = asio::as_tuple(asio::use_awaitable);
constexpr auto finish_limit = std::chrono::seconds{2};

// aborts the connection if it still lives when the time is over
class Deadline {
 public:
  Deadline(Connection& connection, std::chrono::milliseconds limit)
      : connection_{std::make_shared<Connection*>(&connection)}, timer_{connection.executor(), limit} {
    // weak: a handler that is queued already cannot be cancelled any more
    timer_.async_wait([weak = std::weak_ptr{connection_}](const boost::system::error_code& error) {
      const auto alive = weak.lock();
      if (!error && alive) (*alive)->abort();
    });
  }

 private:
  std::shared_ptr<Connection*> connection_;
  asio::steady_timer timer_;
};

std::string text_or_empty(const char* text) { return text == nullptr ? std::string{} : std::string{text}; }

}  // namespace

std::string_view name_of(Ending ending) {
  switch (ending) {
    case Ending::fin:
      return "fin";
    case Ending::rst:
      return "rst";
    case Ending::open:
      break;
  }
  return "";
}

void Connection::FreeTls::operator()(ssl_st* tls) const { SSL_free(tls); }

Connection::Connection(asio::ip::tcp::socket socket, ssl_ctx_st* context) : socket_{std::move(socket)} {
  boost::system::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  socket_.native_non_blocking(true, ignored);
  if (context != nullptr) {
    tls_.reset(SSL_new(context));
    SSL_set_fd(tls_.get(), socket_.native_handle());
    SSL_set_accept_state(tls_.get());
  }
}

Connection::~Connection() = default;

asio::awaitable<bool> Connection::handshake(std::chrono::milliseconds limit) {
  if (!tls_) co_return true;
  const Deadline deadline{*this, limit};
  while (socket_.is_open()) {
    ERR_clear_error();
    errno = 0;
    const int result = SSL_do_handshake(tls_.get());
    if (result == 1) co_return true;
    const Need need = need_of_tls(result);
    if (need == Need::over || !co_await wait_for(need)) break;
  }
  co_return false;
}

asio::awaitable<bool> Connection::read(std::string& buffer, std::size_t limit_bytes) {
  const std::size_t before = buffer.size();
  while (socket_.is_open() && peer_ending_ == Ending::open && !broken_) {
    buffer.resize(before + limit_bytes);
    const Step step = try_read(buffer.data() + before, limit_bytes);
    buffer.resize(before + step.bytes);
    bytes_read_ += step.bytes;
    if (step.bytes > 0) co_return true;
    if (step.need == Need::over || !co_await wait_for(step.need)) break;
  }
  co_return false;
}

asio::awaitable<bool> Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!socket_.is_open() || writing_ended_ || broken_) co_return false;
    const Step step = try_write(bytes.data(), bytes.size());
    bytes_written_ += step.bytes;
    bytes.remove_prefix(step.bytes);
    if (step.bytes == 0 && (step.need == Need::over || !co_await wait_for(step.need))) co_return false;
  }
  co_return true;
}

bool Connection::write_now(std::string_view bytes) {
  if (!socket_.is_open() || writing_ended_ || broken_) return false;
  const Step step = try_write(bytes.data(), bytes.size());
  bytes_written_ += step.bytes;
  return step.bytes == bytes.size();
}

void Connection::cancel_waits() {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

Connection::Step Connection::try_read(char* data, std::size_t size) {
  errno = 0;
  if (tls_) {
    ERR_clear_error();
    std::size_t taken = 0;
    const int result = SSL_read_ex(tls_.get(), data, size, &taken);
    return result == 1 ? Step{Need::nothing, taken} : Step{need_of_tls(result), 0};
  }
  const auto taken = ::recv(socket_.native_handle(), data, size, 0);
  if (taken > 0) return {Need::nothing, static_cast<std::size_t>(taken)};
  if (taken < 0 && (errno == EAGAIN || errno == EINTR)) return {Need::readable, 0};
  note_error(taken == 0 ? 0 : errno);
  return {Need::over, 0};
}

Connection::Step Connection::try_write(const char* data, std::size_t size) {
  errno = 0;
  if (tls_) {
    ERR_clear_error();
    std::size_t given = 0;
    const int result = SSL_write_ex(tls_.get(), data, size, &given);
    return result == 1 ? Step{Need::nothing, given} : Step{need_of_tls(result), 0};
  }
  const auto given = ::send(socket_.native_handle(), data, size, MSG_NOSIGNAL);
  if (given >= 0) return {Need::nothing, static_cast<std::size_t>(given)};
  if (errno == EAGAIN || errno == EINTR) return {Need::writable, 0};
  note_error(errno);
  return {Need::over, 0};
}

Connection::Need Connection::need_of_tls(int result) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Need::readable;
    case SSL_ERROR_WANT_WRITE:
      return Need::writable;
    case SSL_ERROR_ZERO_RETURN:
      close_notify_seen_ = true;
      note_error(0);
      break;
    case SSL_ERROR_SYSCALL:
      note_error(errno);
      break;
    default:
      // OpenSSL 3 tells of a FIN without close_notify this way; everything else is a protocol error of the peer
      if (ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) note_error(0);
      broken_ = true;
  }
  return Need::over;
}

// the first end that is seen counts: a peer that sent FIN and then RSTs had ended with FIN
void Connection::note_error(int error) {
  if (peer_ending_ == Ending::open) peer_ending_ = error == 0 ? Ending::fin : Ending::rst;
}

asio::awaitable<bool> Connection::wait_for(Need need) {
  const auto direction = need == Need::readable ? asio::ip::tcp::socket::wait_read : asio::ip::tcp::socket::wait_write;
  const auto [error] = co_await socket_.async_wait(direction, nothrow);
  co_return !error;
}

void Connection::end_writing() {
  if (!socket_.is_open() || writing_ended_) return;
  writing_ended_ = true;
  if (tls_ && !broken_) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  }
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> Connection::finish() {
  if (!socket_.is_open()) co_return;
  end_writing();
  const Deadline deadline{*this, finish_limit};
  std::string unread;
  while (co_await read(unread)) unread.clear();
  // after a close_notify the peer's FIN is still to come
  char byte = 0;
  while (socket_.is_open() && peer_ending_ == Ending::fin && close_notify_seen_) {
    errno = 0;
    if (::recv(socket_.native_handle(), &byte, 1, 0) >= 0 || errno != EAGAIN) break;
    if (const bool done = co_await wait_for(Need::readable); !done) break;
  }
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Connection::abort() {
  if (!socket_.is_open()) return;
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  socket_.close(ignored);
}

bool Connection::peer_gone() {
  if (!socket_.is_open()) return true;
  char byte = 0;
  const auto seen = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return seen == 0 || (seen < 0 && errno != EAGAIN && errno != EINTR);
}

TlsFacts Connection::tls_facts() const {
  TlsFacts facts;
  if (!tls_) return facts;
  facts.version = text_or_empty(SSL_get_version(tls_.get()));
  facts.sni = text_or_empty(SSL_get_servername(tls_.get(), TLSEXT_NAMETYPE_host_name));
  const unsigned char* alpn = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(tls_.get(), &alpn, &size);
  if (alpn != nullptr) facts.alpn.assign(reinterpret_cast<const char*>(alpn), size);
  if (X509* certificate = SSL_get0_peer_certificate(tls_.get())) {
    char name[256];
    facts.client_certificate = X509_NAME_oneline(X509_get_subject_name(certificate), name, sizeof name);
  }
  return facts;
}

asio::awaitable<std::optional<asio::ip::tcp::socket>> connect(std::string host, std::uint16_t port) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver{executor};
  const auto [unresolved, addresses] = co_await resolver.async_resolve(host, std::to_string(port), nothrow);
  if (unresolved) co_return std::nullopt;
  asio::ip::tcp::socket socket{executor};
  const auto [refused, endpoint] = co_await asio::async_connect(socket, addresses, nothrow);
  if (refused) co_return std::nullopt;
  co_return std::move(socket);
}

}  // namespace wire
