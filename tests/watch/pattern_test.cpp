// SPDX-License-Identifier: Apache-2.0
#include "watch/pattern.h"

#include <doctest/doctest.h>

#include "base/limits.h"

using namespace aurochs;
using watch::expand_braces;
using watch::glob_match;
using watch::parse_pattern;
using watch::Pattern;

namespace {

std::string braces(std::string_view text) {
  std::vector<std::string> out;
  if (!expand_braces(text, out)) return "bad";
  std::string joined;
  for (const std::string& one : out) joined += (joined.empty() ? "" : " ") + one;
  return joined;
}

std::string parsed(std::string_view text) {
  Pattern p;
  const std::string reason = parse_pattern(text, p);
  if (!reason.empty()) return "bad";
  return (p.is_home ? "~" : "") + p.directory + "|" + p.tail + (p.is_tree ? "|tree " : "| ") + std::to_string(p.literal);
}

}  // namespace

TEST_SUITE("watch pattern") {
  TEST_CASE("braces are written out, also inside of each other and with nothing in them") {
    CHECK(braces("/a") == "/a");
    CHECK(braces("/a{b,c}d") == "/abd /acd");
    CHECK(braces("/a{,-}") == "/a /a-");
    CHECK(braces("/{a,b{c,d}}{1,2}") == "/a1 /a2 /bc1 /bc2 /bd1 /bd2");
    CHECK(braces("{~,/srv}/x") == "~/x /srv/x");
    CHECK(braces("/a\\{b") == "/a\\{b");
    CHECK(braces("/a{b") == "bad");
    CHECK(braces("/a}b") == "bad");
    CHECK(braces("/a{b,{c}") == "bad");
    std::string bomb = "/";
    for (int i = 0; i < 20; ++i) bomb += "{a,b}";
    CHECK(braces(bomb) == "bad");
  }
  TEST_CASE("a pattern is cut where its first special component begins") {
    CHECK(parsed("/etc/crontab") == "/etc/crontab|| 12");
    CHECK(parsed("/etc/cron.d/") == "/etc/cron.d||tree 12");
    CHECK(parsed("/etc/ssh/*_key") == "/etc/ssh|*_key| 9");
    CHECK(parsed("/etc/ssh/ssh_*") == "/etc/ssh|ssh_*| 13");
    CHECK(parsed("/etc/*.d/x/") == "/etc|*.d/x|tree 5");
    CHECK(parsed("~/.ssh/id_*") == "~/.ssh|id_*| 9");
    CHECK(parsed("~/*.kdbx") == "~|*.kdbx| 1");
    CHECK(parsed("~/Login\\ Data") == "~/Login Data|| 11");
    CHECK(parsed("~/a\\*b") == "~/a*b|| 4");
  }
  TEST_CASE("what can never match, or would match everything, is refused") {
    for (const char* bad : {"", "etc", "~", "~x/", "/", "/*", "/**/x", "/*/", "//etc", "/etc/./x", "/etc/../x", "/etc/..", "/etc/.", "/etc//"}) {
      CAPTURE(bad);
      CHECK(parsed(bad) == "bad");
    }
    std::string deep;
    for (size_t i = 0; i <= limits::kWatchDepth; ++i) deep += "/d";
    CHECK(parsed(deep) == "bad");
    CHECK(parsed("/" + std::string(5000, 'a')) == "bad");
    CHECK(parsed("/etc/..x") != "bad");
  }
  TEST_CASE("globs: a star stays in its component, two do not") {
    CHECK(glob_match("*_key", "rsa_key", false));
    CHECK_FALSE(glob_match("*_key", "rsa_key.pub", false));
    CHECK_FALSE(glob_match("*.conf", "a/b.conf", false));
    CHECK(glob_match("*/b.conf", "a/b.conf", false));
    CHECK(glob_match("**.php", "a/b/c.php", false));
    CHECK(glob_match("**.php", "c.php", false));
    CHECK_FALSE(glob_match("**.php", "c.phps", false));
    CHECK(glob_match("**/.git/hooks", "a/b/.git/hooks", false));
    CHECK(glob_match("*a*b*c*", "xxaxxbxxbc", false));
    CHECK_FALSE(glob_match("*a*b*c", "xxaxxbxx", false));
    CHECK(glob_match("*/x*/**/z", "a/xy/1/2/z", false));
    CHECK_FALSE(glob_match("*/x*/**/z", "a/y/1/2/z", false));
    CHECK(glob_match("**a/**b", "1a/2a/3/4b", false));
    CHECK(glob_match("*", "", false));
    CHECK(glob_match("", "", false));
    CHECK_FALSE(glob_match("", "a", false));
  }
  TEST_CASE("globs: one byte") {
    CHECK(glob_match("rc?.d", "rc5.d", false));
    CHECK_FALSE(glob_match("a?b", "a/b", false));
    CHECK(glob_match("rc[0-6S].d", "rcS.d", false));
    CHECK_FALSE(glob_match("rc[0-6].d", "rc7.d", false));
    CHECK(glob_match("[!a]x", "bx", false));
    CHECK_FALSE(glob_match("[!a]x", "ax", false));
    CHECK_FALSE(glob_match("[!a]", "/", false));
    CHECK(glob_match("[", "[", false));
    CHECK(glob_match("a\\*", "a*", false));
    CHECK_FALSE(glob_match("a\\*", "ab", false));
    CHECK(glob_match("\\", "\\", false));
  }
  TEST_CASE("globs: a tree takes what lies below") {
    CHECK(glob_match("*.wants", "multi-user.target.wants", true));
    CHECK(glob_match("*.wants", "multi-user.target.wants/x.service", true));
    CHECK_FALSE(glob_match("*.wants", "multi-user.target.wantsx/x.service", true));
    CHECK(glob_match("**/hooks", "a/hooks/b/c", true));
  }
  TEST_CASE("globs: hostile ones end") {
    std::string text(4000, 'a');
    CHECK_FALSE(glob_match("**a*a**a*a**b", text, false));
    for (size_t i = 1; i < text.size(); i += 2) text[i] = '/';
    CHECK_FALSE(glob_match("**/*/**/*/**/*b", text, true));
  }
}
