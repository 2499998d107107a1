// SPDX-License-Identifier: Apache-2.0
#include "enrich/exec_remarks.h"

#include <algorithm>
#include <iterator>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::enrich {

using base::starts_with;
using event::EventType;
using event::FieldId;
using Subject = ExecRemarks::Subject;

namespace {

constexpr std::string_view kShells[] = {"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "fish", "csh", "tcsh", "rbash"};
constexpr std::string_view kInterpreters[] = {"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "fish", "csh", "tcsh", "python",
                                              "pypy", "perl", "ruby", "php", "node", "nodejs", "lua", "luajit", "tclsh"};
constexpr std::string_view kPackagers[] = {"dpkg", "rpm", "rpmdb", "dnf", "yum", "apt", "apt-get", "zypper", "urpmi", "pacman", "apk"};
constexpr std::string_view kCrons[] = {"cron", "crond", "fcron", "atd", "anacron"};
constexpr std::string_view kWebServers[] = {"nginx", "apache2", "httpd", "lighttpd", "caddy", "php-fpm", "uwsgi", "gunicorn", "tomcat", "catalina",
                                            "jetty", "puma", "unicorn", "haproxy", "squid"};
// kernel/kthread.c and its users: names that only kernel threads have.
constexpr std::string_view kKernelNames[] = {"kworker", "kthreadd", "ksoftirqd", "migration", "rcu_sched", "rcu_preempt", "kswapd", "khugepaged",
                                             "kauditd", "kdevtmpfs", "watchdog", "irq", "kcompactd", "jbd2", "khungtaskd", "kblockd"};

/// Base name without the version digits that interpreters carry: python3.11 -> python, php-fpm7.4 -> php-fpm.
std::string_view plain_name(std::string_view path) {
  std::string_view name = base::base_name(path);
  while (!name.empty() && ((name.back() >= '0' && name.back() <= '9') || name.back() == '.')) name.remove_suffix(1);
  return name;
}

template <size_t N>
bool is_one_of(std::string_view name, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

template <size_t N>
bool has_image(const Subject& s, const std::string_view (&names)[N]) {
  return is_one_of(plain_name(s.e.text(FieldId::proc_file_tgt_path)), names) || is_one_of(plain_name(s.e.text(FieldId::proc_file_path)), names);
}

/// Value of a variable in a NUL-separated environment; `found` tells an empty value from none.
std::string_view variable(std::string_view environ, std::string_view name, bool& found) {
  found = false;
  while (!environ.empty()) {
    const std::string_view entry = base::next_piece(environ, '\0');
    if (entry.size() <= name.size() || !starts_with(entry, name) || entry[name.size()] != '=') continue;
    found = true;
    return entry.substr(name.size() + 1);
  }
  return {};
}

}  // namespace

struct ExecRemarks::Row {
  EventType type;
  bool (ExecRemarks::*holds)(const Subject&);
  FieldId added[3];  ///< taken off again before the next remark
};
constexpr FieldId kNone = FieldId::count_;
const ExecRemarks::Row ExecRemarks::kRows[] = {
    {EventType::process_masquerade, &ExecRemarks::masquerade, {FieldId::op_text, kNone, kNone}},
    {EventType::process_exec_deleted, &ExecRemarks::deleted, {kNone, kNone, kNone}},
    {EventType::process_exec_fileless, &ExecRemarks::fileless, {kNone, kNone, kNone}},
    {EventType::process_stdio_socket, &ExecRemarks::stdio_socket, {FieldId::op_text, kNone, kNone}},
    {EventType::process_env_hijack, &ExecRemarks::env_hijack, {FieldId::op_text, kNone, kNone}},
    {EventType::process_suid_exec, &ExecRemarks::suid_exec, {kNone, kNone, kNone}},
    {EventType::process_file_cap_exec, &ExecRemarks::file_cap_exec, {FieldId::proc_priv_how, kNone, kNone}},
    {EventType::script_exec, &ExecRemarks::script, {FieldId::script_path, FieldId::script_hash, FieldId::script_interp}},
    {EventType::script_content, &ExecRemarks::script_content, {FieldId::script_path, FieldId::script_text, FieldId::script_hash}},
    {EventType::script_inline, &ExecRemarks::inline_code, {FieldId::script_text, FieldId::script_interp, kNone}},
    {EventType::script_stdin, &ExecRemarks::script_stdin, {FieldId::script_interp, kNone, kNone}},
    {EventType::shell_interactive, &ExecRemarks::shell_interactive, {kNone, kNone, kNone}},
    {EventType::shell_history_off, &ExecRemarks::history_off, {FieldId::op_text, kNone, kNone}},
    {EventType::package_script, &ExecRemarks::package_script, {FieldId::op_text, kNone, kNone}},
    {EventType::cron_job_run, &ExecRemarks::cron_job, {kNone, kNone, kNone}},
    {EventType::web_shell_child, &ExecRemarks::web_child, {FieldId::op_text, kNone, kNone}},
    {EventType::privilege_unexplained, &ExecRemarks::unexplained, {FieldId::proc_usr_e_id_old, FieldId::proc_priv_how, kNone}},
};

EventType ExecRemarks::next(const Subject& s, size_t& at) {
  for (; at < std::size(kRows); ++at) {
    for (size_t i = 0; at > 0 && i < std::size(kRows[at - 1].added); ++i)
      if (kRows[at - 1].added[i] != kNone) s.e.remove(kRows[at - 1].added[i]);
    if ((this->*kRows[at].holds)(s)) return kRows[at++].type;
  }
  return EventType::count_;
}

/// Root's ids out of none, and not by the file: something gave them to the process while nobody called for them.
bool ExecRemarks::unexplained(const Subject& s) {
  if (!s.view.was_rootless || !s.e.has(FieldId::proc_usr_e_id) || s.e.number(FieldId::proc_usr_e_id)) return false;
  if (!s.details.has_inode || (s.details.mode & 04000) || s.e.has(FieldId::event_incomplete)) return false;
  if (s.view.uid_effective_before != state::Process::kUnset) s.e.set_number(FieldId::proc_usr_e_id_old, s.view.uid_effective_before);
  s.e.set_text(FieldId::proc_priv_how, "unexplained");
  return true;
}

/// An exec is never a kernel thread, whatever it calls itself.
bool ExecRemarks::masquerade(const Subject& s) {
  const std::string_view name = s.details.argument_zero;
  std::string_view inner = name;
  if (inner.size() > 2 && inner.front() == '[' && inner.back() == ']') {
    inner = inner.substr(1, inner.size() - 2);
  } else {
    const std::string_view word = inner.substr(0, inner.find_first_of("/:-"));
    if (!is_one_of(word, kKernelNames) || base::base_name(s.e.text(FieldId::proc_file_tgt_path)) == word) return false;
  }
  s.e.set_text(FieldId::op_text, name);
  return true;
}

bool ExecRemarks::deleted(const Subject& s) { return s.details.image_deleted && !s.details.image_fileless; }

bool ExecRemarks::fileless(const Subject& s) { return s.details.image_fileless; }

/// Service managers give their services a unix socket as output, so only an interpreter that reads from a socket counts.
bool ExecRemarks::stdio_socket(const Subject& s) {
  if (!s.view.has_proc || !has_image(s, kInterpreters) || !starts_with(s.view.proc.fd[0], "socket:")) return false;
  s.e.set_text(FieldId::op_text, s.view.proc.fd[1] == s.view.proc.fd[0] ? "stdin and stdout are one socket" : "stdin is a socket");
  return true;
}

bool ExecRemarks::env_hijack(const Subject& s) {
  const std::string_view found = s.view.has_proc ? state::hijack_variable(s.view.proc.environ) : std::string_view();
  if (found.empty()) return false;
  s.e.set_copy(FieldId::op_text, base::cut_utf8(found, 4096));
  return true;
}

bool ExecRemarks::read_script(const Subject& s) {
  const int64_t root = s.view.process->chrooted == 1 ? s.view.process->pid : 0;
  return reader_.ask(state::Ask::script, root, s.details.script, content_) && !content_.empty();
}

bool ExecRemarks::script(const Subject& s) {
  content_.clear();
  if (s.details.script.empty()) return false;
  s.e.set_text(FieldId::script_path, s.details.script);
  s.e.set_text_if(FieldId::script_interp, s.e.text(FieldId::proc_file_tgt_path));
  uint8_t digest[crypto::kMaxDigestBytes];
  if (!read_script(s) || !sha256_.start() || !sha256_.update(content_) || !sha256_.finish(digest)) return true;
  scratch_.clear();
  base::append_hex(scratch_, {reinterpret_cast<const char*>(digest), sha256_.size()});
  s.e.set_copy(FieldId::script_hash, scratch_);
  return true;
}

/// What script() has read a moment ago.
bool ExecRemarks::script_content(const Subject& s) {
  if (content_.empty()) return false;
  s.e.set_text(FieldId::script_path, s.details.script);
  s.e.set_copy(FieldId::script_text, content_);
  content_.clear();
  return true;
}

bool ExecRemarks::inline_code(const Subject& s) {
  if (s.details.inline_code.empty()) return false;
  s.e.set_text_if(FieldId::script_interp, s.e.text(FieldId::proc_file_tgt_path));
  s.e.set_text(FieldId::script_text, base::cut_utf8(s.details.inline_code, limits::kFieldBytes));
  return true;
}

bool ExecRemarks::script_stdin(const Subject& s) {
  if (s.details.has_operand || !s.details.inline_code.empty() || !s.view.has_proc || !has_image(s, kInterpreters)) return false;
  const std::string_view input = s.view.proc.fd[0];
  if (!starts_with(input, "pipe:") && !starts_with(input, "socket:")) return false;
  s.e.set_text_if(FieldId::script_interp, s.e.text(FieldId::proc_file_tgt_path));
  return true;
}

bool ExecRemarks::shell_interactive(const Subject& s) {
  if (!has_image(s, kShells) || !s.details.script.empty() || !s.details.inline_code.empty()) return false;
  if (s.details.is_interactive) return true;
  return !s.details.has_operand && s.e.text(FieldId::proc_stdin_type) == "tty";
}

bool ExecRemarks::history_off(const Subject& s) {
  if (!s.view.has_proc || !has_image(s, kShells)) return false;
  bool found = false;
  const std::string_view file = variable(s.view.proc.environ, "HISTFILE", found);
  if (found && (file.empty() || file == "/dev/null")) {
    s.e.set_text(FieldId::op_text, file.empty() ? "HISTFILE=" : "HISTFILE=/dev/null");
    return true;
  }
  for (const std::string_view name : {"HISTSIZE", "HISTFILESIZE", "SAVEHIST"}) {
    if (variable(s.view.proc.environ, name, found) != "0") continue;
    scratch_.assign(name).append("=0");
    s.e.set_copy(FieldId::op_text, scratch_);
    return true;
  }
  return false;
}

state::Process* ExecRemarks::ancestor(state::Process& p, const std::string_view* names, size_t count) {
  size_t depth = 0;
  for (state::Process* a = lineage_.parent_of(p); a && depth < limits::kAncestors; a = lineage_.parent_of(*a), ++depth)
    if (std::find(names, names + count, plain_name(a->path())) != names + count) return a;
  return nullptr;
}

/// Scripts that packages bring, run with the package manager's rights; not the manager's own programs.
bool ExecRemarks::package_script(const Subject& s) {
  const bool is_script = starts_with(s.details.script, "/var/lib/dpkg/") || starts_with(s.details.script, "/var/tmp/rpm-tmp") ||
                         (starts_with(s.e.text(FieldId::cmdline), "/bin/sh /var/tmp/rpm-tmp"));
  if (!is_script) return false;
  const state::Process* by = ancestor(*s.view.process, kPackagers, std::size(kPackagers));
  if (!by) return false;
  s.e.set_copy(FieldId::op_text, by->path());
  return true;
}

bool ExecRemarks::cron_job(const Subject& s) {
  return s.view.parent && is_one_of(plain_name(s.view.parent->path()), kCrons) && !has_image(s, kCrons);
}

bool ExecRemarks::web_child(const Subject& s) {
  if (has_image(s, kWebServers)) return false;
  const state::Process* by = ancestor(*s.view.process, kWebServers, std::size(kWebServers));
  if (!by) return false;
  s.e.set_copy(FieldId::op_text, by->path());
  return true;
}

bool ExecRemarks::suid_exec(const Subject& s) { return s.e.text(FieldId::proc_priv_how) == "exec-suid"; }

/// BPRM_FCAPS comes with every exec of a file that has capabilities, and with root's setuid too: capabilities must have come.
bool ExecRemarks::file_cap_exec(const Subject& s) {
  if (!s.e.has(FieldId::proc_cap_pp_old) || s.e.has(FieldId::proc_priv_how) || s.e.number(FieldId::proc_usr_e_id) == 0) return false;
  if (!(s.e.number(FieldId::proc_cap_pp) & ~s.e.number(FieldId::proc_cap_pp_old))) return false;
  s.e.set_text(FieldId::proc_priv_how, "exec-fcap");
  return true;
}

}  // namespace aurochs::enrich
