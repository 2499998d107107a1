// SPDX-License-Identifier: Apache-2.0
#include "decode/argv.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "audit/record_types.h"
#include "base/text.h"

using namespace aurochs;
using namespace aurochs::decode;

namespace {

using List = std::vector<std::string>;

struct Collected {
  bool any = false, truncated = false;
  List arguments;  ///< "<missing>" for one that is not there
  std::string line;
};

Collected collect(const List& bodies, size_t max_bytes = 1 << 20) {
  audit::AuditEvent event;
  for (const std::string& body : bodies) {
    audit::Record r;
    r.type = audit::type::kExecve;
    r.body = body;
    event.records.push_back(r);
  }
  Argv argv;
  Collected out;
  out.any = collect_argv(event, argv);
  if (!out.any) return out;
  for (const Argument& a : argv.arguments) out.arguments.push_back(a.missing ? "<missing>" : std::string(a.text));
  out.truncated = argv.truncated;
  bool cut = argv.truncated;
  out.line = command_line(argv, max_bytes, event.arena, cut);
  return out;
}

std::string line_of(const List& arguments, size_t max_bytes, bool& cut) {
  Argv argv;
  for (const std::string& a : arguments) argv.arguments.push_back({a, false});
  base::Arena arena;
  cut = false;
  return std::string(command_line(argv, max_bytes, arena, cut));
}

}  // namespace

TEST_SUITE("decode") {
  TEST_CASE("arguments of an exec") {
    const struct {
      const char* name;
      List bodies;
      List arguments;
      bool truncated;
    } rows[] = {
        {"quoted and hex", {"argc=3 a0=\"ls\" a1=2D6C a2=\"(null)\""}, {"ls", "-l", "(null)"}, false},
        {"verbatim what looks like hex", {"argc=2 a0=\"echo\" a1=\"4142\""}, {"echo", "4142"}, false},
        {"empty is not missing", {"argc=3 a0=\"x\" a1=\"\" a2=\"y\""}, {"x", "", "y"}, false},
        {"no arguments", {"argc=0"}, {}, false},
        {"one empty", {"argc=1 a0=\"\""}, {""}, false},
        {"3.10 prints nothing for an empty one", {"argc=4 a0=\"x\" a2=\"y\""}, {"x", "<missing>", "y", "<missing>"}, true},
        {"continued in a second record", {"argc=3 a0=\"x\" a1=\"y\"", " a2=\"z\""}, {"x", "y", "z"}, false},
        {"a split hex argument", {"argc=2 a0=\"x\" a1_len=8 a1[0]=6162", " a1[1]=6364"}, {"x", "abcd"}, false},
        {"a split quoted argument", {"argc=3 a0=\"x\" a1_len=4 a1[0]=\"ab\"", " a1[1]=\"cd\" a2=\"z\""}, {"x", "abcd", "z"}, false},
        {"the length is not believed", {"argc=2 a0=\"x\" a1_len=999999 a1[0]=6162 a1[1]=6364"}, {"x", "abcd"}, false},
        {"pieces out of order", {"argc=2 a0=\"x\" a1[1]=6364", " a1[0]=6162"}, {"x", "abcd"}, false},
        {"a piece is missing", {"argc=2 a0=\"x\" a1[0]=6162 a1[2]=6566"}, {"x", "abef"}, true},
        {"the first piece is missing", {"argc=2 a0=\"x\" a1[1]=6364"}, {"x", "cd"}, true},
        {"a piece twice", {"argc=2 a0=\"x\" a1[0]=6162 a1[0]=6162 a1[1]=63"}, {"x", "abc"}, false},
        {"the record in the middle is lost", {"argc=3 a0=\"x\"", " a2=\"z\""}, {"x", "<missing>", "z"}, true},
        {"two lists of an old kernel: the first counts", {"argc=3 a0=\"/bin/sh\" a1=\"-e\" a2=\"/x\"", "argc=1 a0=\"/x\""}, {"/bin/sh", "-e", "/x"}, false},
        {"argc= inside a continued argument starts no list", {"argc=3 a0=\"x\" a1=\"y\"", " a2=\"argc=1\""}, {"x", "y", "argc=1"}, false},
        {"no argc at all", {"a0=\"x\" a1=\"y\""}, {"x", "y"}, false},
        {"argc too small", {"argc=1 a0=\"x\" a1=\"y\""}, {"x", "y"}, false},
        {"argc absurd", {"argc=99999999999 a0=\"x\""}, {"x"}, false},
        {"numbers absurd", {"argc=1 a0=\"x\" a99999999999=\"y\" ax=\"z\" a=\"z\" a1[x]=\"z\" a1]=\"z\""}, {"x"}, false},
        {"closing quote missing", {"argc=2 a0=\"x\" a1=\"cut off"}, {"x", "cut off"}, true},
        {"not hex, not quoted", {"argc=2 a0=x a1=2f"}, {"x", "2f"}, false},
        {"null stays empty", {"argc=2 a0=\"x\" a1=(null)"}, {"x", ""}, false},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const Collected c = collect(row.bodies);
      REQUIRE(c.any);
      CHECK(c.arguments == row.arguments);
      CHECK(c.truncated == row.truncated);
    }
  }
  TEST_CASE("an event without EXECVE has no arguments, and older ones are forgotten") {
    audit::AuditEvent event;
    audit::Record r;
    r.type = audit::type::kExecve;
    r.body = "argc=2 a0=\"x\" a1[1]=\"y\"";
    event.records.push_back(r);
    Argv argv;
    REQUIRE(collect_argv(event, argv));
    CHECK(argv.truncated);
    event.records[0].type = audit::type::kCwd;
    CHECK_FALSE(collect_argv(event, argv));
    CHECK(argv.arguments.empty());
    CHECK_FALSE(argv.truncated);
  }
  TEST_CASE("three thousand arguments in many records, one argument in many pieces") {
    List bodies = {"argc=3001"}, expected;
    for (int i = 0; i < 3000; ++i) {
      if (i % 70 == 0 && i) bodies.emplace_back();
      const std::string text = std::to_string(i) + std::string(95, 'v');
      bodies.back() += " a" + std::to_string(i) + "=\"" + text + "\"";
      expected.push_back(text);
    }
    std::string large;
    for (int i = 0; i < 27; ++i) {
      const std::string piece(3700, static_cast<char>('a' + i % 26));
      bodies.push_back((i ? " " : " a3000_len=200000 ") + std::string("a3000[") + std::to_string(i) + "]=" + base::to_hex(piece));
      large += piece;
    }
    expected.push_back(large);
    const Collected c = collect(bodies);
    CHECK(c.arguments == expected);
    CHECK_FALSE(c.truncated);
    CHECK(c.line.size() == [&] {
      size_t n = expected.size() - 1;
      for (const std::string& s : expected) n += s.size();
      return n;
    }());
  }
  TEST_CASE("command_line quotes what a shell would not take as it is") {
    const struct {
      List arguments;
      const char* line;
    } rows[] = {
        {{"ls", "-l"}, "ls -l"},
        {{"x", ""}, "x ''"},
        {{"x", "a b"}, "x 'a b'"},
        {{"x", "it's"}, "x 'it'\\''s'"},
        {{"x", "'"}, "x ''\\'''"},
        {{"x", "say \"a\""}, "x 'say \"a\"'"},
        {{"x", "a\nb"}, "x 'a\nb'"},
        {{"x", "\x7F"}, "x '\x7F'"},
        {{"x", "день"}, "x день"},
        {{"x", "$HOME;*|\\"}, "x $HOME;*|\\"},
        {{}, ""},
        {{""}, "''"},
    };
    for (const auto& row : rows) {
      bool cut = true;
      CHECK(line_of(row.arguments, 1000, cut) == row.line);
      CHECK_FALSE(cut);
    }
  }
  TEST_CASE("command_line is bounded, cut on a character, and says so") {
    bool cut = false;
    CHECK(line_of({"abcdef", "gh"}, 6, cut) == "abcdef");
    CHECK(cut);
    CHECK(line_of({"abc"}, 3, cut) == "abc");
    CHECK_FALSE(cut);
    CHECK(line_of({"ддд"}, 5, cut) == "дд");
    CHECK(cut);
    for (size_t n = 0; n < 30; ++n) {
      CAPTURE(n);
      const List hostile = {"''''", "", "a b", "'", "\xFF\xFF"};
      CHECK(line_of(hostile, n, cut).size() <= n);
      CHECK(cut);
    }
  }
  TEST_CASE("a missing argument is left out of the line") {
    const Collected c = collect({"argc=3 a0=\"x\" a2=\"y\""});
    CHECK(c.line == "x y");
  }
  TEST_CASE("command_line of a list with NULs") {
    base::Arena arena;
    bool cut = false;
    auto line = [&](std::string_view list) { return std::string(command_line(list, 100, arena, cut)); };
    CHECK(line(std::string_view("ls\0-l\0", 6)) == "ls -l");
    CHECK(line(std::string_view("ls\0\0-l", 6)) == "ls '' -l");
    CHECK(line("postgres: writer") == "'postgres: writer'");
    CHECK(line(std::string_view("\0\0", 2)).empty());
    CHECK(line("").empty());
    CHECK_FALSE(cut);
    CHECK(command_line(std::string_view("abc\0def", 7), 5, arena, cut) == "abc d");
    CHECK(cut);
  }
}
