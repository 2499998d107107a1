// SPDX-License-Identifier: Apache-2.0
#include "base/ring.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <thread>

using aurochs::base::Ring;

namespace {
bool put(Ring& ring, const std::string& s) {
  char* p = ring.reserve(s.size());
  if (!p) return false;
  std::memcpy(p, s.data(), s.size());
  (void)ring.commit(s.size());
  return true;
}
}  // namespace

TEST_SUITE("base") {
  TEST_CASE("Ring hands frames over in order, over many wraps and odd sizes") {
    Ring ring(1024);
    size_t next_in = 0, next_out = 0;
    auto text = [](size_t i) { return std::string(i * 7 % 90, static_cast<char>('a' + i % 26)); };
    for (int round = 0; round < 2000; ++round) {
      while (put(ring, text(next_in))) ++next_in;
      for (int i = 0; i < 3; ++i) {
        const std::string_view f = ring.front();
        REQUIRE(f.data());
        CHECK(f == text(next_out));
        ring.release();
        ++next_out;
      }
    }
    CHECK(next_in > 6000);
  }
  TEST_CASE("Ring refuses what has no room, and a frame larger than half of it") {
    Ring ring(256);
    CHECK_FALSE(ring.reserve(200));
    CHECK(put(ring, std::string(100, 'x')));
    CHECK(put(ring, std::string(100, 'y')));
    CHECK_FALSE(put(ring, std::string(100, 'z')));
    CHECK(ring.front() == std::string(100, 'x'));
    ring.release();
    CHECK(put(ring, std::string(100, 'z')));
  }
  TEST_CASE("Ring between two threads loses and repeats nothing") {
    Ring ring(4096);
    constexpr uint32_t kCount = 200000;
    std::thread producer([&] {
      for (uint32_t i = 0; i < kCount;) {
        char* p = ring.reserve(sizeof i);
        if (!p) {
          std::this_thread::yield();
          continue;
        }
        std::memcpy(p, &i, sizeof i);
        (void)ring.commit(sizeof i);
        ++i;
      }
    });
    uint32_t expected = 0;
    bool in_order = true;
    while (expected < kCount) {
      const std::string_view f = ring.front();
      if (!f.data()) {
        std::this_thread::yield();
        continue;
      }
      uint32_t got;
      std::memcpy(&got, f.data(), sizeof got);
      in_order = in_order && got == expected;
      ring.release();
      ++expected;
    }
    producer.join();
    CHECK(in_order);
  }
  TEST_CASE("Ring::prepare_sleep refuses sleep when a frame is there, and commit tells of a sleeper") {
    Ring ring(1024);
    CHECK(ring.prepare_sleep());
    char* p = ring.reserve(1);
    *p = 'x';
    CHECK(ring.commit(1));
    ring.awake();
    CHECK_FALSE(ring.prepare_sleep());
    CHECK(ring.front() == "x");
  }
}
