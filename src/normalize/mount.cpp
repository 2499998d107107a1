// SPDX-License-Identifier: Apache-2.0
// Mounts, namespaces, swap. Of mount(2) the records have the flags (a3) and, as PATH items, the place and, where the kernel looked one
// up, the source; the type and the options lie in the caller's memory, so they are read from mountinfo (enrich/acts).
#include "normalize/target.h"

namespace aurochs::normalize {

using audit::Syscall;
using event::EventType;
using event::FieldId;

namespace {

// include/uapi/linux/mount.h
constexpr Word kMountFlags[] = {
    {0x1, "ro"},            {0x2, "nosuid"},       {0x4, "nodev"},         {0x8, "noexec"},       {0x10, "sync"},       {0x20, "remount"},
    {0x40, "mand"},         {0x80, "dirsync"},     {0x100, "nosymfollow"}, {0x400, "noatime"},    {0x800, "nodiratime"}, {0x1000, "bind"},
    {0x2000, "move"},       {0x4000, "rec"},       {0x8000, "silent"},     {0x20000, "unbindable"}, {0x40000, "private"}, {0x80000, "slave"},
    {0x100000, "shared"},   {0x200000, "relatime"}, {0x800000, "iversion"}, {0x1000000, "strictatime"}, {0x2000000, "lazytime"}};
constexpr uint32_t kRemount = 0x20, kBind = 0x1000, kPropagation = 0x1E0000;
constexpr uint32_t kMagic = 0xC0ED0000, kMagicMask = 0xFFFF0000;  // old programs put it in the high half; the kernel takes it off

constexpr Word kUmountFlags[] = {{1, "force"}, {2, "detach"}, {4, "expire"}, {8, "nofollow"}};
constexpr Word kSwapFlags[] = {{0x8000, "SWAP_FLAG_PREFER"}, {0x10000, "SWAP_FLAG_DISCARD"}};

// include/uapi/linux/sched.h
constexpr Word kNamespaces[] = {{0x10000000, "user"}, {0x20000, "mnt"},       {0x20000000, "pid"}, {0x40000000, "net"},
                                {0x8000000, "ipc"},   {0x4000000, "uts"},     {0x2000000, "cgroup"}};
constexpr uint32_t kNewUser = 0x10000000, kNewTime = 0x80, kNewAny = 0x7E020000;

void mount_point(Source& in, event::Event& out, std::string_view item) { out.set_text_if(FieldId::mnt_dst, path_argument(in, item)); }

/// PATH items of move_mount: the source, whose name is empty where a descriptor stands for it, and last the place.
void move_mount(Source& in, event::Event& out, Result& result) {
  begin_act(in, out, result, EventType::mount_add);
  for (const std::string_view item : {"1", "0"}) {
    mount_point(in, out, item);
    if (out.has(FieldId::mnt_dst)) return;
  }
}

void unmount(Source& in, event::Event& out, Result& result) {
  begin_act(in, out, result, EventType::mount_remove);
  mount_point(in, out, "0");
  constexpr uint32_t kOldUmount = 22;  // i386's has no flags
  if (result.syscall.arch != audit::arch::kI386 || result.syscall.number != kOldUmount)
    set_flags(out, FieldId::mnt_flags, kUmountFlags, word32(result.syscall.a1));
}

/// Namespaces of one act; of a process that is not root's a user namespace is the way to rights that it lacks.
void new_namespaces(Source& in, event::Event& out, Result& result, uint32_t flags, EventType type) {
  begin_act(in, out, result, type);
  if ((flags & kNewUser) && out.has(FieldId::proc_usr_r_id) && out.number(FieldId::proc_usr_r_id) != 0)
    out.retype(EventType::user_namespace_create);
  set_flags(out, FieldId::ns_flags, kNamespaces, flags & kNewAny);
}

}  // namespace

void mount_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  if (call.syscall == Syscall::umount2) return unmount(in, out, result);
  if (call.syscall == Syscall::move_mount) return move_mount(in, out, result);
  if (call.syscall == Syscall::mount_setattr) {  // its flags are in memory
    begin_act(in, out, result, EventType::mount_remount);
    return mount_point(in, out, "0");
  }
  uint32_t flags = word32(call.a3);
  if ((flags & kMagicMask) == kMagic) flags &= ~kMagicMask;
  // Who hears of further mounts: not a mount, and every start of a sandboxed service does it.
  if ((flags & kPropagation) && !(flags & (kRemount | kBind))) return;
  const bool remount = flags & kRemount;
  begin_act(in, out, result, remount ? EventType::mount_remount : flags & kBind ? EventType::mount_bind : EventType::mount_add);
  mount_point(in, out, "0");
  if (!remount) out.set_text_if(FieldId::mnt_src, path_argument(in, "1"));
  set_flags(out, FieldId::mnt_flags, kMountFlags, flags);
}

void clone_family(Source& in, event::Event& out, Result& result) {
  fork_family(in, out, result);
  const SyscallFacts& call = result.syscall;
  const uint32_t flags = word32(call.a0);  // clone3's are in memory
  if (call.syscall != Syscall::clone || !(flags & kNewAny)) return;
  new_namespaces(in, out, result, flags, EventType::namespace_clone);
  if (call.success) write_target_argument(out, int_of(static_cast<uint64_t>(call.exit)));
}

void namespace_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  if (call.syscall == Syscall::unshare) {
    if (!(word32(call.a0) & (kNewAny | kNewTime))) return;
    new_namespaces(in, out, result, word32(call.a0), EventType::namespace_unshare);
    if (!out.has(FieldId::ns_flags)) out.set_text(FieldId::ns_flags, "time");
    return;
  }
  begin_act(in, out, result, EventType::namespace_set);
  set_flags(out, FieldId::ns_flags, kNamespaces, word32(call.a1) & kNewAny);
  result.file.file_fd = int_of(call.a0);
}

void swap_family(Source& in, event::Event& out, Result& result) {
  begin_act(in, out, result, EventType::swap_change);
  write_path(in, out);
  if (result.syscall.syscall == Syscall::swapon) set_flags(out, FieldId::op_value, kSwapFlags, word32(result.syscall.a1) & 0x18000);
}

}  // namespace aurochs::normalize
