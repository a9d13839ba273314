// Decides what counts as an identifier of NVCF: a function, a version of it, a session's request id.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace config {

/// An identifier of one kind; two kinds do not convert into each other.
template <class Kind>
class Id {
 public:
  Id() = default;

  /// The id in `text`, or nothing if it is not one by the rules of its kind. UUIDs come out in lower case, so that two
  /// spellings of one session compare equal.
  [[nodiscard]] static std::optional<Id> parse(std::string_view text) {
    std::optional<std::string> value = Kind::normalise(text);
    if (!value) return std::nullopt;
    Id id;
    id.value_ = *std::move(value);
    return id;
  }

  /// The id as it is sent and compared.
  [[nodiscard]] const std::string& str() const noexcept { return value_; }
  auto operator<=>(const Id&) const = default;

 private:
  std::string value_;
};

/// The rule of functions' ids.
struct FunctionKind {
  /// `text` as the id's one spelling; nothing if it is none.
  static std::optional<std::string> normalise(std::string_view text);
};
/// The rule of versions' ids.
struct VersionKind {
  /// The same for a version.
  static std::optional<std::string> normalise(std::string_view text);
};
/// The rule of sessions' ids.
struct RequestKind {
  /// The same for a session.
  static std::optional<std::string> normalise(std::string_view text);
};

/// The id of a function: 1 to 128 characters of an HTTP token (RFC 9110 section 5.6.2), as it travels in a header and
/// in a subprotocol. NVCF's are UUIDs, a self-hosted gateway's need not be.
using FunctionId = Id<FunctionKind>;
/// The id of a function's version; the same alphabet.
using VersionId = Id<VersionKind>;
/// The id of a session (`nvcf-reqid`): a UUID in its 8-4-4-4-12 form. The gateway ignores anything else.
using RequestId = Id<RequestKind>;

}  // namespace config
