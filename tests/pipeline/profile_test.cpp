// SPDX-License-Identifier: Apache-2.0
// A switch of the load profile, as the line sees it: told, in every event behind it, and what polling finds instead of audit.
#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "event/pack.h"
#include "pipeline/pipeline.h"
#include "support/fake_proc.h"

using namespace aurochs;
using audit::FrameKind;
using audit::ProcessWhat;
using event::EventType;
using F = event::FieldId;

namespace {

struct Told {
  EventType type;
  std::string profile, before, why, line;
  uint64_t pid, is_snapshot, cpu_percent;
};

class Line {
 public:
  Line() : line_(options(), proc, [this](const event::Event& e) { return keep(e); }) {}

  void push(FrameKind kind, uint16_t type, std::string_view payload) {
    audit::Frame f;
    f.kind = kind;
    f.type = type;
    f.received_ms = now;
    f.payload = payload;
    line_.push(f);
  }
  void process(ProcessWhat what, int pid, int parent = 0, uint32_t a = 0) {
    audit::ProcessFrame p;
    p.what = static_cast<uint32_t>(what);
    p.pid = pid;
    p.parent = parent;
    p.a = a;
    push(FrameKind::process, 0, {reinterpret_cast<const char*>(&p), sizeof p});
  }
  void found(int pid) {
    const auto e = std::make_unique<event::Event>();
    e->clear(EventType::process_info);
    e->set_integer(F::proc_id, pid);
    std::string packed;
    event::pack(*e, packed);
    push(FrameKind::observation, 0, packed);
  }
  void use(unsigned profile, const std::string& why) { push(FrameKind::policy, govern::kPolicySwitched, why + '\n' + govern::profile_policy(profile)); }
  size_t count(EventType type) const {
    size_t n = 0;
    for (const Told& t : told) n += t.type == type;
    return n;
  }

  FakeProc proc;
  std::vector<Told> told;
  int64_t now = 1700001000000;
  pipeline::Pipeline& line() { return line_; }

 private:
  static pipeline::Options options() {
    pipeline::Options o;
    o.identity.boot_id = "boot";
    o.identity.boot_time_ms = 1700000000000;
    o.is_live = true;
    o.policy = govern::profile_policy(1);
    REQUIRE(o.settings.set("sensor_cfg_profile", "default"));
    return o;
  }
  size_t keep(const event::Event& e) {
    told.push_back({e.type(), std::string(e.text(F::sensor_cfg_profile)), std::string(e.text(F::op_value_old)), std::string(e.text(F::op_text)), std::string(e.text(F::cmdline)),
                    e.has(F::proc_id) ? e.number(F::proc_id) : 0, e.has(F::proc_issnapshot) ? e.number(F::proc_issnapshot) : 0,
                    e.has(F::sensor_cpu_percent) ? e.number(F::sensor_cpu_percent) : 999});
    return 1;
  }
  pipeline::Pipeline line_;
};

}  // namespace

TEST_SUITE("profiles") {
  TEST_CASE("a switch is told with old, new and why, and stands in every event behind it") {
    Line line;
    line.use(govern::kHighNetwork, "a test");
    REQUIRE(line.count(EventType::sensor_profile_switch) == 1);
    CHECK(line.told.back().before == "default");
    CHECK(line.told.back().profile == "highnet");
    CHECK(line.told.back().why == "a test");
    line.use(1, "over");
    CHECK(line.told.back().before == "highnet");
    CHECK(line.told.back().profile == "default");
  }

  TEST_CASE("high process: polling tells a program once, ends are those of programs that were told, no end waits") {
    Line line;
    line.use(govern::kHighProcess, "a test");
    line.process(ProcessWhat::fork, 50, 1);
    line.process(ProcessWhat::exec, 50);
    line.process(ProcessWhat::exit, 50);  // shorter than a look
    CHECK(line.count(EventType::process_exit) == 0);
    line.process(ProcessWhat::fork, 60, 1);
    line.process(ProcessWhat::exec, 60);
    line.proc.task(60, 1, 7).cmdline = "/bin/long";
    line.found(60);
    line.found(60);
    REQUIRE(line.count(EventType::process_info) == 1);
    CHECK(line.told.back().line == "/bin/long");
    CHECK(line.told.back().pid == 60);
    CHECK(line.told.back().is_snapshot == 1);
    line.process(ProcessWhat::exec, 60);
    line.proc.tasks[60].cmdline = "/bin/other";
    line.found(60);
    CHECK(line.count(EventType::process_info) == 2);
    line.process(ProcessWhat::exit, 60);
    CHECK(line.count(EventType::process_exit) == 1);
    line.found(61);  // gone by now
    CHECK(line.count(EventType::process_info) == 2);
  }

  TEST_CASE("high process: who execed unseen is looked at when something is told of it, and is no program of before where it is gone") {
    Line line;
    line.proc.task(90, 1, 7).cmdline = "/bin/sh";
    line.found(90);
    line.use(govern::kHighProcess, "a test");
    line.process(ProcessWhat::fork, 91, 90);
    line.process(ProcessWhat::exec, 91);
    line.process(ProcessWhat::coredump, 91);  // gone by now
    CHECK(line.told.back().type == EventType::process_core_dump);
    CHECK(line.told.back().line.empty());
    line.process(ProcessWhat::fork, 92, 90);
    line.process(ProcessWhat::exec, 92);
    line.proc.task(92, 90, 9).cmdline = "/bin/short";
    line.process(ProcessWhat::coredump, 92);
    CHECK(line.told.back().line == "/bin/short");
  }

  TEST_CASE("high process: an exec in a container and one by the kernel are looked at when the connector tells of them") {
    Line line;
    line.use(govern::kHighProcess, "a test");
    line.proc.task(70, 1, 7).cgroup = "0::/system.slice/docker-" + std::string(64, 'a') + ".scope\n";
    line.found(70);
    line.process(ProcessWhat::fork, 71, 70);
    line.proc.task(71, 70, 8).cgroup = line.proc.tasks[70].cgroup;
    line.process(ProcessWhat::exec, 71);
    CHECK(line.count(EventType::process_info) == 2);
    CHECK(line.told.back().pid == 71);
  }

  TEST_CASE("back in the default profile execs are waited for again; short memory forgets who ended, and says how many") {
    Line line;
    line.use(govern::kHighProcess, "a test");
    line.use(1, "over");
    line.process(ProcessWhat::fork, 80, 1);
    line.process(ProcessWhat::exit, 80);
    CHECK(line.count(EventType::process_exit) == 1);
    line.push(FrameKind::policy, govern::kMemoryTight, {});
    CHECK(line.line().lineage().table().forgotten() >= 1);
    CHECK_FALSE(line.line().lineage().table().find(80));
  }

  TEST_CASE("the share of a core is of the time since the last heartbeat") {
    Line line;
    line.line().start(line.now, "test");
    for (const char* cost : {"1000 5000000", "4000 5000000"}) {
      line.proc.lies[{state::Ask::self, 0}] = cost;
      line.now += 60000;
      line.push(FrameKind::tick, 0, {});
    }
    REQUIRE(line.count(EventType::sensor_heartbeat) == 2);
    CHECK(line.told.back().cpu_percent == 5);
  }
}
