#include "demo/gateway/record.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace gateway {
namespace {

namespace json = boost::json;

constexpr std::size_t record_limit = 4096;
// heads may be as large as a megabyte each: the oldest go once they are this many bytes in all
constexpr std::size_t head_limit_bytes = 64U << 20;

// a head may hold any byte, JSON only UTF-8: every byte above 127 becomes the character of that number
std::string as_latin1(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x80) {
      text += byte;
    } else {
      text += static_cast<char>(0xc0 | code >> 6);
      text += static_cast<char>(0x80 | (code & 0x3f));
    }
  }
  return text;
}

json::array pairs_of(const std::vector<wire::Field>& fields) {
  json::array pairs;
  for (const auto& field : fields) pairs.push_back(json::array{as_latin1(field.name), as_latin1(field.value)});
  return pairs;
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value{} : json::value(as_latin1(text));
}

json::object described(const ConnectionRecord& record) {
  json::object object{{"id", record.id}, {"listener", record.listener}, {"tls", record.tls}, {"peer", record.peer}};
  object["tls_version"] = text_or_null(record.facts.version);
  object["sni"] = text_or_null(record.facts.sni);
  object["alpn"] = text_or_null(record.facts.alpn);
  object["alpn_offered"] = json::array(record.alpn_offered.begin(), record.alpn_offered.end());
  object["client_certificate"] = text_or_null(record.facts.client_certificate);
  object["opened_ms"] = record.opened_ms;
  object["closed_ms"] = record.closed_ms ? json::value(*record.closed_ms) : json::value{};
  object["bytes_read"] = record.bytes_read;
  object["bytes_written"] = record.bytes_written;
  object["requests"] = record.requests;
  object["end"] =
      record.end_by.empty()
          ? json::value{}
          : json::value{{"by", record.end_by}, {"how", record.end_how}, {"close_notify", record.close_notify}};
  return object;
}

json::object described(const RequestRecord& record) {
  return {{"id", record.id},
          {"connection", record.connection},
          {"at_ms", record.at_ms},
          {"head", as_latin1(record.head)},
          {"method", as_latin1(record.method)},
          {"target", as_latin1(record.target)},
          {"headers", pairs_of(record.fields)},
          {"body_bytes", record.body_bytes},
          {"body_sha256", record.body_digest.text()},
          {"body_complete", record.body_complete},
          {"trailers", pairs_of(record.trailers)},
          {"upgrade", record.upgrade},
          {"function", as_latin1(record.function)},
          {"version", as_latin1(record.version)},
          {"account", record.account},
          {"fault", as_latin1(record.fault)},
          {"status", record.status},
          {"request_id", text_or_null(record.request_id)},
          {"worker", text_or_null(record.worker)},
          {"pinned", record.pinned},
          {"resumed", record.resumed}};
}

json::object described(const SideEnd& side) {
  json::object object{{"how", text_or_null(side.how)}, {"close_notify", side.close_notify}};
  object["close_code"] = side.close ? json::value(side.close->code) : json::value{};
  object["close_reason"] = side.close ? json::value(as_latin1(side.close->reason)) : json::value{};
  return object;
}

json::object described(const ConnectionEnd& end) {
  return {{"connection", end.connection},
          {"websocket", end.websocket},
          {"clean", end.clean},
          {"first", text_or_null(end.first)},
          {"client", described(end.client)},
          {"function", described(end.function)},
          {"client_frames", end.client.frames},
          {"function_frames", end.function.frames},
          {"client_bytes", end.client.bytes},
          {"function_bytes", end.function.bytes}};
}

std::string_view name_of(Session::State state) {
  switch (state) {
    case Session::State::active:
      return "active";
    case Session::State::waiting:
      return "waiting";
    case Session::State::released:
      break;
  }
  return "released";
}

json::object described(const Session& session) {
  json::array ends;
  for (const auto& end : session.ends) ends.push_back(described(end));
  return {{"request_id", session.request_id},
          {"function", as_latin1(session.function)},
          {"version", as_latin1(session.version)},
          {"account", session.account},
          {"worker", session.worker},
          {"state", name_of(session.state)},
          {"connections", json::array(session.connections.begin(), session.connections.end())},
          {"open_connections", session.open_connections},
          {"resumed", session.resumed},
          {"released_because", session.released_because},
          {"ends", std::move(ends)}};
}

}  // namespace

Digest::Digest() : context_{EVP_MD_CTX_new()} { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }

void Digest::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

void Digest::add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

std::string Digest::text() const {
  const std::unique_ptr<evp_md_ctx_st, Free> copy{EVP_MD_CTX_new()};
  EVP_MD_CTX_copy_ex(copy.get(), context_.get());
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(copy.get(), bytes, &size);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += "0123456789abcdef"[bytes[i] >> 4];
    text += "0123456789abcdef"[bytes[i] & 15];
  }
  return text;
}

void ConnectionRecord::note_end(std::string_view by, std::string_view how) {
  if (!end_by.empty()) return;
  end_by = by;
  end_how = how;
}

std::shared_ptr<ConnectionRecord> Record::add_connection() {
  auto record = std::make_shared<ConnectionRecord>();
  record->id = next_connection_++;
  record->opened_ms = now_ms();
  connections_.push_back(record);
  if (connections_.size() > record_limit) {
    connections_.pop_front();
    ++dropped_connections_;
  }
  return record;
}

std::shared_ptr<RequestRecord> Record::add_request(ConnectionRecord& connection, std::string_view head) {
  auto record = std::make_shared<RequestRecord>();
  record->id = next_request_++;
  record->connection = connection.id;
  record->at_ms = now_ms();
  record->head = head;
  ++connection.requests;
  head_bytes_ += head.size();
  requests_.push_back(record);
  while (requests_.size() > record_limit || (head_bytes_ > head_limit_bytes && requests_.size() > 1)) {
    head_bytes_ -= requests_.front()->head.size();
    requests_.pop_front();
    ++dropped_requests_;
  }
  return record;
}

std::int64_t Record::now_ms() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_).count();
}

json::value Record::report(const Sessions& sessions) const {
  json::array connections;
  json::array requests;
  json::array session_list;
  std::uint64_t open = 0;
  std::uint64_t bytes_read = 0;
  for (const auto& record : connections_) {
    connections.push_back(described(*record));
    open += record->closed_ms ? 0 : 1;
    bytes_read += record->bytes_read;
  }
  for (const auto& record : requests_) requests.push_back(described(*record));
  for (const auto& session : sessions.all()) session_list.push_back(described(*session));
  json::object totals{{"connections", next_connection_ - 1 - forgotten_connections_},
                      {"open_connections", open},
                      {"requests", next_request_ - 1 - forgotten_requests_},
                      {"sessions", session_list.size() + sessions.dropped()},
                      {"active_sessions", sessions.live()},
                      {"bytes_read", bytes_read}};
  json::object dropped{
      {"connections", dropped_connections_}, {"requests", dropped_requests_}, {"sessions", sessions.dropped()}};
  return json::object{{"connections", std::move(connections)},
                      {"requests", std::move(requests)},
                      {"sessions", std::move(session_list)},
                      {"totals", std::move(totals)},
                      {"dropped", std::move(dropped)}};
}

void Record::reset() {
  std::erase_if(connections_, [](const auto& record) { return record->closed_ms.has_value(); });
  requests_.clear();
  head_bytes_ = 0;
  dropped_connections_ = 0;
  dropped_requests_ = 0;
  forgotten_connections_ = next_connection_ - 1 - connections_.size();
  forgotten_requests_ = next_request_ - 1;
}

}  // namespace gateway
