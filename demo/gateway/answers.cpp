#include "demo/gateway/answers.hpp"

#include <algorithm>
#include <array>

#include "demo/wire/exchange.hpp"

namespace gateway {
namespace {

constexpr std::array<std::string_view, 7> allowed_methods{"HEAD", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

int grpc_code_of(int status) {
  switch (status) {
    case 400:
      return 3;
    case 401:
      return 16;
    case 403:
      return 7;
    case 404:
      return 5;
    case 429:
      return 8;
    case 501:
      return 12;
    case 503:
      return 14;
    case 504:
      return 4;
    default:
      return 13;
  }
}

}  // namespace

bool is_preflight(const wire::RequestHead& head) {
  return head.method == "OPTIONS" && !head.fields.value_or_empty("access-control-request-method").empty();
}

std::string preflight_answer(const wire::RequestHead& head) {
  const auto origin = head.fields.value_or_empty("origin");
  const auto method = head.fields.value_or_empty("access-control-request-method");
  wire::Fields fields;
  for (const char* name : {"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"}) {
    fields.add("Vary", name);
  }
  if (!origin.empty() && std::find(allowed_methods.begin(), allowed_methods.end(), method) != allowed_methods.end()) {
    fields.add("Access-Control-Allow-Origin", origin);
    fields.add("Access-Control-Allow-Methods", method);
    const auto headers = head.fields.value_or_empty("access-control-request-headers");
    if (!headers.empty()) fields.add("Access-Control-Allow-Headers", headers);
    fields.add("Access-Control-Allow-Credentials", "true");
    fields.add("Access-Control-Max-Age", "3600");
  }
  return wire::answer_text(200, std::move(fields), "", head.method);
}

std::string refusal_answer(const Refusal& refusal, const wire::RequestHead& head) {
  wire::Fields fields;
  if (refusal.delete_cookie) fields.add("Set-Cookie", "nvcf-request-id=; Max-Age=0");
  fields.add("Vary", "Origin");
  const auto origin = head.fields.value_or_empty("origin");
  if (!origin.empty()) {
    fields.add("Access-Control-Allow-Origin", origin);
    fields.add("Access-Control-Allow-Credentials", "true");
  }
  const auto media_type = head.fields.value_or_empty("content-type");
  if (wire::trimmed(std::string_view{media_type}.substr(0, media_type.find(';'))) == "application/grpc") {
    fields.add("Grpc-Status", std::to_string(grpc_code_of(refusal.status)));
    fields.add("Grpc-Message", refusal.text);
    fields.add("Content-Type", "application/grpc");
    return wire::answer_text(200, std::move(fields), "", head.method);
  }
  fields.add("Content-Type", "text/plain; charset=utf-8");
  return wire::answer_text(refusal.status, std::move(fields), refusal.text, head.method);
}

}  // namespace gateway
