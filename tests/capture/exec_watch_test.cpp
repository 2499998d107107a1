// SPDX-License-Identifier: Apache-2.0
#include "capture/exec_watch.h"

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "base/fd.h"

using namespace aurochs;

namespace {

/// A datagram pair: the filter runs in the sender's context there, as it does for netlink.
struct Pair {
  base::UniqueFd sender, receiver;
  Pair() {
    int fds[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) == 0);
    sender.reset(fds[0]);
    receiver.reset(fds[1]);
  }
  /// A connector message of that kind; true when it got through.
  bool passes(uint32_t what) const {
    char bytes[76] = {};
    std::memcpy(bytes + 36, &what, sizeof what);
    // A filtered datagram is an error of the sender on some kernels and a silent success on others.
    (void)!::send(sender.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    char got[128];
    return ::recv(receiver.get(), got, sizeof got, MSG_DONTWAIT) == static_cast<ssize_t>(sizeof bytes);
  }
};

int bind_to_own_cpu() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int cpu = ::sched_getcpu();
  CPU_SET(static_cast<size_t>(cpu), &set);
  REQUIRE(::sched_setaffinity(0, sizeof set, &set) == 0);
  return cpu;
}

}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("the filter of ExecWatch passes execs of its CPU and nothing else") {
    cpu_set_t before;
    REQUIRE(::sched_getaffinity(0, sizeof before, &before) == 0);
    const int cpu = bind_to_own_cpu();
    const Pair own, other;
    REQUIRE(capture::pass_execs_of_cpu(own.receiver.get(), cpu));
    REQUIRE(capture::pass_execs_of_cpu(other.receiver.get(), cpu + 1));
    CHECK(own.passes(2));
    CHECK_FALSE(own.passes(1));
    CHECK_FALSE(own.passes(0x80000000u));
    CHECK_FALSE(other.passes(2));
    REQUIRE(::sched_setaffinity(0, sizeof before, &before) == 0);
  }
  TEST_CASE("the filter is refused with a reason where there is no socket") {
    const auto refused = capture::pass_execs_of_cpu(-1, 0);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("filter") != std::string::npos);
  }
}
