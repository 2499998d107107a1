// SPDX-License-Identifier: Apache-2.0
// Acts on the kernel itself: modules, BPF, kexec, its log, I/O ports. A module's name is in KERN_MODULE (kernel 4.12, where the
// load came so far); that of its file only behind finit_module's descriptor; a BPF program's number in the BPF record (5.6).
#include "decode/fields.h"
#include "normalize/target.h"

namespace aurochs::normalize {

using audit::Key;
using audit::Syscall;
using event::EventType;
using event::FieldId;

namespace {

constexpr uint16_t kKernModule = 1330, kBpf = 1334;

// include/uapi/linux/module.h
constexpr Word kFinitFlags[] = {{1, "MODULE_INIT_IGNORE_MODVERSIONS"}, {2, "MODULE_INIT_IGNORE_VERMAGIC"}, {4, "MODULE_INIT_COMPRESSED_FILE"}};
// include/uapi/linux/kexec.h; the high half is the architecture.
constexpr Word kKexecFlags[] = {{1, "KEXEC_ON_CRASH"}, {2, "KEXEC_PRESERVE_CONTEXT"}, {4, "KEXEC_UPDATE_ELFCOREHDR"}, {8, "KEXEC_CRASH_HOTPLUG_SUPPORT"}};
// kernel/printk: SYSLOG_ACTION_*
constexpr Word kSyslog[] = {{4, "SYSLOG_ACTION_READ_CLEAR"}, {5, "SYSLOG_ACTION_CLEAR"}, {6, "SYSLOG_ACTION_CONSOLE_OFF"}};

// include/uapi/linux/bpf.h, enum bpf_cmd, and what each is told as.
struct BpfRow {
  uint32_t command;
  std::string_view name;
  EventType type;
};
constexpr BpfRow kBpfCommands[] = {{5, "BPF_PROG_LOAD", EventType::bpf_program_load},
                                   {6, "BPF_OBJ_PIN", EventType::bpf_pin},
                                   {8, "BPF_PROG_ATTACH", EventType::bpf_attach},
                                   {17, "BPF_RAW_TRACEPOINT_OPEN", EventType::bpf_attach},
                                   {28, "BPF_LINK_CREATE", EventType::bpf_attach}};

}  // namespace

void module_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  const bool unload = call.syscall == Syscall::delete_module;
  EventType type = unload ? EventType::kernel_module_unload : EventType::kernel_module_load;
  if (!unload && !call.success) type = EventType::kernel_module_load_fail;
  begin_act(in, out, result, type);
  if (const audit::Record* r = in.audit.find(kKernModule)) out.set_text_if(FieldId::mod_name, decode::text_of(*r, r->find(Key::name), in.audit.arena));
  if (call.syscall != Syscall::finit_module) return;
  set_flags(out, FieldId::op_value, kFinitFlags, word32(call.a2));
  result.file.file_fd = int_of(call.a0);
}

void bpf_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  for (const BpfRow& row : kBpfCommands) {
    if (row.command != word32(call.a0)) continue;
    begin_act(in, out, result, row.type);
    out.set_number(FieldId::op_id, row.command);
    out.set_text(FieldId::op_name, row.name);
    if (const audit::Record* r = in.audit.find(kBpf))
      if (const audit::Field* id = field_named(*r, "prog-id")) out.set_text_if(FieldId::op_value, id->raw);
    if (row.command == 6 && path_item(in.audit, "0")) {  // the new name is the last item, behind its directory
      write_path(in, out, path_item(in.audit, "1") ? "1" : "0");
    }
    return;
  }
}

void kexec_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  begin_act(in, out, result, EventType::kexec_load);
  if (call.syscall == Syscall::kexec_load) return set_flags(out, FieldId::op_value, kKexecFlags, word32(call.a3) & 0xFFFF);
  result.file.file_fd = int_of(call.a0);  // its flags are the fifth argument, which no record has
}

void kernel_log_family(Source& in, event::Event& out, Result& result) {
  const std::string_view name = word_of(kSyslog, word32(result.syscall.a0));
  if (name.empty()) return;
  begin_act(in, out, result, EventType::kernel_log_clear);
  out.set_text(FieldId::op_value, name);
}

void io_port_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  begin_act(in, out, result, EventType::io_port_access);
  if (call.syscall == Syscall::iopl) return set_decimal(out, FieldId::op_value, int_of(call.a0));
  set_hex(out, FieldId::op_value, call.a0);
  out.set_number(FieldId::mem_len, call.a1);
}

}  // namespace aurochs::normalize
