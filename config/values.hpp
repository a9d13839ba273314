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

// Each kind below is a pair of functions for the table of settings: `read` takes a text into its target or says why not
// and leaves the target alone; `write` gives what `read` would take again, nothing if nothing is set.

/// `true` or `false`: what else could mean yes differs from tool to tool.
struct Boolean {
  static constexpr std::string_view form = "`true` or `false`";
  static Verdict read(const std::string& text, bool& target);
  static Values write(bool value);
};

/// A whole number between two limits, both included.
template <std::uint64_t least, std::uint64_t most>
struct Number {
  static constexpr std::string_view form = "number";
  template <class T>
  static Verdict read(const std::string& text, T& target) {
    static_assert(most <= std::numeric_limits<T>::max());
    const auto number = read_number(text, least, most);
    if (!number) return number.error();
    target = static_cast<T>(*number);
    return {};
  }
  static Values write(std::uint64_t value) { return {std::to_string(value)}; }
};

/// A duration that may be 0 where 0 switches something off.
struct Interval {
  static constexpr std::string_view form = "duration";
  static Verdict read(const std::string& text, Duration& target);
  static Values write(Duration value) { return {write_duration(value)}; }
};

/// A duration that must be more than 0.
struct Timeout {
  static constexpr std::string_view form = "duration";
  static Verdict read(const std::string& text, Duration& target);
  static Values write(Duration value) { return {write_duration(value)}; }
};

/// 4 KiB, below which hardly any browser's request fits, to 1 MiB, beyond which one client could fill the memory.
struct HeadSize {
  static constexpr std::string_view form = "size";
  static Verdict read(const std::string& text, std::size_t& target);
  static Values write(std::size_t value) { return {write_size(value)}; }
};

/// The path of a file; whether it can be read is judged when all is known.
struct Path {
  static constexpr std::string_view form = "path";
  static Verdict read(const std::string& text, std::string& target);
  static Values write(const std::string& value);
};

/// A credential that goes into a header: printable ASCII without spaces, so that it cannot add a header of its own.
struct Credential {
  static constexpr std::string_view form = "secret";
  static Verdict read(const std::string& text, Secret& target);
  static Values write(const Secret& value);
};

/// An address to listen on; `*` is all of them.
struct Address {
  static constexpr std::string_view form = "address or `*`";
  static Verdict read(const std::string& text, std::optional<boost::asio::ip::address>& target);
  static Values write(const std::optional<boost::asio::ip::address>& value);
};

/// `address[:port]` or `off`.
struct AdminAddress {
  static constexpr std::string_view form = "address[:port] or `off`";
  static Verdict read(const std::string& text, Admin& target);
  static Values write(const Admin& value);
};

/// NVCF's gateway, as `read_server` takes it.
struct ServerAddress {
  static constexpr std::string_view form = "[http[s]://]host[:port]";
  static Verdict read(const std::string& text, Upstream& target);
  static Values write(const Upstream& value);
};

/// What `Host` says: a host, and a port if one belongs there.
struct HostHeader {
  static constexpr std::string_view form = "host[:port]";
  static Verdict read(const std::string& text, std::string& target);
  static Values write(const std::string& value);
};

/// An id of a function or of a version.
struct Identifier {
  static constexpr std::string_view form = "id";
  static Verdict read(const std::string& text, std::optional<FunctionId>& target);
  static Verdict read(const std::string& text, std::optional<VersionId>& target);
  template <class T>
  static Values write(const std::optional<T>& value) {
    return value ? Values{value->str()} : Values{};
  }
};

/// Ids of functions.
struct Identifiers {
  static constexpr std::string_view form = "list of ids";
  static Verdict read(const Values& items, std::vector<FunctionId>& target);
  static Values write(const std::vector<FunctionId>& value);
};

/// Address ranges in CIDR notation; an address alone is a range of one.
struct Networks {
  static constexpr std::string_view form = "list of CIDRs";
  static Verdict read(const Values& items, std::vector<Network>& target);
  static Values write(const std::vector<Network>& value);
};

/// Origins, or `*` alone for every one. An empty list is refused: it looks like none and would mean all.
struct Origins {
  static constexpr std::string_view form = "list of origins, or `*`";
  static Verdict read(const Values& items, std::vector<std::string>& target);
  static Values write(const std::vector<std::string>& value);
};

/// Names of cookies, or `*` alone for every one.
struct CookieNames {
  static constexpr std::string_view form = "list of names, or `*`";
  static Verdict read(const Values& items, std::optional<std::vector<std::string>>& target);
  static Values write(const std::optional<std::vector<std::string>>& value);
};

struct RefusalsChoice {
  static constexpr std::string_view form = "`status` or `close`";
  static Verdict read(const std::string& text, Refusals& target);
  static Values write(Refusals value);
};

struct LogLevelChoice {
  static constexpr std::string_view form = "`trace`, `debug`, `info`, `warn`, `error` or `off`";
  static Verdict read(const std::string& text, LogLevel& target);
  static Values write(LogLevel value);
};

struct LogFormatChoice {
  static constexpr std::string_view form = "`text` or `json`";
  static Verdict read(const std::string& text, LogFormat& target);
  static Values write(LogFormat value);
};

}  // namespace config
