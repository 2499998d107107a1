// SPDX-License-Identifier: Apache-2.0
#include "state/text_pool.h"

#include <doctest/doctest.h>

#include <cstring>
#include <utility>
#include <vector>

using aurochs::state::TextPool;

TEST_SUITE("state") {
  TEST_CASE("blocks are large enough, apart from one another, and counted") {
    TextPool pool(1u << 20);
    std::vector<std::pair<char*, uint32_t>> blocks;
    size_t total = 0;
    for (size_t bytes = 1; bytes <= 8192; bytes = bytes * 3 / 2 + 1) {
      uint32_t room = 0;
      char* p = pool.take(bytes, room);
      REQUIRE(p);
      CHECK(room >= bytes);
      CHECK(room <= (bytes < 64 ? 64 : 2 * bytes));
      std::memset(p, static_cast<int>(blocks.size()), room);
      blocks.emplace_back(p, room);
      total += room;
    }
    CHECK(pool.used() == total);
    for (size_t i = 0; i < blocks.size(); ++i)
      for (uint32_t k = 0; k < blocks[i].second; ++k)
        if (blocks[i].first[k] != static_cast<char>(i)) FAIL("block overwritten");
    for (const auto& b : blocks) pool.give_back(b.first, b.second);
    CHECK(pool.used() == 0);
  }
  TEST_CASE("what was given back serves again, so steady state needs no more memory") {
    TextPool pool(64u << 10);  // one slab
    for (int i = 0; i < 10000; ++i) {
      uint32_t room_a = 0, room_b = 0;
      char* a = pool.take(8000, room_a);
      char* b = pool.take(100, room_b);
      REQUIRE(a);
      REQUIRE(b);
      pool.give_back(a, room_a);
      pool.give_back(b, room_b);
    }
    CHECK(pool.used() == 0);
  }
  TEST_CASE("the bound holds: nothing is given beyond it, nor a block larger than the largest") {
    TextPool pool(128u << 10);
    uint32_t room = 0;
    size_t given = 0;
    while (pool.take(1000, room)) given += room;
    CHECK(given == 128u << 10);
    CHECK_FALSE(pool.take(1, room));
    TextPool other(1u << 20);
    CHECK_FALSE(other.take(8193, room));
    CHECK(other.take(8192, room));
    TextPool none(0);
    CHECK_FALSE(none.take(1, room));
  }
}
