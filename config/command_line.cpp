#include "config/command_line.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "config/help.hpp"
#include "config/settings.hpp"

namespace config {
namespace {

/// The flag of a secret would show it to every user of the machine; the path of its file may be seen.
std::string flag_of(const Setting& setting) { return std::string(setting.key) + (setting.is_secret ? "_file" : ""); }

Command command_of(const CLI::App& app) {
  if (app.got_subcommand("check")) return Command::check;
  return app.got_subcommand("health") ? Command::health : Command::serve;
}

}  // namespace

std::variant<Invocation, Answer> parse_command_line(const std::vector<std::string>& arguments,
                                                    std::string_view version) {
  CLI::App app;
  app.set_help_flag();  // ours tells of the environment, and is told rather than thrown
  bool wants_help = false;
  bool wants_version = false;
  Invocation invocation;
  app.add_flag("-h,--help", wants_help);
  app.add_flag("-V,--version", wants_version);
  app.add_option("-c,--config", invocation.sources.file);
  std::map<std::string, std::string>& flags = invocation.sources.flags;
  for (const Setting& setting : settings()) {
    const std::string flag = flag_of(setting);
    app.add_option_function<std::string>("--" + flag, [&flags, flag](const std::string& text) { flags[flag] = text; });
  }
  for (const char* name : {"serve", "check", "health"}) app.add_subcommand(name)->fallthrough();
  app.require_subcommand(0, 1);

  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // the order in which CLI11 takes them
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return Answer{exit_usage, std::string("nvcf-lls-proxy: ") + error.what() + "\nTry: nvcf-lls-proxy --help\n"};
  }
  if (wants_help) return Answer{0, write_help(version)};
  if (wants_version) return Answer{0, "nvcf-lls-proxy " + std::string(version) + "\n"};
  invocation.command = command_of(app);
  return invocation;
}

}  // namespace config
