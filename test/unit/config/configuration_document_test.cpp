#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "config/settings.hpp"
#include "test/unit/config/complete_sources.hpp"
#include "test/unit/temporary_folder.hpp"

namespace {

std::vector<std::string> document() {
  std::ifstream file(NVCF_SOURCE_DIR "/docs/configuration.md");
  REQUIRE(file.is_open());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// The row that `setting` must have in the document.
std::string row(const config::Setting& setting) {
  std::string key = "`" + std::string(setting.key) + "`";
  std::string variable = "`" + std::string(setting.variable) + "`";
  if (setting.is_secret) {
    key += ", `" + std::string(setting.key) + "_file`";
    variable += ", `" + std::string(setting.variable) + "_FILE`";
  }
  return "| " + key + " | " + variable + " | " + std::string(setting.form) + " | " + config::describe_default(setting) +
         " | " + std::string(setting.meaning) + " |";
}

}  // namespace

TEST_CASE("docs/configuration.md has the row of every setting, as the code has it") {
  const auto lines = document();
  for (const config::Setting& setting : config::settings()) {
    INFO("the row should be:\n" << row(setting));
    CHECK(std::ranges::count(lines, row(setting)) == 1);
  }
}

TEST_CASE("docs/configuration.md has no row of a setting that is gone") {
  for (const std::string& line : document()) {
    if (!line.starts_with("| `")) continue;
    CAPTURE(line);
    const std::string key = line.substr(3, line.find('`', 3) - 3);
    CHECK(config::find_setting(key) != nullptr);
  }
}

TEST_CASE("the example in docs/configuration.md loads without a problem or a warning") {
  const test::TemporaryFolder folder;
  std::string example;
  bool inside = false;
  for (const std::string& line : document()) {
    if (line == "```yaml") {
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      example += line + "\n";
    }
  }
  REQUIRE(example.find("upstream:") != std::string::npos);
  const std::string key_path = "/run/secrets/nvcf-api-key";
  const std::size_t at = example.find(key_path);
  REQUIRE(at != std::string::npos);
  example.replace(at, key_path.size(), folder.write("key", "nvapi-example\n"));
  config::Sources sources;
  sources.file = folder.write("proxy.yaml", example);
  const config::Loaded loaded = config::load(sources);
  INFO(test::lines(loaded.problems) << test::lines(loaded.warnings));
  CHECK(loaded.config.has_value());
  CHECK(loaded.warnings.empty());
}
