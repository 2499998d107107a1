// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>

using aurochs::base::Arena;

TEST_SUITE("base") {
  TEST_CASE("Arena::allocate keeps alignment and earlier bytes") {
    Arena arena(64);
    char* first = arena.allocate(3, 1);
    std::memcpy(first, "abc", 3);
    auto* number = arena.array<uint64_t>(4);
    CHECK(reinterpret_cast<uintptr_t>(number) % alignof(uint64_t) == 0);
    char* big = arena.allocate(100000, 8);
    std::memset(big, 1, 100000);
    CHECK(std::string_view(first, 3) == "abc");
  }
  TEST_CASE("Arena::reset keeps small memory and gives large memory back") {
    Arena arena(1024);
    (void)arena.allocate(512);
    arena.reset(4096);
    CHECK(arena.used() == 0);
    CHECK(arena.reserved() == 1024);
    (void)arena.allocate(1u << 20);
    CHECK(arena.reserved() > (1u << 20));
    arena.reset(4096);
    CHECK(arena.reserved() <= 4096);
  }
  TEST_CASE("Arena reuses its blocks: the same work twice reserves once") {
    Arena arena(256);
    auto work = [&] {
      for (int i = 1; i < 200; ++i) (void)arena.copy(std::string(static_cast<size_t>(i), 'x'));
    };
    work();
    const size_t once = arena.reserved();
    for (int i = 0; i < 5; ++i) {
      arena.reset(1u << 20);
      work();
    }
    CHECK(arena.reserved() == once);
  }
  TEST_CASE("Arena::shrink_last gives the tail of the newest allocation back") {
    Arena arena(1024);
    char* p = arena.allocate(100, 1);
    arena.shrink_last(p, 10);
    CHECK(arena.allocate(1, 1) == p + 10);
  }
}
