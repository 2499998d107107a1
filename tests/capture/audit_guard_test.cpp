// SPDX-License-Identifier: Apache-2.0
#include "capture/audit_guard.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/limits.h"
#include "support/fake_kernel.h"

using namespace aurochs;
using namespace aurochs::capture;
using test::FakeKernel;

namespace {

struct Host {
  FakeKernel kernel;
  std::unique_ptr<FakeKernel::Socket> socket = kernel.socket();
  AuditControl control{*socket};
  char directory[32] = "/tmp/aurochs-guard-XXXXXX";
  std::string path;
  Host() {
    REQUIRE(::mkdtemp(directory));
    path = std::string(directory) + "/audit-before";
    kernel.status.backlog_limit = 64;
  }
  ~Host() {
    ::unlink(path.c_str());
    ::rmdir(directory);
  }
  AuditGuard guard(const char* boot_id = "boot-1") { return AuditGuard(control, path, boot_id); }
  bool has_memory() const { return ::access(path.c_str(), F_OK) == 0; }
  bool is(uint32_t enabled, uint32_t backlog_limit) const {
    return kernel.status.enabled == enabled && kernel.status.backlog_limit == backlog_limit;
  }
};

}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("audit is raised, and put back exactly") {
    Host host;
    AuditGuard guard = host.guard();
    REQUIRE(guard.raise());
    CHECK(host.is(1, limits::kBacklogLimit));
    CHECK(host.has_memory());
    REQUIRE(guard.restore());
    CHECK(host.is(0, 64));
    CHECK_FALSE(host.has_memory());
  }
  TEST_CASE("the successor of a killed sensor puts back what was before the first") {
    Host host;
    REQUIRE(host.guard().raise());
    AuditGuard successor = host.guard();
    REQUIRE(successor.raise());
    REQUIRE(successor.restore());
    CHECK(host.is(0, 64));
  }
  TEST_CASE("another boot's memory, or a damaged one, means nothing") {
    for (const char* text : {"boot-0\n0 64\n1 8192\n", "boot-1\n0 64", "boot-1\n7 x\n1 1\n", ""}) {
      Host host;
      host.kernel.status.enabled = 1;
      host.kernel.status.backlog_limit = limits::kBacklogLimit;
      REQUIRE(base::write_file_atomically(host.path, text, 0600));
      AuditGuard guard = host.guard();
      REQUIRE(guard.raise());
      CHECK_FALSE(guard.has_changes());
      REQUIRE(guard.restore());
      CHECK(host.is(1, limits::kBacklogLimit));
    }
  }
  TEST_CASE("what somebody has changed since stays as they want it") {
    Host host;
    AuditGuard guard = host.guard();
    REQUIRE(guard.raise());
    host.kernel.status.backlog_limit = 100000;
    SUBCASE("while we ran") { REQUIRE(guard.restore()); }
    SUBCASE("between a killed sensor and its successor") {
      AuditGuard successor = host.guard();
      REQUIRE(successor.raise());
      REQUIRE(successor.restore());
    }
    CHECK(host.is(0, 100000));
  }
  TEST_CASE("audit stays enabled for an audit daemon that came meanwhile") {
    Host host;
    AuditGuard guard = host.guard();
    REQUIRE(guard.raise());
    host.kernel.other_auditd(321);
    REQUIRE(guard.restore());
    CHECK(host.is(1, 64));
  }
  TEST_CASE("nothing is lowered, and unlimited stays unlimited") {
    for (uint32_t limit : {0u, 100000u}) {
      Host host;
      host.kernel.status.enabled = 1;
      host.kernel.status.backlog_limit = limit;
      AuditGuard guard = host.guard();
      REQUIRE(guard.raise());
      CHECK(host.kernel.sets == 0);
      CHECK_FALSE(host.has_memory());
    }
  }
  TEST_CASE("a locked audit is not touched") {
    Host host;
    host.kernel.immutable();
    AuditGuard guard = host.guard();
    REQUIRE(guard.raise());
    REQUIRE(guard.restore());
    CHECK(host.kernel.sets == 0);
  }
  TEST_CASE("what cannot be remembered is not changed") {
    Host host;
    AuditGuard guard(host.control, "/proc/no/such/place", "boot-1");
    CHECK_FALSE(guard.raise());
    CHECK(host.is(0, 64));
  }
}
