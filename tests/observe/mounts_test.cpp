// SPDX-License-Identifier: Apache-2.0
#include "observe/mounts.h"

#include "enrich/temp_tree.h"
#include "observe/seen.h"

using namespace aurochs;

namespace {

constexpr const char* kBase =
    "22 27 0:21 / /proc rw,relatime shared:3 - proc proc rw\n"
    "27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard\n";

class Host {
 public:
  Host() {
    set("");
    options_.root = tree.root();
    options_.clock = &clock_;
    REQUIRE(mounts_.open(options_));
  }
  void set(const std::string& more, const std::string& base = kBase) { tree.file("/proc/self/mountinfo", base + more); }
  Seen look() {
    Seen seen;
    clock_.pass(500);
    mounts_.poll(clock_.steady_ms, seen.sink());
    return seen;
  }
  TempTree tree;

 private:
  StillClock clock_;
  observe::Options options_;
  observe::Mounts mounts_;
};

}  // namespace

TEST_CASE("MountAddNix and MountRemoveNix: what came and went in mountinfo") {
  Host host;
  CHECK(host.look().all.empty());
  host.set("90 27 0:50 / /srv/a\\040b rw,nosuid,relatime - tmpfs none rw,size=64k\n");
  auto e = host.look().only();
  CHECK(e.type == "MountAddNix");
  CHECK(e["mnt_dst"] == "/srv/a b");
  CHECK(e["mnt_src"] == "none");
  CHECK(e["mnt_type"] == "tmpfs");
  CHECK(e["mnt_flags"] == "rw|nosuid|relatime|size=64k");
  host.set("");
  e = host.look().only();
  CHECK(e.type == "MountRemoveNix");
  CHECK(e["mnt_dst"] == "/srv/a b");
}

TEST_CASE("MountRemountNix: other options of the same mount; an id that is used again is another mount") {
  Host host;
  host.set("90 27 0:50 / /srv rw - tmpfs none rw\n");
  host.look();
  host.set("90 27 0:50 / /srv ro - tmpfs none rw\n");
  auto e = host.look().only();
  CHECK(e.type == "MountRemountNix");
  CHECK(e["mnt_flags"] == "ro|rw");
  CHECK(e["op_value_old"] == "rw");
  host.set("90 27 0:51 / /opt ro - tmpfs none rw\n");
  CHECK(host.look().types() == "MountRemoveNix MountAddNix");
}

TEST_CASE("MountOverProcNix: on a process, and another hidepid") {
  Host host;
  host.set("90 22 0:50 / /proc/4711 rw - tmpfs none rw\n");
  auto e = host.look().only();
  CHECK(e.type == "MountOverProcNix");
  CHECK(e["mnt_dst"] == "/proc/4711");
  host.set("90 22 0:50 / /proc/4711 rw - tmpfs none rw\n", "22 27 0:21 / /proc rw - proc proc rw,hidepid=invisible\n27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard\n");
  e = host.look().only();
  CHECK(e.type == "MountOverProcNix");
  CHECK(e["mnt_dst"] == "/proc");
  host.set("91 22 0:52 / /proc/sys/fs/binfmt_misc rw - binfmt_misc none rw\n", "22 27 0:21 / /proc rw - proc proc rw,hidepid=invisible\n27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard\n");
  CHECK(host.look().types() == "MountRemoveNix MountAddNix");
}

TEST_CASE("MountRemoteNix: by type") {
  Host host;
  host.set("90 27 0:50 / /mnt/n rw - nfs4 192.0.2.7:/export rw,vers=4.2\n91 27 0:51 / /mnt/s rw - fuse.sshfs vera@192.0.2.8: rw\n92 27 0:52 / /mnt/l rw - fuseblk /dev/sda3 rw\n");
  Seen seen = host.look();
  CHECK(seen.types() == "MountRemoteNix MountRemoteNix MountAddNix");
  CHECK(seen.all[0]["mnt_src"] == "192.0.2.7:/export");
}

TEST_CASE("RemovableMountNix: the device, or the disk of the partition, is removable") {
  Host host;
  host.tree.file("/sys/devices/sdb/removable", "1\n");
  host.tree.dir("/sys/devices/sdb/sdb1");
  host.tree.dir("/sys/dev/block");
  host.tree.link("/sys/dev/block/8:17", host.tree.path("/sys/devices/sdb/sdb1"));
  host.set("90 27 8:17 / /media/stick rw,nosuid - vfat /dev/sdb1 rw\n");
  const auto e = host.look().only();
  CHECK(e.type == "RemovableMountNix");
  CHECK(e["dev_path"] == "/dev/sdb1");
  CHECK(e["mnt_type"] == "vfat");
}

TEST_CASE("lines that are none") {
  observe::Mount m;
  for (const char* line : {"", " ", "1", "1 2 3 4 5", "x 27 0:50 / /srv rw - tmpfs none rw", "90 27 0:50 / srv rw - tmpfs none rw", "90 27 0:50 / /srv rw shared:1",
                           "90 27 0:50 / /srv rw -", "90 27 050 / /srv rw - tmpfs none rw"})
    CHECK_FALSE(observe::parse_mount(line, m));
  // An empty source is two blanks.
  REQUIRE(observe::parse_mount("90 27 0:50 / /s\\0\\13\\777\\134 rw - tmpfs  rw,a", m));
  CHECK(m.point == "/s\\0\\13\\777\\");
  CHECK(m.source.empty());
  CHECK(m.options == "rw|a");
}

TEST_CASE("the descriptor of this host's mountinfo does not wake without a change") {
  StillClock clock;
  observe::Options options;
  options.clock = &clock;
  observe::Mounts mounts;
  REQUIRE(mounts.open(options));
  CHECK(mounts.fd() >= 0);
  Seen seen;
  mounts.take(seen.sink());
  mounts.poll(clock.steady_ms, seen.sink());
  CHECK(seen.all.empty());
}
