#include "proxy/socket_options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace proxy {
namespace {

void set(int fd, int level, int option, int value) noexcept { ::setsockopt(fd, level, option, &value, sizeof value); }

}  // namespace

void set_socket_options(int fd) noexcept {
  constexpr int first_probe_seconds = 30;
  constexpr int probe_interval_seconds = 10;
  constexpr int probes = 3;
  constexpr int unacknowledged_milliseconds = 30'000;
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, first_probe_seconds);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, probe_interval_seconds);
  set(fd, IPPROTO_TCP, TCP_KEEPCNT, probes);
  set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, unacknowledged_milliseconds);
}

}  // namespace proxy
