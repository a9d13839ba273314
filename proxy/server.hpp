// Decides how the process serves: its threads, its listeners, its admin address, and what signals do.
#pragma once

#include "config/config.hpp"
#include "proxy/snapshot.hpp"

namespace proxy {

/// Serves until SIGTERM or SIGINT, then aborts what is left so that every GPU session stays resumable (S5). Returns the
/// process's exit code: 0 after a signal, 1 (with a log line) when a port could not be had.
int serve(SnapshotPtr snapshot);

}  // namespace proxy
