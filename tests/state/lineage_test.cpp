// SPDX-License-Identifier: Apache-2.0
#include "state/lineage.h"

#include <doctest/doctest.h>

#include <string>

#include "base/limits.h"
#include "support/fake_proc.h"

using namespace aurochs;
using namespace aurochs::state;
using audit::ProcessWhat;

namespace {

constexpr int64_t kNow = 1700000000000;

/// A host in one-liners: what the connector, the rules and the looks at /proc tell.
struct Host {
  FakeProc proc;
  Lineage lineage;

  Host() : lineage(identity(), proc) {}
  static Identity identity() {
    Identity i;
    REQUIRE(base::parse_uuid("6f1d3a52-77aa-4d0e-9c5b-2a5f8e0c4b11", i.dev_id));
    i.boot_id = "boot-1";
    i.boot_time_ms = kNow - 1000000;
    return i;
  }
  bool note(ProcessWhat what, int pid, int parent = 0, uint32_t a = 0, uint32_t b = 0, int64_t at = kNow) {
    audit::ProcessFrame f;
    f.what = static_cast<uint32_t>(what);
    f.pid = pid;
    f.parent = parent;
    f.a = a;
    f.b = b;
    return lineage.note(f, at, ended);
  }
  void fork(int parent, int pid) { CHECK_FALSE(note(ProcessWhat::fork, pid, parent)); }
  void execs(int pid) { CHECK_FALSE(note(ProcessWhat::exec, pid)); }
  bool exits(int pid, uint32_t wait_status = 0, int64_t at = kNow) { return note(ProcessWhat::exit, pid, 0, wait_status, 17, at); }
  /// The audit event of an exec.
  ExecView event(int pid, int ppid, const char* path, const char* comm = "", int64_t at = kNow) {
    ExecFacts f;
    f.pid = pid;
    f.parent_pid = ppid;
    f.event_ms = at;
    f.serial = ++serial;
    f.path = path;
    f.command_line = path;
    f.comm = comm;
    f.uid_real = f.uid_effective = 0;
    return lineage.exec(f);
  }
  void snapshot(const FakeTask& t) {
    const std::string bytes = t.sections();
    audit::Frame f;
    f.kind = audit::FrameKind::snapshot;
    f.payload = bytes;
    by_kernel = lineage.note_snapshot(f);
  }
  ExecView sweep(const FakeTask& t) {
    const std::string bytes = t.sections();
    audit::Frame f;
    f.kind = audit::FrameKind::snapshot;
    f.type = audit::kSnapshotOfSweep;
    f.received_ms = kNow;
    f.payload = bytes;
    return lineage.note_sweep(f);
  }
  void end_sweep() {
    audit::Frame f;
    f.received_ms = kNow;
    CHECK_FALSE(lineage.note_sweep(f).process);
  }
  static FakeTask task(int pid, int ppid, unsigned long long ticks, const char* comm = "task") {
    FakeTask t;
    t.pid = pid;
    t.ppid = ppid;
    t.ticks = ticks;
    t.comm = comm;
    return t;
  }

  ExitView ended;
  ExecView by_kernel;
  uint32_t serial = 0;
};

}  // namespace

TEST_SUITE("state") {
  TEST_CASE("a look that is late is made up for, if no later exec is known and the task has that name") {
    Host h;
    h.fork(1, 60);
    h.execs(60);
    FakeTask t;
    t.pid = 60;
    t.ppid = 1;
    t.comm = "late";
    t.cgroup = "0::/docker-x\n";
    h.proc.tasks[60] = t;
    CHECK_FALSE(h.event(60, 1, "/bin/other", "other").has_proc);
    h.execs(60);
    const ExecView view = h.event(60, 1, "/bin/late", "late");
    CHECK(view.has_proc);
    CHECK(view.process->cgroups() == "/docker-x");
    h.execs(60);
    h.execs(60);  // and again: what is there now is the second one's
    CHECK_FALSE(h.event(60, 1, "/bin/late", "late").has_proc);
  }
  TEST_CASE("fork, exec, exit: one process, its parent the one that forked it") {
    Host h;
    (void)h.event(100, 1, "/bin/sh");
    h.fork(100, 101);
    h.execs(101);
    const ExecView v = h.event(101, 100, "/bin/ls");
    REQUIRE(v.process);
    REQUIRE(v.parent);
    CHECK(v.parent->pid == 100);
    CHECK(v.parent->path() == "/bin/sh");
    CHECK(v.process->path() == "/bin/ls");
    CHECK(h.lineage.table().size() == 2);
    REQUIRE(h.exits(101, 3 << 8));
    CHECK(h.ended.process == v.process);
    CHECK(h.ended.parent == v.parent);
    CHECK(h.ended.status == 3);
    CHECK_FALSE(h.ended.by_signal);
    CHECK_FALSE(h.exits(101));
  }
  TEST_CASE("a death by signal, with a core too") {
    Host h;
    for (const uint32_t status : {9u, 11u | 0x80}) {
      (void)h.event(100, 1, "/bin/x");
      REQUIRE(h.exits(100, status));
      CHECK(h.ended.by_signal);
      CHECK(h.ended.signal == (status & 0x7F));
      CHECK(h.ended.status == 0);
      h.fork(1, 100);
    }
  }
  TEST_CASE("an exit that is told before the exec event waits for it") {
    Host h;
    (void)h.event(100, 1, "/bin/sh");
    h.fork(100, 101);
    h.execs(101);
    CHECK_FALSE(h.exits(101, 1 << 8, kNow + 1));
    ExitView out;
    CHECK_FALSE(h.lineage.next_exit(kNow + 2, out));
    const ExecView v = h.event(101, 100, "/bin/true");
    REQUIRE(h.lineage.next_exit(kNow + 2, out));
    CHECK(out.process == v.process);
    CHECK(out.process->path() == "/bin/true");
    CHECK(out.status == 1);
    CHECK(out.at_ms == kNow + 1);
    REQUIRE(out.parent);
    CHECK(out.parent->pid == 100);
    CHECK_FALSE(h.lineage.next_exit(kNow + 2, out));
    CHECK(h.lineage.table().size() == 2);
  }
  TEST_CASE("an exit waits for every exec that was told, and not for ever") {
    Host h;
    (void)h.event(100, 1, "/bin/sh");
    h.fork(100, 101);
    h.execs(101);
    h.execs(101);
    CHECK_FALSE(h.exits(101));
    ExitView out;
    (void)h.event(101, 100, "/usr/bin/env");
    CHECK_FALSE(h.lineage.next_exit(kNow, out));
    const int64_t over = kNow + limits::kExitWaitMs;
    CHECK_FALSE(h.lineage.next_exit(over - 1, out));
    REQUIRE(h.lineage.next_exit(over, out));
    CHECK(out.process->path() == "/usr/bin/env");
    CHECK(out.at_ms == kNow);
  }
  TEST_CASE("a PID that is forked anew while its exit waits is another process, and the exit is told") {
    Host h;
    (void)h.event(100, 1, "/bin/sh");
    h.fork(100, 101);
    h.execs(101);
    CHECK_FALSE(h.exits(101, 5 << 8));
    const Process* old = h.lineage.table().find(101);
    h.fork(100, 101);
    ExitView out;
    REQUIRE(h.lineage.next_exit(kNow, out));
    CHECK(out.process == old);
    CHECK(out.status == 5);
    CHECK(h.lineage.table().find(101) != old);
    CHECK(h.lineage.table().find(101)->exited_ms == 0);
  }
  TEST_CASE("several exits that wait are told one by one") {
    Host h;
    for (int pid = 101; pid < 140; ++pid) {
      h.fork(1, pid);
      h.execs(pid);
      CHECK_FALSE(h.exits(pid));
    }
    for (int pid = 139; pid > 100; --pid) (void)h.event(pid, 1, "/bin/x");
    ExitView out;
    for (int pid = 101; pid < 140; ++pid) {
      REQUIRE(h.lineage.next_exit(kNow, out));
      CHECK(out.process->pid == pid);
    }
    CHECK_FALSE(h.lineage.next_exit(kNow, out));
  }
  TEST_CASE("the guid survives exec, and the fork that nobody looked at is looked at when it is named") {
    Host h;
    h.proc.task(101, 100, 777);
    (void)h.event(100, 1, "/bin/sh");
    h.fork(100, 101);
    CHECK(h.proc.times(Ask::start, 101) == 0);
    Process* p = h.lineage.find_or_look(101);
    REQUIRE(p);
    CHECK(p->start_ticks == 777);
    const base::Uuid g = h.lineage.table().guid(*p, kNow, 1);
    const ExecView v = h.event(101, 100, "/bin/ls");
    CHECK(v.process->guid == g);
    h.snapshot(Host::task(101, 100, 777, "two"));
    CHECK(h.event(101, 100, "/bin/two", "two").process->guid == g);
    CHECK(h.proc.times(Ask::start, 101) == 1);
  }
  TEST_CASE("PID reuse is seen by the start ticks of the look at /proc") {
    Host h;
    h.snapshot(Host::task(100, 1, 500, "a"));
    const ExecView first = h.event(100, 1, "/bin/a", "a");
    const base::Uuid g = first.process->guid;
    REQUIRE(first.has_proc);
    h.snapshot(Host::task(100, 1, 900, "b"));
    const ExecView second = h.event(100, 1, "/bin/b", "b");
    CHECK(second.process != first.process);
    CHECK(second.process->guid != g);
    CHECK(first.process->exited_ms != 0);
    CHECK(first.process->path() == "/bin/a");
  }
  TEST_CASE("records that come seconds late (through auditd): each exec finds its own look, its parent and its end, and a PID may be another's by then") {
    Host h;
    constexpr int kProcesses = 700, kPids = 350;
    (void)h.event(100, 1, "/bin/sh");
    for (int i = 0; i < kProcesses; ++i) {
      const int pid = 1000 + i % kPids;
      h.fork(100, pid);
      FakeTask task = Host::task(pid, 100, 5000 + static_cast<unsigned long long>(i), "true");
      task.cwd = "/work/" + std::to_string(i);
      h.snapshot(task);
      h.execs(pid);
      CHECK_FALSE(h.exits(pid, 0, kNow + i));
    }
    int ends = 0;
    for (int i = 0; i < kProcesses; ++i) {
      const ExecView v = h.event(1000 + i % kPids, 100, "/bin/true", "true", kNow + i);
      REQUIRE(v.process);
      REQUIRE(v.has_proc);
      CHECK(v.proc.cwd == "/work/" + std::to_string(i));
      CHECK(v.process->start_ticks == 5000 + static_cast<uint64_t>(i));
      REQUIRE(v.parent);
      CHECK(v.parent->pid == 100);
      for (ExitView end; h.lineage.next_exit(kNow + 3000, end);) ++ends;
    }
    CHECK(ends == kProcesses);
  }
  TEST_CASE("without a look at /proc an exec of an ended PID is another process") {
    Host h;
    const ExecView first = h.event(100, 1, "/bin/a");
    const ExitView e = h.lineage.exit(100, kNow + 5, 2);
    CHECK(e.process == first.process);
    CHECK(e.status == 2);
    const ExecView second = h.event(100, 1, "/bin/b");
    CHECK(second.process != first.process);
    CHECK(second.process->guid != first.process->guid);
    CHECK_FALSE(h.lineage.exit(999, kNow, 0).process);
  }
  TEST_CASE("a child keeps its parent after the parent is gone and its PID is another's") {
    Host h;
    const ExecView shell = h.event(100, 1, "/bin/sh");
    h.fork(100, 101);
    REQUIRE(h.exits(100));
    h.fork(1, 100);
    (void)h.event(100, 1, "/bin/other");
    const ExecView v = h.event(101, 1, "/bin/ls");  // the kernel says: adopted by init
    REQUIRE(v.parent);
    CHECK(v.parent == shell.process);
    CHECK(v.parent->path() == "/bin/sh");
    CHECK(v.process->parent_pid == 100);
  }
  TEST_CASE("a parent that was never told of is looked at once, and its own start counts") {
    Host h;
    FakeTask& shell = h.proc.task(100, 1, 321);
    shell.exe = "/bin/bash (deleted)";
    shell.cmdline = std::string("bash\0-l\0", 8);
    shell.uid = 1000;
    const ExecView v = h.event(101, 100, "/bin/ls");
    REQUIRE(v.parent);
    CHECK(v.parent->start_ticks == 321);
    CHECK(v.parent->path() == "/bin/bash");
    CHECK_FALSE(v.parent->image_exists);
    CHECK(v.parent->command_line() == "bash -l");
    CHECK(v.parent->uid_real == 1000);
    CHECK(v.process->cgroups() == "/user.slice");  // of the parent, as the process was not looked at
    (void)h.event(102, 100, "/bin/cat");
    CHECK(h.proc.times(Ask::process, 100) == 1);
  }
  TEST_CASE("a parent that nobody knows is absent") {
    Host h;
    const ExecView v = h.event(101, 100, "/bin/ls");
    CHECK_FALSE(v.parent);
    CHECK(v.process->parent_pid == 100);
    CHECK(v.process->start_from_event);
  }
  TEST_CASE("lies of /proc do no harm") {
    Host h;
    for (const std::string& lie : {std::string(), std::string("\x01\x02"), std::string(3000, '\xFF'), FakeTask().sections()}) {
      h.proc.lies[{Ask::process, 100}] = lie;
      h.proc.lies[{Ask::start, 101}] = lie;
      h.fork(100, 101);
      const ExecView v = h.event(101, 100, "/bin/ls");
      REQUIRE(v.process);
      CHECK(v.process->pid == 101);
      CHECK(v.process->path() == "/bin/ls");
    }
    h.snapshot(FakeTask());  // no PID at all
    CHECK_FALSE(h.event(102, 1, "/bin/x", "task").has_proc);
  }
  TEST_CASE("ProcessKernelHelperNix: the look at a program that a kernel thread started is all that will come") {
    Host h;
    FakeTask kthreadd = Host::task(2, 0, 10, "kthreadd");
    kthreadd.exe = "";
    (void)h.sweep(kthreadd);
    h.fork(2, 300);
    h.execs(300);
    FakeTask helper = Host::task(300, 2, 5000, "helper");
    helper.exe = "/sbin/modprobe";
    helper.cmdline = std::string("/sbin/modprobe\0-q\0", 18);
    h.snapshot(helper);
    REQUIRE(h.by_kernel.process);
    CHECK(h.by_kernel.process->path() == "/sbin/modprobe");
    CHECK(h.by_kernel.process->command_line() == "/sbin/modprobe -q");
    CHECK(h.exits(300));  // no audit event is waited for
    FakeTask other = Host::task(301, 100, 6000);
    (void)h.event(100, 1, "/bin/sh");
    h.fork(100, 301);
    h.snapshot(other);
    CHECK_FALSE(h.by_kernel.process);
  }
  TEST_CASE("ids by the connector: the effective user before an exec is known") {
    Host h;
    (void)h.event(100, 1, "/bin/x");
    (void)h.note(ProcessWhat::uid, 100, 0, 1000, 1001);
    (void)h.note(ProcessWhat::gid, 100, 0, 5, 6);
    (void)h.note(ProcessWhat::sid, 100);
    const Process* p = h.lineage.table().find(100);
    CHECK(p->uid_real == 1000);
    CHECK(p->uid_effective == 1001);
    CHECK(p->gid_real == 5);
    CHECK(p->gid_effective == 6);
    CHECK(p->session == 100);
    CHECK(h.event(100, 1, "/usr/bin/su").uid_effective_before == 1001);
    CHECK(h.event(100, 1, "/usr/bin/su").uid_effective_before == Process::kUnset);
    for (const ProcessWhat w : {ProcessWhat::uid, ProcessWhat::gid, ProcessWhat::sid, ProcessWhat::exec, ProcessWhat::comm, ProcessWhat::exit})
      CHECK_FALSE(h.note(w, 4242));
    CHECK_FALSE(h.note(static_cast<ProcessWhat>(99), 100));
  }
  TEST_CASE("the sweep tells of every process once, and of none that is known") {
    Host h;
    (void)h.event(100, 1, "/bin/known");
    const ExecView fresh = h.sweep(Host::task(200, 100, 40));
    REQUIRE(fresh.process);
    CHECK(fresh.has_proc);
    CHECK(fresh.parent == h.lineage.table().find(100));
    CHECK(fresh.process->path() == "/bin/task");
    CHECK_FALSE(h.sweep(Host::task(200, 100, 40)).process);
    CHECK_FALSE(h.sweep(Host::task(100, 1, 39)).process);
    CHECK(h.sweep(Host::task(200, 100, 41)).process != fresh.process);
    CHECK_FALSE(h.sweep(FakeTask()).process);
  }
  TEST_CASE("after a restart what the sweep finds again keeps its guid, the rest is gone") {
    Host h;
    base::Uuid g;
    for (const int pid : {100, 101}) {
      Process saved;
      saved.pid = pid;
      saved.parent_pid = 1;
      saved.start_ticks = 500;
      saved.guid.bytes[0] = static_cast<uint8_t>(pid);
      (void)h.lineage.table().restore(saved, "/bin/saved", "saved", "/", "", {});
      g = saved.guid;
    }
    const ExecView again = h.sweep(Host::task(101, 1, 500));
    REQUIRE(again.process);
    CHECK(again.process->guid == g);
    CHECK(again.process->exited_ms == 0);
    h.end_sweep();
    CHECK(again.process->exited_ms == 0);
    CHECK(h.lineage.table().find(100)->exited_ms == kNow);
  }
  TEST_CASE("a restored PID that is another's now is another process") {
    Host h;
    Process saved;
    saved.pid = 100;
    saved.start_ticks = 500;
    saved.guid.bytes[0] = 7;
    const Handle old = h.lineage.table().restore(saved, "/bin/saved", "", "", "", {}).self;
    const ExecView v = h.sweep(Host::task(100, 1, 900));
    REQUIRE(v.process);
    CHECK(v.process->guid != saved.guid);
    CHECK(h.lineage.table().get(old)->exited_ms != 0);
  }
}
