#include "demo/function/sessions.hpp"

namespace function {

Sessions::Start Sessions::begin(const std::string& request_id) {
  forget_expired();
  const auto [state, made] = states_.try_emplace(request_id);
  ++state->second.open_connections;
  return {!made, state->second.messages};
}

void Sessions::count(const std::string& request_id) {
  const auto state = states_.find(request_id);
  if (state != states_.end()) ++state->second.messages;
}

std::uint64_t Sessions::messages(const std::string& request_id) const {
  const auto state = states_.find(request_id);
  return state == states_.end() ? 0 : state->second.messages;
}

void Sessions::end(const std::string& request_id, bool clean) {
  const auto state = states_.find(request_id);
  if (state == states_.end() || --state->second.open_connections > 0) return;
  if (clean) {
    states_.erase(state);
  } else {
    state->second.until = std::chrono::steady_clock::now() + window_;
  }
}

std::size_t Sessions::held() {
  forget_expired();
  return states_.size();
}

void Sessions::forget_expired() {
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(states_,
                [&](const auto& entry) { return entry.second.open_connections <= 0 && entry.second.until <= now; });
}

}  // namespace function
