// SPDX-License-Identifier: Apache-2.0
#include "capture/proc_snapshot.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>
#include <string_view>

#include "audit/frame.h"
#include "base/fd.h"
#include "base/text.h"

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
  /// Of another process, all or nothing; kernel 3.2. Where ptrace is forbidden altogether (Yama 3) it fails.
  bool put_memory(pid_t pid, uint64_t address, size_t bytes, Tag tag) {
    if (bytes > room()) return false;
    const iovec here{body(), bytes}, there{reinterpret_cast<void*>(address), bytes};
    return ::process_vm_readv(pid, &here, 1, &there, 1, 0) == static_cast<ssize_t>(bytes) && close(tag, bytes);
  }
  /// The section written last.
  std::string_view last() const { return last_; }
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
    last_ = {head + kSectionHead, bytes};
    used_ += kSectionHead + bytes;
    return true;
  }

  char* out_;
  const size_t size_;
  size_t used_ = 0;
  std::string_view last_;
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
void put_chrooted(SectionBuffer& out, int directory, InitRoot& init) {
  struct stat s;
  if (::fstatat(directory, "root", &s, 0) == 0) out.put(Tag::chrooted, init.is_root(s.st_dev, s.st_ino) ? "0" : "1");
}

void put_descriptors(SectionBuffer& out, int directory) {
  out.put_link(directory, "fd/0", Tag::fd0);
  out.put_link(directory, "fd/1", Tag::fd1);
  out.put_link(directory, "fd/2", Tag::fd2);
}

/// What ExecLook needs of /proc/PID/stat; 0 where it is not said (env_start and env_end: kernel < 3.5).
struct StatWords {
  explicit StatWords(std::string_view stat) {
    stat.remove_prefix(std::min(stat.rfind(')') + 1, stat.size()));
    for (int field = 2; !stat.empty() && field <= 51; ++field) {
      const std::string_view word = base::next_piece(stat, ' ');
      if (field == 6) (void)base::parse_u64(word, session);
      if (field == 50) (void)base::parse_u64(word, env_start);
      if (field == 51) (void)base::parse_u64(word, env_end);
    }
  }
  uint64_t session = 1, env_start = 0, env_end = 0;
};

/// False: its memory is gone, so the process is no longer waiting in exec.
bool put_environment(SectionBuffer& out, pid_t pid, int directory, const StatWords& stat) {
  if (stat.env_end > stat.env_start && out.put_memory(pid, stat.env_start, std::min<uint64_t>(stat.env_end - stat.env_start, limits::kEnvironBytes), Tag::environ)) return true;
  if (out.put_file(directory, "environ", Tag::environ, limits::kEnvironBytes)) return true;
  // An empty environment reads like a vanished one; the executable's link tells them apart.
  if (!out.put_link(directory, "exe", Tag::exe)) return false;
  out.put(Tag::environ, "");
  return true;
}

/// NSpid (kernel 4.1) has one number; sensors run in the first PID namespace.
bool is_in_first_pid_namespace(std::string_view status) {
  constexpr std::string_view kName = "\nNSpid:\t";
  const size_t at = status.find(kName);
  if (at == std::string_view::npos) return false;
  status.remove_prefix(at + kName.size());
  return status.substr(0, status.find('\n')).find('\t') == std::string_view::npos;
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
  InitRoot init;
  put_chrooted(out, at, init);
  put_descriptors(out, at);
  out.put_link(at, "ns/pid", Tag::pidns);                         // kernel < 3.8: none
  out.put_file(at, "loginuid", Tag::loginuid, kShortBytes);
  out.put_file(at, "sessionid", Tag::sessionid, kShortBytes);
  out.put_file(at, "attr/current", Tag::mac_label, kLinkBytes);  // EINVAL without a security module
  return seen;
}

}  // namespace

ExecLook::ExecLook() {
  char link[64];
  const ssize_t n = ::readlink("/proc/self/ns/pid", link, sizeof link);
  if (n > 0) own_pidns_.assign(link, static_cast<size_t>(n));
}

bool InitRoot::is_root(uint64_t dev, uint64_t inode) {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  struct stat s;
  // Where PID 1 has capabilities that we lack it is closed to us (ptrace access, kernel/ptrace.c); then our own root is the host's.
  if (now.tv_sec >= next_s_ && (::stat("/proc/1/root", &s) == 0 || ::stat("/", &s) == 0)) {
    next_s_ = now.tv_sec + 1;
    dev_ = s.st_dev;
    inode_ = s.st_ino;
  }
  return dev == dev_ && inode == inode_;
}

bool read_snapshot(pid_t pid, SnapshotScope scope, char* out, size_t size, size_t& used) {
  SectionBuffer sections(out, size);
  const Seen seen = collect(pid, scope, 0, sections);
  used = seen.process || seen.memory ? sections.used() : 0;
  return seen.memory;
}

// Each file of /proc costs 10 to 30 us at a process's first look: its inode is made, and its text is formatted. So the environment is
// read from where stat says that it lies; the link of the PID name space is asked for only where status shows a second PID; and the
// executable, which the exec's record names, only for what has no such record: programs of the kernel, which are in session 0.
void ExecLook::read(pid_t pid, char* out, size_t size, size_t& used) {
  SectionBuffer sections(out, size);
  ProcPath path(pid);
  sections.put(Tag::pid, path.pid());
  *path.end = '\0';
  used = 0;
  const base::UniqueFd directory(::open(path.text, O_PATH | O_DIRECTORY | O_CLOEXEC));
  const int at = directory.get();
  if (at < 0 || !sections.put_file(at, "stat", Tag::stat, limits::kProcFileBytes)) return;
  const StatWords stat(sections.last());
  if (!put_environment(sections, pid, at, stat)) return;
  sections.put_file(at, "cgroup", Tag::cgroup, limits::kProcFileBytes);
  if (!sections.put_file(at, "status", Tag::status, limits::kProcFileBytes) || !is_in_first_pid_namespace(sections.last()))
    sections.put_link(at, "ns/pid", Tag::pidns);
  else if (!own_pidns_.empty())
    sections.put(Tag::pidns, own_pidns_);
  if (stat.session == 0) sections.put_link(at, "exe", Tag::exe);
  put_chrooted(sections, at, init_root_);
  put_descriptors(sections, at);
  used = sections.used();
}

bool read_process(pid_t pid, std::string& out) {
  char bytes[kSnapshotBytes + kCommandLineBytes];
  SectionBuffer sections(bytes, sizeof bytes);
  const Seen seen = collect(pid, SnapshotScope::full, kCommandLineBytes, sections);
  out.assign(bytes, seen.process ? sections.used() : 0);
  return seen.process;
}

}  // namespace aurochs::capture
