// SPDX-License-Identifier: Apache-2.0
// Operations on names: rename, unlink, links, nodes, directories; and truncate. Only what succeeded is an event.
#include "base/text.h"
#include "decode/fields.h"
#include "normalize/file_parts.h"

namespace aurochs::normalize {

using audit::Record;
using audit::Syscall;
using event::FieldId;

namespace {

int32_t second_directory_of(const SyscallFacts& s) {
  const bool has_one = s.syscall == Syscall::renameat || s.syscall == Syscall::renameat2 || s.syscall == Syscall::linkat;
  return has_one ? descriptor_of(s.a2) : event::kCwdDescriptor;
}

/// The record numbered so in the order of an untyped kernel.
const Record* untyped(const Items& items, const Source& in, std::string_view number) { return items.typed ? nullptr : path_item(in.audit, number); }

}  // namespace

void truncate_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& s = result.syscall;
  if (!s.success) return;
  const Items items(in.audit);
  FileDetails& d = begin_file(in, out, result, EventType::file_truncate, FileOp::truncate);
  d.access = FileAccess::write;
  const bool has_name = s.syscall == Syscall::truncate && write_path(in, items.subject(), items.parents[0], event::kCwdDescriptor, out, d);
  if (!has_name) by_descriptor(s.a0, d);
  (void)write_inode(items.subject(), out, d);
}

void rename_family(Source& in, event::Event& out, Result& result) {
  if (!result.syscall.success) return;
  const Items items(in.audit);
  FileDetails& d = begin_file(in, out, result, EventType::file_rename, FileOp::rename);
  const int32_t new_fd = second_directory_of(result.syscall);
  // kernel < 3.14, without types: the two directories, what was moved, what it is called now.
  const Record* from = items.typed ? items.removed : untyped(items, in, "2");
  const Record* to = items.typed ? items.create : untyped(items, in, "3");
  const Record* new_parent = items.parents[1] ? items.parents[1] : items.parents[0];
  write_old_path(in, from, items.parents[0], directory_of(result.syscall), out, d);
  write_path(in, to, new_parent, new_fd, out, d);
  (void)write_inode(to ? to : from, out, d);
}

void unlink_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& s = result.syscall;
  if (!s.success) return;
  constexpr uint64_t kRemoveDirectory = 0x200;  // AT_REMOVEDIR
  const bool is_directory = s.syscall == Syscall::rmdir || (s.syscall == Syscall::unlinkat && s.a2 & kRemoveDirectory);
  const Items items(in.audit);
  const Record* item = items.typed ? items.removed : items.last;
  FileDetails& d = begin_file(in, out, result, is_directory ? EventType::dir_delete : EventType::file_delete, is_directory ? FileOp::rmdir : FileOp::remove);
  write_path(in, item, items.parents[0], directory_of(s), out, d);
  (void)write_inode(item, out, d);
}

void link_family(Source& in, event::Event& out, Result& result) {
  if (!result.syscall.success || in.audit.find(1702)) return;
  const Items items(in.audit);
  FileDetails& d = begin_file(in, out, result, EventType::file_hard_link, FileOp::link);
  const int32_t new_fd = second_directory_of(result.syscall);
  const Record* from = items.typed ? items.normal : untyped(items, in, "0");
  const Record* to = items.typed ? items.create : items.last;
  write_old_path(in, from, nullptr, directory_of(result.syscall), out, d);
  write_path(in, to, items.parents[0], new_fd, out, d);
  (void)write_inode(to, out, d);
}

void symlink_family(Source& in, event::Event& out, Result& result) {
  if (!result.syscall.success) return;
  const Items items(in.audit);
  FileDetails& d = begin_file(in, out, result, EventType::file_symlink, FileOp::symlink);
  const Record* to = items.typed ? items.create : items.last;
  write_path(in, to, items.parents[0], directory_of(result.syscall), out, d);
  (void)write_inode(to, out, d);
  // The text of the link is logged like a path that was never looked up.
  out.set_text_if(FieldId::file_tgt_path, path_name(items.typed ? items.unknown : untyped(items, in, "0"), in.audit.arena));
}

void mknod_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& s = result.syscall;
  if (!s.success) return;
  const bool is_at = s.syscall == Syscall::mknodat;
  const auto mode = static_cast<uint32_t>(is_at ? s.a2 : s.a1);
  EventType type = EventType::file_create;
  switch (mode & 0170000) {
    case 0010000: type = EventType::named_pipe_create; break;
    case 0020000:
    case 0060000: type = EventType::device_node_create; break;
    default: break;
  }
  const Items items(in.audit);
  const Record* item = items.typed ? items.create : items.last;
  FileDetails& d = begin_file(in, out, result, type, FileOp::mknod);
  d.starts_empty = true;
  write_path(in, item, items.parents[0], directory_of(s), out, d);
  if (!write_inode(item, out, d)) out.set_text_if(FieldId::file_type, event::file_type_name(mode));
}

void mkdir_family(Source& in, event::Event& out, Result& result) {
  if (!result.syscall.success) return;
  const Items items(in.audit);
  const Record* item = items.typed ? items.create : items.last;
  FileDetails& d = begin_file(in, out, result, EventType::dir_create, FileOp::mkdir);
  write_path(in, item, items.parents[0], directory_of(result.syscall), out, d);
  (void)write_inode(item, out, d);
}

}  // namespace aurochs::normalize
