// Decides how each kind of value is written: durations, sizes, lists, addresses, and what is said when one is not.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/endpoint.hpp"

namespace config {

/// What stands in a source for one setting: one text, or the items of a list.
using Values = std::vector<std::string>;

/// Nothing if a value was taken, else why not.
using Verdict = std::optional<Wrong>;

/// Whether a log may repeat `text` that was wrong: not what could hold a secret by mistake, such as a URL with a
/// password or the text of a private key in place of its path.
[[nodiscard]] bool may_be_shown(std::string_view text);

/// `value` as the number that it must wholly be, within the limits.
[[nodiscard]] ReadResult<std::uint64_t> read_number(std::string_view text, std::uint64_t least, std::uint64_t most);
/// `500ms`, `20s`, `2m`, `1h`; without a unit 0 only. At most a week.
[[nodiscard]] ReadResult<Duration> read_duration(std::string_view text);
/// In the largest unit that keeps it whole: 120 s is `2m`.
[[nodiscard]] std::string write_duration(Duration duration);
/// `64KiB`, `1MiB` or plain bytes.
[[nodiscard]] ReadResult<std::uint64_t> read_size(std::string_view text);
/// In the largest unit that keeps it whole.
[[nodiscard]] std::string write_size(std::uint64_t size);

// The kinds of values: each names how it is written, `read_value` and `write_value` below know what that means.

/// `true` or `false`: what else could mean yes differs from tool to tool.
struct Boolean {
  static constexpr std::string_view form = "`true` or `false`";
};

/// A whole number between two limits, both included.
template <std::uint64_t least, std::uint64_t most>
struct Number {
  static constexpr std::string_view form = "number";
};

/// A duration that may be 0 where 0 switches something off.
struct Interval {
  static constexpr std::string_view form = "duration";
};

/// A duration that must be more than 0.
struct Timeout {
  static constexpr std::string_view form = "duration";
};

/// 4 KiB, below which hardly any browser's request fits, to 1 MiB, beyond which one client could fill the memory.
struct HeadSize {
  static constexpr std::string_view form = "size";
};

/// The path of a file; whether it can be read is judged when all is known.
struct Path {
  static constexpr std::string_view form = "path";
};

/// A credential that goes into a header: printable ASCII without spaces, so that it cannot add a header of its own.
struct Credential {
  static constexpr std::string_view form = "secret";
};

/// An address to listen on; `*` is all of them.
struct Address {
  static constexpr std::string_view form = "address or `*`";
};

/// `address[:port]` or `off`.
struct AdminAddress {
  static constexpr std::string_view form = "address[:port] or `off`";
};

/// NVCF's gateway, as `read_server` takes it.
struct ServerAddress {
  static constexpr std::string_view form = "[http[s]://]host[:port]";
};

/// What `Host` says: a host, and a port if one belongs there.
struct HostHeader {
  static constexpr std::string_view form = "host[:port]";
};

/// An id of a function or of a version.
struct Identifier {
  static constexpr std::string_view form = "id";
};

/// Ids of functions.
struct Identifiers {
  static constexpr std::string_view form = "list of ids";
};

/// Address ranges in CIDR notation; an address alone is a range of one.
struct Networks {
  static constexpr std::string_view form = "list of CIDRs";
};

/// Origins, or `*` alone for every one. An empty list is refused: it looks like none and would mean all.
struct Origins {
  static constexpr std::string_view form = "list of origins, or `*`";
};

/// Names of cookies, or `*` alone for every one.
struct CookieNames {
  static constexpr std::string_view form = "list of names, or `*`";
};

/// How a WebSocket is refused.
struct RefusalsChoice {
  static constexpr std::string_view form = "`status` or `close`";
};

/// What is logged.
struct LogLevelChoice {
  static constexpr std::string_view form = "`trace`, `debug`, `info`, `warn`, `error` or `off`";
};

/// How a log line is written.
struct LogFormatChoice {
  static constexpr std::string_view form = "`text` or `json`";
};

/// Takes the text, or the items of a list, into `target`; or says why not and leaves `target` alone.
[[nodiscard]] Verdict read_value(Boolean kind, const std::string& text, bool& target);
[[nodiscard]] Verdict read_value(Interval kind, const std::string& text, Duration& target);
[[nodiscard]] Verdict read_value(Timeout kind, const std::string& text, Duration& target);
[[nodiscard]] Verdict read_value(HeadSize kind, const std::string& text, std::size_t& target);
[[nodiscard]] Verdict read_value(Path kind, const std::string& text, std::string& target);
[[nodiscard]] Verdict read_value(Credential kind, const std::string& text, Secret& target);
[[nodiscard]] Verdict read_value(Address kind, const std::string& text,
                                 std::optional<boost::asio::ip::address>& target);
[[nodiscard]] Verdict read_value(AdminAddress kind, const std::string& text, Admin& target);
[[nodiscard]] Verdict read_value(ServerAddress kind, const std::string& text, Upstream& target);
[[nodiscard]] Verdict read_value(HostHeader kind, const std::string& text, std::string& target);
[[nodiscard]] Verdict read_value(Identifier kind, const std::string& text, std::optional<FunctionId>& target);
[[nodiscard]] Verdict read_value(Identifier kind, const std::string& text, std::optional<VersionId>& target);
[[nodiscard]] Verdict read_value(Identifiers kind, const Values& items, std::vector<FunctionId>& target);
[[nodiscard]] Verdict read_value(Networks kind, const Values& items, std::vector<Network>& target);
[[nodiscard]] Verdict read_value(Origins kind, const Values& items, std::vector<std::string>& target);
[[nodiscard]] Verdict read_value(CookieNames kind, const Values& items,
                                 std::optional<std::vector<std::string>>& target);
[[nodiscard]] Verdict read_value(RefusalsChoice kind, const std::string& text, Refusals& target);
[[nodiscard]] Verdict read_value(LogLevelChoice kind, const std::string& text, LogLevel& target);
[[nodiscard]] Verdict read_value(LogFormatChoice kind, const std::string& text, LogFormat& target);
template <std::uint64_t least, std::uint64_t most, class T>
[[nodiscard]] Verdict read_value(Number<least, most> /*kind*/, const std::string& text, T& target) {
  static_assert(most <= std::numeric_limits<T>::max());
  const auto number = read_number(text, least, most);
  if (!number) return number.error();
  target = static_cast<T>(*number);
  return {};
}

/// What `read_value` would take again; nothing if nothing is set. A secret comes out masked.
[[nodiscard]] Values write_value(Boolean kind, bool value);
[[nodiscard]] Values write_value(Interval kind, Duration value);
[[nodiscard]] Values write_value(Timeout kind, Duration value);
[[nodiscard]] Values write_value(HeadSize kind, std::size_t value);
[[nodiscard]] Values write_value(Path kind, const std::string& value);
[[nodiscard]] Values write_value(Credential kind, const Secret& value);
[[nodiscard]] Values write_value(Address kind, const std::optional<boost::asio::ip::address>& value);
[[nodiscard]] Values write_value(AdminAddress kind, const Admin& value);
[[nodiscard]] Values write_value(ServerAddress kind, const Upstream& value);
[[nodiscard]] Values write_value(HostHeader kind, const std::string& value);
[[nodiscard]] Values write_value(Identifiers kind, const std::vector<FunctionId>& value);
[[nodiscard]] Values write_value(Networks kind, const std::vector<Network>& value);
[[nodiscard]] Values write_value(Origins kind, const std::vector<std::string>& value);
[[nodiscard]] Values write_value(CookieNames kind, const std::optional<std::vector<std::string>>& value);
[[nodiscard]] Values write_value(RefusalsChoice kind, Refusals value);
[[nodiscard]] Values write_value(LogLevelChoice kind, LogLevel value);
[[nodiscard]] Values write_value(LogFormatChoice kind, LogFormat value);
template <std::uint64_t least, std::uint64_t most>
[[nodiscard]] Values write_value(Number<least, most> /*kind*/, std::uint64_t value) {
  return {std::to_string(value)};
}
template <class T>
[[nodiscard]] Values write_value(Identifier /*kind*/, const std::optional<T>& value) {
  return value ? Values{value->str()} : Values{};
}

}  // namespace config
