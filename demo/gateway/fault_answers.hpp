// Decides what a fault answers in place of the function, where the answer is proper HTTP or a stream; broken bytes are
// made elsewhere.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "demo/gateway/call.hpp"

namespace gateway {

/// Gives the answer of the fault, which must be one of those that stand in place of the function's.
boost::asio::awaitable<After> answer_with_fault(Call& call, const Fault& fault);
/// Whether the fault leaves the answer to the function and only edits the 101, or is none.
[[nodiscard]] bool leaves_answer_to_function(const Fault& fault);

}  // namespace gateway
