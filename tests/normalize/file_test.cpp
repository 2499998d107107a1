// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/normalized.h"

using namespace aurochs;
using event::EventType;
using event::FileAccess;
using event::FileOp;
using F = event::FieldId;

namespace {

std::string call(int number, const std::string& arguments, const std::string& result = "success=yes exit=3", const std::string& arch = "c000003e") {
  return "SYSCALL arch=" + arch + " syscall=" + std::to_string(number) + " " + result + " " + arguments +
         " items=2 ppid=10 pid=20 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=1 comm=\"vi\" exe=\"/usr/bin/vi\" key=(null)";
}

std::string item(int number, const std::string& name, const std::string& type, int inode = 77, const std::string& mode = "0100644",
                 const std::string& more = {}) {
  return "PATH item=" + std::to_string(number) + " name=" + name + " inode=" + std::to_string(inode) + " dev=08:01 mode=" + mode +
         " ouid=5 ogid=6 rdev=00:00" + (type.empty() ? "" : " nametype=" + type) + more;
}

const std::string kCwd = "CWD cwd=\"/srv/anna\"";
const std::string kOpenArguments = "a0=ffffff9c a1=7ffd1 a2=241 a3=1b6";

}  // namespace

TEST_SUITE("normalize file") {
  TEST_CASE("FileCreateNix: a relative name, its flags, what the inode is") {
    Normalized n({call(257, kOpenArguments), kCwd, item(0, "\"/srv/anna\"", "PARENT", 3, "040755"), item(1, "\"a/../note\"", "CREATE")});
    REQUIRE(n.result.has_event);
    CHECK(n.type() == EventType::file_create);
    CHECK(n.text(F::file_path) == "/srv/anna/note");
    CHECK(n.text(F::file_name) == "note");
    CHECK(n.text(F::file_dir) == "/srv/anna");
    CHECK(n.text(F::file_op) == "create");
    CHECK(n.text(F::file_flags) == "O_WRONLY|O_CREAT|O_TRUNC");
    CHECK(n.number(F::file_inode) == 77);
    CHECK(n.text(F::file_dev) == "08:01");
    CHECK(n.text(F::file_type) == "File");
    CHECK(n.number(F::file_ace_mask) == 0100644);
    CHECK(n.number(F::file_owner_id) == 5);
    CHECK(n.number(F::file_group_id) == 6);
    CHECK_FALSE(n.has(F::file_rdev));
    CHECK(n.result.file.is_file);
    CHECK(n.result.file.wants_look);
    CHECK(n.result.file.starts_empty);
    CHECK(n.result.file.op == FileOp::create);
    CHECK(n.result.file.access == FileAccess::write);
    CHECK(n.result.file.directory_fd == event::kCwdDescriptor);
  }
  TEST_CASE("FileModifyNix: what was there; O_CREAT alone makes nothing") {
    Normalized n({call(257, kOpenArguments), kCwd, item(0, "\"/etc\"", "PARENT", 3, "040755"), item(1, "\"/etc/x\"", "NORMAL")});
    CHECK(n.type() == EventType::file_modify);
    CHECK(n.result.file.starts_empty);
    Normalized append({call(2, "a0=1 a1=402 a2=0 a3=0"), kCwd, item(0, "\"/etc/x\"", "NORMAL")});
    CHECK(append.type() == EventType::file_modify);
    CHECK(append.text(F::file_flags) == "O_RDWR|O_APPEND");
    CHECK_FALSE(append.result.file.starts_empty);
    CHECK(append.result.file.access == FileAccess::both);
    Normalized cut({call(2, "a0=1 a1=200 a2=0 a3=0"), kCwd, item(0, "\"/etc/x\"", "NORMAL")});
    CHECK(cut.type() == EventType::file_modify);
    Normalized creat({call(85, "a0=1 a1=1a4 a2=0 a3=0"), kCwd, item(0, "\"/etc\"", "PARENT"), item(1, "\"/etc/x\"", "CREATE")});
    CHECK(creat.type() == EventType::file_create);
  }
  TEST_CASE("RHEL 7 says objtype, 3.10 says nothing") {
    Normalized el7({call(2, "a0=1 a1=41 a2=1b6 a3=0"), kCwd, item(0, "\"/tmp\"", "", 3, "041777", " objtype=PARENT"), item(1, "\"/tmp/x\"", "", 77, "0100600", " objtype=CREATE")});
    CHECK(el7.type() == EventType::file_create);
    CHECK(el7.text(F::file_path) == "/tmp/x");
    Normalized old({call(2, "a0=1 a1=41 a2=1b6 a3=0"), kCwd, item(0, "\"/tmp\"", "", 3, "041777"), item(1, "\"/tmp/x\"", "")});
    CHECK(old.type() == EventType::file_create);
    CHECK(old.text(F::file_path) == "/tmp/x");
    Normalized rename({call(82, "a0=1 a1=2 a2=0 a3=0"), kCwd, item(0, "\"/tmp\"", ""), item(1, "\"/srv\"", ""), item(2, "\"/tmp/x\"", ""), item(3, "\"/srv/y\"", "")});
    CHECK(rename.text(F::file_path_old) == "/tmp/x");
    CHECK(rename.text(F::file_path) == "/srv/y");
  }
  TEST_CASE("flags have other numbers on ARM") {
    const Lines lines = {call(257, "a0=ffffff9c a1=1 a2=80008000 a3=0"), kCwd, item(0, "\"/etc/x\"", "NORMAL")};
    CHECK(Normalized(lines).text(F::file_flags) == "O_RDONLY|O_LARGEFILE");  // a bit without a name is passed over
    Lines arm = lines;
    arm[0] = call(56, "a0=ffffff9c a1=1 a2=28000 a3=0", "success=yes exit=3", "c00000b7");
    CHECK(Normalized(arm).text(F::file_flags) == "O_RDONLY|O_NOFOLLOW|O_LARGEFILE");
    arm[0] = call(257, "a0=ffffff9c a1=1 a2=28000 a3=0");
    CHECK(Normalized(arm).text(F::file_flags) == "O_RDONLY|O_LARGEFILE|O_NOFOLLOW");
    arm[0] = call(257, "a0=ffffff9c a1=1 a2=3 a3=0");
    CHECK_FALSE(Normalized(arm).result.has_event);  // for ioctl only
  }
  TEST_CASE("openat2: flags by their record; without it only what the items say") {
    Lines lines = {call(437, "a0=ffffff9c a1=1 a2=2 a3=18"), "OPENAT2 oflag=02101 mode=0600 resolve=0x8", kCwd, item(0, "\"/tmp\"", "PARENT"), item(1, "\"/tmp/x\"", "NORMAL")};
    Normalized n(lines);
    CHECK(n.type() == EventType::file_modify);
    CHECK(n.text(F::file_flags) == "O_WRONLY|O_CREAT|O_APPEND");
    lines[1] = "OPENAT2 oflag=09 mode=0600 resolve=0x8";
    CHECK_FALSE(Normalized(lines).result.has_event);
    lines.erase(lines.begin() + 1);
    CHECK_FALSE(Normalized(lines).result.has_event);
    lines.back() = item(1, "\"/tmp/x\"", "CREATE");
    Normalized created(lines);
    CHECK(created.type() == EventType::file_create);
    CHECK_FALSE(created.has(F::file_flags));
  }
  TEST_CASE("below a descriptor a name stays relative, and the descriptor is told") {
    Normalized n({call(257, "a0=5 a1=7ffd1 a2=241 a3=1b6"), kCwd, item(0, "\"/srv/anna\"", "PARENT", 3, "040755"), item(1, "\"note\"", "CREATE")});
    CHECK(n.text(F::file_path) == "note");
    CHECK_FALSE(n.has(F::file_dir));
    CHECK(n.result.file.directory_fd == 5);
    CHECK(n.result.file.parent_inode == 3);
    Normalized absolute({call(257, "a0=5 a1=7ffd1 a2=241 a3=1b6"), kCwd, item(0, "\"/tmp/note\"", "NORMAL")});
    CHECK(absolute.result.file.directory_fd == event::kCwdDescriptor);
    Normalized two({call(264, "a0=5 a1=1 a2=7 a3=2"), kCwd, item(0, "\"/\"", "PARENT", 3), item(1, "\"/\"", "PARENT", 4), item(2, "\"a\"", "DELETE"), item(3, "\"b\"", "CREATE")});
    CHECK(two.result.file.directory_fd_old == 5);
    CHECK(two.result.file.directory_fd == 7);
    CHECK(two.result.file.parent_inode_old == 3);
    CHECK(two.result.file.parent_inode == 4);
  }
  TEST_CASE("FileReadNix, RawDeviceReadNix, RawDeviceWriteNix, NamedPipeOpenNix: by what is opened; directories and O_PATH are nothing") {
    auto opened = [](const std::string& flags, const std::string& mode) {
      Normalized n({call(2, "a0=1 a1=" + flags + " a2=0 a3=0"), kCwd, item(0, "\"/x\"", "NORMAL", 77, mode)});
      return n.result.has_event ? n.type() : EventType::count_;
    };
    CHECK(opened("0", "0100644") == EventType::file_read);
    CHECK(opened("0", "060660") == EventType::raw_device_read);
    CHECK(opened("2", "060660") == EventType::raw_device_write);
    CHECK(opened("3", "060660") == EventType::count_);
    CHECK(opened("800", "010660") == EventType::named_pipe_open);
    CHECK(opened("200000", "010660") == EventType::count_);
    CHECK(opened("0", "040755") == EventType::count_);
    CHECK(opened("200000", "0100644") == EventType::count_);
    CHECK(opened("410002", "041777") == EventType::count_);
  }
  TEST_CASE("FileAccessDeniedNix: EACCES and EPERM of an open, nothing else that failed") {
    Normalized n({call(257, "a0=ffffff9c a1=7ffd1 a2=0 a3=0", "success=no exit=-13"), kCwd, item(0, "\"/etc/shadow\"", "NORMAL")});
    CHECK(n.type() == EventType::file_access_denied);
    CHECK(n.text(F::file_path) == "/etc/shadow");
    CHECK(n.text(F::file_op) == "read");
    CHECK(n.integer(F::op_exit) == -13);
    CHECK(n.number(F::op_status) == 0);
    Normalized directory({call(2, "a0=1 a1=241 a2=0 a3=0", "success=no exit=-1"), kCwd, item(0, "\"/root/\"", "PARENT", 3, "040700")});
    CHECK(directory.text(F::file_path) == "/root/");
    CHECK(directory.text(F::file_op) == "create");
    for (const char* result : {"success=no exit=-2", "success=no exit=-20", "success=no"})
      CHECK_FALSE(Normalized({call(2, "a0=1 a1=0 a2=0 a3=0", result), kCwd, item(0, "\"/x\"", "NORMAL")}).result.has_event);
    for (const int other : {82, 87, 86, 88, 133, 83, 90, 92, 188, 197, 132, 16, 304, 76})
      CHECK_FALSE(Normalized({call(other, "a0=1 a1=40086602 a2=0 a3=0", "success=no exit=-13"), kCwd, item(0, "\"/x\"", "NORMAL")}).result.has_event);
  }
  TEST_CASE("FileDeleteNix, DirDeleteNix, DirCreateNix") {
    Normalized gone({call(263, "a0=ffffff9c a1=1 a2=0 a3=0"), kCwd, item(0, "\"/tmp\"", "PARENT"), item(1, "\"/tmp/x\"", "DELETE")});
    CHECK(gone.type() == EventType::file_delete);
    CHECK(gone.text(F::file_path) == "/tmp/x");
    Normalized directory({call(263, "a0=ffffff9c a1=1 a2=200 a3=0"), kCwd, item(0, "\"/tmp\"", "PARENT"), item(1, "\"/tmp/d\"", "DELETE", 7, "040755")});
    CHECK(directory.type() == EventType::dir_delete);
    CHECK(Normalized({call(84, "a0=1 a1=0 a2=0 a3=0"), kCwd, item(1, "\"/tmp/d\"", "DELETE", 7, "040755")}).type() == EventType::dir_delete);
    CHECK(Normalized({call(83, "a0=1 a1=1ff a2=0 a3=0"), kCwd, item(1, "\"/tmp/d\"", "CREATE", 7, "040755")}).type() == EventType::dir_create);
  }
  TEST_CASE("FileRenameNix: both names, also over a file that was there") {
    Normalized n({call(82, "a0=1 a1=2 a2=0 a3=0"), kCwd, item(0, "\"/tmp\"", "PARENT"), item(1, "\"/etc\"", "PARENT"), item(2, "\"/tmp/x\"", "DELETE", 5),
                  item(3, "\"/etc/y\"", "DELETE", 6), item(4, "\"/etc/y\"", "CREATE", 5)});
    CHECK(n.type() == EventType::file_rename);
    CHECK(n.text(F::file_path_old) == "/tmp/x");
    CHECK(n.text(F::file_path) == "/etc/y");
    CHECK(n.number(F::file_inode) == 5);
  }
  TEST_CASE("FileHardLinkNix, FileSymlinkNix") {
    Normalized hard({call(86, "a0=1 a1=2 a2=0 a3=0"), kCwd, item(0, "\"/etc/x\"", "NORMAL"), item(1, "\"/tmp\"", "PARENT"), item(2, "\"/tmp/y\"", "CREATE")});
    CHECK(hard.type() == EventType::file_hard_link);
    CHECK(hard.text(F::file_path_old) == "/etc/x");
    CHECK(hard.text(F::file_path) == "/tmp/y");
    Normalized soft({call(266, "a0=1 a1=ffffff9c a2=2 a3=0"), kCwd, "PATH item=0 name=\"../dev/null\" nametype=UNKNOWN", item(1, "\"/tmp\"", "PARENT"),
                     item(2, "\"y\"", "CREATE", 9, "0120777")});
    CHECK(soft.type() == EventType::file_symlink);
    CHECK(soft.text(F::file_path) == "/srv/anna/y");
    CHECK(soft.text(F::file_tgt_path) == "../dev/null");
    CHECK(soft.text(F::file_type) == "Link");
  }
  TEST_CASE("NamedPipeCreateNix, DeviceNodeCreateNix: by the mode that mknod was given") {
    auto made = [](const std::string& mode, const std::string& shown) {
      Normalized n({call(259, "a0=ffffff9c a1=1 a2=" + mode + " a3=103"), kCwd, item(0, "\"/tmp\"", "PARENT"),
                    "PATH item=1 name=\"/tmp/n\" inode=4 dev=08:01 mode=" + shown + " ouid=0 ogid=0 rdev=01:03 nametype=CREATE"});
      return std::make_pair(n.type(), n.text(F::file_rdev));
    };
    CHECK(made("11b6", "010666").first == EventType::named_pipe_create);
    CHECK(made("2180", "020600") == std::make_pair(EventType::device_node_create, std::string("01:03")));
    CHECK(made("6180", "060600") == std::make_pair(EventType::device_node_create, std::string("01:03")));
    CHECK(made("8180", "0100600").first == EventType::file_create);
    CHECK(made("1b6", "0100600").first == EventType::file_create);
  }
  TEST_CASE("FileModeChangeNix, FileSuidSetNix: PATH has the mode before, the argument the new bits") {
    auto changed = [](int number, const std::string& arguments, const std::string& before) {
      Normalized n({call(number, arguments), kCwd, item(0, "\"/tmp/x\"", "NORMAL", 77, before)});
      CHECK(n.number(F::file_ace_mask_old) != 0);
      return std::make_pair(n.type(), n.number(F::file_ace_mask));
    };
    CHECK(changed(90, "a0=1 a1=1ed a2=0 a3=0", "0100644") == std::make_pair(EventType::file_mode_change, uint64_t{0100755}));
    CHECK(changed(268, "a0=ffffff9c a1=1 a2=9ed a3=0", "0100644") == std::make_pair(EventType::file_suid_set, uint64_t{0104755}));
    CHECK(changed(90, "a0=1 a1=5ed a2=0 a3=0", "0100644") == std::make_pair(EventType::file_suid_set, uint64_t{0102755}));
    CHECK(changed(90, "a0=1 a1=5a4 a2=0 a3=0", "0100644").first == EventType::file_mode_change);
    CHECK(changed(90, "a0=1 a1=9ed a2=0 a3=0", "0104711").first == EventType::file_mode_change);
    CHECK(changed(90, "a0=1 a1=5ed a2=0 a3=0", "040755").first == EventType::file_mode_change);
    Normalized fd({call(91, "a0=4 a1=ffffffff000009ed a2=0 a3=0"), "PATH item=0 name=(null) inode=9 dev=08:01 mode=0100600 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL"});
    CHECK(fd.type() == EventType::file_suid_set);
    CHECK_FALSE(fd.has(F::file_path));
    CHECK(fd.result.file.file_fd == 4);
    CHECK(fd.result.file.inode == 9);
  }
  TEST_CASE("FileOwnerChangeNix: minus one leaves as it was") {
    Normalized n({call(260, "a0=ffffff9c a1=1 a2=3e8 a3=ffffffff"), kCwd, item(0, "\"/x\"", "NORMAL")});
    CHECK(n.type() == EventType::file_owner_change);
    CHECK(n.number(F::file_owner_id) == 1000);
    CHECK(n.number(F::file_owner_id_old) == 5);
    CHECK(n.number(F::file_group_id) == 6);
    CHECK(n.number(F::file_group_id_old) == 6);
    CHECK(n.number(F::file_ace_mask) == 0100644);
    Normalized suid({call(92, "a0=1 a1=ffffffffffffffff a2=7 a3=0"), kCwd, item(0, "\"/x\"", "NORMAL", 7, "0104755")});
    CHECK(suid.number(F::file_group_id) == 7);
    CHECK_FALSE(suid.has(F::file_ace_mask));
  }
  TEST_CASE("FileXattrSetNix, FileXattrRemoveNix: the size tells what may be a capability") {
    Normalized n({call(188, "a0=1 a1=2 a2=3 a3=14"), kCwd, item(0, "\"/x\"", "NORMAL", 7, "0100755", " cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0")});
    CHECK(n.type() == EventType::file_xattr_set);
    CHECK(n.result.file.may_set_caps);
    CHECK(n.result.file.has_caps_before);
    CHECK(n.result.file.caps_before == 0);
    Normalized other({call(190, "a0=4 a1=2 a2=3 a3=15"), "PATH item=0 name=(null) inode=9 dev=08:01 mode=0100600 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL"});
    CHECK_FALSE(other.result.file.may_set_caps);
    CHECK(other.result.file.file_fd == 4);
    CHECK(Normalized({call(197, "a0=1 a1=2 a2=3 a3=14"), kCwd, item(0, "\"/x\"", "NORMAL")}).type() == EventType::file_xattr_remove);
  }
  TEST_CASE("FileTimeChangeNix, FileTruncateNix, FileImmutableChangeNix, FileOpenByHandleNix") {
    Normalized times({call(280, "a0=6 a1=0 a2=7ff a3=0"), "PATH item=0 name=(null) inode=9 dev=08:01 mode=0100600 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL"});
    CHECK(times.type() == EventType::file_time_change);
    CHECK(times.result.file.file_fd == 6);
    CHECK(Normalized({call(76, "a0=1 a1=0 a2=0 a3=0"), kCwd, item(0, "\"/x\"", "NORMAL")}).type() == EventType::file_truncate);
    Normalized cut({call(77, "a0=7 a1=0 a2=0 a3=0")});
    CHECK(cut.result.file.file_fd == 7);
    Normalized flags({call(16, "a0=3 a1=40086602 a2=7ff a3=0")});
    CHECK(flags.type() == EventType::file_immutable_change);
    CHECK(flags.result.file.file_fd == 3);
    CHECK(Normalized({call(54, "a0=3 a1=40046602 a2=7ff a3=0", "success=yes exit=0", "40000003")}).type() == EventType::file_immutable_change);
    CHECK_FALSE(Normalized({call(16, "a0=3 a1=5401 a2=7ff a3=0")}).result.has_event);
    Normalized handle({call(304, "a0=3 a1=7f a2=0 a3=0", "success=yes exit=9")});
    CHECK(handle.type() == EventType::file_open_by_handle);
    CHECK(handle.result.file.file_fd == 9);
    CHECK(handle.text(F::file_flags) == "O_RDONLY");
  }
  TEST_CASE("what the kernel calls an anomaly is one event, not a refusal beside it") {
    Normalized link({"ANOM_LINK op=linkat ppid=10 pid=20 uid=65534 comm=\"ln\" exe=\"/bin/ln\" res=0", call(265, "a0=ffffff9c a1=1 a2=ffffff9c a3=2", "success=no exit=-1"), kCwd,
                     item(0, "\"/etc/shadow\"", "NORMAL")});
    CHECK(link.type() == EventType::file_link_anomaly);
    CHECK_FALSE(link.again());
    Normalized create({"ANOM_CREAT op=sticky_create_regular ppid=10 pid=20 comm=\"sh\" exe=\"/bin/sh\" res=0", call(257, kOpenArguments, "success=no exit=-13"), kCwd,
                       item(0, "\"/tmp/\"", "PARENT"), item(1, "\"/tmp/x\"", "NORMAL")});
    CHECK(create.type() == EventType::file_create_anomaly);
    CHECK_FALSE(create.again());
    Normalized avc({"AVC avc:  denied  { read } for  pid=20 comm=\"cat\" name=\"x\" scontext=a tcontext=b tclass=file permissive=0",
                    call(2, "a0=1 a1=0 a2=0 a3=0", "success=no exit=-13"), kCwd, item(0, "\"/x\"", "NORMAL")});
    CHECK(avc.type() == EventType::selinux_denied);
    CHECK_FALSE(avc.again());
  }
  TEST_CASE("damaged records leave fields absent and break nothing") {
    for (const std::string path : {"PATH", "PATH item=0 name= inode=x mode=9 nametype=CREATE", "PATH item=0 name=(null)", "PATH item=0 name=2F inode=99999999999999999999999 nametype=NORMAL"})
      for (const int number : {2, 257, 437, 82, 264, 316, 87, 263, 86, 265, 88, 266, 133, 259, 83, 90, 91, 92, 93, 188, 190, 197, 132, 280, 16, 304, 76, 77, 85}) {
        Normalized n({call(number, "a0=1 a1=40086602 a2=2 a3=3"), path});
        Normalized bare({"SYSCALL arch=c000003e syscall=" + std::to_string(number) + " success=yes"});
        CHECK(n.result.syscall.success);
        CHECK_FALSE(bare.has(F::file_path));
      }
  }
}
