// SPDX-License-Identifier: Apache-2.0
// The whole line: frames in, JSON out. Goldens: tests/data/<kernel>/<trouble>.log with the events of the log, one JSON
// line each, in the .json beside it; AUROCHS_UPDATE_GOLDEN=1 writes these anew (read the difference before committing).
#include "pipeline/pipeline.h"

#include <dirent.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/text.h"
#include "json/event_json.h"
#include "support/fake_proc.h"

using namespace aurochs;
using audit::FrameKind;
using audit::GapCause;
using audit::ProcessWhat;
using event::EventType;
using F = event::FieldId;

namespace {

constexpr const char* kDevId = "6f1d3a52-77aa-4d0e-9c5b-2a5f8e0c4b11";

std::string read_whole(const std::string& path) {
  auto content = base::read_file(path, 1u << 20);
  return content ? *content : std::string();
}

pipeline::Options fixed_options(bool is_live = false) {
  pipeline::Options o;
  REQUIRE(base::parse_uuid(kDevId, o.identity.dev_id));
  o.identity.boot_id = "boot-1";
  o.identity.boot_time_ms = 1700000000000;
  REQUIRE(o.settings.set("dev_id", kDevId));
  REQUIRE(o.settings.set("sensor_type", "aurochs"));
  o.uuid_seed = 42;
  o.is_live = is_live;
  o.watches = read_whole(AUROCHS_WATCHES);
  if (is_live) o.policy = "off ProcessFork\n";
  return o;
}

std::string replayed(const std::string& log) {
  state::NoProcReader reader;
  json::Writer out;
  pipeline::Pipeline line(fixed_options(), reader, [&](const event::Event& e) { return json::write_line(e, out); });
  audit::Frame frame;
  frame.kind = FrameKind::line;
  for (size_t at = 0; at < log.size();) {
    const size_t end = std::min(log.find('\n', at), log.size());
    frame.payload = std::string_view(log).substr(at, end - at);
    line.push(frame);
    at = end + 1;
  }
  line.finish("end of input");
  return std::string(out.text());
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  DIR* d = ::opendir(directory.c_str());
  if (!d) return names;
  while (const dirent* entry = ::readdir(d))
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  ::closedir(d);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> logs() {
  std::vector<std::string> found;
  const std::string root = AUROCHS_TEST_DATA;
  for (const std::string& kernel : names_in(root))
    for (const std::string& name : names_in(root + "/" + kernel))
      if (name.size() > 4 && name.compare(name.size() - 4, 4, ".log") == 0)
        found.push_back(root + "/" + kernel + "/" + name.substr(0, name.size() - 4));
  return found;
}

/// What is kept of an event after the call.
struct Seen {
  EventType type;
  std::map<F, std::string> texts;
  std::map<F, uint64_t> numbers;
  std::string text(F f) const { return texts.count(f) ? texts.at(f) : std::string(); }
  uint64_t number(F f) const { return numbers.count(f) ? numbers.at(f) : 0; }
  bool has(F f) const { return texts.count(f) || numbers.count(f); }
};

/// A live line over a host that the test tells of.
class Live {
 public:
  static constexpr int64_t kStart = 1700001000000;
  FakeProc proc;
  std::vector<Seen> seen;
  std::string json;
  pipeline::Pipeline line;
  int64_t now = kStart;

  Live() : line(fixed_options(true), proc, [this](const event::Event& e) { return keep(e); }) {}

  void push(FrameKind kind, uint16_t type, std::string_view payload) {
    audit::Frame f;
    f.kind = kind;
    f.type = type;
    f.received_ms = now;
    f.payload = payload;
    line.push(f);
  }
  void record(uint16_t type, uint32_t serial, const std::string& body) {
    push(FrameKind::record, type, "audit(" + std::to_string(now / 1000) + "." + std::to_string(1000 + now % 1000).substr(1) + ":" + std::to_string(serial) + "): " + body);
  }
  void process(ProcessWhat what, int pid, int parent = 0, uint32_t a = 0) {
    audit::ProcessFrame p;
    p.what = static_cast<uint32_t>(what);
    p.pid = pid;
    p.parent = parent;
    p.a = a;
    push(FrameKind::process, 0, {reinterpret_cast<const char*>(&p), sizeof p});
  }
  void gap(GapCause cause, uint64_t count) {
    audit::GapFrame g;
    g.cause = static_cast<uint32_t>(cause);
    g.count = count;
    push(FrameKind::gap, 0, {reinterpret_cast<const char*>(&g), sizeof g});
  }
  void snapshot(const FakeTask& t, uint16_t type = audit::kSnapshotAtExec) { push(FrameKind::snapshot, type, t.sections()); }
  void tick(int64_t after_ms) {
    now += after_ms;
    push(FrameKind::tick, 0, {});
  }
  void exec(uint32_t serial, int pid, int ppid, const std::string& name, const std::string& arguments) {
    record(1300, serial, "arch=c000003e syscall=59 success=yes exit=0 items=1 ppid=" + std::to_string(ppid) + " pid=" + std::to_string(pid) +
                             " auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=1 comm=\"" + name +
                             "\" exe=\"/bin/" + name + "\" key=\"exec\"");
    record(1309, serial, arguments);
    record(1307, serial, "cwd=\"/srv\"");
    record(1302, serial, "item=0 name=\"/bin/" + name + "\" inode=7 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL");
    record(1320, serial, "");
  }
  std::string types() const {
    std::string out;
    for (const Seen& s : seen) out += (out.empty() ? "" : " ") + std::string(event::event_row(s.type).type);
    return out;
  }
  /// Losses told so far: "cause=count ...", the kernel's own by another type.
  std::string losses() const {
    std::string out;
    for (const Seen& s : seen)
      if (s.type == EventType::sensor_drop || s.type == EventType::audit_lost) out += (out.empty() ? "" : " ") + s.text(F::sensor_loss_cause) + "=" + std::to_string(s.number(F::event_count));
    return out;
  }

 private:
  size_t keep(const event::Event& e) {
    Seen s;
    s.type = e.type();
    e.each([&](F f) {
      if (event::field_row(f).type == event::Type::text)
        s.texts[f] = std::string(e.text(f));
      else
        s.numbers[f] = e.number(f);
    });
    seen.push_back(std::move(s));
    json::Writer w;
    const size_t bytes = json::write_line(e, w);
    json += w.text();
    return bytes;
  }
};

FakeTask shell_task() {
  FakeTask t;
  t.pid = 100;
  t.ticks = 5000;
  t.comm = "sh";
  t.exe = "/bin/sh";
  t.cwd = "/root";
  t.cmdline = std::string("sh\0-i\0", 6);
  t.session = 99;
  return t;
}

/// A shell found in the sweep forks, runs ls, which is over before its audit event comes.
void tell_session(Live& h) {
  h.line.start(h.now, "multicast");
  h.snapshot(shell_task(), audit::kSnapshotOfSweep);
  h.push(FrameKind::snapshot, audit::kSnapshotOfSweep, {});
  h.process(ProcessWhat::fork, 101, 100);
  h.process(ProcessWhat::exec, 101);
  FakeTask ls;
  ls.pid = 101;
  ls.ppid = 100;
  ls.ticks = 90000;
  ls.comm = "ls";
  ls.exe = "/bin/ls";
  ls.session = 99;
  ls.environ = std::string("PATH=/bin\0LD_PRELOAD=/tmp/x.so\0", 31);
  h.snapshot(ls);
  h.process(ProcessWhat::exit, 101, 0, 2 << 8);
  h.now += 5;
  h.exec(10, 101, 100, "ls", "argc=2 a0=\"ls\" a1=\"-l\"");
}

}  // namespace

TEST_SUITE("pipeline") {
  TEST_CASE("goldens: every log gives the events beside it") {
    const bool update = std::getenv("AUROCHS_UPDATE_GOLDEN") != nullptr;
    const auto all = logs();
    CHECK(all.size() >= 30);
    for (const std::string& name : all) {
      CAPTURE(name);
      const std::string got = replayed(read_whole(name + ".log"));
      if (update) REQUIRE(base::write_file_atomically(name + ".json", got, 0644));
      const std::string wanted = read_whole(name + ".json");
      if (got == wanted) continue;
      size_t number = 1;
      std::string_view left = got, right = wanted;
      while (!left.empty() && left.substr(0, left.find('\n')) == right.substr(0, right.find('\n'))) {
        (void)base::next_piece(left, '\n');
        (void)base::next_piece(right, '\n');
        ++number;
      }
      FAIL_CHECK("event " << number << " differs\n  got    " << std::string(left.substr(0, left.find('\n'))) << "\n  wanted "
                          << std::string(right.substr(0, right.find('\n'))));
    }
  }
  TEST_CASE("the same log twice gives the same bytes") {
    std::string everything;
    for (const std::string& name : logs()) everything += read_whole(name + ".log") + "\n";
    const std::string once = replayed(everything);
    CHECK(once.size() > 10000);
    CHECK(once == replayed(everything));
  }
  TEST_CASE("sweep, fork, exec, exit: the events come in the order of life, whatever the order of the frames") {
    Live h;
    tell_session(h);
    CHECK(h.types() == "SensorStartNix ProcessInfoNix ProcessCreateNix ProcessEnvHijackNix ProcessExitNix");
    const Seen& start = h.seen[0];
    CHECK(start.text(F::sensor_capture) == "multicast");
    CHECK(start.text(F::dev_id) == kDevId);
    const Seen& shell = h.seen[1];
    CHECK(shell.number(F::proc_issnapshot) == 1);
    CHECK(shell.text(F::cmdline) == "sh -i");
    CHECK(shell.number(F::proc_start_time) == 1700000050000);
    const Seen& create = h.seen[2];
    CHECK(create.number(F::proc_id) == 101);
    CHECK(create.number(F::proc_p_id) == 100);
    CHECK(create.text(F::cmdline) == "ls -l");
    CHECK(create.text(F::proc_p_guid) == shell.text(F::proc_guid));
    CHECK(create.text(F::proc_p_cmdline) == "sh -i");
    CHECK(create.text(F::proc_p_cwd) == "/root");
    CHECK(create.text(F::proc_p_file_path) == "/bin/sh");
    CHECK(create.text(F::proc_anc_guids) == shell.text(F::proc_guid));
    CHECK(create.number(F::proc_start_time) == 1700000900000);
    CHECK(create.number(F::proc_session_id) == 99);
    CHECK(create.text(F::proc_env) == "PATH=/bin; LD_PRELOAD=/tmp/x.so");
    CHECK(create.text(F::proc_cgroups) == "/user.slice");
    CHECK_FALSE(create.has(F::proc_start_src));
    CHECK_FALSE(create.has(F::proc_cgroups_src));
    CHECK(h.seen[3].text(F::op_text) == "LD_PRELOAD=/tmp/x.so");
    const Seen& exit = h.seen[4];
    CHECK(exit.text(F::proc_guid) == create.text(F::proc_guid));
    CHECK(exit.number(F::op_exit) == 2);
    CHECK(exit.text(F::cmdline) == "ls -l");
    CHECK(exit.text(F::proc_p_guid) == shell.text(F::proc_guid));
    CHECK(exit.number(F::event_utc_time) == Live::kStart);
  }
  TEST_CASE("the same frames twice give the same bytes; another seed gives other uuids") {
    Live a, b;
    for (Live* h : {&a, &b}) {
      tell_session(*h);
      h->gap(GapCause::ring_full, 3);
      h->tick(1000);
      h->line.finish("stop");
    }
    CHECK(a.json.size() > 2000);
    CHECK(a.json == b.json);
    std::map<std::string, int> uuids;
    for (const Seen& s : a.seen) ++uuids[s.text(F::event_uuid)];
    CHECK(uuids.size() == a.seen.size());
  }
  TEST_CASE("the end of a kernel thread is no event, that of a process with an image is") {
    Live h;
    h.snapshot(shell_task(), audit::kSnapshotOfSweep);
    h.process(ProcessWhat::fork, 300, 2);
    h.process(ProcessWhat::exit, 300);
    CHECK(h.types() == "ProcessInfoNix");
    h.process(ProcessWhat::exit, 100);
    CHECK(h.types() == "ProcessInfoNix ProcessExitNix");
  }
  TEST_CASE("a child is told its parent after the parent is gone and its PID is another's") {
    Live h;
    h.snapshot(shell_task(), audit::kSnapshotOfSweep);
    h.process(ProcessWhat::fork, 101, 100);
    h.process(ProcessWhat::exit, 100);
    h.process(ProcessWhat::fork, 100, 1);
    h.process(ProcessWhat::exec, 100);
    h.exec(20, 100, 1, "other", "argc=1 a0=\"other\"");
    h.exec(21, 101, 1, "ls", "argc=1 a0=\"ls\"");
    CHECK(h.types() == "ProcessInfoNix ProcessExitNix ProcessCreateNix ProcessCreateNix");
    const Seen& ls = h.seen.back();
    CHECK(ls.number(F::proc_p_id) == 100);
    CHECK(ls.number(F::proc_p_cur_id) == 1);
    CHECK(ls.text(F::proc_p_cmdline) == "sh -i");
    CHECK(ls.text(F::proc_p_guid) == h.seen[0].text(F::proc_guid));
    CHECK(h.seen[2].text(F::proc_guid) != h.seen[0].text(F::proc_guid));
  }
  TEST_CASE("losses are told with cause, count and begin, added up between two tellings") {
    Live h;
    h.line.start(h.now, "multicast");
    h.tick(0);
    CHECK(h.losses().empty());
    h.now += 100;
    h.gap(GapCause::ring_full, 3);
    h.now += 100;
    h.gap(GapCause::ring_full, 4);
    h.gap(GapCause::socket_drops, 1);
    h.gap(GapCause::socket_drops, 0);
    h.push(FrameKind::record, 1300, "no stamp");
    h.tick(1000);
    CHECK(h.losses().empty());
    h.tick(9000);
    CHECK(h.losses() == "ring_full=7 socket_drops=1 not_a_record=1");
    CHECK(h.seen[1].type == EventType::sensor_drop);
    CHECK(h.seen[1].number(F::event_id) == 1870);
    CHECK(h.seen[1].number(F::sensor_loss_since) == Live::kStart + 100);
    CHECK(h.seen[1].number(F::event_utc_time) == static_cast<uint64_t>(h.now));
    h.gap(GapCause::ring_full, 5);
    h.tick(20000);
    CHECK(h.losses() == "ring_full=7 socket_drops=1 not_a_record=1 ring_full=5");
    CHECK(h.line.lost(GapCause::ring_full) == 12);
    CHECK(h.line.lost(GapCause::kernel_lost) == 0);
  }
  TEST_CASE("gap frames that are damaged or of a later version are no losses") {
    Live h;
    h.push(FrameKind::gap, 0, "short");
    h.gap(GapCause::count_, 5);
    h.gap(static_cast<GapCause>(255), 5);
    h.tick(0);
    h.line.finish("stop");
    CHECK(h.losses().empty());
  }
  TEST_CASE("AuditLostNix, SensorDropNix: every cause can be told, the kernel's own by a type of its own") {
    Live h;
    std::string expected;
    for (size_t i = 0; i < static_cast<size_t>(GapCause::count_); ++i) {
      h.gap(static_cast<GapCause>(i), i + 1);
      expected += (i ? " " : "") + std::string(audit::gap_cause_name(static_cast<GapCause>(i))) + "=" + std::to_string(i + 1);
    }
    h.line.finish("stop");
    CHECK(h.losses() == expected);
    for (const auto& s : h.seen)
      if (s.type == EventType::audit_lost || s.type == EventType::sensor_drop) CHECK((s.type == EventType::audit_lost) == (s.text(F::sensor_loss_cause) == "kernel_lost"));
  }
  TEST_CASE("an audit event without its head is lost as one that never came") {
    Live h;
    for (uint32_t s = 1; s < 100; ++s) h.record(1112, s, "pid=1 msg='op=x'");
    h.record(1302, 100, "item=0 name=\"/a\"");
    h.record(1327, 100, "proctitle=\"a\"");
    h.record(1112, 101, "pid=1 msg='op=x'");
    h.line.finish("stop");
    CHECK(h.losses() == "serial_gap=1");
  }
  TEST_CASE("a hole on a quiet host is told though no further serial comes") {
    Live h;
    h.tick(0);
    for (const uint32_t s : {30u, 31u, 60u, 61u, 63u}) h.record(1112, s, "pid=1 msg='op=x'");
    h.tick(10000);
    CHECK(h.losses().empty());
    h.tick(20000);
    CHECK(h.losses() == "serial_gap=14");  // 47..59 and 62: holes among the first 16 may be of before
    h.line.finish("stop");
    CHECK(h.losses() == "serial_gap=14");
  }
  TEST_CASE("an act of the sensor's own is noted by its number, and no event") {
    pipeline::Options o = fixed_options(true);
    o.canary = 0xabcdef12;
    state::NoProcReader reader;
    size_t events = 0;
    pipeline::Pipeline line(o, reader, [&](const event::Event&) { return ++events; });
    auto call = [&](uint32_t serial, const std::string& arguments) {
      audit::Frame frame;
      frame.kind = FrameKind::record;
      frame.type = 1300;
      frame.received_ms = 1700000001000;
      const std::string text = "audit(1700000001.000:" + std::to_string(serial) + "): arch=c000003e syscall=135 success=yes exit=0 " + arguments +
                               " a3=0 items=0 ppid=1 pid=2 auid=0 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=1 comm=\"a\" exe=\"/a\" key=\"other\"";
      frame.payload = text;
      line.push(frame);
      frame.type = 1320;
      const std::string end = "audit(1700000001.000:" + std::to_string(serial) + "): ";
      frame.payload = end;
      line.push(frame);
    };
    call(1, "a0=ffffffff a1=abcdef13 a2=7");
    call(2, "a0=40000 a1=abcdef12 a2=7");
    CHECK(line.canary() == 0);
    const size_t before = events;
    call(3, "a0=ffffffff a1=abcdef12 a2=8");
    CHECK(line.canary() == 8);
    CHECK(events == before);
  }
  TEST_CASE("serials never seen are a loss live, and none in a log") {
    Live h;
    for (uint32_t s = 1; s < 3000; ++s)
      if (s < 100 || s >= 104) h.record(1112, s, "pid=1 msg='op=x'");
    h.line.finish("stop");
    CHECK(h.losses() == "serial_gap=4");
    std::string log;
    for (uint32_t s = 1; s < 3000; s += 2) log += "type=USER_LOGIN msg=audit(1700001000.000:" + std::to_string(s) + "): pid=1\n";
    CHECK(replayed(log).empty());
  }
  TEST_CASE("every minute a heartbeat, and at the end a stop, with the counters") {
    Live h;
    h.proc.lies[{state::Ask::self, 0}] = "1234 567890";
    h.line.start(h.now, "plugin");
    h.tick(0);
    h.exec(10, 101, 100, "ls", "argc=1 a0=\"ls\"");
    h.gap(GapCause::truncated, 2);
    for (int i = 0; i < 120; ++i) h.tick(500);
    REQUIRE(h.types() == "SensorStartNix ProcessCreateNix SensorDropNix SensorHeartbeatNix");
    const Seen& beat = h.seen[3];
    CHECK(beat.number(F::sensor_records) == 5);
    CHECK(beat.number(F::sensor_events) == 3);
    CHECK(beat.number(F::sensor_lost) == 2);
    CHECK(beat.number(F::sensor_processes) == 1);
    CHECK(beat.number(F::sensor_cpu_ms) == 1234);
    CHECK(beat.number(F::sensor_rss_bytes) == 567890);
    h.line.finish("SIGTERM");
    CHECK(h.seen.back().type == EventType::sensor_stop);
    CHECK(h.seen.back().text(F::op_text) == "SIGTERM");
  }
  TEST_CASE("names of users come from the host, once, and from the records where these have them") {
    Live h;
    h.proc.users[0] = "root";
    h.proc.users[1000] = "anna";
    h.exec(10, 101, 100, "ls", "argc=1 a0=\"ls\"");
    h.exec(11, 102, 100, "ls", "argc=1 a0=\"ls\"");
    CHECK(h.seen.at(1).text(F::proc_usr_e_name) == "root");
    CHECK(h.seen.at(1).text(F::proc_usr_audit_name) == "anna");
    CHECK(h.proc.times(state::Ask::user, 0) == 1);
    CHECK(h.proc.times(state::Ask::user, 1000) == 1);
  }
  TEST_CASE("frames of nonsense are no events") {
    Live h;
    for (const FrameKind kind : {FrameKind::process, FrameKind::snapshot, FrameKind::fact, FrameKind::host, FrameKind::answer, FrameKind::line})
      for (const uint16_t type : {uint16_t{0}, uint16_t{1}, uint16_t{9999}})
        for (const std::string& payload : {std::string(), std::string("\xFF"), std::string(500, '\xFF'), std::string(100, '\0')}) h.push(kind, type, payload);
    CHECK(h.types().empty());
  }
}
