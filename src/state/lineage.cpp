// SPDX-License-Identifier: Apache-2.0
#include "state/lineage.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "state/secrets.h"

namespace aurochs::state {
namespace {

/// Joined with blanks where /proc gives NULs: good enough for a parent that never exec'ed under our eyes.
void spaced(std::string_view nul_separated, std::string& out) {
  while (!nul_separated.empty() && nul_separated.back() == '\0') nul_separated.remove_suffix(1);
  for (const char c : nul_separated) out += c == '\0' ? ' ' : c;
}

constexpr std::string_view kDeleted = " (deleted)";

/// FNV-1a, 32 bits; never 0.
uint32_t hash_of(std::string_view text) {
  uint32_t h = 0x811C9DC5u;
  for (const char c : text) h = (h ^ static_cast<uint8_t>(c)) * 0x01000193u;
  return h ? h : 1;
}

/// The urgent part was read first, so it is the truer one where both have something to say.
void overlay(const ProcFacts& urgent, ProcFacts& facts) {
  facts.pid = urgent.pid;
  facts.environ = urgent.environ;
  facts.has_environ = urgent.has_environ;
  if (!urgent.cgroup.empty()) facts.cgroup = urgent.cgroup;
  if (facts.has_stat) return;
  facts.has_stat = urgent.has_stat;
  facts.start_ticks = urgent.start_ticks;
  facts.ppid = urgent.ppid;
  facts.session = urgent.session;
  facts.tty = urgent.tty;
  facts.comm = urgent.comm;
}

}  // namespace

Lineage::Lineage(const Identity& identity, ProcReader& reader) : reader_(reader), table_(identity), waiting_(limits::kWaitingExits) { ready_.reserve(256); }

Process* Lineage::parent_of(Process& p) {
  Process* parent = table_.get(p.parent);
  if (parent && parent->is_stale) refresh(*parent);
  return parent;
}

/// What cannot be looked at any more is not known: the image before would be a lie.
void Lineage::refresh(Process& p) {
  p.is_stale = false;
  if (!p.exited_ms && reader_.ask(Ask::process, p.pid, {}, answer_)) {
    const ProcFacts facts = parse_facts(answer_);
    if (facts.has_stat && !table_.learn_start(p, facts.start_ticks)) return adopt_image(p, facts);
  }
  scratch_.assign(p.cgroups().data(), p.cgroups().size());
  table_.set_text(p, {}, {}, {}, scratch_);
}

Process* Lineage::find_or_look(int32_t pid) {
  if (pid <= 0) return nullptr;
  Process* p = table_.find(pid);
  if (p && (!p->exited_ms || p->exit_waits)) {
    // A fork whose start nobody has read yet: it is about to be named, so it is looked at now.
    if (!p->has_guid && !p->start_ticks && reader_.ask(Ask::start, pid, {}, answer_))
      if (const uint64_t ticks = start_ticks_of(answer_)) (void)table_.learn_start(*p, ticks);
    if (p->is_stale) refresh(*p);
    return p;
  }
  if (!reader_.ask(Ask::process, pid, {}, answer_)) return p;
  const ProcFacts facts = parse_facts(answer_);
  if (!facts.has_stat) return p;
  if (p && p->start_ticks == facts.start_ticks) return p;
  Process& fresh = table_.add(pid, facts.ppid, table_.find(facts.ppid), Origin::proc_scan);
  table_.apply(fresh, facts);
  adopt_image(fresh, facts);
  return &fresh;
}

Process& Lineage::take_in(int32_t pid) {
  Process* p = find_or_look(pid);
  return p && (!p->exited_ms || p->exit_waits) ? *p : table_.add(pid, 0, nullptr, Origin::inferred);
}

void Lineage::adopt_image(Process& p, const ProcFacts& facts) {
  std::string_view exe = facts.exe;
  if (exe.size() > kDeleted.size() && exe.substr(exe.size() - kDeleted.size()) == kDeleted) {
    exe.remove_suffix(kDeleted.size());
    p.image_exists = false;
  }
  p.image_exists_known = !exe.empty();
  scratch_.clear();
  spaced(facts.cmdline, scratch_);
  if (mask_secrets(scratch_, masked_)) scratch_ = masked_;
  const size_t line = scratch_.size();
  join_cgroups(facts.cgroup, scratch_);
  table_.set_text(p, exe, std::string_view(scratch_).substr(0, line), facts.cwd, std::string_view(scratch_).substr(line));
}

Process& Lineage::identify(const ExecFacts& facts, const ProcFacts* proc) {
  Process* p = table_.find(facts.pid);
  const bool ended = p && p->exited_ms && !p->exit_waits;
  // Reuse is certain when the start ticks differ. Where nobody looked at /proc, a process that is known from its execs
  // only and now has another parent has given its PID away, unless that parent adopts orphans (init).
  const bool has_other_parent =
      p && p->origin == Origin::exec_event && !p->start_ticks && facts.parent_pid != p->parent_pid && facts.parent_pid != 1;
  const bool reused = p && (proc && proc->has_stat && p->start_ticks ? p->start_ticks != proc->start_ticks : ended || has_other_parent);
  if (p && !reused) {
    if (!p->parent.generation && !p->parent_pid) p->parent_pid = facts.parent_pid;
    return *p;
  }
  if (p) release_exit(*p);
  Process* parent = facts.parent_pid != facts.pid ? find_or_look(facts.parent_pid) : nullptr;
  return table_.add(facts.pid, facts.parent_pid, parent, Origin::exec_event);
}

/// The looks at /proc that belong to this exec: the one while it waited, and a later one where there is no ExecWatch.
ExecView Lineage::looks_at(const ExecFacts& facts) {
  ExecView view;
  if (const std::string* sections = pending_.take(facts.pid, facts.comm)) {
    snapshot_ = *sections;
    view.proc = parse_facts(snapshot_);
    view.has_proc = true;
  }
  if (const std::string* sections = urgent_.take(facts.pid, facts.comm)) {
    urgent_snapshot_ = *sections;
    const ProcFacts urgent = parse_facts(urgent_snapshot_);
    if (view.has_proc)
      overlay(urgent, view.proc);
    else
      view.proc = urgent;
    view.has_proc = true;
  }
  // The thread that looks may have had to wait, for the kernel's lock of cgroups above all, until the records were here. Where
  // the connector knows of no later exec, what is there now is what it would have seen.
  const Process* p = view.has_proc ? nullptr : table_.find(facts.pid);
  if (!p || p->execs_pending != 1 || !reader_.ask(Ask::process, facts.pid, {}, snapshot_)) return view;
  const ProcFacts now = parse_facts(snapshot_);
  if (!now.has_stat || now.comm != facts.comm) return view;
  view.proc = now;
  view.has_proc = true;
  return view;
}

ExecView Lineage::exec(const ExecFacts& facts) {
  ExecView view = looks_at(facts);
  Process& p = identify(facts, view.has_proc ? &view.proc : nullptr);
  view.process = &p;
  p.is_stale = false;
  // The connector told of a setuid exec's new ids long before its audit event came.
  Ids before;
  if (id_changes_.take(p.self, IdKind::user, {facts.uid_real, facts.uid_effective, Process::kUnset}, facts.event_ms, before))
    view.uid_effective_before = before.effective;
  else if (p.uid_effective != Process::kUnset && p.uid_effective != facts.uid_effective)
    view.uid_effective_before = p.uid_effective;
  if (view.has_proc) table_.apply(p, view.proc);
  p.uid_real = facts.uid_real;
  p.uid_effective = facts.uid_effective;
  p.gid_real = facts.gid_real;
  p.gid_effective = facts.gid_effective;
  view.was_rootless = p.rootless;
  p.rootless = facts.uid_real && facts.uid_effective && facts.uid_real != Process::kUnset && facts.uid_effective != Process::kUnset;
  p.exe_hash = facts.exe.empty() ? 0 : hash_of(facts.exe);
  p.uid_saved = facts.uid_effective;  // fs/exec.c: an exec saves the effective ids
  p.gid_saved = facts.gid_effective;
  p.login_uid = facts.login_uid;
  p.login_session = facts.login_session;
  if (facts.has_caps) {
    p.cap_effective = facts.cap_effective;
    p.cap_permitted = facts.cap_permitted;
    p.has_caps = true;
  } else if (!view.has_proc && facts.uid_effective) {
    p.has_caps = false;  // an exec without root's ids drops them, unless they are ambient
  }
  view.parent = parent_of(p);
  if (!view.parent && p.parent_pid && p.parent_pid != p.pid) {
    view.parent = find_or_look(p.parent_pid);
    if (view.parent) p.parent = view.parent->self;
  }
  if (view.parent) (void)table_.guid(*view.parent, facts.event_ms, facts.serial);
  (void)table_.guid(p, facts.event_ms, facts.serial);
  scratch_.clear();
  if (view.has_proc && !view.proc.cgroup.empty())
    join_cgroups(view.proc.cgroup, scratch_);
  else if (!p.cgroups().empty())
    scratch_.assign(p.cgroups().data(), p.cgroups().size());
  else if (view.parent)
    scratch_.assign(view.parent->cgroups().data(), view.parent->cgroups().size());
  table_.set_text(p, facts.path, facts.command_line, facts.cwd, scratch_);
  view.parent = parent_of(p);  // strings may have cost the oldest entries their place
  if (p.execs_pending) --p.execs_pending;
  if (p.exit_waits && !p.execs_pending) release_exit(p);
  return view;
}

ExitView Lineage::end(Process& p, int64_t at_ms, uint32_t wait_status) {
  ExitView view;
  view.process = &p;
  view.at_ms = at_ms;
  view.signal = wait_status & 0x7F;
  view.by_signal = view.signal != 0;
  view.status = view.by_signal ? 0 : wait_status >> 8 & 0xFF;
  (void)table_.guid(p, at_ms, 0);
  p.exit_waits = false;
  table_.exit(p, at_ms);
  view.parent = parent_of(p);  // only now: an end may evict whoever ended long ago
  return view;
}

ExitView Lineage::exit(int32_t pid, int64_t at_ms, uint32_t status) {
  Process* p = table_.find(pid);
  if (!p || p->exited_ms) return {};
  return end(*p, at_ms, status << 8);
}

void Lineage::fork(int32_t parent_pid, int32_t pid) {
  if (Process* former = table_.find(pid)) release_exit(*former);
  Process* parent = table_.find(parent_pid);
  if (!parent || (parent->exited_ms && !parent->exit_waits)) parent = find_or_look(parent_pid);
  (void)table_.fork(parent, parent_pid, pid);
}

namespace {

Ids ids_of(const Process& p, IdKind kind) {
  return kind == IdKind::user ? Ids{p.uid_real, p.uid_effective, p.uid_saved} : Ids{p.gid_real, p.gid_effective, p.gid_saved};
}

void write_ids(Process& p, IdKind kind, const Ids& now) {
  if (kind == IdKind::user && (!now.real || !now.effective || !now.saved || !p.uid_real || !p.uid_effective)) p.rootless = false;
  (kind == IdKind::user ? p.uid_real : p.gid_real) = now.real;
  if (kind == IdKind::user && !p.uid_effective != !now.effective) p.has_caps = false;  // security/commoncap.c: root's come and go with it
  (kind == IdKind::user ? p.uid_effective : p.gid_effective) = now.effective;
}

}  // namespace

void Lineage::note_ids(Process& p, IdKind kind, const Ids& now, int64_t received_ms) {
  const Ids before = ids_of(p, kind);
  if (before.same_as(now)) return;
  id_changes_.put(p.self, kind, before, now, received_ms);
  write_ids(p, kind, now);
}

IdNews Lineage::set_ids(int32_t pid, IdKind kind, const Ids& now, int64_t called_ms, Ids& before) {
  Process* p = table_.find(pid);
  before = {};
  if (!p || (p->exited_ms && !p->exit_waits && called_ms > p->exited_ms)) {
    Process& fresh = take_in(pid);
    write_ids(fresh, kind, now);
    (kind == IdKind::user ? fresh.uid_saved : fresh.gid_saved) = now.saved;
    return IdNews::unknown_before;
  }
  // The connector does not tell of saved ids, so those of the table are as late as the records, and need no such care.
  uint32_t& saved = kind == IdKind::user ? p->uid_saved : p->gid_saved;
  const uint32_t saved_before = saved;
  saved = now.saved;
  IdNews news = IdNews::changed;
  if (!id_changes_.take(p->self, kind, now, called_ms, before)) {
    before = ids_of(*p, kind);
    if (before.same_as(now))
      news = saved_before == Process::kUnset || saved_before == now.saved ? IdNews::same : IdNews::changed;
    else if (before.real == Process::kUnset || before.effective == Process::kUnset)
      news = IdNews::unknown_before;
    write_ids(*p, kind, now);
  }
  before.saved = saved_before;
  return news;
}

bool Lineage::is_unexplained(int32_t pid, const Ids& now, std::string_view exe, Ids& before) {
  Process* p = now.real == 0 || now.effective == 0 ? table_.find(pid) : nullptr;
  // Its records come in their order, so one of before the last exec event can not be here; words of the connector may be ahead,
  // and then rootless is off. Another image in the record: another process has the PID, and its start was lost.
  if (!p || !p->rootless || p->execs_pending || p->exited_ms || !p->exe_hash || p->exe_hash != hash_of(exe)) return false;
  before = ids_of(*p, IdKind::user);
  write_ids(*p, IdKind::user, now);
  p->uid_saved = now.saved;
  return true;
}

bool Lineage::is_of_kernel(int32_t pid) {
  constexpr int32_t kThreadd = 2;  // every kernel thread but itself is its child
  Process* p = table_.find(pid);
  const Process* parent = p ? parent_of(*p) : nullptr;
  return parent && (parent->pid == kThreadd || parent->parent_pid == kThreadd) && parent->path().empty();
}

/// A program that a kernel thread started (core_pattern, modprobe, hotplug) has no syscall, so no audit event will ask for
/// its look at /proc: the look itself tells of it.
ExecView Lineage::kernel_exec(int32_t pid, std::string_view sections) {
  ExecView view;
  snapshot_ = sections;
  view.proc = parse_facts(snapshot_);
  if (!view.proc.has_stat || view.proc.kernel_thread || view.proc.exe.empty()) return view;
  Process& p = *table_.find(pid);
  view.has_proc = true;
  if (p.execs_pending) --p.execs_pending;
  table_.apply(p, view.proc);
  adopt_image(p, view.proc);
  view.process = &p;
  view.parent = parent_of(p);
  return view;
}

ExecView Lineage::note_snapshot(const audit::Frame& frame) {
  const int32_t pid = pid_of(frame.payload);
  if (pid <= 0) return {};
  if (frame.type == audit::kSnapshotAtExec && is_of_kernel(pid))
    if (const ExecView view = kernel_exec(pid, frame.payload); view.process) return view;
  scratch_.clear();
  compact_sections(frame.payload, scratch_);
  (frame.type == audit::kSnapshotUrgent ? urgent_ : pending_).put(pid, scratch_, frame.received_ms);
  return {};
}

ExecView Lineage::note_exec(int32_t pid) {
  if (!is_of_kernel(pid)) return {};
  const std::string* sections = urgent_.take(pid, {});
  return sections ? kernel_exec(pid, *sections) : ExecView();
}

ExecView Lineage::note_sweep(const audit::Frame& frame) {
  ExecView view;
  if (frame.payload.empty()) {
    table_.end_unconfirmed(frame.received_ms);
    return view;
  }
  const ProcFacts facts = parse_facts(frame.payload);
  if (facts.pid <= 0 || !facts.has_stat) return view;
  Process* known = table_.find(facts.pid);
  if (known && (!known->start_ticks || known->start_ticks == facts.start_ticks) && known->origin != Origin::saved) return view;
  snapshot_.assign(frame.payload.data(), frame.payload.size());
  view.proc = parse_facts(snapshot_);
  view.has_proc = true;
  // Of a process whose start an earlier run could not read, only its first event is known: that came after the start.
  const bool was_guessed = known && known->start_from_event && !known->exited_ms && known->path() == facts.exe &&
                           table_.start_ms(facts.start_ticks) <= known->start_ms;
  const bool same = known && (known->start_ticks == facts.start_ticks || was_guessed);
  Process& p = same ? *known : table_.add(facts.pid, facts.ppid, table_.find(facts.ppid), Origin::proc_scan);
  p.origin = Origin::proc_scan;
  table_.apply(p, view.proc);
  view.process = &p;
  view.parent = parent_of(p);
  (void)table_.guid(p, frame.received_ms, 0);
  adopt_image(p, view.proc);
  return view;
}

ExecView Lineage::look(int32_t pid, int64_t at_ms) {
  ExecView view;
  if (!reader_.ask(Ask::process, pid, {}, snapshot_)) return view;
  view.proc = parse_facts(snapshot_);
  if (!view.proc.has_stat || view.proc.kernel_thread || view.proc.exe.empty()) return view;
  view.has_proc = true;
  Process* p = table_.find(pid);
  const bool same = p && (!p->start_ticks || p->start_ticks == view.proc.start_ticks);
  if (!same) p = &table_.add(pid, view.proc.ppid, table_.find(view.proc.ppid), Origin::proc_scan);
  p->is_stale = false;
  table_.apply(*p, view.proc);
  if (!parent_of(*p) && p->parent_pid > 0 && p->parent_pid != pid)
    if (Process* parent = find_or_look(p->parent_pid)) p->parent = parent->self;
  (void)table_.guid(*p, at_ms, 0);
  adopt_image(*p, view.proc);
  view.process = p;
  view.parent = parent_of(*p);
  return view;
}

bool Lineage::note(const audit::ProcessFrame& frame, int64_t received_ms, ExitView& out) {
  switch (static_cast<audit::ProcessWhat>(frame.what)) {
    case audit::ProcessWhat::fork: fork(frame.parent, frame.pid); return false;
    case audit::ProcessWhat::uid:
    case audit::ProcessWhat::gid:
      if (Process* p = table_.find(frame.pid))
        note_ids(*p, frame.what == static_cast<uint32_t>(audit::ProcessWhat::uid) ? IdKind::user : IdKind::group, {frame.a, frame.b, Process::kUnset}, received_ms);
      return false;
    case audit::ProcessWhat::sid:
      if (Process* p = table_.find(frame.pid)) p->session = frame.pid;
      return false;
    case audit::ProcessWhat::exit: {
      Process* p = table_.find(frame.pid);
      if (!p || p->exited_ms) return false;
      if (!p->execs_pending) {
        out = end(*p, received_ms, frame.a);
        return true;
      }
      p->exit_waits = true;
      p->exit_status = frame.a;
      table_.exit(*p, received_ms);
      if (waiting_count_ == waiting_.size()) expire_oldest_wait();
      waiting_[(waiting_first_ + waiting_count_++) % waiting_.size()] = {p->self, received_ms};
      return false;
    }
    case audit::ProcessWhat::exec: {
      Process* p = table_.find(frame.pid);
      if (!p) p = &table_.add(frame.pid, 0, nullptr, Origin::inferred);  // its fork was lost
      if (expects_execs_ && p->execs_pending < 255) ++p->execs_pending;
      if (!expects_execs_) {
        p->is_told = false;
        p->is_stale = true;
      }
      return false;
    }
    case audit::ProcessWhat::comm:
    case audit::ProcessWhat::coredump: break;
  }
  return false;
}

void Lineage::release_exit(Process& p) {
  if (p.exit_waits) ready_.push_back(p.self);
}

void Lineage::expire_oldest_wait() {
  const WaitingExit w = waiting_[waiting_first_];
  waiting_first_ = (waiting_first_ + 1) % waiting_.size();
  --waiting_count_;
  if (Process* p = table_.get(w.handle)) release_exit(*p);
}

bool Lineage::next_exit(int64_t now_ms, ExitView& out) {
  auto is_due = [&] { return waiting_count_ && now_ms >= waiting_[waiting_first_].received_ms + limits::kExitWaitMs; };
  while (ready_.empty() && is_due()) expire_oldest_wait();
  while (!ready_.empty()) {
    Process* p = table_.get(ready_.back());
    ready_.pop_back();
    if (!p || !p->exit_waits) continue;
    out = end(*p, p->exited_ms, p->exit_status);
    return true;
  }
  return false;
}

}  // namespace aurochs::state
