#include "proxy/http/head.hpp"

#include <algorithm>
#include <array>

namespace proxy {
namespace {

// not std::tolower: a locale must not decide what a header is
constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

constexpr std::array<bool, 256> token_characters = [] {
  std::array<bool, 256> allowed{};
  for (char c = '0'; c <= '9'; ++c) allowed[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) allowed[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) allowed[static_cast<unsigned char>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) allowed[static_cast<unsigned char>(c)] = true;
  return allowed;
}();

/// Calls `visit` with each element of the lists under `name` until it returns true; whether it did.
template <class Visit>
bool any_element(const Fields& fields, std::string_view name, Visit visit) {
  for (const Field& field : fields) {
    if (!same_name(field.name, name)) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      const std::string_view element = trim(rest.substr(0, comma));
      if (!element.empty() && visit(element)) return true;
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
  }
  return false;
}

}  // namespace

bool same_name(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::optional<std::string_view> find(const Fields& fields, std::string_view name) noexcept {
  for (const Field& field : fields) {
    if (same_name(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t count(const Fields& fields, std::string_view name) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(fields, [name](const Field& field) { return same_name(field.name, name); }));
}

std::vector<std::string_view> list(const Fields& fields, std::string_view name) {
  std::vector<std::string_view> elements;
  any_element(fields, name, [&elements](std::string_view element) {
    elements.push_back(element);
    return false;
  });
  return elements;
}

bool list_has(const Fields& fields, std::string_view name, std::string_view element) {
  return any_element(fields, name, [element](std::string_view found) { return same_name(found, element); });
}

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return token_characters[static_cast<unsigned char>(c)]; });
}

}  // namespace proxy
