// SPDX-License-Identifier: Apache-2.0
#include "state/logon_store.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <string>

using namespace aurochs;

namespace {
state::SavedLogons sample() {
  state::SavedLogons s;
  s.wtmp_inode = UINT64_MAX;
  s.failures = {{1700000000000, UINT64_MAX, 0, 3, 42, 1}, {1700000001000, 5, 6, 0, 0, 0}};
  s.others = {{UINT64_MAX, 2}, {9, 1}};
  return s;
}
void check_same(const state::SavedLogons& a, const state::SavedLogons& b) {
  CHECK(a.wtmp_inode == b.wtmp_inode);
  CHECK(state::pack_logons(a).size() == state::pack_logons(b).size());
  REQUIRE(a.failures.size() == b.failures.size());
  for (size_t i = 0; i < a.failures.size(); ++i) {
    CHECK(a.failures[i].time_ms == b.failures[i].time_ms);
    CHECK(a.failures[i].user == b.failures[i].user);
    CHECK(a.failures[i].record == b.failures[i].record);
    CHECK(a.failures[i].pid == b.failures[i].pid);
    CHECK(a.failures[i].counts == b.failures[i].counts);
  }
}
}  // namespace

TEST_SUITE("state") {
  TEST_CASE("logons as bytes: there and back; damage gives nothing") {
    const std::string bytes = state::pack_logons(sample());
    state::SavedLogons back;
    REQUIRE(state::unpack_logons(bytes, back));
    check_same(sample(), back);
    for (size_t n = 0; n < bytes.size(); ++n) {
      CHECK_FALSE(state::unpack_logons(std::string_view(bytes).substr(0, n), back));
      CHECK(back.failures.empty());
    }
    CHECK_FALSE(state::unpack_logons(bytes + "x", back));
    std::string huge = bytes;
    for (size_t i = 8; i < 16; ++i) huge[i] = '\x7f';
    CHECK_FALSE(state::unpack_logons(huge, back));
  }
  TEST_CASE("LogonStore keeps them on disk; the newest state replaces the one before") {
    char directory[] = "/tmp/aurochs-test-XXXXXX";
    REQUIRE(::mkdtemp(directory));
    const std::string path = std::string(directory) + "/state.db";
    {
      auto store = state::LogonStore::open(path);
      REQUIRE(store);
      auto empty = store->load();
      REQUIRE(empty);
      CHECK(empty->failures.empty());
      REQUIRE(store->save(sample()));
      REQUIRE(store->save(sample()));
    }
    auto store = state::LogonStore::open(path);
    REQUIRE(store);
    auto loaded = store->load();
    REQUIRE(loaded);
    check_same(sample(), *loaded);
    CHECK(loaded->others.size() == 2);
    REQUIRE(store->save({}));
    CHECK(store->load()->failures.empty());
    for (const char* end : {"", "-wal", "-shm"}) ::unlink((path + end).c_str());
    ::rmdir(directory);
  }
}
