// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "base/limits.h"
#include "watch/table.h"

using namespace aurochs;
using watch::Table;

namespace {

std::string errors(const std::string& text, const std::string& head = "version 1\n") {
  const auto table = Table::parse(head + text, "w.conf");
  return table ? std::string() : table.error().message;
}
bool says(const std::string& text, const char* part) { return errors(text).find(part) != std::string::npos; }

}  // namespace

TEST_SUITE("watch parser") {
  TEST_CASE("rows go on over indented lines, comments and empty ones") {
    const auto table = Table::parse("# x\n\nversion 1 # y\nset pm dpkg rpm\n  apt\nw CronJobChangeNix a.b /a # c\n# between\n\n  /b/ /{c,d}\n\tnot by @pm cron\nr ShadowReadNix a.c /e", "w.conf");
    REQUIRE(table);
    CHECK(table->rows().size() == 2);
    CHECK(table->patterns().size() == 5);
    CHECK(table->rows()[0].line == 6);
    CHECK(table->rows()[0].not_by.size() == 2);
    CHECK(table->sets()[0].programs.names().size() == 3);
  }
  TEST_CASE("a mistake is told with its place and the nearest known name") {
    CHECK(errors("w CronJobChangNix a /a") == "w.conf:2: CronJobChangNix: no such type of event (did you mean CronJobChangeNix?); aurochsctl fields --types lists them");
    CHECK(says("w CronJobChangeNix a\n  /a\n  etc/b", "w.conf:4: etc/b: neither an absolute path"));
    CHECK(says("wr CronJobChangeNix a /a", "w.conf:2: wr: not an access"));
    CHECK(says("rename,delte CronJobChangeNix a /a", "did you mean delete?"));
    CHECK(says("set pms dpkg\nw CronJobChangeNix a /a not by @pmx", "w.conf:3: @pmx: no such set above (did you mean pms?)"));
    CHECK(says("w A/B a /a", "no such type"));
    CHECK(says("w CronJobChangeNix/CronJobChangeNix a /a", "neither one type nor three"));
    CHECK(says("w CronJobChangeNix Persistence /a", "not a group"));
    CHECK(says("w CronJobChangeNix a not by x", "at least one path"));
    CHECK(says("w CronJobChangeNix a", "needs access, type, group"));
    CHECK(says("w CronJobChangeNix a /a not by", "write: not by"));
    CHECK(says("w CronJobChangeNix a /a not in x", "write: not by"));
    CHECK(says("w CronJobChangeNix a /a{b", "braces"));
    CHECK(says("set x", "needs a name and programs"));
    CHECK(says("set x a\nset x b", "a second set of that name"));
    CHECK(says("version 2", "not a version"));
  }
  TEST_CASE("all mistakes at once, but not without end") {
    CHECK(errors("w X a /a\nw Y a /a\n").find("w.conf:3") != std::string::npos);
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "w X a /a\n";
    CHECK(errors(many).size() < 20000);
  }
  TEST_CASE("the version comes first") {
    CHECK(errors("", "") == "w.conf:1: version: is not there; begin the table with: version 1");
    CHECK(errors("w CronJobChangeNix a /a", "").find("comes before the version") != std::string::npos);
    CHECK(errors("  /a", "").find("continues nothing") != std::string::npos);
    CHECK(errors("").empty());
  }
  TEST_CASE("bounds are told") {
    std::string rows;
    for (size_t i = 0; i <= limits::kWatchRows; ++i) rows += "w CronJobChangeNix a /a\n";
    CHECK(errors(rows).find("more than 1024 rows") != std::string::npos);
    std::string patterns = "w CronJobChangeNix a";
    for (size_t i = 0; i <= limits::kWatchPatterns; ++i) patterns += " /a";
    CHECK(errors(patterns).find("more than 4096 patterns") != std::string::npos);
  }
  TEST_CASE("the installed table has no mistake") {
    const auto table = Table::load(AUROCHS_WATCHES);
    CHECK_MESSAGE(table, (table ? "" : table.error().message));
    CHECK_FALSE(Table::load("/nonexistent/watches.conf"));
  }
}
