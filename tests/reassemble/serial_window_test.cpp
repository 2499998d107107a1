// SPDX-License-Identifier: Apache-2.0
#include "reassemble/serial_window.h"

#include <doctest/doctest.h>

#include <vector>

using aurochs::reassemble::SerialWindow;

namespace {

constexpr uint32_t kWindow = aurochs::limits::kSerialWindow;

struct Stream {
  SerialWindow window;
  uint64_t lost = 0;
  void note(uint32_t serial) { lost += window.note(serial); }
  /// [from, from + count), wrapping.
  void run(uint32_t from, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) note(from + i);
  }
};

}  // namespace

TEST_SUITE("reassemble") {
  TEST_CASE("a stream without holes loses nothing, over the wrap of the serial too") {
    for (const uint32_t start : {1u, 5000u, 0xFFFFFFFFu - 3000u}) {
      Stream s;
      s.run(start, 10000);
      CHECK(s.lost == 0);
    }
  }
  TEST_CASE("a hole counts once, when it leaves the window") {
    Stream s;
    s.run(1000, 500);
    s.run(1510, 900);  // 1500..1509 are missing
    CHECK(s.lost == 0);
    s.run(2410, 2000);
    CHECK(s.lost == 10);
    s.run(4410, 5000);
    CHECK(s.lost == 10);
  }
  TEST_CASE("a hole over the wrap of the serial counts its size") {
    Stream s;
    s.run(0xFFFFFF00u, 0xFC);  // up to 0xFFFFFFFB
    s.run(4, 5000);            // 0xFFFFFFFC..3 are missing: 8
    CHECK(s.lost == 8);
  }
  TEST_CASE("serials out of order are no holes") {
    Stream s;
    s.run(1, 100);
    for (uint32_t at = 101; at < 9000; at += 10)
      for (const uint32_t i : {9u, 3u, 0u, 7u, 1u, 2u, 8u, 4u, 6u, 5u}) s.note(at + i);
    CHECK(s.lost == 0);
  }
  TEST_CASE("a serial that comes late but inside the window fills its hole") {
    Stream s;
    s.run(1, 100);
    s.run(102, 900);
    s.note(101);
    s.run(1002, 3000);
    CHECK(s.lost == 0);
  }
  TEST_CASE("a jump within reach is the loss of what lies between, whatever its size") {
    for (const uint32_t gap : {1u, kWindow - 1, kWindow, kWindow + 1, 10000u, 1000000u}) {
      CAPTURE(gap);
      for (const uint32_t start : {1u, 0xFFFFFFFFu - 1500u}) {
        Stream s;
        s.run(start, 2000);
        s.note(start + 2000 + gap);
        s.run(start + 2001 + gap, 3000);
        CHECK(s.lost == gap);
      }
    }
  }
  TEST_CASE("settled holes count once: those that were there before, all at the end") {
    Stream s;
    s.run(1, 100);
    s.run(105, 5);  // 101..104
    CHECK(s.window.settle() == 0);
    s.note(102);  // late, but not too late
    s.run(112, 5);  // 110, 111
    CHECK(s.window.settle() == 3);
    CHECK(s.window.settle() == 2);
    CHECK(s.window.settle() == 0);
    s.note(120);
    CHECK(s.window.settle(true) == 3);
    s.run(121, 5000);
    CHECK(s.lost == 0);
  }
  TEST_CASE("a reset or a jump beyond reach begins anew: never millions of losses") {
    const struct {
      uint32_t before, after;
    } rows[] = {{4000000000u, 1}, {100000, 1}, {1, 0x80000000u}, {1, 0x80000001u}, {1, 0x7FFFFFFFu}, {1, 1u << 25}};
    for (const auto& row : rows) {
      CAPTURE(row.before);
      CAPTURE(row.after);
      Stream s;
      s.run(row.before, 8);
      s.run(row.after, 5000);
      CHECK(s.lost == 0);
    }
  }
  TEST_CASE("joining a stream in the middle of events is no loss") {
    Stream s;
    s.note(500);
    s.note(503);
    s.note(509);
    s.run(510, 4000);
    CHECK(s.lost == 0);
  }
  TEST_CASE("the same serial again and again is no loss") {
    Stream s;
    s.run(1, 50);
    for (int i = 0; i < 5000; ++i) s.note(50);
    s.run(51, kWindow * 3);
    CHECK(s.lost == 0);
  }
}
