// SPDX-License-Identifier: Apache-2.0
#include "config/config.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <set>
#include <string>

using namespace aurochs;

namespace {
std::string first_error(std::string_view text) {
  config::Config c;
  config::Errors errors;
  CHECK_FALSE(config::parse(text, "a.conf", c, errors));
  return errors.lines.empty() ? "" : errors.lines.front();
}
}  // namespace

TEST_SUITE("config") {
  TEST_CASE("parse takes sections, comments, quotes and full names") {
    config::Config c;
    config::Errors errors;
    REQUIRE(config::parse("# comment\n[capture]\nmode = unicast\n\n[customer]\nid = \"ООО Ромашка\"\ncapture.priority=nice\n", "a.conf", c, errors));
    CHECK(c.capture_mode == "unicast");
    CHECK(c.customer_id == "ООО Ромашка");
    CHECK(c.capture_priority == "nice");
    CHECK(c.capture_rules == "yes");
  }
  TEST_CASE("parse refuses what it does not know, with file:line and the nearest name") {
    CHECK(first_error("[capture]\nmod = auto\n") == "a.conf:2: capture.mod: unknown key; did you mean capture.mode?");
    CHECK(first_error("[capture]\nmode = everything\n") == "a.conf:2: capture.mode: \"everything\" is not a value of it; there are auto, multicast, unicast, relay, socket, log, plugin");
    CHECK(first_error("[kapture]\n") == "a.conf:1: kapture: unknown section; there are capture, watch, events, logon, dns, sensor, customer");
    CHECK(first_error("just words\n") == "a.conf:1: just words: neither a [section] nor key = value; write one of them");
    CHECK(first_error("[capture\n") == "a.conf:1: [capture: a section is written [name]");
    CHECK(first_error("[capture]\nmode = auto\nmode = auto\n") == "a.conf:3: capture.mode: given twice; keep one of them");
    CHECK(first_error("[customer]\nid = \xFF\n") == "a.conf:2: customer.id: the value is not UTF-8");
  }
  TEST_CASE("parse tells all errors at once") {
    config::Config c;
    config::Errors errors;
    CHECK_FALSE(config::parse("x = 1\ny = 2\n", "a.conf", c, errors));
    CHECK(errors.lines.size() == 2);
  }
  TEST_CASE("load: a missing file is the defaults or an error, as asked") {
    const std::string missing = "/nonexistent/aurochs.conf";
    const auto defaults = config::load(missing, false);
    REQUIRE(defaults);
    CHECK(defaults->capture_mode == "auto");
    CHECK_FALSE(defaults->version.empty());
    CHECK_FALSE(config::load(missing, true));
  }
  TEST_CASE("load: the version is the time of the file") {
    char path[] = "/tmp/aurochs-config-XXXXXX";
    const int fd = ::mkstemp(path);
    REQUIRE(fd >= 0);
    REQUIRE(::write(fd, "[capture]\nmode = auto\n", 22) == 22);
    ::close(fd);
    const auto c = config::load(path, true);
    ::unlink(path);
    REQUIRE(c);
    CHECK(c->version.size() == 12);
  }
  TEST_CASE("the default file holds every key, commented out, and is itself valid") {
    const std::string text = config::default_file();
    config::Config c;
    config::Errors errors;
    CHECK(config::parse(text, "default", c, errors));
    std::string active;
    for (const char ch : text) active += ch;
    for (size_t at = active.find("\n#"); at != std::string::npos; at = active.find("\n#", at + 1))
      if (active.compare(at, 3, "\n# ") != 0) active.erase(at + 1, 1);
    errors.lines.clear();
    config::Config again;
    CHECK(config::parse(active, "default", again, errors));
    for (const config::KeyRow& row : config::key_rows()) {
      CHECK(again.*row.member == std::string(row.default_value));
      CHECK(text.find(std::string(row.key.substr(row.key.find('.') + 1)) + " =") != std::string::npos);
    }
  }
  TEST_CASE("no key stands twice in the table") {
    std::set<std::string_view> keys;
    for (const config::KeyRow& row : config::key_rows()) CHECK(keys.insert(row.key).second);
  }
}
