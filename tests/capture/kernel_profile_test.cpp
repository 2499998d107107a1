// SPDX-License-Identifier: Apache-2.0
#include "capture/kernel_profile.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "support/fake_kernel.h"

using namespace aurochs;
using namespace aurochs::capture;
using test::FakeKernel;

namespace {

class FixedClock final : public base::Clock {
 public:
  int64_t unix_ms() override { return 0; }
  int64_t monotonic_ms() override { return 1; }
};

struct Probe {
  FakeKernel kernel;
  std::unique_ptr<FakeKernel::Socket> socket = kernel.socket(), group = kernel.group_socket();
  AuditControl control{*socket, 50};
  FixedClock clock;
  Probe() { kernel.status.enabled = 1; }
  bool works() {
    const auto answer = multicast_works(control, *group, clock);
    REQUIRE(answer);
    return *answer;
  }
};

}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("the group is believed when a record arrives, not when it can be joined") {
    Probe p;
    CHECK(p.works());
    p.group->queue.clear();
    p.kernel.multicast_delivers = false;
    CHECK_FALSE(p.works());
  }
  TEST_CASE("without CAP_AUDIT_WRITE the probe sets enabled to what it is") {
    Probe p;
    p.kernel.can_write = false;
    CHECK(p.works());
    CHECK(p.kernel.status.enabled == 1);
    p.group->queue.clear();
    p.kernel.immutable();
    CHECK(p.works());
    CHECK(p.kernel.status.enabled == 2);
  }
  TEST_CASE("a forged record proves nothing") {
    Probe p;
    p.kernel.multicast_delivers = false;
    p.group->queue.push_back({FakeKernel::record(1300, "audit(1.000:1): a", 33), 4711});
    CHECK_FALSE(p.works());
  }
  TEST_CASE("a silent kernel ends the probe with an error") {
    Probe p;
    p.kernel.answers = false;
    CHECK(multicast_works(p.control, *p.group, p.clock).error().code == ETIMEDOUT);
  }
  TEST_CASE("rights, namespaces and the holder's name are read from /proc") {
    char directory[] = "/tmp/aurochs-proc-XXXXXX";
    REQUIRE(::mkdtemp(directory));
    const std::string proc = directory;
    for (const char* d : {"/self", "/self/ns", "/1", "/1/ns", "/321"}) ::mkdir((proc + d).c_str(), 0700);
    REQUIRE(base::write_file_atomically(proc + "/321/comm", "auditd\n", 0600));
    REQUIRE(
        base::write_file_atomically(proc + "/self/status", "Name:\tx\nCapPrm:\t0\nCapEff:\t0000002060000000\n", 0600));
    REQUIRE(::symlink("user:[4026531837]", (proc + "/self/ns/user").c_str()) == 0);
    REQUIRE(::symlink("pid:[4026531836]", (proc + "/self/ns/pid").c_str()) == 0);
    REQUIRE(::symlink("net:[4026532000]", (proc + "/self/ns/net").c_str()) == 0);
    FakeKernel kernel;
    kernel.other_auditd(321);
    const auto socket = kernel.socket();
    AuditControl control(*socket);
    auto profile = probe_kernel(control, proc);
    REQUIRE(profile);
    CHECK(profile->holder_comm == "auditd");
    CHECK(profile->can_read);
    CHECK(profile->can_write);
    CHECK(profile->can_control);
    CHECK(profile->first_user_namespace == Answer::yes);
    CHECK(profile->first_pid_namespace == Answer::yes);
    CHECK(profile->first_net_namespace == Answer::unknown);
    REQUIRE(::symlink("net:[4026531992]", (proc + "/1/ns/net").c_str()) == 0);
    CHECK(probe_kernel(control, proc)->first_net_namespace == Answer::no);
    for (const char* f : {"/321/comm", "/self/status", "/self/ns/user", "/self/ns/pid", "/self/ns/net", "/1/ns/net"})
      ::unlink((proc + f).c_str());
    for (const char* d : {"/321", "/1/ns", "/1", "/self/ns", "/self", ""}) ::rmdir((proc + d).c_str());
  }
}
