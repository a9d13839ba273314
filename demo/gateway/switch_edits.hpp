// Decides how a fault changes the 101 with which a function accepts a WebSocket.
#pragma once

#include <string>

#include "demo/gateway/faults.hpp"
#include "demo/wire/head.hpp"

namespace gateway {

/// The bytes of the 101, changed as the fault's name says, unchanged for any other fault; `offered` are the request's
/// fields.
[[nodiscard]] std::string edited_switch(const Fault& fault, wire::ResponseHead head, const wire::Fields& offered);

}  // namespace gateway
