// SPDX-License-Identifier: Apache-2.0
#include "decode/fields.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "audit/record_types.h"

using namespace aurochs;
using namespace aurochs::decode;
using audit::Field;
using audit::Key;
using audit::Record;

namespace {

Record split(uint16_t type, std::string_view body, base::Arena& arena) {
  Record r;
  r.type = type;
  r.body = body;
  split_fields(r, arena);
  return r;
}

/// "name=value" a field, as decoded: quotes and messages are marked by q and m, truncation by t.
std::string shown(const Record& r, base::Arena& arena) {
  std::string out;
  for (uint32_t i = 0; i < r.field_count; ++i) {
    const Field& f = r.fields[i];
    const Value v = value_of(r, f, arena);
    std::string marks;
    if (f.flags & Field::kQuoted) marks += 'q';
    if (f.flags & Field::kInMessage) marks += 'm';
    if (f.flags & Field::kTruncated) marks += 't';
    if (v.was_hex) marks += 'h';
    if (v.is_null) marks += 'n';
    out += "[" + std::string(f.name) + "=" + std::string(v.text) + (marks.empty() ? "" : "/" + marks) + "]";
  }
  return out;
}

using List = std::vector<std::string>;

}  // namespace

TEST_SUITE("decode") {
  TEST_CASE("fields of a body") {
    const struct {
      uint16_t type;
      std::string body;
      List fields;
    } rows[] = {
        // kernel records: numbers stay numbers, quoted text is verbatim, bare text of an encoded field is hex
        {1300, "arch=c000003e syscall=59 success=yes exit=0 a0=5f2a ppid=1 comm=\"ls\" exe=2F746D702F612062 key=(null)",
         {"arch=c000003e", "syscall=59", "success=yes", "exit=0", "a0=5f2a", "ppid=1", "comm=ls/q", "exe=/tmp/a b/h", "key=/n"}},
        {1300, "comm=\"(null)\" exe=(null) tty=(none)", {"comm=(null)/q", "exe=/n", "tty=(none)"}},
        {1302, "item=0 name=\"/etc/pass wd\" inode=1234", {"item=0", "name=/etc/pass wd/q", "inode=1234"}},
        {1302, "item=0 name=(null) inode=12", {"item=0", "name=/n", "inode=12"}},
        {1302, "name=2F2e", {"name=2F2e"}},            // lower case: not the kernel's hex
        {1302, "name=2F2", {"name=2F2"}},              // odd
        {1302, "name=", {"name="}},
        {1302, "name=\"\" x=1", {"name=/q", "x=1"}},
        {1302, "name=\"/cut off", {"name=/cut off/qt"}},
        {1327, "proctitle=6C73002D6C", {std::string("proctitle=ls\0-l/h", 17)}},
        {1307, " cwd=\"/root\"", {"cwd=/root/q"}},
        // separators that belong to the text around the value
        {1400, "avc:  denied  { read write } for pid=7 comm=\"x\", path=\"/a b\" dev=\"sda1\", ino=5, tclass=file",
         {"pid=7", "comm=x/q", "path=/a b/q", "dev=sda1/q", "ino=5", "tclass=file"}},
        {1130, "pid=1 uid=0: auid=4294967295,", {"pid=1", "uid=0", "auid=4294967295"}},
        {1700, "dev=eth0 prom=256 old_prom=0 auid=1", {"dev=eth0", "prom=256", "old_prom=0", "auid=1"}},
        {1100, "op=login (hostname=h, addr=10.0.0.1, terminal=ssh res=success)",
         {"op=login", "hostname=h", "addr=10.0.0.1", "terminal=ssh", "res=success"}},
        {1100, "terminal=(none) res=(x)", {"terminal=(none)", "res=(x)"}},
        {1100, "addr=fe80:: x=1", {"addr=fe80::", "x=1"}},
        {1100, "addr=::1: x=1", {"addr=::1:", "x=1"}},
        {1100, "addr=fe80::, x=1", {"addr=fe80::", "x=1"}},
        // words without a value, doubled names, empty names
        {1305, "login pid=3 uid=0 old auid=4294967295 new auid=500 =x a==b",
         {"pid=3", "uid=0", "auid=4294967295", "auid=500", "a==b"}},
        {1305, "audit_backlog_limit=320 old=64 res=1", {"audit_backlog_limit=320", "old=64", "res=1"}},
        {1305, "op=make_equiv old=2F61 new=\"/b\" res=1", {"op=make_equiv", "old=/a/h", "new=/b/q", "res=1"}},
        {1338, "module=crypt error_msg='no key' error_nr=0 res=1", {"module=crypt", "error_msg=no key/q", "error_nr=0", "res=1"}},
        // messages of user space
        {1123, "pid=5 uid=0 msg='cwd=\"/\" cmd=6C73202D6C terminal=pts/0 res=success'",
         {"pid=5", "uid=0", "cwd=//qm", "cmd=ls -l/mh", "terminal=pts/0/m", "res=success/m"}},
        {1123, "user pid=5 msg='it's said=1 that exe=\"/bin/x\" (hostname=?, addr=?, res=success)'",
         {"pid=5", "said=1/m", "exe=/bin/x/qm", "hostname=?/m", "addr=?/m", "res=success/m"}},
        {1112, "pid=5 msg='op=login acct=\"no end", {"pid=5", "op=login/m", "acct=no end/qmt"}},
        {1112, "pid=5 msg='op=login res=failed", {"pid=5", "op=login/m", "res=failed/m"}},
        {1112, "msg='op=a'", {"op=a/m"}},
        {1112, "xmsg='op=a' b=1", {"xmsg=op=a/q", "b=1"}},
        {1112, "pid=1 msg=''", {"pid=1"}},
        {1124, "pid=1 msg=6C73", {"pid=1", "msg=ls/h"}},
        {1400, "key=12AB", {"key=12AB"}},              // a SysV IPC key
        {1300, "key=12AB", {"key=\x12\xAB/h"}},
        {1300, "key=6B31016B32", {"key=k1\x01k2/h"}},
    };
    for (const auto& row : rows) {
      CAPTURE(row.body);
      base::Arena arena;
      const Record r = split(row.type, row.body, arena);
      std::string expected;
      for (const std::string& field : row.fields) expected += "[" + field + "]";
      CHECK(shown(r, arena) == expected);
    }
  }
  TEST_CASE("a 3.10-el7 PATH has objtype, which is a key of its own") {
    base::Arena arena;
    const Record r = split(1302, "item=0 name=\"/bin/ls\" inode=9 dev=fd:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 objtype=NORMAL", arena);
    REQUIRE(r.find(Key::objtype));
    CHECK(r.find(Key::objtype)->raw == "NORMAL");
    CHECK_FALSE(r.find(Key::nametype));
  }
  TEST_CASE("what user space wrote never answers for what the kernel wrote") {
    base::Arena arena;
    const Record r = split(1123, "pid=5 uid=1000 msg='uid=0 exe=\"/bin/liar\"'", arena);
    REQUIRE(r.find(Key::uid));
    CHECK(r.find(Key::uid)->raw == "1000");
    CHECK_FALSE(r.find(Key::exe));
    REQUIRE(r.find_in_message(Key::exe));
    CHECK(text_of(r, r.find_in_message(Key::exe), arena) == "/bin/liar");
    CHECK(text_of(r, r.find(Key::exe), arena).empty());
  }
  TEST_CASE("numbers of fields: the whole value or nothing") {
    base::Arena arena;
    const Record r = split(1300, "pid=12 exit=-2 a0=ffffffff9c ppid=12x uid= ses=-1", arena);
    uint64_t n = 99;
    int64_t i = 99;
    CHECK(number_of(r.find(Key::pid), n));
    CHECK(n == 12);
    CHECK(hex_of(r.find(Key::a0), n));
    CHECK(n == 0xffffffff9c);
    CHECK(integer_of(r.find(Key::exit), i));
    CHECK(i == -2);
    for (const Key key : {Key::ppid, Key::uid, Key::ses, Key::gid}) CHECK_FALSE(number_of(r.find(key), n));
    CHECK(n == 0xffffffff9c);
    CHECK_FALSE(integer_of(nullptr, i));
    CHECK_FALSE(hex_of(nullptr, n));
  }
  TEST_CASE("values of an enriched part") {
    const std::string_view part = "ARCH=x86_64 SYSCALL=execve AUID=\"anna\" UID=\"root\" OLD-AUID=\"x y\"";
    CHECK(enriched_value(part, "AUID") == "anna");
    CHECK(enriched_value(part, "SYSCALL") == "execve");
    CHECK(enriched_value(part, "OLD-AUID") == "x y");
    CHECK(enriched_value(part, "UI").empty());
    CHECK(enriched_value("", "UID").empty());
  }
  TEST_CASE("a record of nothing but separators, and one with more pairs than the bound") {
    base::Arena arena;
    CHECK(split(1300, " ==== \"\"\" ''' ((( )))", arena).field_count == 0);
    std::string many;
    for (int i = 0; i < 20000; ++i) many += "a=b ";
    CHECK(split(1300, many, arena).field_count == 8192);
  }
}
