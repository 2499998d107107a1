// SPDX-License-Identifier: Apache-2.0
#include "enrich/act_facts.h"

#include <cstdio>

#include "base/limits.h"
#include "base/text.h"
#include "enrich/mountinfo.h"

namespace aurochs::enrich {

using event::Event;
using event::EventType;
using event::FieldId;
using state::IdKind;
using state::IdNews;
using state::Ids;
using state::Process;

namespace {

int64_t actor_of(const Event& e) { return e.integer(FieldId::proc_id); }

void set_before(Event& e, FieldId field, uint32_t before, uint32_t now) {
  if (before != Process::kUnset && before != now) e.set_number(field, before);
}

/// Value of "Name:\tvalue" in a text of lines.
std::string_view line_value(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = base::next_piece(text, '\n');
    if (base::starts_with(line, name) && line.size() > name.size() && line[name.size()] == ':') return base::trim(line.substr(name.size() + 1));
  }
  return {};
}

constexpr std::string_view kDeleted = " (deleted)";

}  // namespace

bool ActFacts::changed(Event& e) {
  switch (e.type()) {
    case EventType::process_uidchange: return ids_changed(e, IdKind::user);
    case EventType::process_gidchange: return ids_changed(e, IdKind::group);
    case EventType::process_cap_set: return capabilities_changed(e);
    default: return true;
  }
}

bool ActFacts::ids_changed(Event& e, IdKind kind) {
  const bool user = kind == IdKind::user;
  const FieldId real = user ? FieldId::proc_usr_r_id : FieldId::proc_group_r_id, effective = user ? FieldId::proc_usr_e_id : FieldId::proc_group_e_id;
  if (!e.has(real) || !e.has(effective) || e.has(FieldId::op_value_old)) return true;  // a cut record; a change of the file system id
  Ids now{static_cast<uint32_t>(e.number(real)), static_cast<uint32_t>(e.number(effective)), Process::kUnset}, before;
  if (user && e.has(FieldId::proc_usr_s_id)) now.saved = static_cast<uint32_t>(e.number(FieldId::proc_usr_s_id));
  const IdNews news = lineage_.set_ids(static_cast<int32_t>(actor_of(e)), kind, now, e.integer(FieldId::event_utc_time), before);
  // Of a process that nobody knew before its first such call, a change is told that may be none: once, and never a missed one.
  if (news == IdNews::same) return false;
  set_before(e, user ? FieldId::proc_usr_r_id_old : FieldId::proc_group_r_id_old, before.real, now.real);
  set_before(e, user ? FieldId::proc_usr_e_id_old : FieldId::proc_group_e_id_old, before.effective, now.effective);
  if (user) set_before(e, FieldId::proc_usr_s_id_old, before.saved, now.saved);
  return true;
}

bool ActFacts::unexplained(Event& e) {
  if (!e.has(FieldId::op_syscall) || !e.has(FieldId::proc_usr_r_id) || !e.has(FieldId::proc_usr_e_id) || !e.has(FieldId::proc_usr_s_id) ||
      e.has(FieldId::event_incomplete) || e.type() == EventType::process_uidchange)
    return false;
  const auto id = [&](FieldId f) { return static_cast<uint32_t>(e.number(f)); };
  const Ids now{id(FieldId::proc_usr_r_id), id(FieldId::proc_usr_e_id), id(FieldId::proc_usr_s_id)};
  Ids before;
  if (!lineage_.is_unexplained(static_cast<int32_t>(actor_of(e)), now, e.text(FieldId::proc_file_tgt_path), before)) return false;
  set_before(e, FieldId::proc_usr_r_id_old, before.real, now.real);
  set_before(e, FieldId::proc_usr_e_id_old, before.effective, now.effective);
  set_before(e, FieldId::proc_usr_s_id_old, before.saved, now.saved);
  e.set_text(FieldId::proc_priv_how, "unexplained");
  return true;
}

bool ActFacts::capabilities_changed(Event& e) {
  const auto pid = static_cast<int32_t>(actor_of(e));
  Process* p = lineage_.table().find(pid);
  const bool is_known = p && p->has_caps;
  if (!p) p = &lineage_.take_in(pid);  // a look shows what the call left, so it says nothing of a change
  const uint64_t permitted = e.number(FieldId::proc_cap_pp), effective = e.number(FieldId::proc_cap_pe);
  if (is_known) {
    if (p->cap_permitted == permitted && p->cap_effective == effective) return false;
    e.set_number(FieldId::proc_cap_pp_old, p->cap_permitted);
    e.set_number(FieldId::proc_cap_pe_old, p->cap_effective);
  }
  p->cap_permitted = permitted;
  p->cap_effective = effective;
  p->has_caps = true;
  return true;
}

bool ActFacts::is_in_our(std::string_view ns, int64_t pid) {
  path_.assign("ns/").append(ns);
  if (!ask(pid, path_)) return true;  // gone, or a log of elsewhere: as the records say
  other_ = answer_;
  path_.assign("/proc/self/ns/").append(ns);
  return !ask(0, path_) || answer_ == other_;
}

void ActFacts::target(Event& e) {
  if (!e.has(FieldId::tgt_proc_id) || e.has(FieldId::tgt_proc_guid)) return;
  // A record's number is the kernel's; an argument's is the caller's own.
  if (!e.has(FieldId::tgt_comm) && !is_in_our("pid", actor_of(e))) return;
  Process* p = lineage_.find_or_look(static_cast<int32_t>(e.number(FieldId::tgt_proc_id)));
  if (!p) return;
  char* guid = e.arena().allocate(base::kUuidTextBytes, 1);
  base::format_uuid(lineage_.table().guid(*p, e.integer(FieldId::event_utc_time), static_cast<uint32_t>(e.number(FieldId::event_serial))), guid);
  e.set_text(FieldId::tgt_proc_guid, {guid, base::kUuidTextBytes});
  if (!p->command_line().empty()) e.set_copy(FieldId::tgt_cmdline, p->command_line());
  if (!p->path().empty()) e.set_copy(FieldId::tgt_file_path, p->path());
  if (!e.has(FieldId::tgt_usr_id) && p->uid_real != Process::kUnset) e.set_number(FieldId::tgt_usr_id, p->uid_real);
  if (!e.has(FieldId::tgt_usr_audit_id) && p->login_uid != Process::kUnset) e.set_number(FieldId::tgt_usr_audit_id, p->login_uid);
}

void ActFacts::look(Event& e, const event::FileDetails& file) {
  const int32_t fd = file.file_fd;
  switch (e.type()) {
    case EventType::mount_add:
    case EventType::mount_bind:
    case EventType::mount_remount: return mount(e);
    case EventType::hostname_change: return host_name(e);
    default: break;
  }
  if (fd < 0 || file.is_file) return;
  switch (e.type()) {
    case EventType::loop_attach: return loop_device(e, fd);
    case EventType::network_tun_device: return tun_device(e, fd);
    case EventType::pidfd_getfd: return pidfd(e, fd);
    case EventType::namespace_set: return namespace_of(e, fd);
    default: return file_of(e, fd);
  }
}

bool ActFacts::ask_link(Event& e, std::string_view directory, int64_t number) {
  char text[24];
  const int n = std::snprintf(text, sizeof text, "/%lld", static_cast<long long>(number));
  path_.assign(directory).append(text, static_cast<size_t>(n));
  return ask(actor_of(e), path_);
}

void ActFacts::file_of(Event& e, int32_t fd) {
  if (!ask_link(e, "fd", fd)) return;
  std::string_view path = answer_;
  if (base::ends_with(path, kDeleted)) path.remove_suffix(kDeleted.size());
  if (path.empty() || path[0] != '/') return;
  e.set_copy(FieldId::file_path, path);
  e.set_text(FieldId::file_name, base::base_name(e.text(FieldId::file_path)));
}

void ActFacts::loop_device(Event& e, int32_t fd) {
  if (!ask_link(e, "fd", fd) || !base::starts_with(answer_, "/dev/")) return;
  e.set_copy(FieldId::dev_path, answer_);
  path_.assign("/sys/block/").append(base::base_name(answer_)).append("/loop/backing_file");
  if (e.number(FieldId::op_status) && ask(0, path_)) e.set_copy(FieldId::file_path, base::trim(answer_));
  if (e.has(FieldId::file_path)) e.set_text(FieldId::file_name, base::base_name(e.text(FieldId::file_path)));
}

void ActFacts::tun_device(Event& e, int32_t fd) {
  if (!ask_link(e, "fdinfo", fd)) return;
  const std::string_view name = line_value(answer_, "iff");
  if (!name.empty()) e.set_copy(FieldId::dev_iface, name);
}

void ActFacts::pidfd(Event& e, int32_t fd) {
  uint64_t pid = 0;
  if (!ask_link(e, "fdinfo", fd) || !base::parse_u64(line_value(answer_, "Pid"), pid)) return;
  e.set_number(FieldId::tgt_proc_id, pid);
  target(e);
}

void ActFacts::namespace_of(Event& e, int32_t fd) {
  if (e.has(FieldId::ns_flags) || !ask_link(e, "fd", fd)) return;
  const size_t colon = answer_.find(":[");
  if (colon != std::string::npos) e.set_copy(FieldId::ns_flags, std::string_view(answer_).substr(0, colon));
}

void ActFacts::host_name(Event& e) {
  if (!e.number(FieldId::op_status) || !is_in_our("uts", actor_of(e))) return;
  path_.assign("/proc/sys/kernel/").append(e.text(FieldId::op_name));
  if (ask(0, path_)) e.set_copy(FieldId::op_value, base::trim(answer_));
}

void ActFacts::mount(Event& e) {
  const std::string_view place = e.text(FieldId::mnt_dst);
  if (place.empty() || !e.number(FieldId::op_status)) return;
  // The programs that mount live for a millisecond more; whoever started one of them is in the same namespace.
  if (!reader_.ask(state::Ask::mount, actor_of(e), place, answer_) &&
      !(e.has(FieldId::proc_p_id) && reader_.ask(state::Ask::mount, e.integer(FieldId::proc_p_id), place, answer_)))
    return;
  const MountLine line = parse_mount_line(answer_);
  if (line.type.empty()) return;
  e.set_copy(FieldId::mnt_type, line.type);
  if (!e.has(FieldId::mnt_src) && e.type() == EventType::mount_add) {
    other_.clear();
    unescape_mount(line.source, other_);
    e.set_copy(FieldId::mnt_src, other_);
  }
  if (e.type() == EventType::mount_add && is_remote_type(line.type)) e.retype(EventType::mount_remote);
}

}  // namespace aurochs::enrich
