#include "tls/openssl.hpp"

#include <openssl/err.h>

#include <system_error>

namespace tls {
namespace {

std::string words_of(unsigned long code) {
  if (const char* reason = ERR_reason_error_string(code)) return reason;
  // errors of the system have a number in place of a reason
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  return "error " + std::to_string(code);
}

}  // namespace

std::string take_openssl_reason() {
  // the first error is the cause, those after it are the layers above that gave up because of it; one that only names
  // the library below ("EVP lib") says nothing
  bool found = false;
  std::string words = "unknown reason";
  while (const unsigned long code = ERR_get_error()) {
    if (!found || words.ends_with(" lib")) words = words_of(code);
    found = true;
  }
  return words;
}

}  // namespace tls
