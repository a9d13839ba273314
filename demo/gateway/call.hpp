// Decides what belongs to one request while it is served: its head, its body as it arrives, its session, and what is
// remembered of it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "demo/gateway/faults.hpp"
#include "demo/gateway/record.hpp"
#include "demo/gateway/sessions.hpp"
#include "demo/wire/body.hpp"
#include "demo/wire/connection.hpp"
#include "demo/wire/head.hpp"

namespace gateway {

/// A client's connection as the control port sees it.
struct LiveConnection {
  wire::Connection& connection;
  ConnectionRecord& record;
  /// Puts a frame between two others on its way to the client; empty unless it is a WebSocket.
  std::function<void(std::string)> inject_frame;
};

/// All that the connections of one stand-in share, on one thread.
struct Gateway {
  Gateway(boost::asio::any_io_executor executor, SessionSettings settings)
      : sessions{std::move(executor), std::move(settings)} {}
  Sessions sessions;
  Record record;
  FaultRules faults;
  std::map<std::uint64_t, LiveConnection*> live;
};

/// The link from one client connection to one session, for one pair of function and version (the pinning of the
/// contract).
struct WorkerConnection {
  std::shared_ptr<Session> session;
  bool cookie_sent = false;
};

/// What happens to the client's connection after an answer.
enum class After { keep, finish, abort };

/// The body of a request, read from the client as it is asked for.
class RequestBody {
 public:
  /// Reads on from `unread`, then from the client; both outlive it. Says 100 Continue before the first read if that is
  /// expected.
  RequestBody(wire::Connection& client, std::string& unread, wire::BodyFrame frame, bool expects_continue,
              RequestRecord& record);
  /// The next piece; empty once the body is complete; nothing if it never will be.
  boost::asio::awaitable<std::optional<std::string>> next();
  /// Reads it to its end; false if it never comes.
  boost::asio::awaitable<bool> discard();
  /// Whether it was read to its end.
  [[nodiscard]] bool complete() const noexcept { return decoder_.complete(); }

 private:
  void note_complete();

  wire::Connection& client_;
  std::string& unread_;
  wire::BodyDecoder decoder_;
  bool expects_continue_;
  RequestRecord& record_;
};

/// One request while it is served; everything outlives it.
struct Call {
  wire::Connection& client;
  /// What came after the head and was not consumed.
  std::string& unread;
  const wire::RequestHead& head;
  RequestBody& body;
  ConnectionRecord& connection;
  RequestRecord& record;
  LiveConnection& live;
  WorkerConnection& worker;
  /// Filled if the connection became a WebSocket.
  ConnectionEnd& end;
};

/// Whether the client wants to go on with its connection after the answer.
[[nodiscard]] bool wants_keep_alive(const wire::RequestHead& head);
/// Whether the request asks for a WebSocket.
[[nodiscard]] bool asks_for_websocket(const wire::RequestHead& head);
/// Adds the gateway's own fields to a function's answer: the request id, and the cookie on the first answer of a worker
/// connection.
void decorate(wire::Fields& fields, WorkerConnection& worker);

}  // namespace gateway
