// SPDX-License-Identifier: Apache-2.0
#include "enrich/enricher.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "audit/frame.h"
#include "base/limits.h"
#include "base/text.h"
#include "enrich/container.h"
#include "state/secrets.h"

namespace aurochs::enrich {

using event::Event;
using event::EventType;
using event::FieldId;
using state::Process;

namespace {

uint64_t seconds_between(int64_t from_ms, int64_t to_ms) { return to_ms > from_ms ? static_cast<uint64_t>(to_ms - from_ms) / 1000 : 0; }

void set_id(Event& e, FieldId f, uint32_t id) {
  if (id != Process::kUnset) e.set_number(f, id);
}

/// What a link in /proc/PID/fd says, in one word.
std::string_view descriptor_type(std::string_view link) {
  using base::starts_with;
  if (link.empty()) return {};
  if (starts_with(link, "pipe:")) return "pipe";
  if (starts_with(link, "socket:")) return "socket";
  if (link == "/dev/null") return "null";
  if (starts_with(link, "/dev/pts/") || starts_with(link, "/dev/tty") || link == "/dev/console") return "tty";
  if (starts_with(link, "anon_inode:")) return "anon";
  return "file";
}

/// "pid:[4026531836]" -> 4026531836
bool namespace_inode(std::string_view link, uint64_t& out) {
  const size_t open = link.find('[');
  return open != std::string_view::npos && link.back() == ']' && base::parse_u64(link.substr(open + 1, link.size() - open - 2), out);
}

}  // namespace

std::string_view Enricher::guid_text(Event& e, const base::Uuid& u) {
  char* text = e.arena().allocate(base::kUuidTextBytes, 1);
  base::format_uuid(u, text);
  return {text, base::kUuidTextBytes};
}

void Enricher::fingerprint(Event& e) {
  const std::string_view line = e.text(FieldId::cmdline);
  if (line.empty() || e.has(FieldId::cmdline_fingerprint)) return;
  scratch_.resize(line.size());
  std::transform(line.begin(), line.end(), scratch_.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  std::array<uint8_t, 16> digest;
  if (!md5_.hash(scratch_, digest)) return;
  scratch_.clear();
  base::append_hex(scratch_, {reinterpret_cast<const char*>(digest.data()), digest.size()});
  e.set_copy(FieldId::cmdline_fingerprint, scratch_);
}

void Enricher::proc_facts(Event& e, const state::ProcFacts& f) {
  if (f.has_stat) e.set_number(FieldId::proc_session_id, static_cast<uint64_t>(f.session));
  if (f.has_environ) {
    scratch_.clear();
    state::select_environment(f.environ, scratch_);
    e.set_copy(FieldId::proc_env, base::cut_utf8(scratch_, limits::kFieldBytes));
  }
  if (f.chrooted >= 0) e.set_text(FieldId::proc_chroot_status, f.chrooted ? "Yes" : "No");
  if (f.has_caps) {
    if (!e.has(FieldId::proc_cap_pe)) e.set_number(FieldId::proc_cap_pe, f.cap_effective);
    if (!e.has(FieldId::proc_cap_pp)) e.set_number(FieldId::proc_cap_pp, f.cap_permitted);
    e.set_number(FieldId::proc_cap_pb, f.cap_bounding);
  }
  if (f.has_status && !e.has(FieldId::proc_usr_s_id)) {
    e.set_number(FieldId::proc_usr_s_id, f.uid[2]);
    e.set_number(FieldId::proc_usr_fs_id, f.uid[3]);
  }
  if (f.seccomp >= 0) e.set_number(FieldId::proc_seccomp, static_cast<uint64_t>(f.seccomp));
  if (f.no_new_privileges >= 0) e.set_number(FieldId::proc_nnp, static_cast<uint64_t>(f.no_new_privileges));
  if (f.tracer >= 0) e.set_number(FieldId::proc_tracer_id, static_cast<uint64_t>(f.tracer));
  uint64_t inode = 0;
  if (namespace_inode(f.pid_namespace, inode)) e.set_number(FieldId::proc_pidns, inode);
  if (f.ns_pid > 0 && f.ns_pid != f.pid) e.set_number(FieldId::proc_ns_id, static_cast<uint64_t>(f.ns_pid));
  constexpr FieldId kDescriptors[] = {FieldId::proc_stdin_type, FieldId::proc_stdout_type, FieldId::proc_stderr_type};
  for (size_t i = 0; i < 3; ++i) e.set_text_if(kDescriptors[i], descriptor_type(f.fd[i]));
  if (!e.has(FieldId::proc_mac_label) && !f.mac_label.empty()) e.set_copy(FieldId::proc_mac_label, base::trim(f.mac_label.substr(0, f.mac_label.find('\0'))));
  if (!f.groups.empty()) {
    scratch_.clear();
    for (std::string_view rest = f.groups; !rest.empty();) {
      uint64_t gid = 0;
      if (!base::parse_u64(base::next_piece(rest, ' '), gid)) continue;
      if (!scratch_.empty()) scratch_ += '|';
      scratch_ += std::to_string(gid);
      if (const std::string_view name = names_.group(static_cast<uint32_t>(gid)); !name.empty()) scratch_.append("(").append(name).append(")");
    }
    e.set_copy(FieldId::proc_usr_groups, scratch_);
  }
}

void Enricher::process_fields(Event& e, const state::ExecView& view) {
  Process& p = *view.process;
  const int64_t at_ms = e.integer(FieldId::event_utc_time);
  e.set_text(FieldId::proc_guid, guid_text(e, p.guid));
  e.set_time(FieldId::proc_start_time, p.start_ms);
  if (p.start_from_event) e.set_text(FieldId::proc_start_src, "event");
  e.set_number(FieldId::proc_uptime, seconds_between(p.start_ms, at_ms));
  if (view.has_proc) proc_facts(e, view.proc);
  if (!view.has_proc && p.session >= 0) e.set_number(FieldId::proc_session_id, static_cast<uint64_t>(p.session));
  if (!p.cgroups().empty()) {
    e.set_copy(FieldId::proc_cgroups, p.cgroups());
    if (!view.has_proc || view.proc.cgroup.empty()) e.set_text(FieldId::proc_cgroups_src, "parent");
    const Container container = container_of(e.text(FieldId::proc_cgroups));
    if (!container.id.empty()) {
      e.set_text(FieldId::container_id, container.id);
      e.set_text(FieldId::container_runtime, container.runtime);
    }
  }
}

void Enricher::parent_fields(Event& e, Process& parent) {
  e.set_number(FieldId::proc_p_id, static_cast<uint64_t>(parent.pid));
  e.set_text(FieldId::proc_p_guid, guid_text(e, parent.guid));
  if (!parent.command_line().empty()) e.set_copy(FieldId::proc_p_cmdline, parent.command_line());
  if (!parent.cwd().empty()) e.set_copy(FieldId::proc_p_cwd, parent.cwd());
  if (!parent.path().empty()) {
    e.set_copy(FieldId::proc_p_file_path, parent.path());
    e.set_text(FieldId::proc_p_file_name, base::base_name(e.text(FieldId::proc_p_file_path)));
  }
  if (parent.image_exists_known) e.set_bool(FieldId::proc_p_file_exists, parent.image_exists);
  set_id(e, FieldId::proc_p_usr_r_id, parent.uid_real);
  set_id(e, FieldId::proc_p_usr_e_id, parent.uid_effective);
  set_id(e, FieldId::proc_p_group_r_id, parent.gid_real);
  set_id(e, FieldId::proc_p_group_e_id, parent.gid_effective);
  if (parent.session >= 0) e.set_number(FieldId::proc_p_session_id, static_cast<uint64_t>(parent.session));
  set_id(e, FieldId::proc_p_term_session_id, parent.login_session);
  e.set_number(FieldId::proc_p_uptime, seconds_between(parent.start_ms, e.integer(FieldId::event_utc_time)));
  if (parent.has_caps) {
    e.set_number(FieldId::proc_p_cap_pe, parent.cap_effective);
    e.set_number(FieldId::proc_p_cap_pp, parent.cap_permitted);
  }
}

void Enricher::ancestors(Event& e, Process& p) {
  char guids[(base::kUuidTextBytes + 1) * limits::kAncestors];
  size_t guid_bytes = 0, count = 0;
  scratch_.clear();
  for (Process* a = lineage_.parent_of(p); a && count < limits::kAncestors; a = lineage_.parent_of(*a), ++count) {
    if (!a->has_guid) break;
    if (count) guids[guid_bytes++] = '|';
    base::format_uuid(a->guid, guids + guid_bytes);
    guid_bytes += base::kUuidTextBytes;
    if (count) scratch_ += '|';
    scratch_ += base::cut_utf8(a->command_line(), 256);
  }
  if (!count) return;
  e.set_copy(FieldId::proc_anc_guids, {guids, guid_bytes});
  e.set_copy(FieldId::proc_anc_cmdlines, scratch_);
}

void Enricher::exec(Event& e, const state::ExecView& view, const event::ExecDetails& details) {
  const auto said_parent = static_cast<int32_t>(e.number(FieldId::proc_p_id));
  process_fields(e, view);
  image_fields(e, view, details);
  if (view.parent) {
    parent_fields(e, *view.parent);
    if (said_parent > 0 && said_parent != view.parent->pid) e.set_number(FieldId::proc_p_cur_id, static_cast<uint64_t>(said_parent));
  }
  ancestors(e, *view.process);
  fingerprint(e);
  if (e.number(FieldId::proc_usr_e_id) != e.number(FieldId::proc_usr_r_id) && details.has_inode && details.mode & 04000)
    e.set_text(FieldId::proc_priv_how, "exec-suid");
  if (view.uid_effective_before != Process::kUnset && e.has(FieldId::proc_priv_how))
    e.set_number(FieldId::proc_usr_e_id_old, view.uid_effective_before);
}

void Enricher::from_table(Event& e, Process& p, Process* parent) {
  state::ExecView view;
  view.process = &p;
  const auto at_ms = e.integer(FieldId::event_utc_time);
  (void)lineage_.table().guid(p, at_ms, static_cast<uint32_t>(e.number(FieldId::event_serial)));
  auto text = [&](FieldId f, std::string_view v) {
    if (!e.has(f) && !v.empty()) e.set_copy(f, v);
  };
  auto id = [&](FieldId f, uint32_t v) {
    if (!e.has(f)) set_id(e, f, v);
  };
  e.set_number(FieldId::proc_id, static_cast<uint64_t>(p.pid));
  if (!e.has(FieldId::proc_p_id) && p.parent_pid > 0) e.set_number(FieldId::proc_p_id, static_cast<uint64_t>(p.parent_pid));
  process_fields(e, view);
  e.remove(FieldId::proc_cgroups_src);
  text(FieldId::cmdline, p.command_line());
  text(FieldId::proc_cwd, p.cwd());
  text(FieldId::proc_file_path, p.path());
  text(FieldId::proc_file_name, base::base_name(e.text(FieldId::proc_file_path)));
  id(FieldId::proc_usr_r_id, p.uid_real);
  id(FieldId::proc_usr_e_id, p.uid_effective);
  id(FieldId::proc_group_r_id, p.gid_real);
  id(FieldId::proc_group_e_id, p.gid_effective);
  id(FieldId::proc_usr_audit_id, p.login_uid);
  id(FieldId::proc_term_session_id, p.login_session);
  if (!parent) return;
  (void)lineage_.table().guid(*parent, at_ms, 0);
  parent_fields(e, *parent);
}

void Enricher::mask(Event& e, FieldId text) {
  if (state::mask_secrets(e.text(text), scratch_)) e.set_copy(text, scratch_);
}

void Enricher::finish(Event& e) {
  struct Named {
    FieldId id, name;
    bool group;
  };
  static constexpr Named kNamed[] = {
      {FieldId::proc_usr_r_id, FieldId::proc_usr_r_name, false},       {FieldId::proc_usr_e_id, FieldId::proc_usr_e_name, false},
      {FieldId::proc_usr_audit_id, FieldId::proc_usr_audit_name, false}, {FieldId::proc_group_r_id, FieldId::proc_group_r_name, true},
      {FieldId::proc_group_e_id, FieldId::proc_group_e_name, true},    {FieldId::proc_file_owner_id, FieldId::proc_file_owner_name, false},
      {FieldId::proc_file_group_id, FieldId::proc_file_group_name, true}, {FieldId::proc_p_usr_r_id, FieldId::proc_p_usr_r_name, false},
      {FieldId::proc_p_usr_e_id, FieldId::proc_p_usr_e_name, false},   {FieldId::file_owner_id, FieldId::file_owner_name, false},
      {FieldId::file_group_id, FieldId::file_group_name, true},        {FieldId::proc_usr_e_id_old, FieldId::proc_usr_e_name_old, false}};
  for (const Named& row : kNamed) {
    if (!e.has(row.id) || e.has(row.name)) continue;
    const auto id = static_cast<uint32_t>(e.number(row.id));
    e.set_text_if(row.name, row.group ? names_.group(id) : names_.user(id));
  }
  settings_.apply(e);
}

void Enricher::own_cost(Event& e, int64_t now_ms) {
  if (!reader_.ask(state::Ask::self, 0, {}, answer_)) return;
  std::string_view rest = answer_;
  uint64_t cpu_ms = 0, rss_bytes = 0, backlog = 0;
  if (base::parse_u64(base::next_piece(rest, ' '), cpu_ms)) {
    e.set_number(FieldId::sensor_cpu_ms, cpu_ms);
    if (cpu_at_ms_ && now_ms > cpu_at_ms_ && cpu_ms >= cpu_ms_)
      e.set_number(FieldId::sensor_cpu_percent, (cpu_ms - cpu_ms_) * 100 / static_cast<uint64_t>(now_ms - cpu_at_ms_));
    cpu_ms_ = cpu_ms;
    cpu_at_ms_ = now_ms;
  }
  if (base::parse_u64(base::next_piece(rest, ' '), rss_bytes)) e.set_number(FieldId::sensor_rss_bytes, rss_bytes);
  if (base::parse_u64(rest, backlog)) e.set_number(FieldId::sensor_backlog, backlog);
}

}  // namespace aurochs::enrich
