#include "config/load.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include "config/files.hpp"
#include "config/judge.hpp"
#include "config/settings.hpp"
#include "config/sources.hpp"

namespace config {
namespace {

constexpr std::size_t largest_secret_file = std::size_t{64} * 1024;

/// All sources, the strongest first.
struct Layers {
  std::array<Source, 3> sources;

  [[nodiscard]] const Given* find(std::string_view key) const {
    for (const Source& source : sources) {
      if (const auto found = source.given.find(key); found != source.given.end()) return &found->second;
    }
    return nullptr;
  }

  [[nodiscard]] std::string where(std::string_view key) const {
    if (const Given* given = find(key)) return given->where;
    const Setting* setting = find_setting(key);
    return std::string(setting == nullptr ? key : setting->variable);
  }
};

std::optional<std::string> find_file(const Sources& sources) {
  if (sources.file) return sources.file;
  const auto found = sources.environment.find(std::string(file_variable));
  if (found == sources.environment.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

Layers read_layers(const Sources& sources) {
  const auto file = find_file(sources);
  return {{read_flags(sources.flags), read_variables(sources.environment), file ? read_yaml(*file) : Source{}}};
}

/// The content of a secret's file without the newlines that editors and `echo` put at its end. The path is not repeated
/// in an error: who sets `NVCF_API_KEY_FILE` to the key itself must not find it in a log.
ReadResult<std::string> read_secret_file(const std::string& path) {
  if (const auto reason = why_unreadable(path)) {
    Wrong wrong;
    wrong.why = "names a file that cannot be read: " + *reason;
    return wrong;
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(largest_secret_file + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > largest_secret_file) return Wrong{"names a file that is larger than any key (64 KiB)"};
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) return Wrong{"names a file that is empty"};
  return text;
}

std::string advice_for(const Values& values) {
  // a service that is called "proxy" makes Kubernetes set PROXY_PORT=tcp://10.0.0.1:80 in every pod of its namespace
  if (values.size() == 1 && values.front().starts_with("tcp://")) {
    return "Kubernetes sets this variable for a service of that name: set enableServiceLinks: false";
  }
  return {};
}

std::string tell(const Setting& setting, const Values& values, const Wrong& wrong) {
  // the error of a list names the item itself
  const bool shown = !setting.is_secret && !setting.is_list && may_be_shown(values.front());
  return std::string(setting.key) + (shown ? " \"" + values.front() + "\" " : " ") + wrong.why;
}

std::string advice_to_set(const Setting& setting) {
  std::string advice(setting.meaning);
  std::erase(advice, '`');  // the documentation's marks
  if (setting.is_secret) advice += " " + std::string(setting.variable) + "_FILE may name a file that holds it.";
  if (advice.ends_with('.')) advice.pop_back();
  return advice;
}

void take(const Setting& setting, const Given& given, Config& config, std::vector<Problem>& problems) {
  Values values = given.values;
  if (given.in_file) {
    auto content = read_secret_file(values.front());
    if (!content) {
      problems.push_back({given.where, content.error().why, ""});
      return;
    }
    values = {*std::move(content)};
  }
  if (const Verdict wrong = setting.read(config, values)) {
    problems.push_back({given.where, tell(setting, given.values, *wrong), advice_for(given.values)});
  }
}

/// What follows from other settings is filled in, so that nobody after this asks for it twice.
void complete(Config& config) {
  Upstream& upstream = config.upstream;
  if (upstream.authority.empty()) {
    upstream.authority = write_authority(upstream.host, upstream.port, upstream.tls ? 443 : 80);
  }
  // it was written by write_authority, so it can be read
  if (auto name = read_host_port(upstream.authority)) upstream.tls_name = std::move(name->host);
  Functions& functions = config.functions;
  if (functions.default_id && std::ranges::find(functions.allowed, *functions.default_id) == functions.allowed.end()) {
    functions.allowed.insert(functions.allowed.begin(), *functions.default_id);
  }
}

void append(std::vector<Problem>& all, const std::vector<Problem>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

Loaded load(const Sources& sources) {
  const Layers layers = read_layers(sources);
  const Where where = [&layers](std::string_view key) { return layers.where(key); };
  Loaded loaded;
  for (const Source& source : layers.sources) {
    append(loaded.problems, source.problems);
    append(loaded.warnings, source.warnings);
  }
  Config config;
  if (sources.terminal) config.log.format = LogFormat::text;
  for (const Setting& setting : settings()) {
    if (const Given* given = layers.find(setting.key)) {
      take(setting, *given, config, loaded.problems);
    } else if (setting.is_required) {
      loaded.problems.push_back({std::string(setting.variable), "is not set", advice_to_set(setting)});
    }
  }
  const Given* allowed = layers.find("functions.allowed");
  if (layers.find("functions.default") == nullptr && (allowed == nullptr || allowed->values.empty())) {
    loaded.problems.push_back({"STREAMING_FUNCTION_ID", "is not set",
                               "name the function to reach, or those that clients may name in STREAMING_FUNCTION_IDS"});
  }
  append(loaded.problems, judge(config, where));
  append(loaded.warnings, find_doubtful(config, where));
  complete(config);
  if (loaded.problems.empty()) loaded.config = std::move(config);
  return loaded;
}

std::map<std::string, std::string> read_environment(const char* const* environment) {
  std::map<std::string, std::string> variables;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    // of a name that stands twice, getenv gives the first
    variables.try_emplace(std::string(entry.substr(0, equals)), entry.substr(equals + 1));
  }
  return variables;
}

}  // namespace config
