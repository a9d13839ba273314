// Decides what is remembered of connections and requests, and says it as the JSON report.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demo/gateway/sessions.hpp"
#include "demo/wire/connection.hpp"
#include "demo/wire/head.hpp"

struct evp_md_ctx_st;

namespace gateway {

/// SHA-256 of a body as it passes.
class Digest {
 public:
  Digest();
  /// The next bytes of the body.
  void add(std::string_view bytes);
  /// In hexadecimal, of all bytes so far; more may follow.
  [[nodiscard]] std::string text() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// A TCP connection that a listener accepted; the byte counts are brought up to date at each request and at its end.
struct ConnectionRecord {
  std::uint64_t id = 0;
  std::size_t listener = 0;
  bool tls = false;
  wire::TlsFacts facts;
  std::vector<std::string> alpn_offered;
  std::string peer;
  std::int64_t opened_ms = 0;
  std::optional<std::int64_t> closed_ms;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t requests = 0;
  std::string end_by;
  std::string end_how;
  bool close_notify = false;

  /// Who ended it and how; the first to say so is right.
  void note_end(std::string_view by, std::string_view how);
};

/// A request head that arrived, and what became of it.
struct RequestRecord {
  std::uint64_t id = 0;
  std::uint64_t connection = 0;
  std::int64_t at_ms = 0;
  std::string head;
  std::string method;
  std::string target;
  std::vector<wire::Field> fields;
  std::uint64_t body_bytes = 0;
  Digest body_digest;
  bool body_complete = false;
  std::vector<wire::Field> trailers;
  bool upgrade = false;
  std::string function;
  std::string version;
  std::string account;
  std::string fault;
  /// 0: no answer was given.
  int status = 0;
  std::string request_id;
  std::string worker;
  /// It went where an earlier request of its connection had gone.
  bool pinned = false;
  bool resumed = false;
};

/// The newest 4096 connections and requests.
class Record {
 public:
  /// A record of a connection that begins now, shared with whoever serves it.
  [[nodiscard]] std::shared_ptr<ConnectionRecord> add_connection();
  /// A record of a request that begins now; the oldest go once heads exceed 64 MiB in all.
  [[nodiscard]] std::shared_ptr<RequestRecord> add_request(ConnectionRecord& connection, std::string_view head);
  /// Milliseconds since the record was made.
  [[nodiscard]] std::int64_t now_ms() const;
  /// Everything that is remembered, in the form of the README.
  [[nodiscard]] boost::json::value report(const Sessions& sessions) const;
  /// Forgets what is over; connections that are open stay.
  void reset();

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::deque<std::shared_ptr<ConnectionRecord>> connections_;
  std::deque<std::shared_ptr<RequestRecord>> requests_;
  std::uint64_t next_connection_ = 1;
  std::uint64_t next_request_ = 1;
  std::uint64_t forgotten_connections_ = 0;
  std::uint64_t forgotten_requests_ = 0;
  std::uint64_t dropped_connections_ = 0;
  std::uint64_t dropped_requests_ = 0;
  std::size_t head_bytes_ = 0;
};

}  // namespace gateway
