// Decides what of the configuration is in force: an immutable whole that every session takes along.
#pragma once

#include <memory>

#include "config/config.hpp"
#include "tls/openssl.hpp"

namespace proxy {

/// A configuration with the TLS contexts that were made from it. A session keeps the one it began with.
struct Snapshot {
  config::Config config;
  /// Null: browsers speak plain HTTP to us.
  tls::ContextPtr server_tls;
  /// Null: upstream is plain HTTP.
  tls::ContextPtr client_tls;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace proxy
