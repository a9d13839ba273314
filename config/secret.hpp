// Decides how a value that must never be seen is held: it can be used, compared and wiped, but not printed.
#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>

namespace config {

/// A credential (API key, token, private key text). It has no stream operator and no formatter, so that logging one
/// does not compile (promise X8); its memory is overwritten when it dies. `reveal()` is the only door:
/// `grep 'reveal('` lists every place where a secret leaves.
class Secret {
 public:
  Secret() = default;
  /// Takes `value` over; what the caller copied it from is the caller's to wipe.
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();
      value_ = other.value_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      value_ = std::move(other.value_);
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }

  /// The secret itself; valid as long as this object. Never pass it to a log or an error.
  [[nodiscard]] std::string_view reveal() const noexcept { return value_; }
  /// Whether there is nothing to hide.
  [[nodiscard]] bool empty() const noexcept { return value_.empty(); }

 private:
  void wipe() noexcept {
    // capacity, not size: a short string moved from leaves its bytes in the buffer of the string object
    OPENSSL_cleanse(value_.data(), value_.capacity());
    value_.clear();
  }

  std::string value_;
};

}  // namespace config
