// SPDX-License-Identifier: Apache-2.0
#include "capture/proc_snapshot.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <string>

#include "audit/frame.h"

using namespace aurochs;
using audit::Tag;
using capture::SnapshotScope;

namespace {
std::map<Tag, std::string> sections(std::string_view bytes) {
  std::map<Tag, std::string> out;
  audit::SectionReader reader(bytes);
  Tag tag;
  std::string_view value;
  size_t used = 0;
  while (reader.next(tag, value)) {
    out[tag] = std::string(value);
    used += 8 + value.size();
  }
  CHECK(used == bytes.size());
  return out;
}

/// /bin/sleep with a known environment, killed at the end.
struct Sleeper {
  explicit Sleeper(bool has_environment = true) {
    int ready[2];
    REQUIRE(::pipe2(ready, 02000000 /* O_CLOEXEC: closed by the exec */) == 0);
    pid = ::fork();
    if (pid == 0) {
      char name[] = "sleep", time[] = "100", variable[] = "AUROCHS_TEST=1";
      char* const arguments[] = {name, time, nullptr};
      char* const environment[] = {has_environment ? variable : nullptr, nullptr};
      ::execve("/bin/sleep", arguments, environment);
      ::_exit(1);
    }
    ::close(ready[1]);
    char byte;
    (void)!::read(ready[0], &byte, 1);
    ::close(ready[0]);
  }
  ~Sleeper() {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  pid_t pid;
};

std::string snapshot(pid_t pid, SnapshotScope scope, size_t size, bool& whole) {
  std::string out(size, '\0');
  size_t used = 0;
  whole = capture::read_snapshot(pid, scope, &out[0], size, used);
  REQUIRE(used <= size);
  out.resize(used);
  return out;
}
}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("look at an exec: says what the whole snapshot says, of a process that lives") {
    const Sleeper sleeper;
    bool whole = false;
    auto all = sections(snapshot(sleeper.pid, SnapshotScope::full, capture::kSnapshotBytes, whole));
    capture::ExecLook look;
    std::string bytes(capture::kSnapshotBytes, '\0');
    for (int i = 0; i < 2; ++i) {  // what is remembered of the host changes nothing
      size_t used = 0;
      look.read(sleeper.pid, &bytes[0], bytes.size(), used);
      auto s = sections(std::string_view(bytes).substr(0, used));
      for (const Tag tag : {Tag::pid, Tag::environ, Tag::cgroup, Tag::chrooted, Tag::fd0, Tag::fd1, Tag::fd2, Tag::pidns}) {
        CAPTURE(static_cast<int>(tag));
        CHECK(s.count(tag) == all.count(tag));
        CHECK(s[tag] == all[tag]);
      }
      CHECK(s[Tag::stat].find(std::to_string(sleeper.pid) + " (sleep) ") == 0);
      CHECK(s[Tag::status].find("Name:\tsleep") == 0);
    }
  }
  TEST_CASE("look at an exec: an empty environment is empty, a process without memory is too late") {
    const Sleeper bare(false);
    capture::ExecLook look;
    std::string bytes(capture::kSnapshotBytes, '\0');
    size_t used = 0;
    look.read(bare.pid, &bytes[0], bytes.size(), used);
    auto s = sections(std::string_view(bytes).substr(0, used));
    CHECK(s.count(Tag::environ) == 1);
    CHECK(s[Tag::environ].empty());
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(0);
    siginfo_t info;
    REQUIRE(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) == 0);
    look.read(pid, &bytes[0], bytes.size(), used);
    CHECK(used == 0);
    ::waitpid(pid, nullptr, 0);
    look.read(pid, &bytes[0], bytes.size(), used);
    CHECK(used == 0);
  }
  TEST_CASE("snapshot: a live process is there with environment, stat, status, cgroup and links") {
    const Sleeper sleeper;
    bool whole = false;
    auto s = sections(snapshot(sleeper.pid, SnapshotScope::full, capture::kSnapshotBytes, whole));
    CHECK(whole);
    CHECK(s[Tag::pid] == std::to_string(sleeper.pid));
    CHECK(s[Tag::environ] == std::string("AUROCHS_TEST=1\0", 15));
    CHECK(s[Tag::stat].find(std::to_string(sleeper.pid) + " (sleep) ") == 0);
    CHECK(s[Tag::status].find("Name:\tsleep") == 0);
    CHECK(s[Tag::root] == "/");
    CHECK(s.count(Tag::exe) == 1);
    CHECK(s.count(Tag::fd0) == 1);
    CHECK(s.count(Tag::cmdline) == 0);
  }
  TEST_CASE("snapshot: the environment is left out where it is not wanted") {
    const Sleeper sleeper;
    bool whole = false;
    auto s = sections(snapshot(sleeper.pid, SnapshotScope::without_environ, capture::kSnapshotBytes, whole));
    CHECK(whole);
    CHECK(s.count(Tag::environ) == 0);
    CHECK(s.count(Tag::stat) == 1);
  }
  TEST_CASE("snapshot: a buffer of any size is not overrun, and holds whole sections") {
    const Sleeper sleeper;
    for (size_t size : {0u, 1u, 8u, 9u, 16u, 30u, 64u, 200u, 1000u, 5000u}) {
      bool whole = false;
      sections(snapshot(sleeper.pid, SnapshotScope::full, size, whole));
    }
  }
  TEST_CASE("snapshot: an exited process has no memory any more, a reaped one is not there") {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(0);
    siginfo_t info;
    REQUIRE(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) == 0);
    bool whole = true;
    auto s = sections(snapshot(pid, SnapshotScope::full, capture::kSnapshotBytes, whole));
    CHECK_FALSE(whole);
    CHECK(s.count(Tag::stat) == 1);
    ::waitpid(pid, nullptr, 0);
    CHECK(snapshot(pid, SnapshotScope::full, capture::kSnapshotBytes, whole).empty());
    std::string out = "old";
    CHECK_FALSE(capture::read_process(pid, out));
    CHECK(out.empty());
  }
  TEST_CASE("snapshot: asked for a process by pid, the command line comes too") {
    const Sleeper sleeper;
    std::string out;
    CHECK(capture::read_process(sleeper.pid, out));
    auto s = sections(out);
    CHECK(s[Tag::cmdline] == std::string("sleep\000100\0", 10));
    CHECK(s.count(Tag::environ) == 1);
  }
}
