// Whatever bytes a peer sends after the 101: read at once or byte by byte, the same of them passes (F10), and no Close
// frame is seen in one way only.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "proxy/websocket/frames.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  proxy::FrameScanner whole;
  proxy::FrameScanner bytewise;
  const std::string passed(whole.feed(bytes));
  std::string pieces;
  for (const char& byte : bytes) pieces += bytewise.feed({&byte, 1});
  if (passed != pieces || !bytes.starts_with(passed)) std::abort();
  if (whole.messages() != bytewise.messages() || whole.close().has_value() != bytewise.close().has_value())
    std::abort();
  if (whole.close_bytes() != bytewise.close_bytes()) std::abort();
  return 0;
}
