// SPDX-License-Identifier: Apache-2.0
#include "enrich/act_facts.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "enrich/linux_proc_reader.h"

using namespace aurochs;
using enrich::ActFacts;
using event::EventType;
using state::Ask;
using F = event::FieldId;

namespace {

/// Answers by pid and path, whatever the question.
struct Paths final : state::ProcReader {
  std::map<std::pair<int64_t, std::string>, std::string> known;
  bool ask(Ask, int64_t id, std::string_view path, std::string& answer) override {
    const auto at = known.find({id, std::string(path)});
    answer = at == known.end() ? std::string() : at->second;
    return at != known.end();
  }
};

struct Act {
  Paths host;
  state::Lineage lineage{state::Identity{}, host};
  ActFacts facts{lineage, host};
  std::unique_ptr<event::Event> e = std::make_unique<event::Event>();

  explicit Act(EventType type, bool success = true) {
    e->clear(type);
    e->set_number(F::proc_id, 50);
    e->set_number(F::proc_p_id, 49);
    e->set_number(F::op_status, success);
    e->set_time(F::event_utc_time, 1700000000000);
  }
  void look(int fd = -1) {
    event::FileDetails file;
    file.file_fd = fd;
    facts.look(*e, file);
  }
  std::string text(F f) const { return std::string(e->text(f)); }
  state::Process& process(int pid, uint32_t uid) {
    state::ExecFacts f;
    f.pid = pid;
    f.parent_pid = 1;
    f.path = "/bin/victim";
    f.command_line = "victim -x";
    f.uid_real = f.uid_effective = f.gid_real = f.gid_effective = uid;
    return *lineage.exec(f).process;
  }
};

}  // namespace

TEST_SUITE("enrich") {
  TEST_CASE("a descriptor's file, also one that has no name any more") {
    Act a(EventType::memfd_create);
    a.host.known[{50, "fd/4"}] = "/memfd:payload (deleted)";
    a.look(4);
    CHECK(a.text(F::file_path) == "/memfd:payload");
    CHECK(a.text(F::file_name) == "memfd:payload");
    Act gone(EventType::kernel_module_load);
    gone.look(4);
    CHECK_FALSE(gone.e->has(F::file_path));
    Act socket(EventType::kernel_module_load);
    socket.host.known[{50, "fd/4"}] = "socket:[5]";
    socket.look(4);
    CHECK_FALSE(socket.e->has(F::file_path));
  }
  TEST_CASE("MountRemoteNix: a mount's type and source; the mounter may be gone, its parent is in the same namespace") {
    for (const int64_t pid : {50, 49}) {
      Act a(EventType::mount_add);
      a.e->set_text(F::mnt_dst, "/mnt/x");
      a.host.known[{pid, "/mnt/x"}] = "36 35 0:31 / /mnt/x rw - cifs //server/a\\040b rw";
      a.look();
      CHECK(a.e->type() == EventType::mount_remote);
      CHECK(a.text(F::mnt_type) == "cifs");
      CHECK(a.text(F::mnt_src) == "//server/a b");
    }
    Act local(EventType::mount_add);
    local.e->set_text(F::mnt_dst, "/mnt/x");
    local.e->set_text(F::mnt_src, "/dev/sdb1");
    local.host.known[{50, "/mnt/x"}] = "36 35 8:17 / /mnt/x rw - ext4 /dev/sdb1 rw";
    local.look();
    CHECK(local.e->type() == EventType::mount_add);
    CHECK(local.text(F::mnt_type) == "ext4");
    Act bind(EventType::mount_bind);
    bind.e->set_text(F::mnt_dst, "/mnt/x");
    bind.host.known[{50, "/mnt/x"}] = "36 35 8:17 / /mnt/x rw - nfs s:/e rw";
    bind.look();
    CHECK(bind.e->type() == EventType::mount_bind);
    CHECK_FALSE(bind.e->has(F::mnt_src));
    Act failed(EventType::mount_add, false);
    failed.e->set_text(F::mnt_dst, "/mnt/x");
    failed.host.known = local.host.known;
    failed.look();
    CHECK_FALSE(failed.e->has(F::mnt_type));
    Act damaged(EventType::mount_add);
    damaged.e->set_text(F::mnt_dst, "/mnt/x");
    damaged.host.known[{50, "/mnt/x"}] = "36 35";
    damaged.look();
    CHECK_FALSE(damaged.e->has(F::mnt_type));
  }
  TEST_CASE("loop and tunnel devices, namespaces, pidfds") {
    Act loop(EventType::loop_attach);
    loop.host.known[{50, "fd/4"}] = "/dev/loop3";
    loop.host.known[{0, "/sys/block/loop3/loop/backing_file"}] = "/srv/disk.img\n";
    loop.look(4);
    CHECK(loop.text(F::dev_path) == "/dev/loop3");
    CHECK(loop.text(F::file_path) == "/srv/disk.img");
    Act tun(EventType::network_tun_device);
    tun.host.known[{50, "fdinfo/4"}] = "pos:\t0\nflags:\t02\niff:\ttun7\n";
    tun.look(4);
    CHECK(tun.text(F::dev_iface) == "tun7");
    Act ns(EventType::namespace_set);
    ns.host.known[{50, "fd/4"}] = "net:[4026531992]";
    ns.look(4);
    CHECK(ns.text(F::ns_flags) == "net");
    Act pidfd(EventType::pidfd_getfd);
    pidfd.process(77, 5);
    pidfd.host.known[{50, "fdinfo/4"}] = "pos:\t0\nPid:\t77\nNSpid:\t77\n";
    pidfd.look(4);
    CHECK(pidfd.e->number(F::tgt_proc_id) == 77);
    CHECK(pidfd.text(F::tgt_cmdline) == "victim -x");
    Act dead(EventType::pidfd_getfd);
    dead.host.known[{50, "fdinfo/4"}] = "Pid:\t-1\n";
    dead.look(4);
    CHECK_FALSE(dead.e->has(F::tgt_proc_id));
  }
  TEST_CASE("the host's new name, where the one who set it is in our namespace") {
    for (const bool same : {true, false}) {
      Act a(EventType::hostname_change);
      a.e->set_text(F::op_name, "hostname");
      a.host.known[{50, "ns/uts"}] = same ? "uts:[1]" : "uts:[2]";
      a.host.known[{0, "/proc/self/ns/uts"}] = "uts:[1]";
      a.host.known[{0, "/proc/sys/kernel/hostname"}] = "web1\n";
      a.look();
      CHECK(a.text(F::op_value) == (same ? "web1" : ""));
    }
  }
  TEST_CASE("the process acted on: its guid and line; a number of another PID namespace is not looked up") {
    Act a(EventType::process_signal_send);
    a.process(77, 33);
    a.e->set_number(F::tgt_proc_id, 77);
    a.facts.target(*a.e);
    CHECK(a.text(F::tgt_proc_guid).size() == 36);
    CHECK(a.text(F::tgt_file_path) == "/bin/victim");
    CHECK(a.e->number(F::tgt_usr_id) == 33);
    Act container(EventType::process_vm_write);
    container.process(77, 33);
    container.e->set_number(F::tgt_proc_id, 77);
    container.host.known[{50, "ns/pid"}] = "pid:[2]";
    container.host.known[{0, "/proc/self/ns/pid"}] = "pid:[1]";
    container.facts.target(*container.e);
    CHECK_FALSE(container.e->has(F::tgt_proc_guid));
    container.e->set_text(F::tgt_comm, "victim");  // an OBJ_PID record: the kernel's own number
    container.facts.target(*container.e);
    CHECK(container.e->has(F::tgt_proc_guid));
    Act nobody(EventType::process_signal_send);
    nobody.e->set_number(F::tgt_proc_id, 78);
    nobody.facts.target(*nobody.e);
    CHECK_FALSE(nobody.e->has(F::tgt_proc_guid));
  }
  TEST_CASE("changes of ids and of capabilities: before, none, unknown") {
    Act a(EventType::process_uidchange);
    a.process(50, 0);
    for (const F f : {F::proc_usr_r_id, F::proc_usr_e_id, F::proc_usr_s_id}) a.e->set_number(f, 0);
    CHECK_FALSE(a.facts.changed(*a.e));
    a.e->set_number(F::proc_usr_e_id, 1000);
    CHECK(a.facts.changed(*a.e));
    CHECK(a.e->has(F::proc_usr_e_id_old));
    CHECK(a.e->number(F::proc_usr_e_id_old) == 0);
    CHECK_FALSE(a.e->has(F::proc_usr_r_id_old));  // that one stayed
    Act unknown(EventType::process_gidchange);
    unknown.e->set_number(F::proc_group_r_id, 5);
    unknown.e->set_number(F::proc_group_e_id, 5);
    CHECK(unknown.facts.changed(*unknown.e));
    CHECK_FALSE(unknown.e->has(F::proc_group_e_id_old));
    Act caps(EventType::process_cap_set);
    state::Process& p = caps.process(50, 0);
    caps.e->set_number(F::proc_cap_pp, 3);
    caps.e->set_number(F::proc_cap_pe, 1);
    CHECK(caps.facts.changed(*caps.e));
    CHECK_FALSE(caps.e->has(F::proc_cap_pe_old));
    CHECK_FALSE(caps.facts.changed(*caps.e));
    CHECK(p.cap_permitted == 3);
    caps.e->set_number(F::proc_cap_pe, 0);
    CHECK(caps.facts.changed(*caps.e));
    CHECK(caps.e->number(F::proc_cap_pe_old) == 1);
  }
  TEST_CASE("the door: links and small files of /proc and /sys, nothing else") {
    base::SystemClock clock;
    enrich::LinuxProcReader reader(nullptr, nullptr, clock);
    std::string answer;
    CHECK(reader.ask(Ask::link, ::getpid(), "ns/pid", answer));
    CHECK(answer.substr(0, 5) == "pid:[");
    CHECK(reader.ask(Ask::link, 0, "/proc/sys/kernel/ostype", answer));
    CHECK(answer == "Linux\n");
    for (const char* bad : {"/etc/passwd", "/proc/../etc/passwd", "", "/proc/self/none", "relative"}) {
      CAPTURE(bad);
      CHECK_FALSE(reader.ask(Ask::link, 0, bad, answer));
    }
    CHECK_FALSE(reader.ask(Ask::link, ::getpid(), "../../etc/passwd", answer));
    CHECK(reader.ask(Ask::mount, ::getpid(), "/proc", answer));
    CHECK_FALSE(reader.ask(Ask::mount, ::getpid(), "/nonexistent", answer));
  }
}
