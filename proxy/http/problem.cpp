#include "proxy/http/problem.hpp"

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "proxy/http/cors.hpp"
#include "proxy/http/hop.hpp"

namespace proxy {
namespace {

constexpr std::size_t longest_detail = 512;
/// Seconds: what a replica needs to be replaced, or a session to end.
constexpr std::string_view retry_after = "5";

/// How many bytes of `text` are its first character in UTF-8 (RFC 3629: none overlong, no surrogate, none beyond
/// U+10FFFF); 0 if they are no character.
std::size_t character_size(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  const unsigned second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF && follows(1)) return 2;
  if (first >= 0xE0 && first <= 0xEF && follows(1) && follows(2)) {
    return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4 && follows(1) && follows(2) && follows(3)) {
    return (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F) ? 0 : 4;
  }
  return 0;
}

/// What a status demands beside its text (RFC 9110 sections 15.5.6 and 15.5.22).
void append_demanded(std::string& head, unsigned status) {
  if (status == 405) append_line(head, "Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  if (status == 426) {
    append_line(head, "Upgrade", "websocket");
    append_line(head, "Sec-WebSocket-Version", "13");
    append_line(head, "Connection", "Upgrade");
  }
  if (status == 503) append_line(head, "Retry-After", retry_after);
}

}  // namespace

std::string problem_json(const Failure& failure) {
  const ErrorRow& row = describe(failure.code);
  boost::json::object problem;
  problem["type"] = "about:blank";
  problem["title"] = row.title;
  problem["status"] = row.status;
  if (!failure.detail.empty()) problem["detail"] = cut_utf8(failure.detail, longest_detail);
  problem["side"] = name(row.side);
  problem["error"] = row.label;
  problem["advice"] = row.advice;
  return boost::json::serialize(problem);
}

std::string problem_answer(const Failure& failure, const RequestFacts& request,
                           const std::vector<std::string>& allowed_origins, bool keep_alive) {
  const unsigned status = describe(failure.code).status;
  if (status == 0) return {};
  const std::string body = problem_json(failure);
  const auto reason = http::obsolete_reason(static_cast<http::status>(status));

  std::string answer;
  answer.reserve(body.size() + 512);
  answer.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(reason.data(), reason.size());
  answer.append("\r\n");
  append_line(answer, "Content-Type", "application/problem+json");
  append_line(answer, "Content-Length", std::to_string(body.size()));
  append_line(answer, "Cache-Control", "no-store");
  append_demanded(answer, status);
  append_cors(answer, allowed_origins, request.origin, {"Content-Type", "Content-Length", "Retry-After"});
  append_connection(answer, request.version, keep_alive);
  answer.append("\r\n");
  if (request.method != http::verb::head) answer.append(body);
  return answer;
}

CloseReason refusal_close(unsigned status, std::string_view sentence) {
  constexpr unsigned first_code = 4000;      // RFC 6455 section 7.4.2: ours to give a meaning
  constexpr std::size_t longest_text = 123;  // section 5.5: a control frame holds 125 bytes, two are the code
  return {static_cast<std::uint16_t>(first_code + status), cut_utf8(sentence, longest_text)};
}

std::string open_and_close(const RequestFacts& request, const CloseReason& reason, std::string_view extra_lines) {
  if (!request.websocket) return {};
  std::string answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  append_line(answer, "Sec-WebSocket-Accept", accept_for(request.websocket->key));
  const auto protocol = choose_subprotocol(request.websocket->protocols, std::nullopt);
  if (protocol && *protocol) append_line(answer, "Sec-WebSocket-Protocol", **protocol);
  answer.append(extra_lines).append("\r\n");

  constexpr char final_close = static_cast<char>(0x88);
  answer.push_back(final_close);
  answer.push_back(static_cast<char>(reason.text.size() + sizeof reason.code));
  answer.push_back(static_cast<char>(reason.code >> 8));
  answer.push_back(static_cast<char>(reason.code & 0xFF));
  return answer.append(reason.text);
}

std::string cut_utf8(std::string_view text, std::size_t bytes) {
  std::string kept;
  kept.reserve(std::min(text.size(), bytes));
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    if (kept.size() + std::max<std::size_t>(size, 1) > bytes) break;
    if (size == 0) {
      kept.push_back('?');
    } else {
      kept.append(text.substr(0, size));
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return kept;
}

std::string lines_beside_status(std::string_view head) {
  std::string lines;
  while (!head.empty() && !head.starts_with("\r\n")) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    const std::string_view name = line.substr(0, line.find(':'));
    if (same_name(name, "set-cookie") || same_name(name, "vary") || is_cors_header(name))
      lines.append(line).append("\r\n");
  }
  return lines;
}

}  // namespace proxy
