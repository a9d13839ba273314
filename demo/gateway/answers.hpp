// Decides what the gateway answers of its own: errors and preflights, the only answers that get CORS headers from it.
#pragma once

#include <string>

#include "demo/gateway/sessions.hpp"
#include "demo/wire/head.hpp"

namespace gateway {

/// Whether the gateway answers this request without looking further.
[[nodiscard]] bool is_preflight(const wire::RequestHead& head);
/// 200 with what the preflight asked to be allowed.
[[nodiscard]] std::string preflight_answer(const wire::RequestHead& head);
/// The error as HTTP, for a gRPC client as 200 with `grpc-status`; with the cookie's deletion where the refusal says
/// so.
[[nodiscard]] std::string refusal_answer(const Refusal& refusal, const wire::RequestHead& head);

}  // namespace gateway
