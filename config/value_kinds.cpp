#include <algorithm>

#include "config/values.hpp"

namespace config {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t longest_credential = 16 * 1024;

/// The error of an item in a list names the item, so that one in twenty is found.
Verdict wrong_item(const std::string& item, const std::string& why) {
  Wrong wrong;
  wrong.why = may_be_shown(item) ? "\"" + item + "\" " + why : "has an item that " + why;
  return wrong;
}

bool is_everything(const Values& items) { return items.size() == 1 && items.front() == "*"; }

std::optional<Network> read_network(const std::string& text) {
  boost::system::error_code error;
  const auto address = read_address(text);
  if (address && address->is_v4()) return ip::network_v4(address->to_v4(), 32);
  if (address) return ip::network_v6(address->to_v6(), 128);
  auto v4 = ip::make_network_v4(text, error);
  if (!error) return v4;
  auto v6 = ip::make_network_v6(text, error);
  if (!error) return v6;
  return std::nullopt;
}

bool is_cookie_name(const std::string& name) {
  // the alphabet of a cookie's name is that of an id: the token of RFC 9110
  return FunctionId::parse(name).has_value();
}

}  // namespace

Verdict read_value(Path /*kind*/, const std::string& text, std::string& target) {
  if (text.starts_with("-----BEGIN")) return Wrong{"holds what should stand in a file; the file's path is expected"};
  if (std::ranges::any_of(text, [](unsigned char c) { return c < 0x20; })) return Wrong{"is no path"};
  target = text;
  return {};
}

Values write_value(Path /*kind*/, const std::string& value) { return value.empty() ? Values{} : Values{value}; }

Verdict read_value(Credential /*kind*/, const std::string& text, Secret& target) {
  if (text.empty()) return Wrong{"is empty"};
  if (text.size() > longest_credential) return Wrong{"is longer than any key (16 KiB)"};
  if (text.starts_with("Bearer ")) return Wrong{"begins with \"Bearer\", which is added here; give the key alone"};
  if (text.ends_with('\n')) return Wrong{"ends with a newline; make it with printf instead of echo"};
  if (!std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; })) {
    return Wrong{"holds a space, a control character or one that is not ASCII, which no key has"};
  }
  target = Secret(text);
  return {};
}

Values write_value(Credential /*kind*/, const Secret& value) { return value.empty() ? Values{} : Values{"********"}; }

Verdict read_value(Address /*kind*/, const std::string& text, std::optional<ip::address>& target) {
  if (text == "*") {
    target.reset();
    return {};
  }
  const bool bracketed = text.starts_with('[') && text.ends_with(']');
  const auto address = read_address(bracketed ? text.substr(1, text.size() - 2) : text);
  if (!address) return Wrong{"is neither an IP address nor *"};
  target = address;
  return {};
}

Values write_value(Address /*kind*/, const std::optional<ip::address>& value) {
  return {value ? value->to_string() : "*"};
}

Verdict read_value(AdminAddress /*kind*/, const std::string& text, Admin& target) {
  if (text == "off") {
    target.address.reset();
    return {};
  }
  const auto where = read_host_port(text, 0);
  const auto address = where ? read_address(where->host) : std::nullopt;
  if (!address) return Wrong{"is neither address:port nor off"};
  target.address = address;
  target.port = where->port.value_or(Admin{}.port);
  return {};
}

Values write_value(AdminAddress /*kind*/, const Admin& value) {
  if (!value.address) return {"off"};
  return {write_authority(value.address->to_string(), 0, 0) + ":" + std::to_string(value.port)};
}

Verdict read_value(ServerAddress /*kind*/, const std::string& text, Upstream& target) {
  auto server = read_server(text);
  if (!server) return server.error();
  target.tls = server->tls;
  target.host = std::move(server->host);
  target.port = server->port;
  return {};
}

Values write_value(ServerAddress /*kind*/, const Upstream& value) {
  if (value.host.empty()) return {};
  return {(value.tls ? "https://" : "http://") + write_authority(value.host, value.port, 0)};
}

Verdict read_value(HostHeader /*kind*/, const std::string& text, std::string& target) {
  const auto where = read_host_port(text);
  if (!where) return where.error();
  target = write_authority(where->host, where->port.value_or(0), 0);
  return {};
}

Values write_value(HostHeader /*kind*/, const std::string& value) { return value.empty() ? Values{} : Values{value}; }

Verdict read_value(Identifier /*kind*/, const std::string& text, std::optional<FunctionId>& target) {
  auto id = FunctionId::parse(text);
  if (!id) return Wrong{"is no function id"};
  target = std::move(id);
  return {};
}

Verdict read_value(Identifier /*kind*/, const std::string& text, std::optional<VersionId>& target) {
  auto id = VersionId::parse(text);
  if (!id) return Wrong{"is no version id"};
  target = std::move(id);
  return {};
}

Verdict read_value(Identifiers /*kind*/, const Values& items, std::vector<FunctionId>& target) {
  std::vector<FunctionId> ids;
  for (const std::string& item : items) {
    auto id = FunctionId::parse(item);
    if (!id) return wrong_item(item, "is no function id");
    if (std::ranges::find(ids, *id) == ids.end()) ids.push_back(*std::move(id));
  }
  target = std::move(ids);
  return {};
}

Values write_value(Identifiers /*kind*/, const std::vector<FunctionId>& value) {
  Values items;
  for (const FunctionId& id : value) items.push_back(id.str());
  return items;
}

Verdict read_value(Networks /*kind*/, const Values& items, std::vector<Network>& target) {
  std::vector<Network> networks;
  for (const std::string& item : items) {
    const auto network = read_network(item);
    if (!network) return wrong_item(item, "is not an address range such as 10.0.0.0/8 or fd00::/8");
    networks.push_back(*network);
  }
  target = std::move(networks);
  return {};
}

Values write_value(Networks /*kind*/, const std::vector<Network>& value) {
  Values items;
  for (const Network& network : value) {
    items.push_back(std::visit([](const auto& range) { return range.to_string(); }, network));
  }
  return items;
}

Verdict read_value(Origins /*kind*/, const Values& items, std::vector<std::string>& target) {
  if (items.empty()) return Wrong{"is an empty list; write * to let every origin in"};
  std::vector<std::string> origins;
  for (const std::string& item : items) {
    if (is_everything(items)) break;
    if (item == "*") return Wrong{"has * beside other origins; it stands alone"};
    auto origin = read_origin(item);
    if (!origin) return wrong_item(item, origin.error().why);
    origins.push_back(*std::move(origin));
  }
  target = std::move(origins);
  return {};
}

Values write_value(Origins /*kind*/, const std::vector<std::string>& value) {
  return value.empty() ? Values{"*"} : value;
}

Verdict read_value(CookieNames /*kind*/, const Values& items, std::optional<std::vector<std::string>>& target) {
  if (is_everything(items)) {
    target.reset();
    return {};
  }
  for (const std::string& item : items) {
    if (item == "*") return Wrong{"has * beside other names; it stands alone"};
    if (!is_cookie_name(item)) return wrong_item(item, "is no name of a cookie");
  }
  target = items;
  return {};
}

Values write_value(CookieNames /*kind*/, const std::optional<std::vector<std::string>>& value) {
  return value ? *value : Values{"*"};
}

}  // namespace config
