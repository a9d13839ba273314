#include "tls/openssl.hpp"

#include <openssl/err.h>

namespace tls {

std::string take_openssl_reason() {
  // the first error is the cause, those after it are the layers above that gave up because of it
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "unknown reason";
  if (const char* reason = ERR_reason_error_string(code)) return reason;
  // errors of the system have a number in place of a reason
  if (ERR_SYSTEM_ERROR(code))
    return boost::system::error_code(ERR_GET_REASON(code), boost::system::system_category()).message();
  return "error " + std::to_string(code);
}

}  // namespace tls
