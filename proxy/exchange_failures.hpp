// Decides what is told of an exchange whose answer did not come, or did not come whole.
#pragma once

#include "proxy/connection.hpp"
#include "proxy/error.hpp"

namespace proxy {

/// Why upstream gave no head of an answer.
[[nodiscard]] Failure explain_missing_answer(HeadError error);
/// Why an answer whose head was sent already was not completed: upstream's fault, or the client is gone. For the log.
[[nodiscard]] Failure explain_cut_answer(BodyError error);

}  // namespace proxy
