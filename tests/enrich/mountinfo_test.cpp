// SPDX-License-Identifier: Apache-2.0
#include "enrich/mountinfo.h"

#include <doctest/doctest.h>

#include <string>

#include "base/limits.h"
#include "temp_tree.h"

using namespace aurochs::enrich;

namespace {
const char* const kRoot = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw";
const char* const kSpaced = "30 22 0:26 / /mnt/a\\040b\\134 rw,nosuid shared:5 master:2 - fuse.sshfs user@host:/x\\040y rw";
}  // namespace

TEST_SUITE("enrich") {
  TEST_CASE("lines of mountinfo, with and without optional fields, and what is none") {
    const MountLine root = parse_mount_line(kRoot);
    CHECK(root.place == "/");
    CHECK(root.type == "ext4");
    CHECK(root.source == "/dev/vda");
    const MountLine bare = parse_mount_line("40 22 0:5 /sub /p ro - tmpfs none rw,size=64k");
    CHECK(bare.place == "/p");
    CHECK(bare.source == "none");
    CHECK(parse_mount_line("40 22 0:5 / /p ro -  rw").type.empty());
    for (const char* bad : {"", " ", "a b c d e f", " - ext4 /dev/x rw", "1 2 3 4", "22 1 254:0 / /", "- - - - - - -"}) {
      CAPTURE(bad);
      const MountLine m = parse_mount_line(bad);
      CHECK((m.place.empty() || m.type.empty() || m.place == "-"));
    }
  }
  TEST_CASE("escapes are undone, others stay") {
    std::string out;
    unescape_mount("a\\040b\\134\\011", out);
    CHECK(out == "a b\\\t");
    out.clear();
    unescape_mount("\\04 \\9 \\", out);
    CHECK(out == "\\04 \\9 \\");
    out.clear();
    unescape_mount("\\777\\400", out);
    CHECK(out.size() == 2);
  }
  TEST_CASE("the mount on top of a place, of whatever name") {
    TempTree tree;
    std::string line;
    tree.file("/info", std::string(kRoot) + "\n" + kSpaced + "\n35 22 0:30 / /mnt rw - tmpfs lower rw\n36 35 0:31 / /mnt rw - nfs4 s:/e rw\n");
    const std::string file = tree.path("/info");
    CHECK(find_mount(file.c_str(), "/mnt", line));
    CHECK(parse_mount_line(line).type == "nfs4");
    CHECK(find_mount(file.c_str(), "/mnt/a b\\", line));
    CHECK(parse_mount_line(line).type == "fuse.sshfs");
    CHECK_FALSE(find_mount(file.c_str(), "/mn", line));
    CHECK_FALSE(find_mount(tree.path("/none").c_str(), "/mnt", line));
    CHECK(line.empty());
    tree.file("/cut", "22 1 254:0 / / rw - ext4 /dev/vda");  // no end of line: not a whole one
    CHECK_FALSE(find_mount(tree.path("/cut").c_str(), "/", line));
    std::string large;
    while (large.size() <= aurochs::limits::kMountInfoBytes) large.append(kRoot).append("\n");
    tree.file("/large", large);
    CHECK_FALSE(find_mount(tree.path("/large").c_str(), "/", line));
  }
  TEST_CASE("types whose files lie elsewhere") {
    for (const char* far : {"nfs", "nfs4", "cifs", "9p", "fuse", "fuse.sshfs", "ceph"}) CHECK(is_remote_type(far));
    for (const char* near : {"ext4", "tmpfs", "fuseblk", "fusectl", "nfsd", "overlay", ""}) CHECK_FALSE(is_remote_type(near));
  }
}
