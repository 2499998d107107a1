// SPDX-License-Identifier: Apache-2.0
#include "capture/stream.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

using namespace aurochs;
using audit::Frame;
using audit::FrameKind;
using audit::GapCause;
using capture::SenderCheck;
using capture::SnapshotScope;
using capture::Stream;

namespace {
struct Pair {
  Pair() {
    int fds[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fds) == 0);
    kernel.reset(fds[0]);
    ours = fds[1];
  }
  void send(std::string_view bytes) const { REQUIRE(::send(kernel.get(), bytes.data(), bytes.size(), 0) >= 0); }
  base::UniqueFd kernel;
  int ours;  ///< the stream's
};

std::string netlink(uint16_t type, std::string_view text) {
  std::string out(16, '\0');
  const uint32_t wrong_length = 16;  // as 3.16 says of multicast records
  std::memcpy(&out[0], &wrong_length, sizeof wrong_length);
  std::memcpy(&out[4], &type, sizeof type);
  return out.append(text.data(), text.size());
}
std::string exec_message(pid_t pid) {
  std::string out(16 + 20 + 16 + 8, '\0');
  const uint32_t index = 1, exec = 2;
  const uint16_t length = 24;
  std::memcpy(&out[16], &index, 4);
  std::memcpy(&out[20], &index, 4);
  std::memcpy(&out[32], &length, 2);
  std::memcpy(&out[36], &exec, 4);
  std::memcpy(&out[52], &pid, 4);
  std::memcpy(&out[56], &pid, 4);
  return out;
}

struct Seen {
  FrameKind kind;
  uint16_t type;
  std::string payload;
};
/// All frames but ticks.
std::vector<Seen> drain(base::Ring& ring, size_t* ticks = nullptr) {
  std::vector<Seen> out;
  for (std::string_view bytes = ring.front(); bytes.data(); ring.release(), bytes = ring.front()) {
    Frame f;
    REQUIRE(audit::decode_frame(bytes, f));
    CHECK(f.received_ms > 1500000000000);
    if (f.kind == FrameKind::tick) {
      if (ticks) ++*ticks;
    } else {
      out.push_back({f.kind, f.type, std::string(f.payload)});
    }
  }
  return out;
}
audit::GapFrame gap_of(const Seen& seen) {
  audit::GapFrame gap;
  REQUIRE(seen.kind == FrameKind::gap);
  REQUIRE(seen.payload.size() == sizeof gap);
  std::memcpy(&gap, seen.payload.data(), sizeof gap);
  return gap;
}
/// run() with stop asked for before: takes what is there and returns.
void run_once(Stream& stream) {
  stream.stop();
  stream.run();
}
}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("stream: a CONFIG_CHANGE record wakes whoever watches over the rules, other records do not") {
    Pair pair;
    base::Ring ring(1u << 20);
    Stream stream(pair.ours, -1, ring, -1, SnapshotScope::full, SenderCheck::none);
    pollfd p{stream.changes_fd(), POLLIN, 0};
    pair.send(netlink(1300, "audit(1.000:1): arch=c000003e syscall=1"));
    run_once(stream);
    CHECK(::poll(&p, 1, 0) == 0);
    pair.send(netlink(1305, "audit(1.000:2): op=remove_rule key=\"aurochs-exec\" list=4 res=1"));
    run_once(stream);
    CHECK(::poll(&p, 1, 0) == 1);
    CHECK(drain(ring).size() == 2);
  }
  TEST_CASE("stream: one datagram is one record, its length as received, without trailing NUL and newline") {
    const Pair audit_pair;
    base::Ring ring(1 << 20);
    Stream stream(audit_pair.ours, -1, ring, -1, SnapshotScope::full, SenderCheck::none);
    audit_pair.send(netlink(1300, std::string_view("audit(1.2:3): a\n\0", 17)));
    audit_pair.send(netlink(1320, "audit(1.2:3): "));
    audit_pair.send(netlink(2, std::string(20, '\0')));  // NLMSG_ERROR
    audit_pair.send(netlink(1000, std::string(40, '\0')));  // AUDIT_GET reply
    audit_pair.send(netlink(1329, "1234"));                 // AUDIT_REPLACE
    audit_pair.send(netlink(1006, "audit(1.2:4): pid=1"));
    audit_pair.send("short");
    run_once(stream);
    const std::vector<Seen> seen = drain(ring);
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].kind == FrameKind::record);
    CHECK(seen[0].type == 1300);
    CHECK(seen[0].payload == "audit(1.2:3): a");
    CHECK(seen[1].payload == "audit(1.2:3): ");
    CHECK(seen[2].type == 1006);
    CHECK(stream.counters().records.value() == 3);
    CHECK(stream.counters().control_messages.value() == 3);
  }
  TEST_CASE("stream: what does not come from the kernel is counted and dropped") {
    const Pair audit_pair;
    base::Ring ring(1 << 20);
    Stream stream(audit_pair.ours, -1, ring, -1);
    audit_pair.send(netlink(1300, "audit(1.2:3): forged"));
    run_once(stream);
    CHECK(drain(ring).empty());
    CHECK(stream.counters().foreign_senders.value() == 1);
  }
  TEST_CASE("stream: a record longer than the buffer is a gap in its place") {
    const Pair audit_pair;
    base::Ring ring(1 << 20);
    Stream stream(audit_pair.ours, -1, ring, -1, SnapshotScope::full, SenderCheck::none);
    audit_pair.send(netlink(1300, "audit(1.2:3): before"));
    audit_pair.send(netlink(1300, std::string(limits::kRecordBytes + 1, 'x')));
    audit_pair.send(netlink(1300, "audit(1.2:3): after"));
    run_once(stream);
    const std::vector<Seen> seen = drain(ring);
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].payload == "audit(1.2:3): before");
    CHECK(gap_of(seen[1]).cause == static_cast<uint32_t>(GapCause::truncated));
    CHECK(gap_of(seen[1]).count == 1);
    CHECK(seen[2].payload == "audit(1.2:3): after");
  }
  TEST_CASE("stream: a full ring loses nothing silently: records and counts of gaps add up, and the socket is drained") {
    const Pair audit_pair;
    base::Ring ring(128 << 10);
    Stream stream(audit_pair.ours, -1, ring, -1, SnapshotScope::full, SenderCheck::none);
    std::thread thread([&stream] { stream.run(); });
    const uint64_t sent = 2000;
    for (uint64_t i = 0; i < sent; ++i) audit_pair.send(netlink(1300, "audit(1.2:3): " + std::string(1000, 'x')));
    while (stream.counters().records.value() < sent) std::this_thread::yield();
    uint64_t records = 0, lost = 0;
    const auto count = [&] {
      for (const Seen& s : drain(ring)) {
        if (s.kind == FrameKind::record) ++records;
        if (s.kind == FrameKind::gap) lost += gap_of(s).count;
      }
    };
    count();
    audit_pair.send(netlink(1300, "audit(1.2:3): last"));
    stream.stop();
    thread.join();
    count();
    CHECK(records > 20);
    CHECK(lost > 0);
    CHECK(records + lost == sent + 1);
    CHECK(stream.ring_full() == lost);
  }
  TEST_CASE("stream: an exec told by the connector gives a snapshot and a process frame, ahead of waiting records") {
    const Pair audit_pair, connector;
    base::Ring ring(1 << 20);
    Stream stream(audit_pair.ours, connector.ours, ring, -1, SnapshotScope::full, SenderCheck::none);
    audit_pair.send(netlink(1300, "audit(1.2:3): arch=c000003e syscall=59 success=yes exit=0 pid=1 x"));
    connector.send(exec_message(::getpid()));
    connector.send("damaged");
    run_once(stream);
    const std::vector<Seen> seen = drain(ring);
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].kind == FrameKind::snapshot);
    CHECK(seen[1].kind == FrameKind::process);
    audit::ProcessFrame process;
    std::memcpy(&process, seen[1].payload.data(), sizeof process);
    CHECK(process.pid == ::getpid());
    CHECK(seen[2].kind == FrameKind::record);
    CHECK(stream.counters().snapshots.value() == 1);
    CHECK(stream.counters().snapshot_misses.value() == 0);
    CHECK(stream.counters().connector_damaged.value() == 1);
  }
  TEST_CASE("stream: without a connector the audit record of a successful exec gives the snapshot") {
    const Pair audit_pair;
    base::Ring ring(1 << 20);
    Stream stream(audit_pair.ours, -1, ring, -1, SnapshotScope::full, SenderCheck::none);
    const std::string pid = std::to_string(::getpid());
    audit_pair.send(netlink(1300, "audit(1.2:3): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=" + pid + " auid=0"));
    audit_pair.send(netlink(1300, "audit(1.2:4): arch=c000003e syscall=59 success=no exit=-2 ppid=1 pid=" + pid + " auid=0"));
    run_once(stream);
    const std::vector<Seen> seen = drain(ring);
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].kind == FrameKind::record);
    CHECK(seen[1].kind == FrameKind::snapshot);
    CHECK(seen[2].kind == FrameKind::record);
  }
  TEST_CASE("stream: the exec's pid is read from a SYSCALL record of any known architecture, and from nothing else") {
    using capture::exec_pid_of_record;
    CHECK(exec_pid_of_record("audit(1.2:3): arch=c000003e syscall=322 success=yes exit=0 ppid=1 pid=77 auid=0") == 77);
    CHECK(exec_pid_of_record("audit(1.2:3): arch=40000003 syscall=11 success=yes exit=0 ppid=1 pid=78 auid=0") == 78);
    CHECK(exec_pid_of_record("audit(1.2:3): arch=c00000b7 syscall=221 success=yes exit=0 ppid=1 pid=79") == 79);
    CHECK(exec_pid_of_record("audit(1.2:3): arch=c000003e syscall=2 success=yes exit=0 ppid=1 pid=77 auid=0") == 0);
    CHECK(exec_pid_of_record("audit(1.2:3): arch=c000003e syscall=59 success=yes") == 0);
    CHECK(exec_pid_of_record("") == 0);
  }
  TEST_CASE("stream: /proc is read within its budget, and what is passed over is told") {
    const Pair audit_pair, connector;
    base::Ring ring(8 << 20);
    Stream stream(audit_pair.ours, connector.ours, ring, -1, SnapshotScope::full, SenderCheck::none);
    std::thread thread([&stream] { stream.run(); });
    std::thread core([&] {
      while (stream.counters().snapshots_skipped.value() < 10) {
        for (std::string_view bytes = ring.front(); bytes.data(); bytes = ring.front()) ring.release();
        std::this_thread::yield();
      }
    });
    while (stream.counters().snapshots_skipped.value() < 10) connector.send(exec_message(::getpid()));
    core.join();
    stream.stop();
    thread.join();
    uint64_t skipped = 0;
    for (const Seen& s : drain(ring))
      if (s.kind == FrameKind::gap && gap_of(s).cause == static_cast<uint32_t>(GapCause::snapshot_budget)) skipped += gap_of(s).count;
    CHECK(skipped >= 10);
  }
  TEST_CASE("stream: a quiet stream ticks, a loss reported from elsewhere is told, and the sleeping core is woken") {
    const Pair audit_pair;
    base::Ring ring(1 << 20);
    const base::UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    Stream stream(audit_pair.ours, -1, ring, wake.get(), SnapshotScope::full, SenderCheck::none);
    stream.report_loss(GapCause::socket_drops, 5);
    REQUIRE(ring.prepare_sleep());
    std::thread thread([&stream] { stream.run(); });
    pollfd p{wake.get(), POLLIN, 0};
    CHECK(::poll(&p, 1, 5000) == 1);
    ring.awake();
    size_t ticks = 0;
    std::vector<Seen> seen;
    for (int i = 0; i < 100 && ticks < 3; ++i) {
      ::usleep(50000);
      for (Seen& s : drain(ring, &ticks)) seen.push_back(std::move(s));
    }
    stream.stop();
    thread.join();
    CHECK(ticks >= 3);
    REQUIRE(seen.size() == 1);
    CHECK(gap_of(seen[0]).cause == static_cast<uint32_t>(GapCause::socket_drops));
    CHECK(gap_of(seen[0]).count == 5);
  }
  TEST_CASE("stream: drops of a socket are found by the table's header, not by position") {
    constexpr std::string_view kNew = "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n"
                                      "00000000b16c32bc 9   0          00000001 0        0        0     2        77       4242    \n";
    constexpr std::string_view kOld = "sk       Eth Pid    Groups   Rmem     Wmem     Dump     Locks\nf7a0 9 0 00000001 0 0 (null) 2\n";
    uint64_t drops = 0;
    CHECK(capture::find_netlink_drops(kNew, 4242, drops));
    CHECK(drops == 77);
    CHECK_FALSE(capture::find_netlink_drops(kNew, 4, drops));
    CHECK_FALSE(capture::find_netlink_drops(kOld, 2, drops));
    CHECK_FALSE(capture::find_netlink_drops("", 2, drops));
  }
  TEST_CASE("stream: priority answers what the thread really got") {
    std::thread([] { CHECK(capture::set_priority(capture::Priority::normal) == capture::Priority::normal); }).join();
    std::thread([] { (void)capture::set_priority(capture::Priority::realtime); }).join();
  }
}
