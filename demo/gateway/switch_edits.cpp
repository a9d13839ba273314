#include "demo/gateway/switch_edits.hpp"

#include "demo/wire/frames.hpp"

namespace gateway {
namespace {

constexpr std::string_view protocol = "Sec-WebSocket-Protocol";

}  // namespace

std::string edited_switch(const Fault& fault, wire::ResponseHead head, const wire::Fields& offered) {
  auto& fields = head.fields;
  std::string frames;
  if (fault.is("bad-accept")) fields.set("Sec-WebSocket-Accept", wire::accept_of("not the key that was sent"));
  if (fault.is("unoffered-protocol")) fields.set(protocol, "never-offered");
  if (fault.is("no-protocol")) fields.remove(protocol);
  if (fault.is("two-protocols")) {
    const auto list = offered.value_or_empty(protocol);
    const auto first = std::string{wire::trimmed(std::string_view{list}.substr(0, list.find(',')))};
    fields.remove(protocol);
    for (const auto& value : {first, std::string{"second"}}) fields.add(protocol, value);
  }
  if (fault.is("unoffered-extension")) fields.add("Sec-WebSocket-Extensions", "x-never-offered");
  if (fault.is("early-frames")) frames = wire::unmasked_frame(wire::opcode::text, "early");
  return head.version + " 101 " + head.reason + "\r\n" + fields.text() + "\r\n" + frames;
}

}  // namespace gateway
