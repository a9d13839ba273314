// Whatever a client sends: what goes upstream because of it is one request that can be read in one way only, with our
// credentials and no other. The raw requests of test/data are damaged in every place by every kind of byte that matters
// to HTTP, and whatever is still forwarded after that is read again as upstream would read it.
#include <catch2/catch.hpp>
#include <random>

#include "proxy/http/rewrite_request.hpp"
#include "test/unit/http/heads.hpp"
#include "test/unit/http/raw_cases.hpp"

namespace {

/// The head that upstream would get for `bytes`, or nothing if it gets none.
std::optional<std::string> sent_for(std::string_view bytes, const config::Config& config, proxy::BodyFraming& body) {
  proxy::HeadScan scan;
  proxy::find_head_end(bytes, scan);
  if (scan.malformed || scan.length == 0) return std::nullopt;
  const std::string_view head = bytes.substr(0, scan.length);
  proxy::RequestParser parser;
  if (proxy::judge_lines(head) || parser.read_head(head)) return std::nullopt;
  const proxy::Route route = proxy::decide_route(parser.head(), config);
  const auto* forward = std::get_if<proxy::Forward>(&route);
  if (forward == nullptr) return std::nullopt;
  body = forward->body;
  const proxy::Peer peer{boost::asio::ip::make_address("203.0.113.7"), false};
  return proxy::rewrite_request(parser.head(), *forward, peer, config);
}

/// Reads `sent` as upstream would, and checks that there is one way to do it.
void check_unambiguous(const std::string& sent, const proxy::BodyFraming& body) {
  proxy::HeadScan scan;
  proxy::find_head_end(sent, scan);
  REQUIRE(scan.length == sent.size());
  REQUIRE_FALSE(proxy::judge_lines(sent));
  proxy::RequestParser parser;
  REQUIRE_FALSE(parser.read_head(sent));
  const auto framing = proxy::judge_request_framing(parser.head());
  REQUIRE(framing.has_value());
  REQUIRE((*framing == body));
  for (const std::string_view once : {"Host", "Authorization", "function-id", "nvcf-function-id", "X-Forwarded-For"}) {
    REQUIRE(test::values(sent, once).size() == 1);
  }
  REQUIRE(test::values(sent, "Host").front() == "gateway.test");
  REQUIRE(test::values(sent, "Connection").size() == test::values(sent, "Upgrade").size());
}

std::vector<std::string> seeds() {
  const std::string folder = NVCF_SOURCE_DIR "/test/data/";
  std::vector<std::string> texts = {
      test::head_text("GET /sign_in?a=b HTTP/1.1", test::upgrade_lines({"Sec-WebSocket-Protocol: a, function-id.b"})),
      test::head_text("POST / HTTP/1.1",
                      {"Host: a", "Content-Length: 5", "Cookie: a=b; nvcf-request-id=c", "Expect: x"}),
      test::head_text("GET / HTTP/1.0", {"Connection: Host, Authorization", "Authorization: x", "function-id: y"}),
  };
  for (const auto& file : {"hostile_requests.txt", "hostile_bodies.txt"}) {
    for (const test::RawCase& hostile : test::read_raw_cases(folder + file)) texts.push_back(hostile.bytes);
  }
  return texts;
}

}  // namespace

TEST_CASE("F1 X1 X2: whatever is forwarded of a damaged request can be read in one way only") {
  constexpr std::string_view poison("\r\n\0\t :,;\"_-0\x7f\xff", 14);
  const config::Config config = test::one_function();
  std::minstd_rand random(20);  // the same damage in every run, so that it can be repeated
  unsigned forwarded = 0;
  for (const std::string& seed : seeds()) {
    for (std::size_t place = 0; place < seed.size(); ++place) {
      std::string damaged = seed;
      const char byte = poison[random() % poison.size()];
      switch (random() % 4) {
        case 0:
          damaged[place] = byte;
          break;
        case 1:
          damaged.insert(place, 1, byte);
          break;
        case 2:
          damaged.erase(place, 1 + random() % 3);
          break;
        default:
          damaged.insert(place, seed.substr(random() % seed.size(), random() % 40));
          break;
      }
      proxy::BodyFraming body;
      if (const auto sent = sent_for(damaged, config, body)) {
        INFO(damaged);
        check_unambiguous(*sent, body);
        ++forwarded;
      }
    }
  }
  CHECK(forwarded > 1000);  // else nothing was looked at
}
