// SPDX-License-Identifier: Apache-2.0
// Operations on what a file is like: mode, owner, extended attributes, times (inode flags: host.cpp). PATH has the values before the
// call; the new ones are arguments, or (times, names of attributes) lie in memory that no record shows.
#include "base/text.h"
#include "decode/fields.h"
#include "normalize/file_parts.h"

namespace aurochs::normalize {

using audit::Key;
using audit::Record;
using audit::Syscall;
using event::FieldId;

namespace {

/// The file by its name, or by the descriptor in a0 where the call has no name.
uint32_t write_file(Source& in, const Items& items, const SyscallFacts& s, event::Event& out, FileDetails& d) {
  const Record* item = items.subject();
  if (!write_path(in, item, items.parents[0], directory_of(s), out, d)) by_descriptor(s.a0, d);
  return write_inode(item, out, d);
}

bool is_at(Syscall s) { return s == Syscall::fchmodat || s == Syscall::fchmodat2 || s == Syscall::fchownat; }

}  // namespace

void mode_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& s = result.syscall;
  if (!s.success) return;
  const Items items(in.audit);
  FileDetails& d = begin_file(in, out, result, EventType::file_mode_change, FileOp::mode);
  const uint32_t before = write_file(in, items, s, out, d);
  if (!before) return;
  const auto bits = static_cast<uint32_t>(is_at(s.syscall) ? s.a2 : s.a1) & 07777;
  const uint32_t after = (before & 0170000) | bits;
  out.set_number(FieldId::file_ace_mask_old, before);
  out.set_number(FieldId::file_ace_mask, after);
  if (gains_suid(before, after)) out.retype(EventType::file_suid_set);
}

void owner_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& s = result.syscall;
  if (!s.success) return;
  const Items items(in.audit);
  FileDetails& d = begin_file(in, out, result, EventType::file_owner_change, FileOp::owner);
  const uint32_t mode = write_file(in, items, s, out, d);
  if (mode & 06000 && (mode & 0170000) == 0100000) out.remove(FieldId::file_ace_mask);  // the kernel may have taken the bits away
  const bool second = is_at(s.syscall);
  auto change = [&](FieldId now, FieldId old, uint64_t argument) {
    constexpr uint32_t kUnchanged = UINT32_MAX;
    const auto id = static_cast<uint32_t>(argument);
    if (out.has(now)) out.set_number(old, out.number(now));
    if (id != kUnchanged) out.set_number(now, id);
  };
  change(FieldId::file_owner_id, FieldId::file_owner_id_old, second ? s.a2 : s.a1);
  change(FieldId::file_group_id, FieldId::file_group_id_old, second ? s.a3 : s.a2);
}

void xattr_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& s = result.syscall;
  if (!s.success) return;
  const bool sets = s.syscall == Syscall::setxattr || s.syscall == Syscall::lsetxattr || s.syscall == Syscall::fsetxattr;
  const Items items(in.audit);
  FileDetails& d = begin_file(in, out, result, sets ? EventType::file_xattr_set : EventType::file_xattr_remove, FileOp::xattr);
  (void)write_file(in, items, s, out, d);
  constexpr uint64_t kCapsBytes = 20, kCapsWithRootBytes = 24;  // struct vfs_cap_data, revisions 2 and 3
  d.may_set_caps = sets && (s.a3 == kCapsBytes || s.a3 == kCapsWithRootBytes);
  const Record* item = items.subject();
  d.has_caps_before = item && decode::hex_of(item->find(Key::cap_fp), d.caps_before);
}

void times_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& s = result.syscall;
  if (!s.success) return;
  const Items items(in.audit);
  FileDetails& d = begin_file(in, out, result, EventType::file_time_change, FileOp::times);
  (void)write_file(in, items, s, out, d);
}

}  // namespace aurochs::normalize
