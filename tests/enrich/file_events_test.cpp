// SPDX-License-Identifier: Apache-2.0
#include "enrich/file_events.h"

#include <doctest/doctest.h>

#include <map>

#include "audit/frame.h"
#include "base/limits.h"
#include "enrich/file_caps.h"
#include "enrich/special_paths.h"

using namespace aurochs;
using enrich::fits;
using enrich::special_path;
using event::EventType;
using event::FileAccess;
using event::FileOp;
using state::Ask;
using F = event::FieldId;

namespace {

constexpr int64_t kNow = 1700000000000;

/// Files and descriptors of a host, by path.
class FakeHost final : public state::ProcReader {
 public:
  struct File {
    state::FileStat stat;
    std::string head, caps;
  };
  std::map<std::string, File> files;
  std::map<std::string, std::string> descriptors;  ///< number -> path
  std::map<std::string, std::string> parameters, real_paths;
  bool has_root = true, hashes = true;
  int ordered = 0;

  File& file(const std::string& path, uint64_t inode, uint64_t size, uint32_t mode = 0100644) {
    File& f = files[path];
    f.stat.inode = inode;
    f.stat.size = size;
    f.stat.mode = mode;
    f.stat.dev_major = 8;
    f.stat.mtime_ms = kNow - 1000;
    return f;
  }

  bool ask(Ask what, int64_t, std::string_view path, std::string& answer) override {
    answer.clear();
    audit::SectionWriter w(answer);
    const std::string name(path);
    const auto put_stat = [&](const state::FileStat& s) { w.put(audit::Tag::file, {reinterpret_cast<const char*>(&s), sizeof s}); };
    if (what == Ask::hash) return ++ordered, hashes;
    if (what == Ask::descriptor) {
      if (!descriptors.count(name)) return false;
      if (files.count(descriptors[name])) put_stat(files[descriptors[name]].stat);
      w.put(audit::Tag::file_link, descriptors[name]);
      return true;
    }
    if (what == Ask::real_path) {
      if (!real_paths.count(name)) return false;
      answer = real_paths[name];
      return true;
    }
    if (what == Ask::head && parameters.count(name)) {
      w.put(audit::Tag::value, parameters[name]);
      return true;
    }
    if (what == Ask::file && name == "/") return has_root;
    const auto f = files.find(name);
    if (f == files.end()) return false;
    if (what == Ask::file) put_stat(f->second.stat);
    if (what == Ask::head) {
      w.put(audit::Tag::magic, f->second.head);
      if (!f->second.caps.empty()) w.put(audit::Tag::capability, f->second.caps);
    }
    if (what == Ask::content) w.put(audit::Tag::package, "NOT FOUND");
    return true;
  }
};

struct World {
  FakeHost host;
  watch::Table table;
  enrich::HashBook hashes;
  enrich::FileEvents files{host, table, hashes};
  event::Event e;
  event::FileDetails d;

  void begin(EventType type, std::string_view path, FileOp op, FileAccess access, uint64_t inode = 7) {
    e.clear(type);
    e.set_time(F::event_utc_time, kNow);
    e.set_number(F::proc_id, 20);
    d = {};
    d.is_file = true;
    d.op = op;
    d.access = access;
    d.inode = inode;
    if (!path.empty()) event::set_file_path(e, path);
  }
  void create(std::string_view path, uint64_t inode = 7) {
    begin(EventType::file_create, path, FileOp::create, FileAccess::write, inode);
    d.wants_look = d.starts_empty = true;
  }
  bool take() { return files.take(e, d, 0); }
  std::string text(F f) const { return std::string(e.text(f)); }
};

}  // namespace

TEST_SUITE("enrich file events") {
  TEST_CASE("what is written is held until it has settled, and looked at then") {
    World w;
    w.host.file("/tmp/x", 7, 0);
    w.create("/tmp/x");
    CHECK_FALSE(w.take());
    CHECK_FALSE(w.files.next(w.e, kNow + limits::kSettleMs - 1));
    w.host.file("/tmp/x", 7, 9).head = "say \"\\\n\x01\xFF";
    REQUIRE_FALSE(w.files.next(w.e, kNow + limits::kSettleMs));  // its digests are waited for
    CHECK(w.host.ordered == 1);
    REQUIRE(w.files.next(w.e, kNow + limits::kSettleMs + limits::kFileHashWaitMs));
    CHECK(w.e.type() == EventType::file_create);
    CHECK(w.e.number(F::file_size) == 9);
    CHECK(w.e.integer(F::file_bytes_count) == 9);
    CHECK(w.text(F::file_magic) == "73617920225C0A01FF");
    CHECK(w.text(F::file_data) == "say \"\\\\\\n\\x01\\xff");
    CHECK(w.text(F::file_app_productname) == "NOT FOUND");
    CHECK(w.e.number(F::file_exists) == 1);
    CHECK_FALSE(w.e.has(F::file_sha256));
    CHECK_FALSE(w.files.next(w.e, INT64_MAX));
  }
  TEST_CASE("digests that come in time ride on the event; known ones at once") {
    World w;
    w.host.file("/tmp/x", 7, 5).head = "hello";
    w.create("/tmp/x");
    CHECK_FALSE(w.take());
    CHECK_FALSE(w.files.next(w.e, kNow + 700));
    enrich::Digests digests{};
    digests.has_md5 = true;
    w.hashes.learn(enrich::key_of(w.host.files["/tmp/x"].stat), digests);
    REQUIRE(w.files.next(w.e, kNow + 701));
    CHECK(w.text(F::file_md5) == std::string(32, '0'));
    w.create("/tmp/x");
    CHECK_FALSE(w.take());
    CHECK(w.files.next(w.e, kNow + 700));
    CHECK(w.e.has(F::file_md5));
    CHECK(w.host.ordered == 1);
    w.host.hashes = false;
    w.host.file("/tmp/x", 7, 6);
    w.create("/tmp/x");
    CHECK_FALSE(w.take());
    CHECK(w.files.next(w.e, kNow + 700));
    CHECK(w.files.hashes_refused() == 1);
  }
  TEST_CASE("FileExecutableDropNix, FileArchiveCreateNix: by content and mode; not by a package manager") {
    struct Case {
      std::string head;
      uint32_t mode;
      EventType type;
      bool starts_empty = true;
      std::string image;
    };
    const std::string tar = std::string(257, 'a') + "ustar";
    for (const Case& c : {Case{"\x7f" "ELF", 0100600, EventType::file_executable_drop}, Case{"#!/bin/sh", 0100644, EventType::file_executable_drop},
                          Case{"text", 0100755, EventType::file_executable_drop}, Case{"text", 0100644, EventType::file_create},
                          Case{"PK\x03\x04", 0100644, EventType::file_archive_create}, Case{tar, 0100644, EventType::file_archive_create},
                          Case{tar, 0100644, EventType::file_create, false}, Case{"text", 0100755, EventType::file_create, false},
                          Case{"#!/bin/sh", 0100755, EventType::file_create, true, "/usr/bin/dpkg"},
                          Case{"#!/bin/sh", 0100755, EventType::file_executable_drop, true, "/tmp/dpkg"}}) {
      CAPTURE(c.head);
      World w;
      w.host.hashes = false;
      w.host.file("/tmp/x", 7, 300, c.mode).head = c.head;
      w.create("/tmp/x");
      w.d.starts_empty = c.starts_empty;
      if (!c.image.empty()) w.e.set_copy(F::proc_file_tgt_path, c.image);
      CHECK_FALSE(w.take());
      REQUIRE(w.files.next(w.e, INT64_MAX));
      CHECK(w.e.type() == c.type);
    }
  }
  TEST_CASE("secrets are not told: content only of what anybody may read") {
    World w;
    w.host.file("/tmp/key", 7, 40, 0100600).head = "-----BEGIN OPENSSH PRIVATE KEY-----";
    w.create("/tmp/key");
    CHECK_FALSE(w.take());
    REQUIRE(w.files.next(w.e, INT64_MAX));
    CHECK_FALSE(w.e.has(F::file_data));
    CHECK_FALSE(w.e.has(F::file_magic));
    CHECK(w.e.number(F::file_size) == 40);
  }
  TEST_CASE("growth is known only where the size before is") {
    World w;
    w.host.file("/tmp/log", 7, 100);
    w.begin(EventType::file_modify, "/tmp/log", FileOp::modify, FileAccess::write);
    w.d.wants_look = true;
    CHECK_FALSE(w.take());
    w.host.file("/tmp/log", 7, 80);
    REQUIRE(w.files.next(w.e, kNow + 600));
    CHECK(w.e.integer(F::file_bytes_count) == -20);
    CHECK(w.host.ordered == 0);
    w.host.files["/tmp/log"].stat.mtime_ms = kNow;  // written already when its event came
    w.begin(EventType::file_modify, "/tmp/log", FileOp::modify, FileAccess::write);
    w.d.wants_look = true;
    CHECK_FALSE(w.take());
    REQUIRE(w.files.next(w.e, kNow + 600));
    CHECK_FALSE(w.e.has(F::file_bytes_count));
  }
  TEST_CASE("another file of that name, or none, gives no facts; a renamed one is followed") {
    World w;
    w.host.hashes = false;
    w.host.file("/tmp/x", 8, 5);
    w.create("/tmp/x", 7);
    CHECK(w.take());  // already another inode: nothing to wait for
    CHECK_FALSE(w.e.has(F::file_size));
    w.create("/tmp/x", 8);
    CHECK_FALSE(w.take());
    w.host.file("/tmp/x", 9, 50);
    REQUIRE(w.files.next(w.e, INT64_MAX));
    CHECK_FALSE(w.e.has(F::file_size));
    w.create("/tmp/gone", 10);
    CHECK_FALSE(w.take());
    REQUIRE(w.files.next(w.e, INT64_MAX));
    CHECK(w.e.has(F::file_exists));
    CHECK(w.e.number(F::file_exists) == 0);

    w.create("/tmp/part", 11);
    CHECK_FALSE(w.take());
    w.host.file("/tmp/whole", 11, 6).head = "#!/bin";
    w.begin(EventType::file_rename, "/tmp/whole", FileOp::rename, FileAccess::none, 11);
    w.e.set_text(F::file_path_old, "/tmp/part");
    CHECK(w.take());
    REQUIRE(w.files.next(w.e, INT64_MAX));
    CHECK(w.e.type() == EventType::file_executable_drop);
    CHECK(w.text(F::file_path) == "/tmp/part");
  }
  TEST_CASE("without a host the event goes out unchanged") {
    World w;
    w.host.has_root = false;
    w.create("/tmp/x");
    CHECK(w.take());
    CHECK(w.e.type() == EventType::file_create);
    CHECK_FALSE(w.e.has(F::file_exists));
    CHECK_FALSE(w.files.next(w.e, INT64_MAX));
  }
  TEST_CASE("when too many wait the oldest goes out early, and is counted") {
    World w;
    w.host.hashes = false;
    for (size_t i = 0; i < limits::kHeldFiles + 3; ++i) {
      const std::string path = "/tmp/" + std::to_string(i);
      w.host.file(path, i + 1, 1);
      w.create(path, i + 1);
      w.e.set_number(F::proc_id, i + 1);
      const bool is_out = w.take();
      CHECK(is_out == (i >= limits::kHeldFiles));
      if (is_out) CHECK(w.text(F::file_path) == "/tmp/" + std::to_string(i - limits::kHeldFiles));
      if (is_out) CHECK(w.e.number(F::file_size) == 1);
    }
    CHECK(w.files.held_early() == 3);
    size_t left = 0;
    while (w.files.next(w.e, INT64_MAX)) CHECK(w.text(F::file_path) == "/tmp/" + std::to_string(3 + left++));
    CHECK(left == limits::kHeldFiles);
  }
  TEST_CASE("a descriptor's directory makes a name whole, unless it is another one by now") {
    World w;
    w.host.file("/srv/data", 30, 4096, 040755);
    w.host.descriptors["5"] = "/srv/data";
    w.begin(EventType::file_delete, "../x", FileOp::remove, FileAccess::none);
    w.d.directory_fd = 5;
    CHECK(w.take());
    CHECK(w.text(F::file_path) == "/srv/x");
    CHECK(w.text(F::file_dir) == "/srv");
    w.begin(EventType::file_delete, "x", FileOp::remove, FileAccess::none);
    w.d.directory_fd = 5;
    w.d.parent_inode = 31;
    CHECK(w.take());
    CHECK(w.text(F::file_path) == "x");
    CHECK(w.e.number(F::event_incomplete) == 1);
    w.d.parent_inode = 30;
    w.e.remove(F::event_incomplete);
    CHECK(w.take());
    CHECK(w.text(F::file_path) == "/srv/data/x");
    CHECK_FALSE(w.e.has(F::event_incomplete));
    w.begin(EventType::file_delete, "x", FileOp::remove, FileAccess::none);
    w.d.directory_fd = 6;
    CHECK(w.take());
    CHECK(w.e.number(F::event_incomplete) == 1);
  }
  TEST_CASE("FileImmutableChangeNix, FileOpenByHandleNix: a file that is a descriptor alone") {
    World w;
    w.host.file("/etc/x", 7, 1).stat.has_inode_flags = 1;
    w.host.files["/etc/x"].stat.inode_flags = 0x10;
    w.host.descriptors["3"] = "/etc/x";
    w.begin(EventType::file_immutable_change, "", FileOp::flags, FileAccess::none, 0);
    w.d.file_fd = 3;
    CHECK(w.take());
    CHECK(w.text(F::file_path) == "/etc/x");
    CHECK(w.text(F::file_inode_flags) == "----i-----------------");
    w.begin(EventType::file_immutable_change, "", FileOp::flags, FileAccess::none, 8);
    w.d.file_fd = 3;
    CHECK(w.take());
    CHECK_FALSE(w.e.has(F::file_path));
    CHECK(w.e.number(F::event_incomplete) == 1);
  }
  TEST_CASE("FileCapabilitySetNix: only when the capability is another than before") {
    World w;
    w.host.file("/bin/x", 7, 1, 0100755).caps = std::string("\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    auto set = [&](bool may, bool has_before, uint64_t before) {
      w.begin(EventType::file_xattr_set, "/bin/x", FileOp::xattr, FileAccess::none);
      w.d.may_set_caps = may;
      w.d.has_caps_before = has_before;
      w.d.caps_before = before;
      CHECK(w.take());
      return w.e.type();
    };
    CHECK(set(true, true, 0) == EventType::file_capability_set);
    CHECK(w.text(F::file_caps) == "cap_net_raw=ep");
    CHECK(set(true, false, 0) == EventType::file_capability_set);
    CHECK(set(true, true, 0x2000) == EventType::file_xattr_set);
    CHECK(set(false, true, 0) == EventType::file_xattr_set);
  }
  TEST_CASE("SysctlChangeNix: the value as it is after the write") {
    World w;
    w.host.parameters["/proc/sys/net/ipv4/conf/eth0.7/forwarding"] = "1";
    w.begin(EventType::file_modify, "/proc/sys/net/ipv4/conf/eth0.7/forwarding", FileOp::modify, FileAccess::write);
    CHECK_FALSE(w.take());
    w.host.parameters["/proc/sys/net/ipv4/conf/eth0.7/forwarding"] = "0";
    REQUIRE(w.files.next(w.e, kNow + 600));
    CHECK(w.e.type() == EventType::sysctl_change);
    CHECK(w.text(F::sysctl_name) == "net.ipv4.conf.eth0/7.forwarding");
    CHECK(w.text(F::sysctl_value) == "0");
    w.begin(EventType::file_modify, "/proc/sys/vm/other", FileOp::modify, FileAccess::write);
    CHECK(w.take());
    CHECK(w.text(F::sysctl_name) == "vm.other");
    CHECK_FALSE(w.e.has(F::sysctl_value));
  }
  TEST_CASE("what our own threads do is nothing; a program of such a name is no thread of ours") {
    World w;
    w.host.file("/proc/self/task/20", 1, 0, 040555);
    w.begin(EventType::file_delete, "/srv/x", FileOp::remove, FileAccess::none);
    CHECK(w.take());
    w.e.set_text(F::proc_comm, "aurochs-core");
    CHECK_FALSE(w.take());
    w.e.set_number(F::proc_id, 21);
    CHECK(w.take());
  }
  TEST_CASE("reads, and opens of kernel files and devices that no row wants, are nothing") {
    World w;
    auto opened = [&](EventType type, std::string_view path, FileOp op, FileAccess access, std::string_view kind = "File") {
      w.begin(type, path, op, access);
      w.e.set_text(F::file_type, kind);
      return w.take();
    };
    CHECK_FALSE(opened(EventType::file_read, "/etc/shadow", FileOp::read, FileAccess::read));
    CHECK_FALSE(opened(EventType::file_read, "relative", FileOp::read, FileAccess::read));
    CHECK_FALSE(opened(EventType::file_modify, "/proc/self/oom_score_adj", FileOp::modify, FileAccess::write));
    CHECK_FALSE(opened(EventType::file_modify, "/sys/fs/cgroup/x/memory.max", FileOp::modify, FileAccess::write));
    CHECK_FALSE(opened(EventType::file_modify, "/dev/tty", FileOp::modify, FileAccess::both, "CharDevice"));
    CHECK(opened(EventType::file_modify, "/etc/passwd", FileOp::modify, FileAccess::write));
    CHECK(opened(EventType::file_access_denied, "/etc/shadow", FileOp::read, FileAccess::read));
  }
  TEST_CASE("special paths: SysrqTriggerNix ProcMemWriteNix ProcMemReadNix ProcEnvironReadNix IdMapWriteNix KcoreOpenNix and the rest") {
    auto type = [](std::string_view path, FileAccess access, FileOp op = FileOp::modify) { return special_path(path, op, access).type; };
    CHECK(type("/proc/12/mem", FileAccess::both) == EventType::proc_mem_write);
    CHECK(type("/proc/self/task/3/mem", FileAccess::write) == EventType::proc_mem_write);
    CHECK(type("/proc/12/mem", FileAccess::read) == EventType::proc_mem_read);
    CHECK(type("/proc/12/environ", FileAccess::read) == EventType::proc_environ_read);
    CHECK(type("/proc/12/memx", FileAccess::both) == EventType::count_);
    CHECK(type("/proc/12/a/mem", FileAccess::both) == EventType::count_);
    CHECK(type("/proc/1/gid_map", FileAccess::write) == EventType::id_map_write);
    CHECK(type("/proc/kcore", FileAccess::read) == EventType::kcore_open);
    CHECK(type("/proc/sysrq-trigger", FileAccess::write) == EventType::sysrq_trigger);
    CHECK(type("/proc/sysrq-trigger", FileAccess::read) == EventType::count_);
    CHECK(type("/proc/sys/kernel/modprobe", FileAccess::write) == EventType::usermode_helper_path);
    CHECK(type("/proc/sys/kernel/random/x", FileAccess::write) == EventType::sysctl_change);
    CHECK(type("/proc/sys/kernel/random/x", FileAccess::read) == EventType::count_);
    CHECK(type("/proc/sys/fs/binfmt_misc/register", FileAccess::write) == EventType::binfmt_register);
    CHECK(type("/proc/sys/fs/binfmt_misc/status", FileAccess::write) == EventType::count_);
    CHECK(type("/sys/kernel/tracing/kprobe_events", FileAccess::write) == EventType::kprobe_write);
    CHECK(type("/sys/kernel/debug/tracing/uprobe_events", FileAccess::write) == EventType::kprobe_write);
    CHECK(type("/sys/kernel/tracing/events/enable", FileAccess::write) == EventType::ftrace_control);
    CHECK(type("/sys/kernel/tracing/trace_marker", FileAccess::write) == EventType::count_);
    CHECK(type("/sys/kernel/debug/x", FileAccess::read) == EventType::debugfs_access);
    CHECK(type("/sys/kernel/uevent_helper", FileAccess::write) == EventType::usermode_helper_path);
    CHECK(type("/dev/mem", FileAccess::read) == EventType::dev_mem_open);
    CHECK(type("/dev/cpu/3/msr", FileAccess::both) == EventType::msr_access);
    CHECK(type("/dev/input/event3", FileAccess::read) == EventType::input_device_read);
    CHECK(type("/dev/snd/pcmC0D0c", FileAccess::read) == EventType::capture_device_open);
    CHECK(type("/dev/snd/pcmC0D0p", FileAccess::write) == EventType::count_);
    CHECK(type("/dev/ttyUSB0", FileAccess::both) == EventType::serial_device_open);
    CHECK(type("/tmp/c/release_agent", FileAccess::write) == EventType::container_release_agent);
    CHECK(type("/sys/fs/cgroup/a/cgroup.procs", FileAccess::write) == EventType::cgroup_attach);
    CHECK(type("/tmp/.attach_pid77", FileAccess::write, FileOp::create) == EventType::jvm_attach);
    CHECK(type("/tmp/.attach_pid77", FileAccess::write) == EventType::count_);
    CHECK(special_path("/proc/12/mem", FileOp::modify, FileAccess::both).process == "12");
    CHECK(special_path("/proc/sys/vm/x", FileOp::modify, FileAccess::both).parameter == "vm/x");
  }
  TEST_CASE("patterns") {
    CHECK(fits("/a/*/c", "/a/b/c"));
    CHECK_FALSE(fits("/a/*/c", "/a//c"));
    CHECK_FALSE(fits("/a/*/c", "/a/b/d/c"));
    CHECK_FALSE(fits("/a/*/c", "/a/b"));
    CHECK_FALSE(fits("/a/*", "/a/b/"));
    CHECK_FALSE(fits("/a", "/a/"));
    CHECK(fits("/a/**", "/a/b/c"));
    CHECK_FALSE(fits("/a/**", "/a/"));
    CHECK_FALSE(fits("/a/**", "/a"));
    CHECK(fits("pcm*c", "pcm0c"));
    CHECK_FALSE(fits("pcm*c", "pcmc"));
    CHECK_FALSE(fits("x", ""));
  }
  TEST_CASE("file capabilities: revisions 1 to 3, and nonsense") {
    enrich::FileCaps caps;
    auto text = [&](const std::string& bytes) {
      std::string out;
      if (!enrich::parse_file_caps(bytes, caps)) return std::string("bad");
      enrich::append_caps(out, caps);
      return out;
    };
    CHECK(text(std::string("\0\0\0\x01\x01\0\0\0\x01\0\0\0", 12)) == "cap_chown=ip");
    CHECK(text(std::string("\x01\0\0\x03\x03\0\0\0\0\0\0\0\x01\0\0\0\x02\0\0\0\0\0\0\0", 24)) == "cap_chown,cap_dac_override,cap_mac_override=ep cap_mac_admin=ei");
    CHECK(text(std::string("\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\x80\0\0\0\0", 20)) == "cap_63=p");
    for (const std::string& bad : {std::string(), std::string("\x01"), std::string(20, '\0'), std::string("\0\0\0\x04", 4) + std::string(16, '\0'),
                                   std::string("\0\0\0\x02", 4) + std::string(15, '\0'), std::string("\0\0\0\x02", 4) + std::string(20, '\xFF')})
      CHECK(text(bad) == "bad");
  }
}
