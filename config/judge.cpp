#include "config/judge.hpp"

#include "config/endpoint.hpp"
#include "config/files.hpp"

namespace config {
namespace {

/// Collects problems under the names by which the operator knows the settings.
class Judgement {
 public:
  explicit Judgement(const Where& where) : where_(where) {}

  void refuse_if(bool wrong, std::string_view key, std::string what, std::string advice) {
    if (wrong) problems.push_back({where_(key), std::move(what), std::move(advice)});
  }

  void need_readable(std::string_view key, const std::string& path) {
    if (path.empty()) return;
    if (const auto reason = why_unreadable(path)) refuse_if(true, key, "cannot read " + path + ": " + *reason, "");
  }

  std::vector<Problem> problems;

 private:
  const Where& where_;
};

void judge_listen_tls(const ListenTls& tls, Judgement& judgement) {
  const bool certificate = !tls.certificate_file.empty();
  const bool key = !tls.private_key_file.empty();
  judgement.refuse_if(certificate && !key, "listen.tls.certificate", "a certificate without its private key",
                      "set PROXY_TLS_KEY_FILE");
  judgement.refuse_if(key && !certificate, "listen.tls.private_key", "a private key without its certificate",
                      "set PROXY_TLS_CERT_FILE");
  judgement.refuse_if(tls.self_signed && (certificate || key), "listen.tls.self_signed",
                      "a self-signed certificate is asked for beside one of your own", "set one of them");
  judgement.refuse_if(!tls.client_ca_file.empty() && !tls.self_signed && !certificate, "listen.tls.client_ca",
                      "client certificates are demanded without TLS", "set PROXY_TLS_CERT_FILE and PROXY_TLS_KEY_FILE");
  judgement.need_readable("listen.tls.certificate", tls.certificate_file);
  judgement.need_readable("listen.tls.private_key", tls.private_key_file);
  judgement.need_readable("listen.tls.client_ca", tls.client_ca_file);
}

void judge_upstream(const Upstream& upstream, Judgement& judgement) {
  const bool certificate = !upstream.client_certificate_file.empty();
  const bool key = !upstream.client_key_file.empty();
  judgement.refuse_if(certificate && !key, "upstream.client_certificate", "a client certificate without its key",
                      "set NVCF_CLIENT_KEY_FILE");
  judgement.refuse_if(key && !certificate, "upstream.client_key", "a client key without its certificate",
                      "set NVCF_CLIENT_CERT_FILE");
  const std::string plain = "has no effect: upstream.server is plain http";
  judgement.refuse_if(!upstream.tls && certificate, "upstream.client_certificate", plain,
                      "say https:// or leave it out");
  judgement.refuse_if(!upstream.tls && !upstream.ca_file.empty(), "upstream.ca_file", plain,
                      "say https:// or leave it out");
  judgement.need_readable("upstream.ca_file", upstream.ca_file);
  judgement.need_readable("upstream.client_certificate", upstream.client_certificate_file);
  judgement.need_readable("upstream.client_key", upstream.client_key_file);
}

bool share_an_address(const Listen& listen, const Admin& admin) {
  if (!listen.address || listen.address->is_unspecified() || admin.address->is_unspecified()) return true;
  return *listen.address == *admin.address;
}

bool is_loopback(const std::string& host) {
  const auto address = read_address(host);
  return address ? address->is_loopback() : host == "localhost" || host.ends_with(".localhost");
}

}  // namespace

std::vector<Problem> judge(const Config& config, const Where& where) {
  Judgement judgement(where);
  judge_listen_tls(config.listen.tls, judgement);
  judge_upstream(config.upstream, judgement);
  judgement.refuse_if(config.functions.default_version && !config.functions.default_id, "functions.version",
                      "a version without the function that it is of", "set STREAMING_FUNCTION_ID");
  judgement.refuse_if(config.admin.address && config.admin.port != 0 && config.admin.port == config.listen.port &&
                          share_an_address(config.listen, config.admin),
                      "admin.address", "is where browsers connect", "choose another port");
  return std::move(judgement.problems);
}

std::vector<Problem> find_doubtful(const Config& config, const Where& where) {
  Judgement judgement(where);
  judgement.refuse_if(!config.upstream.tls && !config.upstream.host.empty() && !is_loopback(config.upstream.host),
                      "upstream.server", "the API key goes to " + config.upstream.host + " without encryption",
                      "say https:// unless the network between is yours alone");
  return std::move(judgement.problems);
}

}  // namespace config
