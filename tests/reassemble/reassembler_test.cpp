// SPDX-License-Identifier: Apache-2.0
#include "reassemble/reassembler.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <new>
#include <string>

#include "base/limits.h"

using namespace aurochs;
using namespace aurochs::reassemble;
using audit::AuditEvent;

namespace {
size_t allocations = 0;
}

// Counts what the program under test allocates.
void* operator new(std::size_t n) {
  ++allocations;
  if (void* p = std::malloc(n ? n : 1)) return p;
  std::abort();
}
void* operator new[](std::size_t n) { return operator new(n); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

namespace {

constexpr int64_t kStart = 1700000000000;

/// One word an event: "s7[+late,dup,part,cut] SYSCALL PATH ..." by type numbers.
std::string shown(const AuditEvent& e) {
  std::string out = "s" + std::to_string(e.stamp.serial);
  if (!e.node.empty()) out += "@" + std::string(e.node);
  if (e.notes & AuditEvent::kIncomplete) out += "+part";
  if (e.notes & AuditEvent::kLate) out += "+late";
  if (e.notes & AuditEvent::kCut) out += "+cut";
  if (e.notes & AuditEvent::kDuplicate) out += "+dup";
  for (const audit::Record& r : e.records) (out += " ") += std::to_string(r.type);
  return out;
}

class Feed {
 public:
  explicit Feed(size_t max_events = 0) : r_(max_events) {}
  /// At `ms` after the start; types of kernel records carry a body that tells them apart.
  void push(uint16_t type, uint32_t serial, int64_t ms = 0, const std::string& body = "x=1", const char* node = "") {
    audit::RecordText t;
    t.stamp = {kStart + ms, serial};
    t.node = node;
    t.type = type;
    t.body = body;
    t.received_ms = wall_ ? wall_ : 0;
    r_.push(t);
  }
  void syscall(uint32_t serial, int64_t ms = 0, int items = 2) { push(1300, serial, ms, "arch=c000003e syscall=59 items=" + std::to_string(items) + " ppid=1"); }
  void path(uint32_t serial, int64_t ms, int item) { push(1302, serial, ms, "item=" + std::to_string(item)); }
  /// Newer events until the event clock stands `ms` after the start; they come out too, as 1112.
  void advance(int64_t ms) { push(1112, next_clock_serial_++, ms); }
  std::string out() {
    std::string all;
    while (AuditEvent* e = r_.pop()) {
      if (e->records.size() == 1 && e->records[0].type == 1112 && e->stamp.serial >= 900000) continue;
      all += (all.empty() ? "" : " | ") + shown(*e);
    }
    return all;
  }
  Reassembler& operator*() { return r_; }
  Reassembler* operator->() { return &r_; }
  void wall(int64_t ms) { wall_ = ms; }

 private:
  Reassembler r_;
  uint32_t next_clock_serial_ = 900000;
  int64_t wall_ = 0;
};

}  // namespace

TEST_SUITE("reassemble") {
  TEST_CASE("EOE ends an event, in the order of arrival of its records") {
    Feed f;
    f.syscall(5);
    f.push(1309, 5);
    f.push(1307, 5);
    f.path(5, 0, 0);
    f.path(5, 0, 1);
    f.push(1327, 5);
    CHECK(f.out().empty());
    f.push(1320, 5);
    CHECK(f.out() == "s5 1300 1309 1307 1302 1302 1327");
    CHECK(f->in_flight() == 0);
  }
  TEST_CASE("records of interleaved events go to their own") {
    Feed f;
    f.syscall(5, 4);
    f.syscall(6, 0);
    f.push(1309, 6, 0);
    f.push(1309, 5, 4);
    f.push(1112, 7, 4);
    f.push(1307, 5, 4);
    f.push(1320, 6, 0);
    f.push(1320, 5, 4);
    CHECK(f.out() == "s7 1112 | s6 1300 1309 | s5 1300 1309 1307");
  }
  TEST_CASE("the same serial at another time or on another node is another event") {
    Feed f;
    f.syscall(5, 0);
    f.syscall(5, 1);
    f.push(1300, 5, 0, "items=0", "web");
    f.push(1320, 5, 1);
    f.push(1320, 5, 0, "", "web");
    f.push(1320, 5, 0);
    CHECK(f.out() == "s5 1300 | s5@web 1300 | s5 1300");
  }
  TEST_CASE("a type without companions is an event at once") {
    Feed f;
    f.push(1701, 3);
    f.push(1105, 4);
    CHECK(f.out() == "s3 1701 | s4 1105");
    CHECK(f->counters().incomplete == 0);
  }
  TEST_CASE("records before the SYSCALL belong to its event") {
    Feed f;
    f.push(1400, 9);
    f.syscall(9);
    f.push(1307, 9);
    f.push(1320, 9);
    CHECK(f.out() == "s9 1400 1300 1307");
  }
  TEST_CASE("without EOE the end is soft: PROCTITLE, then a PATH that came after it still belongs") {
    Feed f;
    f.syscall(5);
    f.push(1309, 5);
    f.path(5, 0, 0);
    f.push(1327, 5);
    f.advance(limits::kSoftEndMs - 1);
    CHECK(f.out().empty());
    f.path(5, 0, 1);
    f.advance(limits::kSoftEndMs);
    CHECK(f.out() == "s5 1300 1309 1302 1327 1302");
    CHECK(f->counters().incomplete == 0);
    CHECK(f->counters().late == 0);
  }
  TEST_CASE("without EOE and PROCTITLE the announced number of PATHs is a soft end") {
    Feed f;
    f.syscall(5, 0, 2);
    f.path(5, 0, 0);
    f.advance(limits::kSoftEndMs);
    CHECK(f.out().empty());
    f.path(5, 0, 1);
    f.advance(2 * limits::kSoftEndMs);
    CHECK(f.out() == "s5 1300 1302 1302");
    CHECK(f->counters().incomplete == 0);
  }
  TEST_CASE("an event that shows no end goes by age, and says that it is incomplete") {
    Feed f;
    f.syscall(5, 0, 2);
    f.advance(limits::kEventAgeMs - 1);
    CHECK(f.out().empty());
    f.advance(limits::kEventAgeMs);
    CHECK(f.out() == "s5+part 1300");
    CHECK(f->counters().incomplete == 1);
  }
  TEST_CASE("parts alone wait for their SYSCALL up to the age") {
    Feed f;
    f.push(1302, 5);
    f.push(1327, 5);
    f.advance(limits::kSoftEndMs * 2);
    CHECK(f.out().empty());
    f.advance(limits::kEventAgeMs);
    CHECK(f.out() == "s5+part 1302 1327");
  }
  TEST_CASE("records that come after their event ended are an event of their own, marked late") {
    Feed f;
    f.syscall(5);
    f.push(1320, 5);
    f.path(5, 0, 0);
    f.advance(limits::kEventAgeMs);
    CHECK(f.out() == "s5 1300 | s5+part+late 1302");
    CHECK(f->counters().late == 1);
  }
  TEST_CASE("a second EOE of an event that ended is nothing") {
    Feed f;
    f.syscall(5);
    f.push(1320, 5);
    f.push(1320, 5);
    f.push(1320, 6);
    CHECK(f.out() == "s5 1300");
    CHECK(f->counters().late == 0);
    CHECK(f->in_flight() == 0);
  }
  TEST_CASE("the same record twice is kept once; two targets of a signal are two") {
    Feed f;
    f.syscall(5);
    f.syscall(5);
    f.path(5, 0, 0);
    f.path(5, 0, 0);
    f.path(5, 0, 1);
    f.push(1318, 5, 0, "opid=7");
    f.push(1318, 5, 0, "opid=7");
    f.push(1320, 5);
    CHECK(f.out() == "s5+dup 1300 1302 1302 1318 1318");
    CHECK(f->counters().duplicates == 2);
  }
  TEST_CASE("serials never seen are counted; a reset is none, and node= has its own serials") {
    Feed f;
    for (uint32_t s = 100; s < 200; ++s) f.push(1112, s);
    for (uint32_t s = 207; s < 3000; ++s) f.push(1112, s);
    CHECK(f->counters().serial_gaps == 7);
    for (uint32_t s = 3000; s < 3500; s += 2) f.push(1112, s, 0, "x", "web");
    for (uint32_t s = 4000000000u; s < 4000003000u; ++s) f.push(1112, s);
    for (uint32_t s = 1; s < 3000; ++s) f.push(1112, s);
    CHECK(f->counters().serial_gaps == 7);
  }
  TEST_CASE("the event clock never jumps by more than a minute, and never goes back") {
    Feed f;
    f.syscall(5, 0, 2);
    f.push(1112, 6, -1000LL * 86400 * 365);  // a clock that was set back a year ends nothing
    CHECK(f.out() == "s6 1112");
    f.push(1112, 7, -1000LL * 86400 * 365 + limits::kEventAgeMs);
    CHECK(f.out() == "s7 1112 | s5+part 1300");
    f.syscall(8, 0, 2);
    f.push(1112, 9, 1000LL * 86400 * 365 * 50);  // set ahead by fifty years: a minute, so it is old
    CHECK(f.out() == "s9 1112 | s8+part 1300");
    f.syscall(10, 1000LL * 86400 * 365 * 50, 2);
    CHECK(f.out().empty());
  }
  TEST_CASE("stamps at the end of time, again and again, do not overflow the clock") {
    Feed f;
    std::string expected;
    for (uint32_t i = 1; i <= 8; ++i) {
      f.syscall(i, 0, 2);
      f.push(1112, 100 + i, INT64_MAX / 2 - kStart);
      f.push(1112, 200 + i, 0);
      const std::string n = std::to_string(i);
      expected += (i > 1 ? " | " : "") + std::string("s10") + n + " 1112 | s" + n + "+part 1300 | s20" + n + " 1112";
    }
    CHECK(f.out() == expected);
  }
  TEST_CASE("a stamp from the far past does not stop the clock") {
    Feed f;
    f.advance(100000);
    f.syscall(5, 0, 2);
    f.advance(100000 + limits::kEventAgeMs);
    CHECK(f.out() == "s5+part 1300");
  }
  TEST_CASE("tick moves the event clock by the wall time without records") {
    Feed f;
    f.wall(kStart + 50);
    f.syscall(5, 0, 0);
    f->tick(kStart + 50 + limits::kSoftEndMs - 1);
    CHECK(f.out().empty());
    f->tick(kStart + 50 + limits::kSoftEndMs);
    CHECK(f.out() == "s5 1300");
    f.syscall(6, 0, 2);
    f->tick(kStart + 1);  // the wall clock was set back
    f->tick(kStart + 2);
    CHECK(f.out().empty());
    f->tick(kStart + 2 + limits::kEventAgeMs);
    CHECK(f.out() == "s6+part 1300");
  }
  TEST_CASE("stamps that follow quiet time are not counted twice") {
    Feed f;
    f.wall(kStart);
    f.advance(0);
    f->tick(kStart + 3000);
    f.wall(kStart + 3000);
    f.syscall(5, 3000, 2);
    f.advance(3001);
    CHECK(f.out().empty());
    f.advance(3000 + limits::kEventAgeMs);
    CHECK(f.out() == "s5+part 1300");
  }
  TEST_CASE("flush ends everything: soft ends complete, the rest incomplete") {
    Feed f;
    f.syscall(5, 0, 2);
    f.syscall(6, 0, 0);
    f.push(1400, 7);
    f->flush();
    CHECK(f.out() == "s6 1300 | s7 1400 | s5+part 1300");
    CHECK(f->in_flight() == 0);
  }
  TEST_CASE("at the bound of events the oldest goes early and is counted, complete ones first") {
    Feed f(4);
    f.syscall(1, 0, 2);
    f.syscall(2, 0, 0);
    f.syscall(3, 0, 2);
    f.syscall(4, 0, 2);
    f.syscall(5, 0, 2);
    CHECK(f.out() == "s2 1300");
    CHECK(f->counters().forced == 0);
    f.syscall(6, 0, 2);
    CHECK(f.out() == "s1+part 1300");
    CHECK(f->counters().forced == 1);
    CHECK(f->in_flight() == 4);
  }
  TEST_CASE("at the bound of bytes the oldest goes early") {
    Feed f;
    const std::string large(1u << 20, 'x');
    for (uint32_t s = 1; s <= 30; ++s) {
      f.syscall(s, 0, 2);
      f.push(1309, s, 0, large);
    }
    CHECK(f->counters().forced >= 13);
    CHECK(f->in_flight() <= 17);
    CHECK(f.out().substr(0, 17) == "s1+part 1300 1309");
  }
  TEST_CASE("one event is bounded in bytes and records, and says that it was cut") {
    Feed f;
    const std::string large(1u << 20, 'x');
    f.syscall(1, 0, 2);
    for (int i = 0; i < 8; ++i) f.push(1309, 1, 0, std::to_string(i) + large);
    f.push(1320, 1);
    CHECK(f.out() == "s1+cut 1300 1309 1309 1309 1309 1309");
    f.syscall(2, 0, 2);
    for (size_t i = 0; i < limits::kEventRecords + 10; ++i) f.push(1302, 2, 0, "item=" + std::to_string(i));
    f.push(1320, 2);
    AuditEvent* e = f->pop();
    REQUIRE(e);
    CHECK(e->records.size() == limits::kEventRecords);
    CHECK(e->notes == AuditEvent::kCut);
    CHECK(f->counters().cut == 3 + 11);
  }
  TEST_CASE("records, node and time of a popped event live until the next pop") {
    Reassembler r;
    {
      std::string line = "arch=c000003e a0=1", node = "web";
      audit::RecordText t;
      t.stamp = {kStart, 5};
      t.node = node;
      t.type = 1300;
      t.type_text = "SYSCALL";
      t.body = line;
      t.enriched = std::string_view(line).substr(0, 4);
      t.received_ms = 77;
      r.push(t);
      t.type = 0;
      t.type_text = "NEW_TYPE";
      r.push(t);
      line.assign(line.size(), '#');
      node.assign(node.size(), '#');
    }
    r.flush();
    AuditEvent* e = r.pop();
    REQUIRE(e);
    CHECK(e->node == "web");
    CHECK(e->received_ms == 77);
    CHECK(e->records.at(0).body == "arch=c000003e a0=1");
    CHECK(e->records.at(0).enriched == "arch");
    CHECK(e->records.at(0).type_text.empty());
    CHECK(e->records.at(1).type_text == "NEW_TYPE");
    CHECK_FALSE(r.pop());
  }
  TEST_CASE("in steady state nothing is allocated") {
    Reassembler r;
    const std::string bodies[] = {"arch=c000003e syscall=59 success=yes items=2 ppid=1 comm=\"ls\"", "argc=1 a0=\"" + std::string(3000, 'x') + "\"",
                                  "cwd=\"/\"", "item=0 name=\"/bin/ls\"", "item=1 name=\"/lib/ld.so\"", "proctitle=6C73", ""};
    const uint16_t types[] = {1300, 1309, 1307, 1302, 1302, 1327, 1320};
    uint32_t serial = 1;
    size_t popped = 0;
    auto rounds = [&](int n) {
      for (int i = 0; i < n; ++i) {
        for (size_t k = 0; k < 7; ++k) {
          for (uint32_t cpu = 0; cpu < 3; ++cpu) {  // three events at a time; one of three never sees its EOE
            if (types[k] == 1320 && cpu == 1) continue;
            audit::RecordText t;
            t.stamp = {kStart + serial * 2, serial + cpu};
            t.type = types[k];
            t.body = bodies[k];
            r.push(t);
            while (r.pop()) ++popped;
          }
        }
        serial += 3;
      }
    };
    rounds(2000);
    const size_t before = allocations, events = popped;
    rounds(2000);
    CHECK(allocations == before);
    CHECK(popped - events > 5000);
  }
}
