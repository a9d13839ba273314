"""The structural checks catch what they are for: each bad sample is found, each good one is not."""
import unittest

import comments
import includes
import lines
import sources

HEADER = "// Decides nothing.\n#pragma once\n"


def missing(text: str) -> list[str]:
    return [name for _, name in comments.uncommented(HEADER + text)]


class Comments(unittest.TestCase):
    def test_an_uncommented_declaration_is_found_wherever_it_is_public(self):
        bad = {
            "int free_function(int a);": "free_function",
            "[[nodiscard]] std::vector<std::pair<int, int>> nested(const std::map<int, int>& m);": "nested",
            "template <class T>\nconcept_t<T> templated(T value) { return value; }": "templated",
            "struct Named {\n};": "Named",
            "enum class Colour : int { red, green };": "Colour",
            "namespace a::b {\nvoid inside();\n}": "inside",
            "/// A type.\nstruct S {\n  int method() const;\n};": "method",
            "/// A type.\nclass C {\n  int hidden();\n public:\n  int shown();\n};": "shown",
            "/// A type.\nclass C {\n public:\n  explicit C(int with);\n};": "C",
            "/// A type.\nclass C {\n public:\n  C(int with) : a_(with), b_{with} {}\n\n private:\n  int a_, b_;\n};": "C",
            "/// A type.\nstruct S {\n  /// Inner.\n  struct T {\n    void deep(std::function<void(int)> f = {});\n  };\n};": "deep",
            "/// A type.\nstruct S {\n  bool operator==(const T& other) const;\n};": "operator==",
            "/// First.\nvoid first();\nvoid second();": "second",
            "/// One.\nvoid one();\n\n\nvoid far_from_any();": "far_from_any",
        }
        for text, name in bad.items():
            with self.subTest(text):
                self.assertEqual(missing(text), [name])

    def test_a_commented_declaration_is_not_found(self):
        good = [
            "/// Does.\nint function(int a = call(1));",
            "/// Overloads share one.\nvoid of(int);\nvoid of(long);",
            "/// A type.\nclass C {\n public:\n  C() = default;\n  C(const C&) = delete;\n  C(C&& other) noexcept : a_{other.a_} {}\n"
            "  C& operator=(C&& other) noexcept { return *this; }\n  ~C() { end(); }\n\n private:\n  int a_;\n  void secret();\n};",
            "class Forward;\nusing Name = int (*)(int);\nstatic_assert(sizeof(int) == 4);",
            "inline constexpr int limit = compute(3);",
            "namespace detail {\nvoid not_for_others();\n}",
            "int behind();  // is enough for a short one",
            "/* A block. */\nstruct S {\n  int field = 1;\n  std::vector<int> other{1, 2};\n};",
            '/// Braces in "strings".\ninline const char* text() { return "} void f(); {"; }',
            "#define MACRO(x) \\\n  void x();\n/// Behind a macro.\nvoid f();",
        ]
        for text in good:
            with self.subTest(text):
                self.assertEqual(missing(text), [])

    def test_a_header_without_its_opening_sentence_is_found(self):
        self.assertIn("opening sentence", comments.problems("tls/x.hpp", "#pragma once\n")[0])


class Includes(unittest.TestCase):
    def test_an_arrow_that_points_back_is_found(self):
        for path, included in [("config/a.cpp", "tls/b.hpp"), ("config/a.cpp", "proxy/b.hpp"), ("tls/a.hpp", "proxy/b.hpp"),
                               ("demo/gateway/a.cpp", "config/b.hpp"), ("proxy/a.cpp", "demo/b.hpp"), ("proxy/a.cpp", "b.hpp"),
                               ("proxy/a.cpp", "test/b.hpp")]:
            with self.subTest(f"{path} includes {included}"):
                self.assertEqual(len(includes.problems(path, f'#pragma once\n#include "{included}"\n')), 1)

    def test_io_in_a_pure_room_is_found(self):
        for name in ["boost/asio/ip/tcp.hpp", "boost/asio.hpp", "openssl/ssl.h", "spdlog/spdlog.h", "boost/beast/core/tcp_stream.hpp"]:
            for path in ["proxy/http/route.cpp", "proxy/websocket/frames.hpp", "proxy/websocket/close_policy.cpp"]:
                with self.subTest(f"{path} includes {name}"):
                    self.assertGreaterEqual(len(includes.problems(path, f"#include <{name}>\n")), 1)

    def test_the_arrows_themselves_and_values_are_fine(self):
        for path, line in [("tls/a.cpp", '"config/b.hpp"'), ("proxy/a.cpp", '"tls/b.hpp"'), ("proxy/relay.cpp", "<boost/asio/ip/tcp.hpp>"),
                           ("proxy/http/route.cpp", "<boost/asio/ip/address.hpp>"), ("test/unit/a.cpp", '"proxy/b.hpp"'),
                           ("proxy/http/head.hpp", "<boost/beast/http/fields.hpp>"), ("demo/gateway/a.cpp", "<boost/asio.hpp>")]:
            with self.subTest(f"{path} includes {line}"):
                self.assertEqual(includes.problems(path, f"#include {line}\n"), [])

    def test_the_line_of_a_bad_include_is_told(self):
        self.assertTrue(includes.problems("config/a.cpp", '\n\n#include "tls/b.hpp"\n')[0].startswith("config/a.cpp:3:"))


class Lines(unittest.TestCase):
    def test_a_file_of_301_lines_is_found_and_one_of_300_is_not(self):
        self.assertEqual(len(lines.problems("a.cpp", "x\n" * 301)), 1)
        self.assertEqual(lines.problems("a.cpp", "x\n" * 300), [])

    def test_a_silenced_check_needs_its_name_and_reason(self):
        for line in ["f();  // NOLINT", "f();  // NOLINT(bugprone-x)", "// NOLINTNEXTLINE", "// NOLINTNEXTLINE: too long for me",
                     "# shellcheck disable=SC2086", "import x  # noqa"]:
            with self.subTest(line):
                self.assertEqual(len(lines.problems("a.cpp", line)), 1)
        for line in ["f();  // NOLINT(bugprone-x): the C library wants it so", "// NOLINTNEXTLINE(a-b,c-d): see RFC 6455",
                     "# shellcheck disable=SC2086 # the words are the packages"]:
            with self.subTest(line):
                self.assertEqual(lines.problems("a.cpp", line), [])

    def test_a_check_turned_off_for_all_needs_its_reason(self):
        self.assertEqual(len(lines.silenced_for_all("Checks:\n  - bugprone-*\n  - -bugprone-x\n")), 1)
        self.assertEqual(len(lines.silenced_for_all("Checks:\n  # why\n  - -a-x\n  - b-*\n  - -a-y\n")), 1)
        self.assertEqual(lines.silenced_for_all("Checks:\n  - bugprone-*\n  - -bugprone-x  # because of this\n"), [])
        self.assertEqual(lines.silenced_for_all("Checks:\n  # why both\n  - -a-x\n  - -a-y\n"), [])


class Sources(unittest.TestCase):
    def test_comments_and_strings_become_spaces_and_nothing_moves(self):
        text = 'int a = 1\'000; // {\nauto s = "}"; /* ;\n */ auto r = R"x(})x"; char c = \'{\';\n'
        blank = sources.blank(text)
        self.assertEqual(len(blank), len(text))
        self.assertEqual(blank.count("\n"), text.count("\n"))
        self.assertNotRegex(blank, "[{}]")
        self.assertIn("1'000", blank)

    def test_the_tree_has_sources(self):
        self.assertGreater(len(sources.files(".hpp")), 5)


if __name__ == "__main__":
    unittest.main()
