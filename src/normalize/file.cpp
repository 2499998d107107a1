// SPDX-License-Identifier: Apache-2.0
// Opens: a file that comes to be, is written, is read, or is refused.
#include <cerrno>

#include "audit/record_types.h"
#include "base/text.h"
#include "decode/fields.h"
#include "normalize/file_parts.h"

namespace aurochs::normalize {

using audit::Record;
using audit::Syscall;
using event::FieldId;

namespace {

// include/uapi/asm-generic/fcntl.h; the same on every machine whose syscalls we know, but for the four that follow.
constexpr uint64_t kWriteOnly = 01, kReadWrite = 02, kAccess = 03, kCreate = 0100, kExclusive = 0200, kTruncate = 01000, kPath = 010000000,
                   kUnnamed = 020000000;

struct FlagRow {
  uint64_t bits;
  std::string_view name;
};
// O_SYNC contains O_DSYNC, O_TMPFILE goes with O_DIRECTORY.
constexpr FlagRow kFlags[] = {{kCreate, "O_CREAT"},     {kExclusive, "O_EXCL"},   {0400, "O_NOCTTY"},      {kTruncate, "O_TRUNC"},
                              {02000, "O_APPEND"},      {04000, "O_NONBLOCK"},    {04010000, "O_SYNC"},    {010000, "O_DSYNC"},
                              {020000, "O_ASYNC"},      {01000000, "O_NOATIME"},  {02000000, "O_CLOEXEC"}, {kPath, "O_PATH"},
                              {kUnnamed, "O_TMPFILE"}};
constexpr FlagRow kX86Flags[] = {{040000, "O_DIRECT"}, {0100000, "O_LARGEFILE"}, {0200000, "O_DIRECTORY"}, {0400000, "O_NOFOLLOW"}};
constexpr FlagRow kArmFlags[] = {{040000, "O_DIRECTORY"}, {0100000, "O_NOFOLLOW"}, {0200000, "O_DIRECT"}, {0400000, "O_LARGEFILE"}};

struct Open {
  int32_t directory_fd = event::kCwdDescriptor;
  uint64_t flags = 0;
  bool has_flags = false;
};

bool octal_flags(const audit::Field& f, uint64_t& out) {
  if (f.raw.empty() || f.raw.size() > 21) return false;
  uint64_t n = 0;
  for (const char c : f.raw) {
    if (c < '0' || c > '7') return false;
    n = n << 3 | static_cast<uint64_t>(c - '0');
  }
  out = n;
  return true;
}

/// openat2 has its flags in memory; record OPENAT2 tells them (Linux 5.16).
void flags_of_record(const audit::AuditEvent& e, Open& o) {
  constexpr uint16_t kOpenat2 = 1337;
  const Record* r = e.find(kOpenat2);
  for (uint32_t i = 0; r && i < r->field_count; ++i)
    if (r->fields[i].name == "oflag") o.has_flags = octal_flags(r->fields[i], o.flags);
}

Open open_of(const audit::AuditEvent& e, const SyscallFacts& s) {
  Open o;
  o.directory_fd = directory_of(s);
  o.has_flags = true;
  switch (s.syscall) {
    case Syscall::open: o.flags = s.a1; break;
    case Syscall::creat: o.flags = kCreate | kWriteOnly | kTruncate; break;
    case Syscall::openat2:
      o.has_flags = false;
      flags_of_record(e, o);
      break;
    default:  // openat, open_by_handle_at
      o.flags = s.a2;
      break;
  }
  o.flags &= UINT32_MAX;
  return o;
}

FileAccess access_of(const Open& o) {
  if (!o.has_flags || o.flags & kPath) return FileAccess::none;
  switch (o.flags & kAccess) {
    case 0: return FileAccess::read;
    case kWriteOnly: return FileAccess::write;
    case kReadWrite: return FileAccess::both;
    default: return FileAccess::none;  // 3: a descriptor for ioctl only
  }
}

bool writes(FileAccess a) { return a == FileAccess::write || a == FileAccess::both; }

void write_flags(const Open& o, uint32_t arch, base::Arena& arena, event::Event& out) {
  if (!o.has_flags) return;
  constexpr size_t kRoom = 256;  // all names together are 190 bytes
  char* const text = arena.allocate(kRoom, 1);
  size_t n = 0;
  auto add = [&](std::string_view name) {
    if (n) text[n++] = '|';
    n += name.copy(text + n, kRoom - n);
  };
  static constexpr std::string_view kModes[] = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
  add(kModes[o.flags & kAccess]);
  uint64_t left = o.flags & ~kAccess;
  auto name = [&](const FlagRow& row) {
    if ((left & row.bits) != row.bits) return;
    add(row.name);
    left &= ~row.bits;
  };
  for (const FlagRow& row : kFlags) name(row);
  const bool is_arm = arch == audit::arch::kAarch64 || arch == audit::arch::kArm;
  for (const FlagRow& row : is_arm ? kArmFlags : kX86Flags) name(row);
  out.set_text(FieldId::file_flags, {text, n});
  arena.shrink_last(text, n);
}

/// What the kernel calls an anomaly of this very call is told as that, by its own record.
bool is_anomaly(const audit::AuditEvent& e) { return e.find(1702) || e.find(1703); }
/// AVC and APPARMOR_DENIED say who refused, which is more than that it was refused.
bool is_refused_by_policy(const audit::AuditEvent& e) { return e.find(1400) || e.find(1503); }

void denied(Source& in, event::Event& out, Result& result, const Open& o) {
  const Items items(in.audit);
  const FileAccess access = access_of(o);
  const FileOp op = o.flags & kCreate ? FileOp::create : writes(access) ? FileOp::modify : FileOp::read;
  FileDetails& d = begin_file(in, out, result, EventType::file_access_denied, op);
  d.access = access;
  // A directory that may not be searched is the only item: the name in it never came to be looked up.
  const Record* item = items.subject() ? items.subject() : items.last;
  write_path(in, item, items.parents[0], o.directory_fd, out, d);
  (void)write_inode(item, out, d);
  write_flags(o, result.syscall.arch, in.audit.arena, out);
}

struct Kind {
  EventType type = EventType::count_;
  FileOp op = FileOp::count_;
};

Kind kind_of(uint32_t mode, bool created, FileAccess access, bool truncates) {
  const bool is_write = writes(access);
  switch (mode & 0170000) {
    case 0040000: return {};
    case 0010000:
      if (access == FileAccess::none) return {};
      return {EventType::named_pipe_open, is_write ? FileOp::modify : FileOp::read};
    case 0060000:
      if (access == FileAccess::none) return {};
      return is_write ? Kind{EventType::raw_device_write, FileOp::modify} : Kind{EventType::raw_device_read, FileOp::read};
    default: break;
  }
  if (created) return {gains_suid(0, mode) ? EventType::file_suid_set : EventType::file_create, FileOp::create};
  if (is_write || truncates) return {EventType::file_modify, FileOp::modify};
  if (access == FileAccess::read) return {EventType::file_read, FileOp::read};
  return {};
}

}  // namespace

void open_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& s = result.syscall;
  const Open o = open_of(in.audit, s);
  if (is_anomaly(in.audit)) return;
  if (!s.success) {
    if (s.has_exit && (s.exit == -EACCES || s.exit == -EPERM) && !is_refused_by_policy(in.audit)) denied(in, out, result, o);
    return;
  }
  // The file has no name yet; a link that gives it one is told.
  if (o.flags & kUnnamed) return;
  const Items items(in.audit);
  // kernel < 3.14: no types; with O_CREAT the directory is an item too, and whether the file was there is not said.
  const bool created = items.create || (!items.typed && o.flags & kCreate && items.count > 1);
  const Record* item = created && items.create ? items.create : items.subject();
  uint32_t mode = 0;
  if (item) (void)octal_of(item->find(audit::Key::mode), mode);
  const FileAccess access = access_of(o);
  const Kind kind = kind_of(mode, created, access, o.flags & kTruncate);
  if (kind.type == EventType::count_) return;
  FileDetails& d = begin_file(in, out, result, kind.type, kind.op);
  d.access = access;
  d.starts_empty = created || o.flags & kTruncate;
  d.wants_look = (mode & 0170000) == 0100000 && kind.op != FileOp::read;
  if (!write_path(in, item, items.parents[0], o.directory_fd, out, d)) by_descriptor(static_cast<uint64_t>(s.exit), d);
  (void)write_inode(item, out, d);
  write_flags(o, s.arch, in.audit.arena, out);
}

void handle_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& s = result.syscall;
  if (!s.success || s.syscall != Syscall::open_by_handle_at) return;
  const Open o = open_of(in.audit, s);
  const FileAccess access = access_of(o);
  FileDetails& d = begin_file(in, out, result, EventType::file_open_by_handle, writes(access) ? FileOp::modify : FileOp::read);
  d.access = access;
  by_descriptor(static_cast<uint64_t>(s.exit), d);
  write_flags(o, s.arch, in.audit.arena, out);
}

}  // namespace aurochs::normalize
