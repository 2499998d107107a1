// SPDX-License-Identifier: Apache-2.0
#include "daemon/state_dir.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <functional>

using namespace aurochs;
using daemon::StateDir;

namespace {

struct Directory {
  Directory() { REQUIRE(::mkdtemp(path)); }
  ~Directory() {
    for (const char* const name : {"/lock", "/dev_id"}) ::unlink((std::string(path) + name).c_str());
    ::rmdir(path);
  }
  char path[32] = "/tmp/aurochs-state-XXXXXX";
};

/// In a child with a mount name space of its own, where the directory is a small file system; -1: that may not be made here.
int on_small_disk(const char* path, const std::function<bool()>& act) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWNS) < 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0 || ::mount("none", path, "tmpfs", 0, "size=64k,mode=0700") < 0) ::_exit(77);
    ::_exit(act() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 77 ? -1 : status;
}

bool fill(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  char block[4096] = {};
  while (::write(fd, block, sizeof block) > 0) {
  }
  const bool is_full = errno == ENOSPC;
  ::close(fd);
  return is_full;
}

}  // namespace

TEST_SUITE("daemon") {
  TEST_CASE("state directory: one holder, and one identity for good") {
    const Directory d;
    base::Uuid id;
    {
      auto state = StateDir::open(d.path);
      REQUIRE(state);
      CHECK(state->trouble().empty());
      CHECK(state->file_of_boot("x") == std::string(d.path) + "/x");
      id = state->dev_id();
      CHECK(state->dev_id() == id);
      const auto second = StateDir::open(d.path);
      REQUIRE_FALSE(second);
      CHECK(second.error().code == EBUSY);
      CHECK(second.error().message.find(std::to_string(::getpid())) != std::string::npos);
    }
    auto later = StateDir::open(d.path);
    REQUIRE(later);
    CHECK(later->dev_id() == id);
  }

  TEST_CASE("state directory: a full or read-only disk is said and survived; the identity is the same at each start") {
    const Directory d;
    const auto works_without = [&] {
      auto state = StateDir::open(d.path);
      if (!state || state->trouble().find("make room") == std::string::npos) return false;
      const base::Uuid id = state->dev_id();
      if (id.is_nil() || state->file_of_boot("x").find("/aurochs-x") == std::string::npos) return false;
      state = StateDir::open("/");  // lets go
      auto again = StateDir::open(d.path);
      return again && again->dev_id() == id;
    };
    const int full = on_small_disk(d.path, [&] { return fill(std::string(d.path) + "/filler") && works_without(); });
    const int read_only = on_small_disk(d.path, [&] { return ::mount("none", d.path, nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0 && works_without(); });
    if (full < 0) return;  // not root
    CHECK(full == 0);
    CHECK(read_only == 0);
  }

  TEST_CASE("state directory: one that others may write is refused") {
    const Directory d;
    REQUIRE(::chmod(d.path, 0777) == 0);
    CHECK_FALSE(StateDir::open(d.path));
    CHECK_FALSE(StateDir::open("relative"));
  }
}
