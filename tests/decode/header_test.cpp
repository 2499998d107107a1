// SPDX-License-Identifier: Apache-2.0
#include "decode/header.h"

#include <doctest/doctest.h>

#include <string>

using namespace aurochs::decode;

TEST_SUITE("decode") {
  TEST_CASE("a line of a log, in every dress") {
    const struct {
      std::string line;
      const char *node, *type, *body, *enriched;
    } rows[] = {
        {"type=CWD msg=audit(1700000001.042:77): cwd=\"/\"", "", "CWD", "cwd=\"/\"", ""},
        {"type=CWD msg=audit(1700000001.042:77): cwd=\"/\"\r", "", "CWD", "cwd=\"/\"", ""},
        {"type=CWD  msg=audit(1700000001.042:77):  cwd=\"/\"", "", "CWD", " cwd=\"/\"", ""},
        {"type=CWD audit(1700000001.042:77): cwd=\"/\"", "", "CWD", "cwd=\"/\"", ""},
        {"type=1307 audit(1700000001.042:77): cwd=\"/\"", "", "1307", "cwd=\"/\"", ""},
        {"type=UNKNOWN[1334] msg=audit(1700000001.042:77): prog-id=3 op=LOAD", "", "UNKNOWN[1334]", "prog-id=3 op=LOAD", ""},
        {"type=EOE msg=audit(1700000001.042:77): ", "", "EOE", "", ""},
        {"type=EOE msg=audit(1700000001.042:77):", "", "EOE", "", ""},
        {"type=EOE msg=audit(1700000001.042:77)", "", "EOE", "", ""},
        {"node=db7.example type=CWD msg=audit(1700000001.042:77): cwd=\"/\"", "db7.example", "CWD", "cwd=\"/\"", ""},
        {"type=SYSCALL msg=audit(1700000001.042:77): uid=0 \x1dUID=\"root\"", "", "SYSCALL", "uid=0 ", "UID=\"root\""},
        {"type=SYSCALL msg=audit(1700000001.042:77): uid=0\x1dUID=\"a\x1d" "b\"", "", "SYSCALL", "uid=0", "UID=\"a\x1d" "b\""},
        {"Mar  3 04:05:06 web kernel: [   17.25] audit: type=1307 audit(1700000001.042:77): cwd=\"/\"", "", "1307", "cwd=\"/\"", ""},
        {"Mar  3 04:05:06 web audispd: node=web type=CWD msg=audit(1700000001.042:77): cwd=\"/\"", "web", "CWD", "cwd=\"/\"", ""},
    };
    for (const auto& row : rows) {
      CAPTURE(row.line);
      Header h;
      REQUIRE(parse_line(row.line, h));
      CHECK(h.node == row.node);
      CHECK(h.type_text == row.type);
      CHECK(h.body == row.body);
      CHECK(h.enriched == row.enriched);
      CHECK(h.stamp.time_ms == 1700000001042);
      CHECK(h.stamp.serial == 77);
    }
  }
  TEST_CASE("what is no record is refused") {
    for (const char* bad :
         {"", "\r", "type=", "type=CWD", "type=CWD msg=", "type=CWD msg=audit(", "type=CWD msg=audit()", "type=CWD msg=audit(1.2:3",
          "type=CWD msg=audit(1:3): x", "type=CWD msg=audit(1.2): x", "type=CWD msg=audit(a.2:3): x", "type=CWD msg=audit(1.x:3): x",
          "type=CWD msg=audit(1.2:-3): x", "type=CWD msg=audit(1.2345:3): x", "type=CWD msg=audit(1.2:3 (x): y", "type=cwd msg=audit(1.2:3): x",
          "type=[12] msg=audit(1.2:3): x", "type=CWDmsg=audit(1.2:3): x", "audit(1.2:3): x", "xtype=CWD msg=audit(1.2:3): x",
          "a=b type=CWD msg=audit(1.2:3): x", "Mar 3 kernel:type=CWD msg=audit(1.2:3): x", "\x1dtype=CWD msg=audit(1.2:3): x"}) {
      CAPTURE(bad);
      Header h;
      CHECK_FALSE(parse_line(bad, h));
    }
  }
  TEST_CASE("a record quoted inside another record is not taken for one") {
    Header h;
    REQUIRE(parse_line("type=USER_CMD msg=audit(5.000:6): pid=1 msg='cmd=x type=CWD msg=audit(1.002:3): y'", h));
    CHECK(h.type_text == "USER_CMD");
    CHECK(h.stamp.serial == 6);
  }
  TEST_CASE("stamps: short milliseconds, long serials, absurd seconds") {
    Header h;
    REQUIRE(parse_line("type=CWD msg=audit(9.7:4294967295): x", h));
    CHECK(h.stamp.time_ms == 9007);
    CHECK(h.stamp.serial == 4294967295u);
    CHECK(h.milliseconds == "7");
    REQUIRE(parse_line("type=CWD msg=audit(0009.070:0004): x", h));
    CHECK(h.stamp.time_ms == 9070);
    CHECK(h.seconds == "0009");
    REQUIRE(parse_line("type=CWD msg=audit(99999999999999999999999.999:99999999999999999999999): x", h));
    CHECK(h.stamp.time_ms > 0);
    CHECK(h.serial == "99999999999999999999999");
  }
  TEST_CASE("a netlink record begins at its stamp") {
    Header h;
    h.node = h.type_text = h.enriched = "left over";
    REQUIRE(parse_netlink("audit(1700000001.042:77): arch=c000003e syscall=59", h));
    CHECK(h.body == "arch=c000003e syscall=59");
    CHECK(h.stamp.time_ms == 1700000001042);
    CHECK(h.stamp.serial == 77);
    CHECK(h.node.empty());
    CHECK(h.type_text.empty());
    CHECK(h.enriched.empty());
    for (const char* bad : {"", "audit", "audit(1.2:3", "type=CWD msg=audit(1.2:3): x", " audit(1.2:3): x"}) CHECK_FALSE(parse_netlink(bad, h));
  }
}
