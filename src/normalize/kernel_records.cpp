// SPDX-License-Identifier: Apache-2.0
// The kernel's own words beside the syscalls: seccomp, anomalies, firewall, integrity, modules, BPF, clock, devices. Where the call
// itself is told by a rule of ours (a module, a BPF program, the clock), the record alone gives no second event.
#include "normalize/message.h"
#include "normalize/words.h"

#include <cstdio>
#include <cstring>

#include "audit/record_types.h"
#include "base/text.h"
#include "decode/fields.h"

namespace aurochs::normalize {

using audit::Field;
using audit::Key;
using audit::Record;
using audit::Syscall;
using event::EventType;
using event::FieldId;

namespace {

constexpr uint16_t kNetfilterCfg = 1325, kSeccomp = 1326, kFeatureChange = 1328, kKernModule = 1330, kFanotify = 1331, kTimeInjOffset = 1332,
                   kTimeAdjNtp = 1333, kBpf = 1334, kDmCtrl = 1338, kDmEvent = 1339, kAnomPromiscuous = 1700, kAnomLink = 1702,
                   kAnomCreat = 1703, kIntegrityFirst = 1800, kIntegrityPcr = 1804, kIntegrityLast = 1806;

std::string_view told(const Record& r, std::string_view name, base::Arena& arena) {
  return value_or_none(r, named(r, name, false), arena);
}

/// include/uapi/linux/seccomp.h: the action is in the high bits, its data in the low sixteen.
constexpr Word kSeccompActions[] = {{0x80000000u, "kill_process"}, {0, "kill_thread"}, {0x00030000, "trap"}, {0x00050000, "errno"},
                                    {0x7fc00000, "user_notif"}, {0x7ff00000, "trace"}, {0x7ffc0000, "log"}, {0x7fff0000, "allow"}};
constexpr uint64_t kSeccompAction = 0xffff0000u;
/// NFPROTO_*, the names of nft.
constexpr Word kFamilies[] = {{0, "unspec"}, {1, "inet"}, {2, "ip"}, {3, "arp"}, {5, "netdev"}, {7, "bridge"}, {10, "ip6"}, {12, "decnet"}};
constexpr Word kClockCalls[] = {{static_cast<uint64_t>(Syscall::adjtimex), "adjtimex"}, {static_cast<uint64_t>(Syscall::clock_adjtime), "clock_adjtime"},
                                {static_cast<uint64_t>(Syscall::settimeofday), "settimeofday"}, {static_cast<uint64_t>(Syscall::clock_settime), "clock_settime"},
                                {static_cast<uint64_t>(Syscall::stime), "stime"}};

/// Path of the refused link or file: path= (before 4.17 inside the record), else the last PATH of the event that has a name.
void write_refused_path(const Record& r, Source& in, event::Event& out) {
  base::Arena& arena = in.audit.arena;
  std::string_view path = value_or_none(r, r.find(Key::path), arena);
  const bool is_in_record = !path.empty();
  for (const Record& other : in.audit.records) {
    if (is_in_record || other.type != audit::type::kPath || nametype_of(other) == "PARENT") continue;
    const std::string_view name = path_name(&other, arena);
    if (!name.empty()) path = name;
  }
  path = absolute_path(path, working_directory(in.audit), arena);
  out.set_text_if(FieldId::file_path, path);
  out.set_text_if(FieldId::file_name, base::base_name(path));
}

void write_promiscuous(const Record& r, base::Arena& arena, event::Event& out) {
  uint64_t flags = 0;
  out.set_text_if(FieldId::dev_iface, value_or_none(r, r.find(Key::dev), arena));
  if (decode::number_of(named(r, "prom", false), flags)) out.set_bool(FieldId::dev_iface_ispromiscuous, flags != 0);
  out.set_text_if(FieldId::op_value, told(r, "prom", arena));
  out.set_text_if(FieldId::op_value_old, told(r, "old_prom", arena));
}

/// The op= of every record of the event, each once in a row: one nft transaction is one event of ours.
std::string_view firewall_ops(audit::AuditEvent& e) {
  size_t room = 0;
  for (const Record& r : e.records)
    if (const Field* op = r.type == kNetfilterCfg ? r.find(Key::op) : nullptr) room += op->raw.size() + 1;
  if (!room) return {};
  char* const joined = e.arena.allocate(room, 1);
  size_t n = 0;
  std::string_view last;
  for (const Record& r : e.records) {
    const Field* op = r.type == kNetfilterCfg ? r.find(Key::op) : nullptr;
    if (!op || op->raw.empty() || op->raw == last) continue;
    if (n) joined[n++] = '|';
    std::memcpy(joined + n, op->raw.data(), op->raw.size());
    n += op->raw.size();
    last = op->raw;
  }
  return {joined, n};
}

/// "ip filter"; the handle that nft writes behind the name (filter:29) goes.
void write_table(const Record& r, event::Event& out) {
  const Field* const table = named(r, "table", false);
  if (!table) return;
  const std::string_view name = table->raw.substr(0, table->raw.find(':'));
  uint64_t number = 0;
  const std::string_view family = decode::number_of(named(r, "family", false), number) ? word_of(kFamilies, number) : std::string_view();
  out.set_text(FieldId::audit_table, concat({family, family.empty() ? "" : " ", name}, out.arena()));
}

}  // namespace

void seccomp_family(Source& in, event::Event& out, Result& result) {
  const Record* r = in.audit.find(kSeccomp);
  if (!r) return;
  begin_record_act(*r, in, out, result, EventType::process_seccomp_violation);
  uint64_t arch = 0, number = 0, value = 0;
  if (decode::number_of(r->find(Key::sig), value) && value) out.set_number(FieldId::op_signal, value);
  if (decode::hex_of(r->find(Key::arch), arch)) out.set_text_if(FieldId::op_arch, audit::arch_name(static_cast<uint32_t>(arch)));
  if (decode::number_of(r->find(Key::syscall), number)) {
    out.set_number(FieldId::op_id, number);
    out.set_text_if(FieldId::op_syscall, audit::syscall_name(audit::syscall_of(static_cast<uint32_t>(arch), static_cast<uint32_t>(number))));
  }
  const Field* const code = named(*r, "code", false);
  if (!code || !base::starts_with(code->raw, "0x") || !base::parse_hex_u64(code->raw.substr(2), value)) return;
  const std::string_view action = word_of(kSeccompActions, value & kSeccompAction);
  out.set_text_if(FieldId::op_name, action);
  out.set_number(FieldId::op_status, action == "log" || action == "allow");
}

void kernel_anomaly_family(Source& in, event::Event& out, Result& result) {
  base::Arena& arena = in.audit.arena;
  if (const Record* r = in.audit.find(kAnomPromiscuous)) {
    begin_kernel_act(*r, in, out, result, EventType::network_promiscuous);
    return write_promiscuous(*r, arena, out);
  }
  const Record* r = in.audit.find(kAnomLink);
  const EventType type = r ? EventType::file_link_anomaly : EventType::file_create_anomaly;
  if (!r) r = in.audit.find(kAnomCreat);
  if (!r) return;
  begin_kernel_act(*r, in, out, result, type);
  write_outcome(*r, out);
  out.set_text_if(FieldId::audit_op, value_or_none(*r, r->find(Key::op), arena));
  write_refused_path(*r, in, out);
}

void firewall_family(Source& in, event::Event& out, Result& result) {
  const Record* r = in.audit.find(kNetfilterCfg);
  if (!r) return;
  begin_kernel_act(*r, in, out, result, EventType::network_firewall_change);
  write_table(*r, out);
  out.set_text_if(FieldId::audit_op, firewall_ops(in.audit));
  out.set_text_if(FieldId::op_value, told(*r, "entries", in.audit.arena));
}

/// IMA and EVM. What only says that a policy came (1805, 1807) is not asked for here; of the rest what failed, and every invalid PCR.
void integrity_family(Source& in, event::Event& out, Result& result) {
  for (const Record& r : in.audit.records) {
    if (r.type < kIntegrityFirst || r.type > kIntegrityLast) continue;
    if (r.type != kIntegrityPcr && outcome_of(r) != Outcome::failed) continue;
    base::Arena& arena = in.audit.arena;
    begin_record_act(r, in, out, result, EventType::integrity_violation);
    if (in.syscall && result.syscall.ppid) out.set_number(FieldId::proc_p_id, result.syscall.ppid);
    write_outcome(r, out);
    out.set_text_if(FieldId::audit_op, value_or_none(r, r.find(Key::op), arena));
    out.set_text_if(FieldId::op_value, told(r, "cause", arena));
    const std::string_view path = value_or_none(r, r.find(Key::name), arena);
    out.set_text_if(FieldId::file_path, path);
    out.set_text_if(FieldId::file_name, base::base_name(path));
    uint64_t inode = 0;
    if (decode::number_of(named(r, "ino", false), inode)) out.set_number(FieldId::file_inode, inode);
    return;
  }
}

void bpf_record_family(Source& in, event::Event& out, Result& result) {
  const Record* r = in.audit.find(kBpf);
  if (!r || result.syscall.syscall == Syscall::bpf) return;
  const Field* op = r->find(Key::op);
  if (!op || op->raw != "LOAD") return;
  begin_kernel_act(*r, in, out, result, EventType::bpf_program_load);
  out.set_text(FieldId::op_name, op->raw);
  uint64_t id = 0;
  if (decode::number_of(named(*r, "prog-id", false), id)) out.set_number(FieldId::op_id, id);
}

void kernel_module_record_family(Source& in, event::Event& out, Result& result) {
  const Syscall call = result.syscall.syscall;
  const Record* r = in.audit.find(kKernModule);
  if (!r || call == Syscall::init_module || call == Syscall::finit_module || call == Syscall::delete_module) return;
  begin_kernel_act(*r, in, out, result, EventType::kernel_module_load);
  out.set_text_if(FieldId::mod_name, value_or_none(*r, r->find(Key::name), in.audit.arena));
}

void time_record_family(Source& in, event::Event& out, Result& result) {
  if (!word_of(kClockCalls, static_cast<uint64_t>(result.syscall.syscall)).empty()) return;
  base::Arena& arena = in.audit.arena;
  if (const Record* r = in.audit.find(kTimeAdjNtp)) {
    begin_kernel_act(*r, in, out, result, EventType::time_adjust);
    out.set_text_if(FieldId::op_name, value_or_none(*r, r->find(Key::op), arena));
    out.set_text_if(FieldId::op_value, value_or_none(*r, r->find(Key::new_), arena));
    out.set_text_if(FieldId::op_value_old, value_or_none(*r, r->find(Key::old), arena));
    return;
  }
  const Record* r = in.audit.find(kTimeInjOffset);
  int64_t seconds = 0, nanoseconds = 0;
  if (!r || !decode::integer_of(named(*r, "sec", false), seconds) || !decode::integer_of(named(*r, "nsec", false), nanoseconds)) return;
  begin_kernel_act(*r, in, out, result, EventType::time_adjust);
  out.set_text(FieldId::op_name, "offset");
  char text[48];
  std::snprintf(text, sizeof text, "%lld.%09lld", static_cast<long long>(seconds), static_cast<long long>(nanoseconds));
  out.set_copy(FieldId::op_value, text);
}

namespace {

void device_mapper(const Record& r, Source& in, event::Event& out, Result& result) {
  base::Arena& arena = in.audit.arena;
  begin_kernel_act(r, in, out, result, EventType::device_mapper);
  write_outcome(r, out);
  out.set_text_if(FieldId::op_name, told(r, "module", arena));
  out.set_text_if(FieldId::audit_op, value_or_none(r, r.find(Key::op), arena));
  const std::string_view detail = told(r, r.type == kDmCtrl ? "error_msg" : "sector", arena);
  out.set_text_if(FieldId::op_value, detail);
  const std::string_view device = value_or_none(r, r.find(Key::dev), arena);
  if (!device.empty()) out.set_text(FieldId::dev_path, concat({"/sys/dev/block/", device}, out.arena()));
}

void fanotify(const Record& r, Source& in, event::Event& out, Result& result) {
  begin_kernel_act(r, in, out, result, EventType::fanotify_decision);
  uint64_t answer = 0, rule = 0;
  if (decode::number_of(named(r, "resp", false), answer)) {
    const bool allowed = (answer & 3) == 1;  // FAN_ALLOW 1, FAN_DENY 2; FAN_AUDIT is a flag
    out.set_text(FieldId::op_value, allowed ? "allow" : "deny");
    out.set_number(FieldId::op_status, allowed);
  }
  if (decode::hex_of(named(r, "fan_info", false), rule) && rule) out.set_integer(FieldId::op_id, static_cast<int64_t>(rule));
  write_refused_path(r, in, out);
}

/// usbguard.
void user_device(const Record& r, Source& in, event::Event& out, Result& result) {
  base::Arena& arena = in.audit.arena;
  begin_record_act(r, in, out, result, EventType::usb_guard_decision);
  write_outcome(r, out);
  out.set_text_if(FieldId::audit_op, said_op(r));
  std::string_view device = said(r, Key::device, arena);
  if (device.empty()) device = said(r, "device.system_name", arena);
  // usbguard names it as the kernel does, below /sys.
  out.set_text_if(FieldId::dev_path, base::starts_with(device, "/devices/") ? concat({"/sys", device}, out.arena()) : device);
  std::string_view target = said(r, Key::target, arena);
  if (target.empty()) target = said(r, "target.new", arena);
  out.set_text_if(FieldId::op_value, target);
  out.set_text_if(FieldId::op_value_old, said(r, "target.old", arena));
}

}  // namespace

void device_record_family(Source& in, event::Event& out, Result& result) {
  for (const Record& r : in.audit.records) {
    if (r.type == kDmCtrl || r.type == kDmEvent) return device_mapper(r, in, out, result);
    if (r.type == kFanotify) return fanotify(r, in, out, result);
    if (r.type == 1137) return user_device(r, in, out, result);
  }
}

void feature_family(Source& in, event::Event& out, Result& result) {
  const Record* r = in.audit.find(kFeatureChange);
  if (!r) return;
  base::Arena& arena = in.audit.arena;
  begin_kernel_act(*r, in, out, result, EventType::audit_feature_change);
  write_outcome(*r, out);
  out.set_text_if(FieldId::op_name, told(*r, "feature", arena));
  out.set_text_if(FieldId::op_value, value_or_none(*r, r->find(Key::new_), arena));
  out.set_text_if(FieldId::op_value_old, value_or_none(*r, r->find(Key::old), arena));
  const Field* lock = named(*r, "new_lock", false);
  if (lock && lock->raw == "1") out.set_text(FieldId::audit_op, "lock");
}

}  // namespace aurochs::normalize
