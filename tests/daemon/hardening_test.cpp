// SPDX-License-Identifier: Apache-2.0
#include "daemon/hardening.h"

#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <set>

using namespace aurochs::daemon;

namespace {

/// Exit status of what a child does after harden(); -1: it was killed.
template <class Act>
int hardened(Act act) {
  const pid_t child = ::fork();
  if (child == 0) {
    (void)harden();
    ::_exit(act());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_SUITE("daemon") {
  TEST_CASE("hardening: rows are told apart and say what for") {
    std::set<int> capabilities;
    for (const KeptCapability& row : kept_capabilities()) {
      CHECK(capabilities.insert(row.number).second);
      CHECK(row.why[0] != '\0');
      CHECK((kept_capability_mask() >> row.number & 1) == 1);
    }
    std::set<long> calls;
    for (const ForbiddenCall& call : forbidden_calls()) CHECK(calls.insert(call.number).second);
  }

  TEST_CASE("hardening: every forbidden call answers EPERM, others work") {
    const int refused = hardened([] {
      int wrong = 0;
      for (const ForbiddenCall& call : forbidden_calls()) {
        errno = 0;
        // Arguments that no kernel takes: nothing happens should the call come through.
        if (::syscall(call.number, -1L, -1L, -1L, -1L, -1L, -1L) != -1 || errno != EPERM) ++wrong;
      }
      return wrong;
    });
    CHECK(refused == 0);
    CHECK(hardened([] { return ::getppid() > 0 && ::access("/proc/self/stat", F_OK) == 0 ? 0 : 1; }) == 0);
  }

  TEST_CASE("hardening: no capability but the kept ones, in no set; no new privileges; not dumpable") {
    CHECK(hardened([] {
      int left = 0;
      for (int i = 0; i < 64; ++i)
        if (!(kept_capability_mask() >> i & 1) && ::prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1 && ::geteuid() == 0) ++left;
      return left;
    }) == 0);
    CHECK(hardened([] {
      std::FILE* const status = std::fopen("/proc/self/status", "r");
      char line[256];
      unsigned long long bits = 0;
      bool over = false;
      while (status && std::fgets(line, sizeof line, status))
        for (const char* const set : {"CapInh: %llx", "CapPrm: %llx", "CapEff: %llx"})
          if (std::sscanf(line, set, &bits) == 1) over = over || (bits & ~kept_capability_mask());
      return !status || over ? 1 : 0;
    }) == 0);
    CHECK(hardened([] { return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : 1; }) == 0);
  }

  TEST_CASE("hardening: what a service manager took already is nothing to complain of") {
    // The second time there is no CAP_SETPCAP, as in a unit's bounding set without it.
    CHECK(hardened([] { return ::geteuid() == 0 && !harden().empty() ? 1 : 0; }) == 0);
  }
}
