#include "proxy/resolver.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace proxy {

using boost::system::error_code;

asio::awaitable<boost::system::result<Endpoints>> Resolver::resolve(const std::string& host, std::uint16_t port) {
  error_code error;
  if (const auto address = asio::ip::make_address(host, error); !error) co_return Endpoints{{address, port}};
  if (host == host_ && port == port_ && tls::Clock::now() < valid_until_) co_return endpoints_;

  const std::string service = std::to_string(port);
  const auto found = co_await resolver_.async_resolve(host, service, asio::ip::resolver_base::numeric_service,
                                                      asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return error;
  Endpoints endpoints;
  for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  host_ = host;
  port_ = port;
  endpoints_ = endpoints;
  valid_until_ = tls::Clock::now() + lifetime;
  co_return endpoints;
}

}  // namespace proxy
