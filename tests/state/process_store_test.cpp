// SPDX-License-Identifier: Apache-2.0
#include "state/process_store.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>

#include "base/limits.h"

using namespace aurochs;
using namespace aurochs::state;

namespace {

class TempFile {
 public:
  TempFile() {
    const int fd = ::mkstemp(&path_[0]);
    REQUIRE(fd >= 0);
    ::close(fd);
  }
  ~TempFile() {
    for (const char* tail : {"", "-wal", "-shm"}) ::unlink((path_ + tail).c_str());
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/aurochs-store-XXXXXX";
};

Identity identity() {
  Identity i;
  REQUIRE(base::parse_uuid("6f1d3a52-77aa-4d0e-9c5b-2a5f8e0c4b11", i.dev_id));
  i.boot_id = "boot-1";
  i.boot_time_ms = 1700000000000;
  return i;
}

ProcessStore opened(const TempFile& f) {
  auto store = ProcessStore::open(f.path());
  REQUIRE(store);
  return std::move(*store);
}

}  // namespace

TEST_SUITE("state") {
  TEST_CASE("a table comes back with its guids, parents and texts") {
    TempFile file;
    base::Uuid shell_guid, ls_guid;
    {
      ProcessTable t(identity());
      Process& shell = t.add(100, 1, nullptr, Origin::exec_event);
      (void)t.learn_start(shell, 5000);
      shell_guid = t.guid(shell, 1, 1);
      t.set_text(shell, "/bin/sh", "sh", "/", "/a");
      shell.uid_effective = 0;
      shell.cap_effective = UINT64_MAX;
      shell.has_caps = true;
      shell.chrooted = 0;
      Process& ls = t.fork(&shell, 100, 101);
      ls_guid = t.guid(ls, 1700000060000, 7);  // start from the event
      t.set_text(ls, "/bin/l\xFFs", "ls 'a b'", "/tmp", "");
      t.exit(ls, 1700000061000);
      (void)t.add(102, 1, nullptr, Origin::exec_event);  // never named: not worth saving
      auto store = opened(file);
      REQUIRE(store.save(saved_processes(t), "boot-1"));
    }
    ProcessTable t(identity());
    auto store = opened(file);
    auto loaded = store.load(t, "boot-1");
    REQUIRE(loaded);
    CHECK(*loaded == 2);
    Process* shell = t.find(100);
    Process* ls = t.find(101);
    REQUIRE(shell);
    REQUIRE(ls);
    CHECK(t.guid(*shell, 99, 99) == shell_guid);
    CHECK(t.guid(*ls, 99, 99) == ls_guid);
    CHECK(ls->start_from_event);
    CHECK(ls->exited_ms == 1700000061000);
    CHECK(t.get(ls->parent) == shell);
    CHECK(ls->path() == "/bin/l\xFFs");
    CHECK(ls->command_line() == "ls 'a b'");
    CHECK(shell->cgroups() == "/a");
    CHECK(shell->uid_effective == 0);
    CHECK(shell->uid_real == Process::kUnset);
    CHECK(shell->cap_effective == UINT64_MAX);
    CHECK(shell->chrooted == 0);
    CHECK(shell->exited_ms == 0);
    CHECK_FALSE(t.find(102));
    t.end_unconfirmed(1700000100000);
    CHECK(shell->exited_ms == 1700000100000);
    CHECK(ls->exited_ms == 1700000061000);
  }
  TEST_CASE("rows of another boot are dropped, and a new save replaces the old one") {
    TempFile file;
    auto store = opened(file);
    ProcessTable t(identity());
    (void)t.guid(t.add(100, 1, nullptr, Origin::exec_event), 1, 1);
    REQUIRE(store.save(saved_processes(t), "boot-1"));
    ProcessTable other(identity());
    auto loaded = store.load(other, "boot-2");
    REQUIRE(loaded);
    CHECK(*loaded == 0);
    CHECK(other.size() == 0);
    REQUIRE(store.save({}, "boot-1"));
    loaded = store.load(other, "boot-1");
    REQUIRE(loaded);
    CHECK(*loaded == 0);
  }
  TEST_CASE("more than the bound: live ones first, then those that ended last; parents before children") {
    ProcessTable t(identity());
    const int n = static_cast<int>(limits::kSavedProcesses);
    Process* parent = nullptr;
    for (int i = 0; i < n + 100; ++i) {
      Process& p = t.add(1 + i, 1, parent, Origin::exec_event);
      (void)t.learn_start(p, static_cast<uint64_t>(i + 1));
      (void)t.guid(p, 1, 1);
      if (i % 2) t.exit(p, 1000 + i);
      parent = &p;
    }
    const auto rows = saved_processes(t);
    REQUIRE(rows.size() == limits::kSavedProcesses);
    int live = 0;
    int64_t oldest_exit = INT64_MAX;
    for (size_t i = 0; i < rows.size(); ++i) {
      live += !rows[i].process.exited_ms;
      if (rows[i].process.exited_ms) oldest_exit = std::min(oldest_exit, rows[i].process.exited_ms);
      if (i) CHECK(rows[i - 1].process.start_ms <= rows[i].process.start_ms);
    }
    CHECK(live == (n + 100) / 2);
    CHECK(oldest_exit == 1000 + 201);  // a hundred of those that ended first are left out
  }
}
