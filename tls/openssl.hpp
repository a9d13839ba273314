// Decides how OpenSSL's objects are owned and how its errors become words.
#pragma once

#include <openssl/ssl.h>

#include <boost/system/result.hpp>
#include <memory>
#include <string>
#include <vector>

#include "config/problem.hpp"

namespace tls {

/// Deletes an OpenSSL object with its own function.
template <auto Function>
struct Free {
  /// What std::unique_ptr and std::shared_ptr call.
  template <class T>
  void operator()(T* object) const noexcept {
    Function(object);
  }
};

using CertificatePtr = std::unique_ptr<X509, Free<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
/// One side of one connection.
using SslPtr = std::unique_ptr<SSL, Free<SSL_free>>;
/// Shared by all connections of one side and all threads: OpenSSL locks what must be locked. A connection keeps its
/// context alive by itself (`SSL_new` counts), so a reload may drop the old one at any time.
using ContextPtr = std::shared_ptr<SSL_CTX>;

/// A context, or everything that is wrong with the files it should be made from.
using ContextResult = boost::system::result<ContextPtr, std::vector<config::Problem>>;

/// Why OpenSSL's last call on this thread failed, in its words ("no start line"), or "unknown reason". Empties the
/// thread's error queue, so that an old error is not taken for the next one's.
[[nodiscard]] std::string take_openssl_reason();

}  // namespace tls
