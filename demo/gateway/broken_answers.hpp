// Decides which bytes a broken answer consists of, and what happens after them.
#pragma once

#include <optional>
#include <string>

#include "demo/gateway/faults.hpp"
#include "demo/wire/head.hpp"

namespace gateway {

/// Bytes that are no proper answer.
struct BrokenAnswer {
  /// What follows the bytes: silence, FIN or RST.
  enum class Then { keep_open, fin, rst };
  std::string bytes;
  /// Repeated after the bytes until the client goes away, at most 16 MiB; empty: nothing.
  std::string endless;
  Then then = Then::fin;
};

/// The broken answer of that fault to a request with these fields; nothing if the fault is not of this kind. `own` are
/// the fields that the gateway adds to each answer.
[[nodiscard]] std::optional<BrokenAnswer> broken_answer(const Fault& fault, const wire::Fields& request,
                                                        const wire::Fields& own);

}  // namespace gateway
