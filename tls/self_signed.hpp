// Decides what the certificate looks like that is made at start when the operator has none.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "tls/openssl.hpp"

namespace tls {

/// A certificate and the key it was made for.
struct Identity {
  CertificatePtr certificate;
  KeyPtr key;
};

/// A new ECDSA P-256 key and a certificate signed with it, in memory only: subjectAltName localhost, 127.0.0.1, ::1 and
/// `names` (host names or addresses; what is neither is left out), valid from a day before `now`, for clocks that
/// differ, until 365 days after. The error is a sentence with OpenSSL's reason.
[[nodiscard]] boost::system::result<Identity, std::string> make_self_signed(
    const std::vector<std::string>& names,
    std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

/// The names of this machine that a browser may use for it: its host name; empty if the system has none.
[[nodiscard]] std::vector<std::string> local_host_names();

}  // namespace tls
