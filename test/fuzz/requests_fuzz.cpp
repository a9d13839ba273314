// Whatever bytes a client sends: they are refused, or what upstream gets of them can be read in one way only (X1, X2,
// F1).
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "proxy/http/message.hpp"
#include "proxy/http/rewrite_request.hpp"
#include "proxy/http/route.hpp"

namespace {

using namespace proxy;

config::Config make_config() {
  config::Config config;
  config.upstream.host = "gateway.test";
  config.upstream.authority = "gateway.test";
  config.upstream.api_key = config::Secret("key-of-ours");
  config.functions.default_id = config::FunctionId::parse("function");
  config.functions.allowed = {*config.functions.default_id};
  return config;
}

void require(bool holds) {
  if (!holds) std::abort();
}

void judge_forwarded(const std::string& text) {
  HeadScan scan;
  find_head_end(text, scan);
  require(!scan.malformed && scan.length == text.size());
  require(!judge_lines(text));
  RequestParser again;
  require(!again.read_head(text));
  require(judge_request_framing(again.head()).has_value());
  require(!judge_host(again.head()));
  require(count(again.head().fields, "Authorization") == 1);
  require(*find(again.head().fields, "Authorization") == "Bearer key-of-ours");
  require(count(again.head().fields, "function-id") == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const config::Config config = make_config();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  HeadScan scan;
  find_head_end(bytes, scan);
  if (scan.malformed || scan.length == 0) return 0;
  const std::string head(bytes.substr(0, scan.length));
  if (judge_lines(head)) return 0;
  RequestParser parser;
  if (parser.read_head(head)) return 0;
  const Route route = decide_route(parser.head(), config);
  if (const auto* forward = std::get_if<Forward>(&route)) {
    const Peer peer{boost::asio::ip::make_address("192.0.2.1"), false};
    judge_forwarded(rewrite_request(parser.head(), *forward, peer, config));
  }
  return 0;
}
