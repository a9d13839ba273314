// Decides how TCP behaves under a session that may be silent for hours.
#pragma once

namespace proxy {

/// Sets on a connected or connecting socket: no Nagle (signalling messages are small and each counts), keep-alive
/// probes after 30 s of silence every 10 s, and 30 s at most for sent bytes to be acknowledged (`TCP_USER_TIMEOUT`), so
/// that a peer that vanished is noticed without a message (S2). A kernel that lacks one of them is no failure.
void set_socket_options(int fd) noexcept;

}  // namespace proxy
