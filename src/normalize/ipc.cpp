// SPDX-License-Identifier: Apache-2.0
// System V and POSIX IPC. On i386 old programs reach all of System V by one call, ipc(CALL, first, second, third, ...)
// (include/uapi/linux/ipc.h); newer kernels have the calls of the other ABIs beside it.
#include "audit/record_types.h"
#include "base/text.h"
#include "decode/fields.h"
#include "normalize/target.h"

namespace aurochs::normalize {

using audit::Key;
using audit::Syscall;
using event::EventType;
using event::FieldId;

namespace {

constexpr uint16_t kIpc = 1303, kMqOpen = 1312;
constexpr uint32_t kShmExec = 0x8000, kCreate = 0x200, kOCreat = 0x40, kSet = 1;  // SHM_EXEC, IPC_CREAT, O_CREAT, IPC_SET
constexpr uint32_t kIpcSemctl = 3, kIpcMsgctl = 14, kIpcShmat = 21, kIpcShmget = 23, kIpcShmctl = 24;

struct IpcCall {
  Syscall syscall = Syscall::other;
  uint64_t first = 0, second = 0, third = 0;  ///< as the call of its own has them; after shmat's the flags
};

IpcCall unfold(const SyscallFacts& call) {
  if (call.syscall == Syscall::shmat) return {call.syscall, call.a0, call.a2, call.a1};
  if (call.syscall == Syscall::semctl) return {call.syscall, call.a0, call.a2, call.a1};
  if (call.syscall != Syscall::ipc) return {call.syscall, call.a0, call.a1, call.a2};
  switch (call.a0 & 0xFFFF) {
    case kIpcShmat: return {Syscall::shmat, call.a1, call.a2, 0};
    case kIpcShmget: return {Syscall::shmget, call.a1, call.a2, call.a3};
    case kIpcShmctl: return {Syscall::shmctl, call.a1, call.a2, 0};
    case kIpcMsgctl: return {Syscall::msgctl, call.a1, call.a2, 0};
    case kIpcSemctl: return {Syscall::semctl, call.a1, call.a3, 0};
    default: return {};
  }
}

void queue(Source& in, event::Event& out, Result& result) {
  begin_act(in, out, result, EventType::posix_mq_open);
  uint64_t flags = result.syscall.a1;
  if (const audit::Record* r = in.audit.find(kMqOpen)) {
    const audit::Field* f = field_named(*r, "oflag");
    if (f && base::starts_with(f->raw, "0x")) (void)base::parse_hex_u64(f->raw.substr(2), flags);
  }
  out.set_text(FieldId::op_name, word32(flags) & kOCreat ? "create" : "open");
  // The queue's name, without the slash that glibc takes off; a new one is the second item, behind its directory.
  const audit::Record* path = path_of_type(in.audit, "CREATE");
  if (!path) path = path_of_type(in.audit, "NORMAL");
  out.set_text_if(FieldId::op_value, path_name(path ? path : path_item(in.audit, "0"), in.audit.arena));
}

void permissions(Source& in, event::Event& out, Result& result, const IpcCall& call) {
  // IPC_64 (0x100) comes with the command on i386.
  if ((word32(call.second) & 0xFF) != kSet) return;
  begin_act(in, out, result, EventType::sysv_ipc_perm);
  out.set_text(FieldId::op_name, audit::syscall_name(call.syscall));
  set_decimal(out, FieldId::op_value, int_of(call.first));
  uint32_t mode = 0;
  uint64_t owner = 0, group = 0;
  auto write = [&](const audit::Record* r, FieldId mode_field, FieldId owner_field, FieldId group_field) {
    if (!r) return;
    if (octal_of(r->find(Key::mode), mode)) out.set_number(mode_field, mode);
    if (decode::number_of(r->find(Key::ouid), owner)) out.set_number(owner_field, owner);
    if (decode::number_of(r->find(Key::ogid), group)) out.set_number(group_field, group);
  };
  write(in.audit.find(kIpc), FieldId::file_ace_mask_old, FieldId::file_owner_id_old, FieldId::file_group_id_old);
  write(in.audit.find(1311), FieldId::file_ace_mask, FieldId::file_owner_id, FieldId::file_group_id);
}

}  // namespace

void ipc_family(Source& in, event::Event& out, Result& result) {
  if (result.syscall.syscall == Syscall::mq_open) return queue(in, out, result);
  const IpcCall call = unfold(result.syscall);
  switch (call.syscall) {
    case Syscall::shmat:
      if (!(call.second & kShmExec)) return;
      begin_act(in, out, result, EventType::sysv_shm_exec);
      return set_decimal(out, FieldId::op_value, int_of(call.first));
    case Syscall::shmget:
      if (!(call.third & kCreate)) return;
      begin_act(in, out, result, EventType::sysv_shm_create);
      set_hex(out, FieldId::op_value, word32(call.first));
      out.set_number(FieldId::mem_len, call.second);
      out.set_number(FieldId::file_ace_mask, call.third & 0777);
      return;
    case Syscall::shmctl:
    case Syscall::msgctl:
    case Syscall::semctl: return permissions(in, out, result, call);
    default: return;
  }
}

}  // namespace aurochs::normalize
