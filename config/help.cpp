#include "config/help.hpp"

#include <algorithm>

#include "config/settings.hpp"

namespace config {
namespace {

constexpr std::size_t width = 100;

constexpr std::string_view usage = R"(
Usage: nvcf-lls-proxy [serve|check|health] [--config FILE] [--SETTING VALUE]...

Commands:
  serve     run the proxy (what happens without a command)
  check     judge the configuration and print the effective one, secrets masked
  health    ask the running proxy's admin address whether it is healthy; exit code 0 if so

Options:
  -c, --config FILE    settings as YAML; PROXY_CONFIG does the same
  -V, --version        print the version
  -h, --help           print this
  --SETTING VALUE      any setting below but the API key, as in --listen.port 8080

A flag wins over the environment, that over the YAML file, that over the default. Durations are
written 500ms, 20s, 2m or 1h, sizes 64KiB or 1MiB, lists with commas. An empty variable counts as
not set. Exit codes: 64 for a wrong command line, 78 for a wrong configuration.

Settings, by environment variable and YAML key:
)";

std::string_view section_of(std::string_view key) {
  const std::size_t dot = key.find('.');
  return dot == std::string_view::npos ? "process" : key.substr(0, dot);
}

/// `text` in lines of at most `width` columns behind `margin` spaces.
std::string wrapped(std::string_view text, std::size_t margin) {
  std::string result;
  std::size_t column = width;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (column + 1 + word.size() > width) {
      result += (result.empty() ? "" : "\n") + std::string(margin, ' ');
      column = margin;
    } else {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return result + "\n";
}

/// The marks of Markdown are for the documentation.
std::string plain(std::string text) {
  std::erase(text, '`');
  return text;
}

}  // namespace

std::string write_help(std::string_view version) {
  std::string text = "nvcf-lls-proxy " + std::string(version) +
                     ": intermediary proxy between browsers and NVCF low latency streaming functions\n" +
                     std::string(usage);
  std::string_view section;
  for (const Setting& setting : settings()) {
    if (section_of(setting.key) != section) {
      section = section_of(setting.key);
      text += "\n" + std::string(section) + "\n";
    }
    text += "  " + std::string(setting.variable) + (setting.is_secret ? " (or _FILE)" : "") + ", " +
            std::string(setting.key) + " [" + plain(describe_default(setting)) + "]\n";
    text += wrapped(plain(std::string(setting.meaning)), 6);
  }
  return text;
}

}  // namespace config
