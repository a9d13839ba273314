#include "demo/gateway/broken_answers.hpp"

#include <map>

#include "demo/wire/frames.hpp"

namespace gateway {
namespace {

using namespace std::string_literals;
using Then = BrokenAnswer::Then;

// the variant without a name is the first one of each list
std::string chosen(const std::map<std::string, std::string>& variants, const std::string& name,
                   const std::string& usual) {
  const auto found = variants.find(name.empty() ? usual : name);
  return found == variants.end() ? variants.at(usual) : found->second;
}

std::string framing_lines(const std::string& variant) {
  static const std::map<std::string, std::string> variants{
      {"te-cl", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
      {"two-lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"},
      {"cl-list", "Content-Length: 5, 6\r\n\r\nhello!"},
      {"negative-length", "Content-Length: -5\r\n\r\nhello"},
      {"huge-length", "Content-Length: 99999999999999999999999\r\n\r\nhello"},
      {"bad-chunk", "Transfer-Encoding: chunked\r\n\r\n5g\r\nhello\r\n0\r\n\r\n"},
      {"te-identity", "Transfer-Encoding: identity\r\n\r\nhello"},
      {"te-twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
      {"te-http10", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}};
  return chosen(variants, variant, "te-cl");
}

std::string field_line(const std::string& variant) {
  static const std::map<std::string, std::string> variants{{"bare-lf", "X-Broken: one\nX-Injected: two\r\n"},
                                                           {"bare-cr", "X-Broken: one\rX-Injected: two\r\n"},
                                                           {"nul", "X-Broken: one\0two\r\n"s},
                                                           {"obs-fold", "X-Broken: one\r\n  two\r\n"},
                                                           {"space-colon", "X-Broken : one\r\n"},
                                                           {"no-colon", "X-Broken\r\n"},
                                                           {"empty-name", ": one\r\n"}};
  return chosen(variants, variant, "bare-lf");
}

std::string status_line(const std::string& variant) {
  static const std::map<std::string, std::string> variants{{"version", "HTTP/3.7 200 OK\r\n"},
                                                           {"code", "HTTP/1.1 20 OK\r\n"},
                                                           {"garbage", "\x16\x03\x01 not an answer at all\r\n"},
                                                           {"http2", "PRI * HTTP/2.0\r\n"}};
  return chosen(variants, variant, "version");
}

// a 101 with one thing wrong; the key is that of the request, or any if it had none
std::string switching(const std::string& variant, const wire::Fields& request, const wire::Fields& own) {
  const auto accept = wire::accept_of(request.value_or_empty("sec-websocket-key"));
  wire::Fields fields;
  fields.add("Upgrade", variant == "h2c" ? "h2c" : "websocket");
  fields.add("Connection", "Upgrade");
  fields.add("Sec-WebSocket-Accept", accept);
  if (variant == "two-accepts") fields.add("Sec-WebSocket-Accept", accept);
  if (variant == "no-upgrade" || variant == "bare") fields.remove("Upgrade");
  if (variant == "no-connection" || variant == "bare") fields.remove("Connection");
  if (variant == "no-accept" || variant == "bare") fields.remove("Sec-WebSocket-Accept");
  if (variant == "body") fields.add("Content-Length", "5");
  return "HTTP/1.1 101 Switching Protocols\r\n" + fields.text() + own.text() + "\r\n" +
         (variant == "body" ? "hello" : "");
}

std::optional<BrokenAnswer> answer_without_end(const std::string& variant, const std::string& ok) {
  if (variant == "body") return BrokenAnswer{ok + "Content-Length: 100\r\n\r\nonly this", "", Then::keep_open};
  const auto line = "X-Filler: " + std::string(1000, 'x');
  if (variant == "field") return BrokenAnswer{ok + line, std::string(16384, 'x'), Then::fin};
  return BrokenAnswer{ok, line + "\r\n", Then::fin};
}

}  // namespace

std::optional<BrokenAnswer> broken_answer(const Fault& fault, const wire::Fields& request, const wire::Fields& own) {
  const auto ok = "HTTP/1.1 200 OK\r\n" + own.text();
  const auto half_body = ok + "Content-Length: 100000\r\n\r\n" + std::string(1000, 'h');
  if (fault.is("silent")) return BrokenAnswer{"", "", Then::keep_open};
  if (fault.is("close-before-answer")) return BrokenAnswer{"", "", Then::fin};
  if (fault.is("rst-before-answer")) return BrokenAnswer{"", "", Then::rst};
  if (fault.is("rst-mid-head")) return BrokenAnswer{ok + "X-Half: ", "", Then::rst};
  if (fault.is("rst-mid-body")) return BrokenAnswer{half_body, "", Then::rst};
  if (fault.is("fin-mid-body")) return BrokenAnswer{half_body, "", Then::fin};
  if (fault.is("no-end")) return answer_without_end(fault.argument, ok);
  if (fault.is("bad-framing")) {
    const auto version = fault.argument == "te-http10" ? "HTTP/1.0"s : "HTTP/1.1"s;
    return BrokenAnswer{version + " 200 OK\r\n" + own.text() + framing_lines(fault.argument), "", Then::keep_open};
  }
  if (fault.is("crlf-header")) {
    return BrokenAnswer{ok + field_line(fault.argument) + "Content-Length: 5\r\n\r\nhello", "", Then::keep_open};
  }
  if (fault.is("bad-status-line")) {
    return BrokenAnswer{status_line(fault.argument) + own.text() + "Content-Length: 5\r\n\r\nhello", "",
                        Then::keep_open};
  }
  if (fault.is("unasked-101")) return BrokenAnswer{switching("", request, own), "", Then::keep_open};
  if (fault.is("forged-101")) {
    const auto variant = fault.argument.empty() ? "bare"s : fault.argument;
    return BrokenAnswer{switching(variant, request, own), "", Then::keep_open};
  }
  return std::nullopt;
}

}  // namespace gateway
