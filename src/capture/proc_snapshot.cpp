// SPDX-License-Identifier: Apache-2.0
#include "capture/proc_snapshot.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "audit/frame.h"
#include "base/fd.h"

namespace aurochs::capture {
namespace {
using audit::Tag;

constexpr size_t kSectionHead = 8;
constexpr size_t kShortBytes = 64;  // loginuid, sessionid, pid:[N]
constexpr size_t kCommandLineBytes = 4 * limits::kTableCommandLineBytes;

/// audit::SectionWriter's encoding into a fixed buffer; a section that finds no room is left out.
class SectionBuffer {
 public:
  SectionBuffer(char* out, size_t size) : out_(out), size_(size) {}
  size_t used() const { return used_; }

  void put(Tag tag, std::string_view bytes) {
    if (room() < bytes.size()) return;
    std::memcpy(body(), bytes.data(), bytes.size());
    close(tag, bytes.size());
  }
  bool put_file(int directory, const char* path, Tag tag, size_t max_bytes) {
    const int fd = ::openat(directory, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const ssize_t n = ::read(fd, body(), std::min(room(), max_bytes));
    ::close(fd);
    return n > 0 && close(tag, static_cast<size_t>(n));
  }
  bool put_link(int directory, const char* path, Tag tag) {
    const ssize_t n = ::readlinkat(directory, path, body(), std::min(room(), kLinkBytes));
    return n > 0 && close(tag, static_cast<size_t>(n));
  }

 private:
  char* body() { return out_ + used_ + kSectionHead; }
  size_t room() const { return size_ - used_ > kSectionHead ? size_ - used_ - kSectionHead : 0; }
  bool close(Tag tag, size_t bytes) {
    char* head = out_ + used_;
    const auto length = static_cast<uint32_t>(bytes);
    std::memset(head, 0, kSectionHead);
    head[0] = static_cast<char>(tag);
    std::memcpy(head + 4, &length, sizeof length);
    used_ += kSectionHead + bytes;
    return true;
  }

  char* out_;
  const size_t size_;
  size_t used_ = 0;
};

/// "/proc/N/environ", cut at the directory for the second use: nothing is formatted between exec and environ.
struct ProcPath {
  explicit ProcPath(pid_t pid) {
    std::memcpy(text, "/proc/", 6);
    end = std::to_chars(text + 6, text + 20, pid).ptr;
    std::memcpy(end, "/environ", 9);
  }
  std::string_view pid() const { return {text + 6, static_cast<size_t>(end - text) - 6}; }
  char text[32];
  char* end;
};

/// By (dev, inode), not by the text of the link, which is "/" for every root outside ours, containers included.
/// /proc/1/root is looked up each time (1 us): PID 1 changes its root when it leaves the initramfs. Where PID 1 has
/// capabilities that we lack it is closed to us (ptrace access, kernel/ptrace.c); then our own root is the host's.
void put_chrooted(SectionBuffer& out, int directory) {
  struct stat of_process, of_init;
  if (::fstatat(directory, "root", &of_process, 0) < 0) return;
  if (::stat("/proc/1/root", &of_init) < 0 && ::stat("/", &of_init) < 0) return;
  const bool same = of_process.st_dev == of_init.st_dev && of_process.st_ino == of_init.st_ino;
  out.put(Tag::chrooted, same ? "0" : "1");
}

struct Seen {
  bool process = false, memory = false;
};

Seen collect(pid_t pid, SnapshotScope scope, size_t command_line_bytes, SectionBuffer& out) {
  ProcPath path(pid);
  out.put(Tag::pid, path.pid());
  Seen seen;
  if (scope == SnapshotScope::full) seen.memory = out.put_file(AT_FDCWD, path.text, Tag::environ, limits::kEnvironBytes);
  *path.end = '\0';
  // A descriptor of the directory stays with this process: a recycled pid cannot slip in between two files.
  const base::UniqueFd directory(::open(path.text, O_PATH | O_DIRECTORY | O_CLOEXEC));
  const int at = directory.get();
  if (at < 0) return seen;
  if (command_line_bytes) out.put_file(at, "cmdline", Tag::cmdline, command_line_bytes);
  seen.process = out.put_file(at, "stat", Tag::stat, limits::kProcFileBytes);
  out.put_file(at, "cgroup", Tag::cgroup, limits::kProcFileBytes);
  out.put_file(at, "status", Tag::status, limits::kProcFileBytes);
  // An empty environment reads like a vanished one; the executable's link tells them apart.
  if (out.put_link(at, "exe", Tag::exe)) seen.memory = true;
  out.put_link(at, "cwd", Tag::cwd);
  out.put_link(at, "root", Tag::root);
  put_chrooted(out, at);
  out.put_link(at, "fd/0", Tag::fd0);
  out.put_link(at, "fd/1", Tag::fd1);
  out.put_link(at, "fd/2", Tag::fd2);
  out.put_link(at, "ns/pid", Tag::pidns);                         // kernel < 3.8: none
  out.put_file(at, "loginuid", Tag::loginuid, kShortBytes);
  out.put_file(at, "sessionid", Tag::sessionid, kShortBytes);
  out.put_file(at, "attr/current", Tag::mac_label, kLinkBytes);  // EINVAL without a security module
  return seen;
}

}  // namespace

bool read_snapshot(pid_t pid, SnapshotScope scope, char* out, size_t size, size_t& used) {
  SectionBuffer sections(out, size);
  const Seen seen = collect(pid, scope, 0, sections);
  used = seen.process || seen.memory ? sections.used() : 0;
  return seen.memory;
}

void read_urgent(pid_t pid, char* out, size_t size, size_t& used) {
  SectionBuffer sections(out, size);
  ProcPath path(pid);
  sections.put(Tag::pid, path.pid());
  const bool has_environ = sections.put_file(AT_FDCWD, path.text, Tag::environ, limits::kEnvironBytes);
  std::memcpy(path.end, "/stat", 6);
  const bool has_stat = sections.put_file(AT_FDCWD, path.text, Tag::stat, limits::kProcFileBytes);
  std::memcpy(path.end, "/cgroup", 8);
  (void)sections.put_file(AT_FDCWD, path.text, Tag::cgroup, limits::kProcFileBytes);
  used = has_environ && has_stat ? sections.used() : 0;
}

bool read_process(pid_t pid, std::string& out) {
  char bytes[kSnapshotBytes + kCommandLineBytes];
  SectionBuffer sections(bytes, sizeof bytes);
  const Seen seen = collect(pid, SnapshotScope::full, kCommandLineBytes, sections);
  out.assign(bytes, seen.process ? sections.used() : 0);
  return seen.process;
}

}  // namespace aurochs::capture
