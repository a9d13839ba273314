// Decides how bytes are read from and written to a TCP connection, with or without TLS, and tells how its peer ended
// it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct ssl_st;
struct ssl_ctx_st;

namespace wire {

namespace asio = boost::asio;

/// How the peer ended its direction.
enum class Ending { open, fin, rst };
/// "fin" or "rst"; "" while open.
[[nodiscard]] std::string_view name_of(Ending ending);

/// What the TLS handshake agreed on.
struct TlsFacts {
  std::string version;
  std::string sni;
  std::string alpn;
  std::string client_certificate;
};

/// One connection. All of it runs on the thread of its socket's executor; one read and one write may wait at the same
/// time.
class Connection {
 public:
  /// Plain, or with TLS as a server if a context is given; the context is shared by OpenSSL's own count.
  explicit Connection(asio::ip::tcp::socket socket, ssl_ctx_st* context = nullptr);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// The TLS handshake; true at once without TLS, false if it failed or took longer than the limit.
  asio::awaitable<bool> handshake(std::chrono::milliseconds limit);
  /// Reads at least one byte and appends up to `limit_bytes` to `buffer`; false once nothing more will come: the peer
  /// ended (see `peer_ending`), or this side closed.
  asio::awaitable<bool> read(std::string& buffer, std::size_t limit_bytes = 65536);
  /// Writes all of it; false if the connection is gone.
  asio::awaitable<bool> write(std::string_view bytes);
  /// Writes it without waiting; false if not all of it was taken, then the stream is spoilt.
  bool write_now(std::string_view bytes);
  /// Makes whoever waits on this connection give up; the connection itself stays as it is.
  void cancel_waits();
  /// Ends this direction: close_notify with TLS, then FIN. The other direction stays open.
  void end_writing();
  /// Ends cleanly: close_notify, FIN, then reads on until the peer has ended too, at most 2 s, so that nothing unread
  /// turns the end into an RST.
  asio::awaitable<void> finish();
  /// Ends with an RST at once, without close_notify. Whoever waits on this connection gets false.
  void abort();
  /// Whether either side's end made it useless.
  [[nodiscard]] bool closed() const { return !socket_.is_open(); }

  /// Looks, without reading, whether the peer has ended already.
  [[nodiscard]] bool peer_gone();

  /// How the peer ended, as far as reads and writes have told.
  [[nodiscard]] Ending peer_ending() const noexcept { return peer_ending_; }
  /// Whether the peer's TLS said goodbye; false without TLS.
  [[nodiscard]] bool close_notify_seen() const noexcept { return close_notify_seen_; }
  /// Whether TLS is spoken.
  [[nodiscard]] bool tls() const noexcept { return tls_ != nullptr; }
  /// Known after the handshake.
  [[nodiscard]] TlsFacts tls_facts() const;
  /// Payload bytes so far, without those of TLS.
  [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_read_; }
  /// Payload bytes so far, without those of TLS.
  [[nodiscard]] std::uint64_t bytes_written() const noexcept { return bytes_written_; }
  /// OpenSSL's handle, owned by this object; nullptr without TLS.
  [[nodiscard]] const ssl_st* native_tls() const noexcept { return tls_.get(); }
  /// For timers beside it.
  [[nodiscard]] asio::any_io_executor executor() { return socket_.get_executor(); }

 private:
  enum class Need { nothing, readable, writable, over };
  struct Step {
    Need need;
    std::size_t bytes;
  };
  Step try_read(char* data, std::size_t size);
  Step try_write(const char* data, std::size_t size);
  Need need_of_tls(int result);
  void note_error(int error);
  asio::awaitable<bool> wait_for(Need need);
  struct FreeTls {
    void operator()(ssl_st* tls) const;
  };

  asio::ip::tcp::socket socket_;
  std::unique_ptr<ssl_st, FreeTls> tls_;
  Ending peer_ending_ = Ending::open;
  bool close_notify_seen_ = false;
  bool writing_ended_ = false;
  bool broken_ = false;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_written_ = 0;
};

/// Connects to HOST:PORT, every address of a name in turn; nothing if none answers.
asio::awaitable<std::optional<asio::ip::tcp::socket>> connect(std::string host, std::uint16_t port);

}  // namespace wire
