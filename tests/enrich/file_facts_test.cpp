// SPDX-License-Identifier: Apache-2.0
#include "enrich/file_facts.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <cstring>
#include <map>

#include "audit/frame.h"
#include "base/limits.h"
#include "enrich/temp_tree.h"

using namespace aurochs;
using namespace aurochs::enrich;
using audit::Tag;

namespace {
using Sections = std::map<Tag, std::string>;

Sections parsed(const std::string& bytes) {
  Sections out;
  audit::SectionReader reader(bytes);
  Tag tag;
  std::string_view value;
  while (reader.next(tag, value)) out[tag] = std::string(value);
  return out;
}

state::FileStat stat_in(const Sections& s, Tag tag) {
  state::FileStat f;
  REQUIRE(s.count(tag));
  REQUIRE(s.at(tag).size() == sizeof f);
  std::memcpy(&f, s.at(tag).data(), sizeof f);
  return f;
}

struct Facts : FileFacts {
  base::SystemClock clock;
  Facts() : FileFacts(clock) {}
  Sections stat(int64_t pid, const std::string& path) {
    std::string bytes;
    return stat_file(pid, path, bytes) ? parsed(bytes) : Sections();
  }
  Sections read(const std::string& path, const PackageIndex* packages = nullptr) {
    std::string bytes;
    return content(0, path, packages, bytes) ? parsed(bytes) : Sections();
  }
};

// A child that lives in another root until the test ends; pid 0 where that is not allowed.
struct Prisoner {
  pid_t pid = 0;
  explicit Prisoner(const std::string& root) {
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    pid = ::fork();
    if (pid == 0) {
      const char ok = ::chroot(root.c_str()) == 0 ? 'y' : 'n';
      (void)!::write(ready[1], &ok, 1);
      for (;;) ::pause();
    }
    char ok = 'n';
    (void)!::read(ready[0], &ok, 1);
    ::close(ready[0]);
    ::close(ready[1]);
    if (ok != 'y') end();
  }
  ~Prisoner() { end(); }
  void end() {
    if (pid <= 0) return;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    pid = 0;
  }
};
}  // namespace

TEST_SUITE("enrich") {
  TEST_CASE("a file that was seen before is told as it is now") {
    TempTree d;
    const std::string path = d.path("/known");
    d.file("/known", "first bytes");
    Facts f;
    const auto first = stat_in(f.stat(0, path), Tag::file);
    CHECK(f.read(path).at(Tag::magic) == "first bytes");
    CHECK(f.read(path).at(Tag::magic) == "first bytes");  // from memory
    CHECK(stat_in(f.stat(0, path), Tag::file).inode == first.inode);
    SUBCASE("other bytes of the same number") {
      ::usleep(20000);  // ctime has the granularity of a tick
      const base::UniqueFd fd(::open(path.c_str(), O_WRONLY));  // in place: the inode stays
      REQUIRE(base::write_all(fd.get(), "other bytes"));
      CHECK(f.read(path).at(Tag::magic) == "other bytes");
    }
    SUBCASE("another mode") {
      ::usleep(20000);
      REQUIRE(::chmod(path.c_str(), 0700) == 0);
      CHECK((stat_in(f.stat(0, path), Tag::file).mode & 07777) == 0700);
    }
    SUBCASE("another file of that name") {
      d.file("/new", "new");
      REQUIRE(::rename(d.path("/new").c_str(), path.c_str()) == 0);
      CHECK(stat_in(f.stat(0, path), Tag::file).inode != first.inode);
      CHECK(f.read(path).at(Tag::magic) == "new");
    }
    SUBCASE("no file any more, or a link to it") {
      REQUIRE(::rename(path.c_str(), d.path("/moved").c_str()) == 0);
      CHECK(f.stat(0, path).empty());
      REQUIRE(::symlink("moved", path.c_str()) == 0);
      const auto link = f.stat(0, path);
      CHECK(link.count(Tag::file_link) == 1);
      CHECK(stat_in(link, Tag::file_target).inode == first.inode);
    }
  }

  TEST_CASE("A file's facts are those of stat") {
    TempTree tree;
    tree.file("/f", "hello");
    struct stat st;
    REQUIRE(::stat(tree.path("/f").c_str(), &st) == 0);
    Facts facts;
    const auto s = facts.stat(0, tree.path("/f"));
    const auto f = stat_in(s, Tag::file);
    CHECK(f.inode == st.st_ino);
    CHECK(f.size == 5);
    CHECK(f.mode == st.st_mode);
    CHECK(f.ctime_ms == int64_t{st.st_ctim.tv_sec} * 1000 + st.st_ctim.tv_nsec / 1000000);
    CHECK(f.nlink == 1);
    if (f.has_btime) CHECK(f.btime_ms <= f.ctime_ms);
    CHECK(s.size() == 1);
    CHECK(facts.stat(0, tree.path("/none")).empty());
    CHECK(facts.stat(0, "relative").empty());
    CHECK(facts.stat(0, "").empty());
    CHECK(facts.stat(0, tree.path("/f/below")).empty());
  }
  TEST_CASE("Links: their text, and what they lead to over several steps") {
    TempTree tree;
    tree.file("/real/file", "#!/bin/sh\n");
    tree.link("/dir", "real");
    tree.link("/one", tree.path("/dir/../dir/./two"));
    tree.link("/real/two", "file");
    tree.link("/dangling", "nowhere");
    tree.link("/loop", "loop");
    Facts facts;
    auto s = facts.stat(0, tree.path("/one"));
    CHECK(S_ISLNK(stat_in(s, Tag::file).mode));
    CHECK(s[Tag::file_link] == tree.path("/dir/../dir/./two"));
    CHECK(S_ISREG(stat_in(s, Tag::file_target).mode));
    // ".." after a link is that of where it leads: /dir/.. is the tree's root.
    CHECK(s[Tag::file_target_path] == tree.path("/real/file"));
    CHECK(S_ISREG(stat_in(facts.stat(0, tree.path("//dir/file")), Tag::file).mode));
    for (const char* name : {"/dangling", "/loop"}) {
      s = facts.stat(0, tree.path(name));
      CHECK(s.count(Tag::file_link) == 1);
      CHECK(s.count(Tag::file_target) == 0);
    }
    std::string text;
    CHECK(facts.script(0, tree.path("/one"), text));
    CHECK(text == "#!/bin/sh\n");
  }
  TEST_CASE("Links of a process in another root never lead out of it") {
    TempTree tree;
    tree.file("/etc/passwd", "prisoner");
    tree.link("/up", "../../../../../../etc/passwd");
    tree.link("/abs", "/etc/passwd");
    tree.link("/host", "/proc/self/root/etc/passwd");
    Prisoner prisoner(tree.root());
    if (prisoner.pid == 0) return;  // no CAP_SYS_CHROOT
    Facts facts;
    std::string text;
    for (const char* path : {"/up", "/abs", "/../../etc/passwd"}) {
      CAPTURE(path);
      CHECK(facts.script(prisoner.pid, path, text));
      CHECK(text == "prisoner");
    }
    CHECK(facts.stat(prisoner.pid, "/abs")[Tag::file_target_path] == "/etc/passwd");
    CHECK(!facts.script(prisoner.pid, "/host", text));
    const pid_t pid = prisoner.pid;
    prisoner.end();
    CHECK(facts.stat(pid, "/abs").empty());
  }
  TEST_CASE("/proc/self is the process, not us") {
    Facts facts;
    const pid_t parent = ::getppid();
    std::string exe(4096, '\0');
    const ssize_t n = ::readlink(("/proc/" + std::to_string(parent) + "/exe").c_str(), &exe[0], exe.size());
    if (n <= 0) return;
    exe.resize(static_cast<size_t>(n));
    CHECK(facts.stat(parent, "/proc/self/exe")[Tag::file_link] == exe);
  }
  TEST_CASE("Content: first bytes and package literals; only of regular files") {
    TempTree tree;
    tree.file("/tool", std::string("\x7F") + "ELF, and some more bytes");
    tree.link("/link", "tool");
    tree.file("/short", "ab");
    tree.file("/empty", "");
    REQUIRE(::mkfifo(tree.path("/fifo").c_str(), 0600) == 0);
    Facts facts;
    auto s = facts.read(tree.path("/link"));
    CHECK(s[Tag::magic] == std::string("\x7F") + "ELF, and some more ");
    CHECK(s[Tag::magic].size() == limits::kMagicBytes);
    CHECK(s[Tag::package] == "DATA UNAVAILABLE");
    PackageIndexBuilder builder;
    builder.add_path(builder.add_package("tools", "2"), tree.path("/tool"));
    const auto index = builder.finish();
    s = facts.read(tree.path("/link"), index.get());
    CHECK(s[Tag::package] == "tools");
    CHECK(s[Tag::package_version] == "2");
    s = facts.read(tree.path("/short"), index.get());
    CHECK(s[Tag::magic] == "ab");
    CHECK(s[Tag::package] == "NOT FOUND");
    CHECK(s.count(Tag::package_version) == 0);
    CHECK(facts.read(tree.path("/fifo")).empty());
    CHECK(facts.read(tree.root()).empty());
    CHECK(facts.read("/dev/zero").empty());
    CHECK(facts.read("/proc/self/status").empty());
    CHECK(S_ISFIFO(stat_in(facts.stat(0, tree.path("/fifo")), Tag::file).mode));
  }
  TEST_CASE("MountTable knows what may block, by name and by device") {
    base::SystemClock clock;
    MountTable mounts(clock);
    mounts.parse(
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "2 1 0:45 / /srv/with\\040blank rw,relatime shared:1 master:2 - nfs4 server:/ rw\n"
        "3 1 0:46 / /home/u/s rw - fuse.sshfs u@h: rw\nbroken\n4 1 0:47 / /tmp rw - tmpfs tmpfs rw\n");
    CHECK(mounts.may_block_path("/srv/with blank"));
    CHECK(mounts.may_block_path("/home/u/s"));
    CHECK(!mounts.may_block_path("/"));
    CHECK(!mounts.may_block_path("/tmp"));
    CHECK(mounts.may_block_device(45));
    CHECK(!mounts.may_block_device(47));
    CHECK(!mounts.may_block_device(uint64_t{8} << 32 | 1));
    for (const char* type : {"nfs", "cifs", "9p", "autofs", "fuse"}) CHECK(MountTable::may_block_type(type));
    for (const char* type : {"xfs", "overlay", "fusectl", "proc"}) CHECK(!MountTable::may_block_type(type));
    mounts.refresh();
    CHECK(!mounts.may_block_path("/srv/with blank"));
  }
}
