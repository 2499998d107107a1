// SPDX-License-Identifier: Apache-2.0
#include "enrich/process_events.h"

#include <cstring>

namespace aurochs::enrich {

using event::EventType;
using event::FieldId;

namespace {
uint32_t id_or_unset(const event::Event& e, FieldId f) { return e.has(f) ? static_cast<uint32_t>(e.number(f)) : state::Process::kUnset; }
}  // namespace

void ProcessEvents::give(EventType type) {
  enricher_.finish(event_);
  emit_(type);
}

state::ExecFacts ProcessEvents::exec_facts() const {
  const event::Event& e = event_;
  state::ExecFacts f;
  f.pid = static_cast<int32_t>(e.number(FieldId::proc_id));
  f.parent_pid = static_cast<int32_t>(e.number(FieldId::proc_p_id));
  f.event_ms = e.integer(FieldId::event_utc_time);
  f.serial = static_cast<uint32_t>(e.number(FieldId::event_serial));
  f.comm = e.text(FieldId::proc_comm);
  f.path = e.text(FieldId::proc_file_path);
  f.command_line = e.text(FieldId::cmdline);
  f.cwd = e.text(FieldId::proc_cwd);
  f.exe = e.text(FieldId::proc_file_tgt_path);
  f.uid_real = id_or_unset(e, FieldId::proc_usr_r_id);
  f.uid_effective = id_or_unset(e, FieldId::proc_usr_e_id);
  f.gid_real = id_or_unset(e, FieldId::proc_group_r_id);
  f.gid_effective = id_or_unset(e, FieldId::proc_group_e_id);
  f.login_uid = id_or_unset(e, FieldId::proc_usr_audit_id);
  f.login_session = id_or_unset(e, FieldId::proc_term_session_id);
  f.has_caps = e.has(FieldId::proc_cap_pe) && e.has(FieldId::proc_cap_pp);
  f.cap_effective = e.number(FieldId::proc_cap_pe);
  f.cap_permitted = e.number(FieldId::proc_cap_pp);
  return f;
}

void ProcessEvents::exec(const event::ExecDetails& details) {
  enricher_.fingerprint(event_);  // of the line as it was: it is compared with fingerprints of whole lines
  enricher_.mask(event_, FieldId::cmdline);
  const state::ExecView view = lineage_.exec(exec_facts());
  enricher_.exec(event_, view, details);
  view.process->is_told = true;
  give(EventType::process_create);
  const ExecRemarks::Subject subject{event_, view, details};
  size_t at = 0;
  for (EventType type = remarks_.next(subject, at); type != EventType::count_; type = remarks_.next(subject, at)) {
    enricher_.mask(event_, FieldId::script_text);
    emit_(type);
  }
  tell_containers(view);
}

/// CAP_SYS_MODULE, CAP_SYS_RAWIO and CAP_SYS_ADMIN in the bounding set: no runtime leaves these to a container unasked.
constexpr uint64_t kPrivilegedCaps = 1u << 16 | 1u << 17 | 1u << 21;

void ProcessEvents::tell_containers(const state::ExecView& view) {
  const Container container = container_of(view.process->cgroups());
  const ContainerBook::Word word = containers_.exec(container, *view.process, view.parent);
  if (word == ContainerBook::Word::nothing) return;
  emit_(word == ContainerBook::Word::started ? EventType::container_start : EventType::container_exec);
  if (word != ContainerBook::Word::started || (event_.number(FieldId::proc_cap_pb) & kPrivilegedCaps) != kPrivilegedCaps) return;
  event_.set_bool(FieldId::container_privileged, true);
  emit_(EventType::container_privileged_start);
}

void ProcessEvents::fork(int32_t parent_pid, int32_t pid, int64_t called_ms) {
  if (has_connector_) return;
  // A call of vfork ends, and is told, only when its child has execed: what the exec told of the child then stands.
  // /proc/stat tells the boot time in seconds, so a start from ticks may seem up to one second early.
  const state::Process* child = lineage_.table().find(pid);
  const bool is_known = child && child->origin != state::Origin::fork_event && child->parent_pid == parent_pid &&
                        child->start_ms >= called_ms - 1000;
  if (!is_known) lineage_.fork(parent_pid, pid);
}

void ProcessEvents::exit() {
  if (has_connector_) return;
  const state::ExitView v = lineage_.exit(static_cast<int32_t>(event_.number(FieldId::proc_id)), event_.integer(FieldId::event_utc_time),
                                          static_cast<uint32_t>(event_.integer(FieldId::op_exit)));
  if (v.process) enricher_.from_table(event_, *v.process, v.parent);
  give(EventType::process_exit);
}

void ProcessEvents::tell_about(const audit::ProcessFrame& p, int64_t at_ms, EventType type) {
  event_.clear(type);
  event_.set_time(FieldId::event_utc_time, at_ms);
  event_.set_number(FieldId::proc_id, static_cast<uint64_t>(p.pid));
  if (state::Process* process = lineage_.find_or_look(p.pid)) enricher_.from_table(event_, *process, lineage_.parent_of(*process));
  give(type);
}

void ProcessEvents::snapshot(const audit::Frame& frame) {
  const state::ExecView view = lineage_.note_snapshot(frame);
  if (view.process) tell_look(view, frame.received_ms, EventType::process_kernel_helper);
}

/// An event out of a look at /proc alone.
void ProcessEvents::tell_look(const state::ExecView& view, int64_t at_ms, EventType type) {
  event_.clear(type);
  event_.set_time(FieldId::event_utc_time, at_ms);
  event_.set_bool(FieldId::proc_issnapshot, type == EventType::process_info);
  event_.set_text_if(FieldId::proc_comm, view.proc.comm);
  enricher_.from_table(event_, *view.process, view.parent);
  event_.set_text_if(FieldId::proc_file_tgt_path, event_.text(FieldId::proc_file_path));
  event_.set_text_if(FieldId::proc_file_tgt_name, event_.text(FieldId::proc_file_name));
  enricher_.exec(event_, view, {});
  view.process->is_told = true;
  give(type);
}

/// Audit has no rule for it and the capture thread does not look: what the kernel itself starts, and containers, are told all the same.
void ProcessEvents::exec_unseen(int32_t pid, int64_t at_ms) {
  if (!lineage_.is_of_kernel(pid)) {
    const state::Process* p = lineage_.table().find(pid);
    if (p && !container_of(p->cgroups()).id.empty()) found(pid, at_ms);
    return;
  }
  if (const state::ExecView view = lineage_.look(pid, at_ms); view.process) tell_look(view, at_ms, EventType::process_kernel_helper);
}

void ProcessEvents::found(int32_t pid, int64_t at_ms) {
  const state::Process* known = lineage_.table().find(pid);
  if (has_connector_ && known && known->is_told && !known->exited_ms) return;
  const state::ExecView view = lineage_.look(pid, at_ms);
  if (!view.process) return;
  containers_.found(container_of(view.process->cgroups()), *view.process);
  tell_look(view, at_ms, EventType::process_info);
}

void ProcessEvents::connector(const audit::Frame& frame) {
  audit::ProcessFrame p;
  if (frame.payload.size() < sizeof p) return;
  std::memcpy(&p, frame.payload.data(), sizeof p);
  has_connector_ = true;
  state::ExitView v;
  if (lineage_.note(p, frame.received_ms, v)) tell_end(v);
  switch (static_cast<audit::ProcessWhat>(p.what)) {
    case audit::ProcessWhat::exec:
      if (is_polled_) return exec_unseen(p.pid, frame.received_ms);
      if (const state::ExecView view = lineage_.note_exec(p.pid); view.process) tell_look(view, frame.received_ms, EventType::process_kernel_helper);
      return;
    case audit::ProcessWhat::coredump: return tell_about(p, frame.received_ms, EventType::process_core_dump);
    case audit::ProcessWhat::fork:
      if (tells_forks_) tell_about(p, frame.received_ms, EventType::process_fork);
      return;
    case audit::ProcessWhat::sid:
      if (tells_sessions_) tell_about(p, frame.received_ms, EventType::process_session_create);
      return;
    default: return;
  }
}

void ProcessEvents::sweep(const audit::Frame& frame) {
  const state::ExecView view = lineage_.note_sweep(frame);
  if (!view.process) return;
  containers_.found(container_of(view.process->cgroups()), *view.process);
  tell_look(view, frame.received_ms, EventType::process_info);
}

void ProcessEvents::fact(const audit::Frame& frame) {
  FileKey key;
  if (!enricher_.learn(frame.payload, key)) return;
  while (enricher_.next_hashed(key, event_)) give(EventType::process_image_hash);
}

void ProcessEvents::tell_ends(int64_t now_ms) {
  state::ExitView v;
  while (lineage_.next_exit(now_ms, v)) tell_end(v);
}

void ProcessEvents::tell_end(const state::ExitView& v) {
  constexpr int32_t kThreadd = 2;
  if (v.process->parent_pid == kThreadd && v.process->path().empty()) return;  // a kernel thread: the kernel makes and ends some a second
  if (is_polled_ && !v.process->is_told && !v.by_signal) return;
  const EventType type = v.by_signal ? EventType::process_signal_death : EventType::process_exit;
  event_.clear(type);
  event_.set_time(FieldId::event_utc_time, v.at_ms);
  if (v.by_signal)
    event_.set_number(FieldId::op_signal, v.signal);
  else
    event_.set_integer(FieldId::op_exit, v.status);
  enricher_.from_table(event_, *v.process, v.parent);
  give(type);
  if (containers_.ended(container_of(v.process->cgroups()), *v.process)) emit_(EventType::container_stop);
}

}  // namespace aurochs::enrich
