// SPDX-License-Identifier: Apache-2.0
#include "enrich/file_facts.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <cstring>

#include "audit/frame.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::enrich {
namespace {
using state::FileStat;
constexpr int kMaxLinks = 40;       // the kernel's own MAXSYMLINKS
constexpr int kMaxComponents = 512;  // over all links
constexpr size_t kScriptBytes = 4096;

// struct statx of linux/stat.h and its number: the headers of Linux < 4.11 and glibc < 2.28 have neither.
struct Statx {
  struct Time {
    int64_t seconds;
    uint32_t nanoseconds;
    int32_t reserved;
  };
  uint32_t mask, block_size;
  uint64_t attributes;
  uint32_t nlink, uid, gid;
  uint16_t mode, spare;
  uint64_t inode, size, blocks, attributes_mask;
  Time atime, btime, ctime, mtime;
  uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
  uint64_t rest[14];
};
static_assert(sizeof(Statx) == 256, "as the kernel fills it");
#if defined(__x86_64__)
constexpr long kStatxCall = 332;
#else
constexpr long kStatxCall = 291;  // aarch64 and all later architectures
#endif
constexpr unsigned kStatxBasic = 0x7FF, kStatxBirth = 0x800;
constexpr int kDontSync = 0x4000;  // AT_STATX_DONT_SYNC: what the kernel knows, no question to a server

// struct open_how of linux/openat2.h.
struct OpenHow {
  uint64_t flags, mode, resolve;
};
constexpr long kOpenat2Call = 437;  // everywhere
constexpr uint64_t kNoOtherMount = 0x01, kNoLinks = 0x04, kInRoot = 0x10;

int64_t milliseconds(int64_t seconds, int64_t nanoseconds) { return seconds * 1000 + nanoseconds / 1000000; }
int64_t milliseconds(const timespec& t) { return milliseconds(t.tv_sec, t.tv_nsec); }
int64_t milliseconds(const Statx::Time& t) { return milliseconds(t.seconds, t.nanoseconds); }

FileStat from_statx(const Statx& x) {
  FileStat f;
  f.inode = x.inode;
  f.size = x.size;
  f.atime_ms = milliseconds(x.atime);
  f.mtime_ms = milliseconds(x.mtime);
  f.ctime_ms = milliseconds(x.ctime);
  f.has_btime = (x.mask & kStatxBirth) != 0;
  if (f.has_btime) f.btime_ms = milliseconds(x.btime);
  f.mode = x.mode;
  f.uid = x.uid;
  f.gid = x.gid;
  f.nlink = x.nlink;
  f.dev_major = x.dev_major;
  f.dev_minor = x.dev_minor;
  return f;
}

FileStat from_stat(const struct stat& s) {
  FileStat f;
  f.inode = s.st_ino;
  f.size = static_cast<uint64_t>(s.st_size);
  f.atime_ms = milliseconds(s.st_atim);
  f.mtime_ms = milliseconds(s.st_mtim);
  f.ctime_ms = milliseconds(s.st_ctim);
  f.mode = s.st_mode;
  f.uid = s.st_uid;
  f.gid = s.st_gid;
  f.nlink = static_cast<uint32_t>(s.st_nlink);
  f.dev_major = major(s.st_dev);
  f.dev_minor = minor(s.st_dev);
  return f;
}

bool stat_descriptor(int fd, FileStat& out) {
  Statx x;
  if (::syscall(kStatxCall, fd, "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | kDontSync, kStatxBasic | kStatxBirth, &x) == 0) {
    out = from_statx(x);
    return true;
  }
  struct stat s;  // kernel < 4.11, or a seccomp filter that does not know statx
  if (::fstatat(fd, "", &s, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) < 0) return false;
  out = from_stat(s);
  return true;
}

// A link in /proc/self/fd leads to the very file that the O_PATH descriptor holds, whatever its name is now.
base::UniqueFd reopen(int fd, int flags) {
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return base::UniqueFd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | flags));
}

bool read_link(int fd, std::string& out) {
  std::array<char, PATH_MAX> text;
  const ssize_t n = ::readlinkat(fd, "", text.data(), text.size());
  if (n <= 0) return false;
  out.assign(text.data(), static_cast<size_t>(n));
  return true;
}

// Files of /proc, debugfs and the like: no size, no device, and opening one may have an effect.
bool is_stored(const FileStat& f) { return f.size > 0 || f.dev_major != 0; }

void add_inode_flags(int fd, FileStat& f) {
  if (!S_ISREG(f.mode) && !S_ISDIR(f.mode)) return;
  if (!is_stored(f)) return;
  const base::UniqueFd open_fd = reopen(fd, 0);
  long flags = 0;
  if (!open_fd || ::ioctl(open_fd.get(), FS_IOC_GETFLAGS, &flags) < 0) return;
  f.inode_flags = static_cast<uint32_t>(flags);
  f.has_inode_flags = 1;
}

uint64_t nanoseconds(const Statx::Time& t) { return static_cast<uint64_t>(t.seconds) * 1000000000u + t.nanoseconds; }

void put_package(audit::SectionWriter& writer, const PackageIndex* packages, std::string_view real_path, std::string_view path) {
  PackageIndex::Owner owner;
  if (!packages) return writer.put(audit::Tag::package, "DATA UNAVAILABLE");
  if (!packages->find(real_path, owner) && !packages->find(path, owner)) return writer.put(audit::Tag::package, "NOT FOUND");
  writer.put(audit::Tag::package, owner.name);
  writer.put(audit::Tag::package_version, owner.version);
}

std::string_view bytes_of(const FileStat& f) { return {reinterpret_cast<const char*>(&f), sizeof f}; }

bool read_start(int fd, size_t bytes, std::string& out) {
  out.resize(bytes);
  const ssize_t n = ::pread(fd, &out[0], bytes, 0);
  out.resize(n > 0 ? static_cast<size_t>(n) : 0);
  return n >= 0;
}

}  // namespace

bool FileFacts::open_root(int64_t pid, Root& out) {
  out.pid = pid;
  out.is_ours = pid == 0;
  const std::string path = pid == 0 ? "/" : "/proc/" + std::to_string(pid) + "/root";
  out.fd.reset(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!out.fd || out.is_ours) return static_cast<bool>(out.fd);
  struct stat ours, theirs;
  if (::stat("/", &ours) < 0 || ::fstat(out.fd.get(), &theirs) < 0) return false;
  out.is_ours = ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
  return true;
}

// Most paths are plain: no link on the way and no other mount. One call opens those (Linux 5.6); where it refuses,
// for whatever reason, they are walked.
bool FileFacts::open_plain(int root, std::string_view path, Place& out) {
  std::string_view rest = path.substr(1);
  do {
    const std::string_view component = base::next_piece(rest, '/');
    if (component.empty() || component == "." || component == "..") return false;
  } while (!rest.empty());
  if (path.back() == '/') return false;
  out.path.assign(path.data(), path.size());
  const OpenHow how = {O_PATH | O_NOFOLLOW | O_CLOEXEC, 0, kNoOtherMount | kNoLinks | kInRoot};
  out.fd.reset(static_cast<int>(::syscall(kOpenat2Call, root, out.path.c_str(), &how, sizeof how)));
  return out.fd && stat_descriptor(out.fd.get(), out.stat);
}

// One step down, to out.path. Mounts of our own name space are known by name and not even looked up; those of another one are
// known by their device, which O_PATH and AT_STATX_DONT_SYNC tell without asking a server.
bool FileFacts::enter(const Root& root, int directory, const std::string& component, Place& out) {
  if (root.is_ours && mounts_.may_block_path(out.path)) return false;
  out.fd.reset(::openat(directory, component.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!out.fd || !stat_descriptor(out.fd.get(), out.stat)) return false;
  return !mounts_.may_block_device(uint64_t{out.stat.dev_major} << 32 | out.stat.dev_minor);
}

bool FileFacts::walk(const Root& root, std::string_view path, LastLink last, Place& out) {
  if (path.empty() || path[0] != '/' || path.size() >= PATH_MAX || path.find('\0') != std::string_view::npos) return false;
  mounts_.refresh();
  if (open_plain(root.fd.get(), path, out) && (last == LastLink::keep || !S_ISLNK(out.stat.mode))) return true;
  return walk_links(root, std::string(path), last, out);
}

bool FileFacts::walk_links(const Root& root, std::string pending, LastLink last, Place& out) {
  std::string link;
  int links = 0;
  Place here;  // no descriptor: the root
  for (int steps = 0; steps < kMaxComponents; ++steps) {
    const size_t start = pending.find_first_not_of('/');
    if (start == std::string::npos) {
      if (here.path.empty()) {
        here.path = "/";
        here.fd.reset(::openat(root.fd.get(), ".", O_PATH | O_CLOEXEC));
        if (!here.fd || !stat_descriptor(here.fd.get(), here.stat)) return false;
      }
      out = std::move(here);
      return true;
    }
    const size_t end = std::min(pending.find('/', start), pending.size());
    const std::string component = pending.substr(start, end - start);
    pending.erase(0, end);
    if (component == ".") continue;
    if (component == "..") {
      // Walked again from the root: the parent of a directory that was just moved away might be outside.
      pending.insert(0, here.path.substr(0, here.path.rfind('/')));
      here = Place();
      continue;
    }
    Place next;
    next.path = here.path + '/' + component;
    if (!enter(root, here.fd ? here.fd.get() : root.fd.get(), component, next)) return false;
    const bool is_last = pending.find_first_not_of('/') == std::string::npos;
    if (!S_ISLNK(next.stat.mode) || (is_last && last == LastLink::keep)) {
      here = std::move(next);
      continue;
    }
    if (++links > kMaxLinks || !read_link(next.fd.get(), link)) return false;
    // "self" is whoever reads the link: us, where the process is meant.
    if (next.path == "/proc/self" && root.pid != 0) link = std::to_string(root.pid);
    if (next.path == "/proc/thread-self") return false;
    if (link[0] == '/') here = Place();
    pending.insert(0, link[0] == '/' ? link : '/' + link);
  }
  return false;
}

/// Same root and same mounts: what a path means to it, it means to us.
bool FileFacts::sees_as_we_do(int64_t pid) {
  if (pid == 0) return true;
  struct stat root, mounts;
  if (!own_mounts_) {
    if (::stat("/", &root) < 0 || ::stat("/proc/self/ns/mnt", &mounts) < 0) return false;  // kernel < 3.8
    own_root_dev_ = root.st_dev;
    own_root_ = root.st_ino;
    own_mounts_ = mounts.st_ino;
  }
  char path[48] = "/proc/";
  char* const end = std::to_chars(path + 6, path + 30, pid).ptr;
  std::memcpy(end, "/root", 6);
  if (::stat(path, &root) < 0 || root.st_dev != own_root_dev_ || root.st_ino != own_root_) return false;
  std::memcpy(end, "/ns/mnt", 8);
  return ::stat(path, &mounts) == 0 && mounts.st_ino == own_mounts_;
}

/// /bin and its like are links to /usr/bin on most hosts, and half of all programs are called by that name.
void FileFacts::set_key(std::string_view path) {
  path_.assign(path.data(), path.size());
  for (const auto& [link, target] : top_links_)
    if (base::starts_with(path, link)) return void(path_.replace(0, link.size(), target));
}

void FileFacts::forget_known() {
  known_version_ = mounts_.version();
  known_.clear();
  top_links_.clear();
  for (const char* const name : {"/bin", "/sbin", "/lib", "/lib64"}) {
    char target[64];
    const ssize_t n = ::readlink(name, target, sizeof target);
    if (n > 0 && static_cast<size_t>(n) < sizeof target && target[0] != '/' && target[0] != '.')
      top_links_.emplace_back(std::string(name) + '/', '/' + std::string(target, static_cast<size_t>(n)) + '/');
  }
}

FileFacts::Known* FileFacts::known(int64_t pid, std::string_view path) {
  mounts_.refresh();
  if (known_version_ != mounts_.version()) forget_known();
  set_key(path);
  const auto at = known_.find(path_);
  if (at == known_.end() || !sees_as_we_do(pid)) return nullptr;
  Known& k = at->second;
  Statx x;
  if (::syscall(kStatxCall, AT_FDCWD, path_.c_str(), AT_SYMLINK_NOFOLLOW | kDontSync, kStatxBasic | kStatxBirth, &x) != 0) return nullptr;
  FileStat now = from_statx(x);
  if (now.inode != k.stat.inode || now.dev_major != k.stat.dev_major || now.dev_minor != k.stat.dev_minor || nanoseconds(x.ctime) != k.ctime_ns ||
      nanoseconds(x.mtime) != k.mtime_ns || now.size != k.stat.size)
    return nullptr;
  now.inode_flags = k.stat.inode_flags;
  now.has_inode_flags = k.stat.has_inode_flags;
  k.stat = now;
  return &k;
}

/// place.fd: O_PATH. Only what one statx by that name finds again: no link on the way. What may block was refused before, and a
/// change of mounts forgets all.
void FileFacts::remember(int64_t pid, std::string_view path, const Place& place) {
  Statx x;
  set_key(path);
  if (place.path != path_ || !sees_as_we_do(pid) || !S_ISREG(place.stat.mode) || !is_stored(place.stat)) return;
  if (::syscall(kStatxCall, place.fd.get(), "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | kDontSync, kStatxBasic | kStatxBirth, &x) != 0) return;
  if (known_.size() >= limits::kKnownFiles) forget_known();
  Known& k = known_[path_];
  k = {place.stat, nanoseconds(x.ctime), nanoseconds(x.mtime), {}, false};
}

bool FileFacts::stat_file(int64_t pid, std::string_view path, std::string& sections) {
  sections.clear();
  if (const Known* k = known(pid, path)) {
    audit::SectionWriter(sections).put(audit::Tag::file, bytes_of(k->stat));
    return true;
  }
  Root root;
  Place place, target;
  std::string link;
  if (!open_root(pid, root) || !walk(root, path, LastLink::keep, place)) return false;
  add_inode_flags(place.fd.get(), place.stat);
  remember(pid, path, place);
  audit::SectionWriter writer(sections);
  writer.put(audit::Tag::file, bytes_of(place.stat));
  if (!S_ISLNK(place.stat.mode)) return true;
  if (read_link(place.fd.get(), link)) writer.put(audit::Tag::file_link, link);
  if (!walk(root, path, LastLink::follow, target)) return true;
  add_inode_flags(target.fd.get(), target.stat);
  writer.put(audit::Tag::file_target, bytes_of(target.stat));
  writer.put(audit::Tag::file_target_path, target.path);
  return true;
}

bool FileFacts::open_regular(const Root& root, std::string_view path, Place& place) {
  if (!walk(root, path, LastLink::follow, place) || !S_ISREG(place.stat.mode) || !is_stored(place.stat)) return false;
  base::UniqueFd fd = reopen(place.fd.get(), O_NOATIME);
  if (!fd) fd = reopen(place.fd.get(), 0);  // O_NOATIME needs the owner or CAP_FOWNER
  place.fd = std::move(fd);
  return static_cast<bool>(place.fd);
}

bool FileFacts::content(int64_t pid, std::string_view path, const PackageIndex* packages, std::string& sections) {
  sections.clear();
  audit::SectionWriter writer(sections);
  Known* const k = known(pid, path);
  if (k && k->has_magic) {
    writer.put(audit::Tag::magic, k->magic);
    put_package(writer, packages, path, path);
    return true;
  }
  Root root;
  Place place;
  std::string magic;
  if (!open_root(pid, root) || !open_regular(root, path, place)) return false;
  if (!read_start(place.fd.get(), limits::kMagicBytes, magic)) return false;
  writer.put(audit::Tag::magic, magic);
  if (k && place.stat.inode == k->stat.inode && place.stat.ctime_ms == k->stat.ctime_ms) {
    k->magic = magic;
    k->has_magic = true;
  }
  // The packages of a container are not those of the host.
  put_package(writer, root.is_ours ? packages : nullptr, place.path, path);
  return true;
}

bool FileFacts::script(int64_t pid, std::string_view path, std::string& bytes) {
  bytes.clear();
  Root root;
  Place place;
  return open_root(pid, root) && open_regular(root, path, place) && read_start(place.fd.get(), kScriptBytes, bytes);
}

namespace {

constexpr std::string_view kParameters = "/proc/sys/";

/// Name space of ours that the parameter belongs to, as in /proc/PID/ns; nullptr: one value for the whole host.
const char* name_space_of(std::string_view parameter) {
  if (base::starts_with(parameter, "net/")) return "net";
  if (parameter == "kernel/hostname" || parameter == "kernel/domainname") return "uts";
  const bool is_ipc = base::starts_with(parameter, "kernel/sem") || base::starts_with(parameter, "kernel/shm") ||
                      base::starts_with(parameter, "kernel/msg") || base::starts_with(parameter, "fs/mqueue/");
  return is_ipc ? "ipc" : nullptr;
}

bool shares_name_space(int64_t pid, const char* name) {
  struct stat ours, theirs;
  const std::string theirs_path = "/proc/" + std::to_string(pid) + "/ns/" + name;
  return ::stat((std::string("/proc/self/ns/") + name).c_str(), &ours) == 0 && ::stat(theirs_path.c_str(), &theirs) == 0 && ours.st_ino == theirs.st_ino;
}

bool parameter(int64_t pid, std::string_view path, std::string& sections) {
  const char* name_space = name_space_of(path.substr(kParameters.size()));
  if (pid && name_space && !shares_name_space(pid, name_space)) return false;
  // Behind binfmt_misc another file system is mounted by a look.
  if (path.find("/binfmt_misc") != std::string_view::npos || path.find("..") != std::string_view::npos) return false;
  const base::UniqueFd fd(::open(std::string(path).c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
  char value[limits::kParameterBytes];
  const ssize_t n = fd ? ::read(fd.get(), value, sizeof value) : -1;
  if (n < 0) return false;
  audit::SectionWriter(sections).put(audit::Tag::value, base::trim({value, static_cast<size_t>(n)}));
  return true;
}

}  // namespace

bool FileFacts::head(int64_t pid, std::string_view path, std::string& sections) {
  sections.clear();
  if (base::starts_with(path, kParameters)) return parameter(pid, path, sections);
  Root root;
  Place place;
  std::string bytes;
  if (!open_root(pid, root) || !open_regular(root, path, place) || !read_start(place.fd.get(), limits::kHeadBytes, bytes)) return false;
  audit::SectionWriter writer(sections);
  writer.put(audit::Tag::magic, bytes);
  char caps[64];
  const ssize_t n = ::fgetxattr(place.fd.get(), "security.capability", caps, sizeof caps);
  if (n > 0) writer.put(audit::Tag::capability, {caps, static_cast<size_t>(n)});
  return true;
}

bool FileFacts::real_path(int64_t pid, std::string_view path, std::string& out) {
  Root root;
  Place place;
  if (!open_root(pid, root) || !walk(root, path, LastLink::follow, place)) return false;
  out = std::move(place.path);
  return true;
}

bool FileFacts::descriptor(int64_t pid, std::string_view number, std::string& sections) {
  sections.clear();
  uint64_t fd_number = 0;
  if (!base::parse_u64(number, fd_number)) return false;
  const std::string path = "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(fd_number);
  std::array<char, PATH_MAX> link;
  const ssize_t n = ::readlink(path.c_str(), link.data(), link.size());
  if (n <= 0) return false;
  audit::SectionWriter writer(sections);
  const base::UniqueFd held(::open(path.c_str(), O_PATH | O_CLOEXEC));
  FileStat f;
  if (held && stat_descriptor(held.get(), f)) writer.put(audit::Tag::file, bytes_of(f));
  writer.put(audit::Tag::file_link, {link.data(), static_cast<size_t>(n)});
  return true;
}

}  // namespace aurochs::enrich
