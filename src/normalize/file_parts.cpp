// SPDX-License-Identifier: Apache-2.0
#include "normalize/file_parts.h"

#include "audit/record_types.h"
#include "base/text.h"
#include "decode/fields.h"

namespace aurochs::normalize {

using audit::Key;
using audit::Record;
using event::FieldId;

Items::Items(const audit::AuditEvent& e) {
  const auto keep = [](const Record*& place, const Record& r) {
    if (!place) place = &r;
  };
  for (const Record& r : e.records) {
    if (r.type != audit::type::kPath) continue;
    ++count;
    last = &r;
    const std::string_view type = nametype_of(r);
    typed |= !type.empty();
    if (type == "PARENT")
      keep(parents[0] ? parents[1] : parents[0], r);
    else if (type == "NORMAL")
      keep(normal, r);
    else if (type == "CREATE")
      keep(create, r);
    else if (type == "DELETE")
      keep(removed, r);
    else if (type == "UNKNOWN")
      keep(unknown, r);
  }
}

const Record* Items::subject() const {
  if (!typed) return last;
  for (const Record* r : {normal, removed, create, unknown})
    if (r) return r;
  return nullptr;
}

int32_t descriptor_of(uint64_t argument) { return static_cast<int32_t>(static_cast<uint32_t>(argument)); }

int32_t directory_of(const SyscallFacts& s) {
  using audit::Syscall;
  switch (s.syscall) {
    case Syscall::openat:
    case Syscall::openat2:
    case Syscall::unlinkat:
    case Syscall::renameat:
    case Syscall::renameat2:
    case Syscall::linkat:
    case Syscall::mknodat:
    case Syscall::mkdirat:
    case Syscall::fchmodat:
    case Syscall::fchmodat2:
    case Syscall::fchownat:
    case Syscall::futimesat:
    case Syscall::utimensat:
    case Syscall::execveat: return descriptor_of(s.a0);
    case Syscall::symlinkat: return descriptor_of(s.a1);
    default: return event::kCwdDescriptor;
  }
}

FileDetails& begin_file(Source& in, event::Event& out, Result& result, EventType type, FileOp op) {
  begin_act(in, out, result, type);
  out.set_text(FieldId::file_op, event::file_op_name(op));
  result.file.is_file = true;
  result.file.op = op;
  return result.file;
}

namespace {

uint64_t inode_of(const Record* item) {
  uint64_t n = 0;
  if (!item || !decode::number_of(item->find(Key::inode), n)) return 0;
  return n;
}

/// The path whole, or relative to `fd` (which is then the descriptor that it lies below).
std::string_view path_of(Source& in, const Record* item, int32_t& fd) {
  const std::string_view name = path_name(item, in.audit.arena);
  if (name.empty() || name[0] == '/') fd = event::kCwdDescriptor;
  if (name.empty() || fd != event::kCwdDescriptor) return name;
  return absolute_path(name, working_directory(in.audit), in.audit.arena);
}

}  // namespace

bool write_path(Source& in, const Record* item, const Record* parent, int32_t directory_fd, event::Event& out, FileDetails& d) {
  const std::string_view path = path_of(in, item, directory_fd);
  d.directory_fd = directory_fd;
  d.parent_inode = inode_of(parent);
  if (path.empty()) return false;
  event::set_file_path(out, path);
  return true;
}

void write_old_path(Source& in, const Record* item, const Record* parent, int32_t directory_fd, event::Event& out, FileDetails& d) {
  out.set_text_if(FieldId::file_path_old, path_of(in, item, directory_fd));
  d.directory_fd_old = directory_fd;
  d.parent_inode_old = inode_of(parent);
}

uint32_t write_inode(const Record* item, event::Event& out, FileDetails& d) {
  if (!item) return 0;
  uint64_t n = 0;
  d.inode = inode_of(item);
  if (d.inode) out.set_number(FieldId::file_inode, d.inode);
  if (const audit::Field* f = item->find(Key::dev); f && d.inode) out.set_text_if(FieldId::file_dev, f->raw);
  if (decode::number_of(item->find(Key::ouid), n)) out.set_number(FieldId::file_owner_id, n);
  if (decode::number_of(item->find(Key::ogid), n)) out.set_number(FieldId::file_group_id, n);
  uint32_t mode = 0;
  if (!octal_of(item->find(Key::mode), mode)) return 0;
  out.set_number(FieldId::file_ace_mask, mode);
  const std::string_view type = event::file_type_name(mode);
  out.set_text_if(FieldId::file_type, type);
  const audit::Field* device = item->find(Key::rdev);
  if (device && base::ends_with(type, "Device")) out.set_text_if(FieldId::file_rdev, device->raw);
  return mode;
}

void by_descriptor(uint64_t argument, FileDetails& d) { d.file_fd = descriptor_of(argument); }

bool gains_suid(uint32_t before, uint32_t after) {
  constexpr uint32_t kSetUid = 04000, kSetGid = 02000, kGroupRuns = 010;
  const auto lends = [](uint32_t mode) { return (mode & kSetUid) || ((mode & kSetGid) && (mode & kGroupRuns)); };  // else mandatory locking
  return (after & 0170000) == 0100000 && lends(after) && !lends(before);
}

}  // namespace aurochs::normalize
