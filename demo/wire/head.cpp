#include "demo/wire/head.hpp"

#include <algorithm>
#include <charconv>

namespace wire {
namespace {

char lower_character(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           others.find(c) != std::string_view::npos;
  });
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

// the lines between the first one and the empty one
std::optional<Fields> parse_fields(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) || has_control_character(line)) {
      return std::nullopt;
    }
    fields.add(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  return fields;
}

struct Lines {
  std::string_view first;
  std::string_view others;
};

std::optional<Lines> split_head(std::string_view raw) {
  const auto end = raw.find("\r\n");
  if (end == std::string_view::npos || raw.size() < end + 4 || has_control_character(raw.substr(0, end))) {
    return std::nullopt;
  }
  return Lines{raw.substr(0, end), raw.substr(end + 2, raw.size() - end - 4)};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower_character(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

}  // namespace

const std::string* Fields::first(std::string_view name) const {
  const auto found =
      std::find_if(list_.begin(), list_.end(), [&](const Field& field) { return same_name(field.name, name); });
  return found == list_.end() ? nullptr : &found->value;
}

std::string Fields::value_or_empty(std::string_view name) const {
  const auto* value = first(name);
  return value == nullptr ? std::string{} : *value;
}

std::vector<std::string> Fields::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& field : list_) {
    if (same_name(field.name, name)) values.push_back(field.value);
  }
  return values;
}

bool Fields::has_token(std::string_view name, std::string_view token) const {
  for (const auto& value : all(name)) {
    for (const auto part : split(value, ',')) {
      if (same_name(trimmed(part), token)) return true;
    }
  }
  return false;
}

void Fields::remove(std::string_view name) {
  std::erase_if(list_, [&](const Field& field) { return same_name(field.name, name); });
}

void Fields::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Fields::add(std::string_view name, std::string_view value) {
  list_.push_back({std::string{name}, std::string{value}});
}

std::string Fields::text() const {
  std::string text;
  for (const auto& field : list_) text += field.name + ": " + field.value + "\r\n";
  return text;
}

bool same_name(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower_character(a) == lower_character(b); });
}

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), lower_character);
  return result;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end = 0; (end = text.find(separator)) != std::string_view::npos; text.remove_prefix(end + 1)) {
    parts.push_back(text.substr(0, end));
  }
  parts.push_back(text);
  return parts;
}

std::size_t end_of_head(std::string_view text) {
  const auto end = text.find("\r\n\r\n");
  return end == std::string_view::npos ? end : end + 4;
}

std::optional<RequestHead> parse_request_head(std::string_view raw) {
  const auto lines = split_head(raw);
  if (!lines) return std::nullopt;
  const auto words = split(lines->first, ' ');
  if (words.size() != 3 || !is_token(words[0]) || words[1].empty()) return std::nullopt;
  if (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0") return std::nullopt;
  auto fields = parse_fields(lines->others);
  if (!fields) return std::nullopt;
  return RequestHead{std::string{words[0]}, std::string{words[1]}, std::string{words[2]}, std::move(*fields)};
}

std::optional<ResponseHead> parse_response_head(std::string_view raw) {
  const auto lines = split_head(raw);
  if (!lines || lines->first.size() < 12 || lines->first[8] != ' ') return std::nullopt;
  const auto version = lines->first.substr(0, 8);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return std::nullopt;
  const auto digits = lines->first.substr(9, 3);
  int status = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  if (parsed.ptr != digits.data() + digits.size() || status < 100) return std::nullopt;
  auto fields = parse_fields(lines->others);
  if (!fields) return std::nullopt;
  return ResponseHead{std::string{version}, status, std::string{trimmed(lines->first.substr(12))}, std::move(*fields)};
}

std::optional<std::string> query_parameter(std::string_view target, std::string_view name) {
  const auto question = target.find('?');
  if (question == std::string_view::npos) return std::nullopt;
  for (const auto pair : split(target.substr(question + 1), '&')) {
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    return equals == std::string_view::npos ? std::string{} : percent_decoded(pair.substr(equals + 1));
  }
  return std::nullopt;
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view reason_of(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 103:
      return "Early Hints";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

}  // namespace wire
