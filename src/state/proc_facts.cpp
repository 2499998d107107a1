// SPDX-License-Identifier: Apache-2.0
#include "state/proc_facts.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "audit/frame.h"
#include "base/text.h"

namespace aurochs::state {
namespace {

using base::next_piece;
using base::starts_with;

/// Fields of stat behind "(comm)": comm may hold spaces and parentheses, so the last ')' counts.
bool split_stat(std::string_view stat, std::string_view& comm, std::string_view& rest) {
  const size_t open = stat.find('('), close = stat.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open || close + 2 > stat.size()) return false;
  comm = stat.substr(open + 1, close - open - 1);
  rest = stat.substr(close + 2);
  return true;
}

/// n-th field (proc(5) numbering; 3 = state is the first behind comm).
std::string_view stat_field(std::string_view rest, int n) {
  std::string_view piece;
  for (int i = 3; i <= n; ++i) piece = next_piece(rest, ' ');
  return piece;
}

template <class T>
void read_number(std::string_view s, T& out, int base = 10) {
  uint64_t n = 0;
  s = base::trim(s);
  if (base == 16 ? base::parse_hex_u64(s, n) : base::parse_u64(s, n)) out = static_cast<T>(n);
}

void parse_stat(std::string_view stat, ProcFacts& out) {
  std::string_view rest;
  if (!split_stat(stat, out.comm, rest)) return;
  constexpr uint64_t kKernelThread = 0x00200000;  // PF_KTHREAD, include/linux/sched.h
  uint64_t flags = 0;
  read_number(stat_field(rest, 4), out.ppid);
  read_number(stat_field(rest, 6), out.session);
  read_number(stat_field(rest, 7), out.tty);
  read_number(stat_field(rest, 9), flags);
  read_number(stat_field(rest, 22), out.start_ticks);
  out.kernel_thread = flags & kKernelThread;
  out.has_stat = out.start_ticks != 0 || stat_field(rest, 22) == "0";
}

void read_ids(std::string_view s, uint32_t (&out)[4]) {
  s = base::trim(s);
  for (uint32_t& id : out) read_number(next_piece(s, '\t'), id);
}

void parse_status(std::string_view status, ProcFacts& out) {
  out.has_status = true;
  while (!status.empty()) {
    std::string_view value = next_piece(status, '\n');
    const std::string_view name = next_piece(value, ':');
    if (name == "Name" && out.comm.empty()) out.comm = base::trim(value);
    if (name == "Uid") read_ids(value, out.uid);
    if (name == "Gid") read_ids(value, out.gid);
    if (name == "Groups") out.groups = base::trim(value);
    if (name == "NSpid") {
      value = base::trim(value);
      read_number(value.substr(value.rfind('\t') + 1), out.ns_pid);
    }
    if (name == "TracerPid") read_number(value, out.tracer);
    if (name == "CapPrm") read_number(value, out.cap_permitted, 16);
    if (name == "CapEff") {
      read_number(value, out.cap_effective, 16);
      out.has_caps = true;
    }
    if (name == "CapBnd") read_number(value, out.cap_bounding, 16);
    if (name == "NoNewPrivs") read_number(value, out.no_new_privileges);
    if (name == "Seccomp") read_number(value, out.seccomp);
  }
}

// What the environment says about the session, the loader and the interpreters. A trailing '*' is a prefix.
constexpr std::string_view kWanted[] = {
    "PATH", "LD_*", "GCONV_PATH", "GLIBC_TUNABLES", "PYTHON*", "PERL5*", "PERLLIB", "RUBY*", "NODE_OPTIONS", "BASH_ENV", "ENV", "PROMPT_COMMAND",
    "IFS", "SHELL", "HOME", "USER", "LOGNAME", "PWD", "OLDPWD", "HIST*", "SSH_*", "SUDO_*", "TERM", "DISPLAY", "LANG", "LC_*", "TZ", "http_proxy",
    "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "no_proxy", "XDG_SESSION_ID", "XDG_RUNTIME_DIR", "KUBERNETES_*", "container", "TMPDIR"};

// Variables by which a process runs code of somebody else's choice.
constexpr std::string_view kHijack[] = {"LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "BASH_ENV", "PROMPT_COMMAND", "PYTHONPATH",
                                        "PYTHONSTARTUP", "PYTHONHOME", "PERL5LIB", "PERL5OPT", "GCONV_PATH", "NODE_OPTIONS", "RUBYOPT"};

bool name_matches(std::string_view name, std::string_view pattern) {
  return pattern.back() == '*' ? starts_with(name, pattern.substr(0, pattern.size() - 1)) : name == pattern;
}

/// Patterns by first letter, one bit each: an environment has 30 variables, and every exec has one.
struct WantedIndex {
  static_assert(sizeof kWanted / sizeof *kWanted <= 64);
  uint64_t by_letter[128] = {};
  constexpr WantedIndex() {
    for (size_t i = 0; i < sizeof kWanted / sizeof *kWanted; ++i) by_letter[static_cast<unsigned char>(kWanted[i][0]) & 127] |= uint64_t{1} << i;
  }
};
constexpr WantedIndex kWantedIndex;

bool is_wanted(std::string_view variable) {
  if (variable.empty()) return false;
  uint64_t candidates = kWantedIndex.by_letter[static_cast<unsigned char>(variable[0]) & 127];
  if (!candidates) return false;
  const std::string_view name = variable.substr(0, variable.find('='));
  if (name.size() == variable.size()) return false;
  for (; candidates; candidates &= candidates - 1)
    if (name_matches(name, kWanted[__builtin_ctzll(candidates)])) return true;
  return false;
}

/// Lines of status that parse_status() knows.
bool is_read(std::string_view status_line) {
  for (const std::string_view name : {"Name:", "Uid:", "Gid:", "Groups:", "NSpid:", "TracerPid:", "CapPrm:", "CapEff:", "CapBnd:", "NoNewPrivs:", "Seccomp:"})
    if (starts_with(status_line, name)) return true;
  return false;
}

bool is_secret(std::string_view name) {
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const std::string_view word : {"PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "AUTH"})
    if (upper.find(word) != std::string::npos && upper != "SSH_AUTH_SOCK") return true;
  return false;
}

/// Proxy addresses may carry a password: scheme://user:password@host.
std::string_view user_part(std::string_view value) {
  const size_t scheme = value.find("://"), at = value.find('@');
  return scheme != std::string_view::npos && at != std::string_view::npos && at > scheme ? value.substr(scheme + 3, at - scheme - 3)
                                                                                        : std::string_view();
}

}  // namespace

uint64_t start_ticks_of(std::string_view stat) {
  std::string_view comm, rest;
  uint64_t ticks = 0;
  if (split_stat(stat, comm, rest)) read_number(stat_field(rest, 22), ticks);
  return ticks;
}

int32_t pid_of(std::string_view sections) {
  audit::SectionReader reader(sections);
  audit::Tag tag;
  std::string_view bytes;
  int32_t pid = 0;
  while (reader.next(tag, bytes))
    if (tag == audit::Tag::pid) return read_number(bytes, pid), pid;
  return pid;
}

std::string_view comm_of(std::string_view sections) {
  audit::SectionReader reader(sections);
  audit::Tag tag;
  std::string_view bytes, comm, rest;
  while (reader.next(tag, bytes)) {
    if (tag == audit::Tag::stat && split_stat(bytes, comm, rest)) return comm;
    if (tag == audit::Tag::status && comm.empty() && starts_with(bytes, "Name:")) comm = base::trim(bytes.substr(5, bytes.find('\n') - 5));
  }
  return comm;
}

ProcFacts parse_facts(std::string_view sections) {
  ProcFacts f;
  audit::SectionReader reader(sections);
  audit::Tag tag;
  std::string_view bytes;
  while (reader.next(tag, bytes)) {
    switch (tag) {
      case audit::Tag::pid: read_number(bytes, f.pid); break;
      case audit::Tag::stat: parse_stat(bytes, f); break;
      case audit::Tag::status: parse_status(bytes, f); break;
      case audit::Tag::environ:
        f.environ = bytes;
        f.has_environ = true;
        break;
      case audit::Tag::cgroup: f.cgroup = bytes; break;
      case audit::Tag::exe: f.exe = bytes; break;
      case audit::Tag::cwd: f.cwd = bytes; break;
      case audit::Tag::root: f.root = bytes; break;
      case audit::Tag::fd0: f.fd[0] = bytes; break;
      case audit::Tag::fd1: f.fd[1] = bytes; break;
      case audit::Tag::fd2: f.fd[2] = bytes; break;
      case audit::Tag::pidns: f.pid_namespace = bytes; break;
      case audit::Tag::cmdline: f.cmdline = bytes; break;
      case audit::Tag::loginuid: f.login_uid = base::trim(bytes); break;
      case audit::Tag::sessionid: f.login_session = base::trim(bytes); break;
      case audit::Tag::mac_label: f.mac_label = bytes; break;
      case audit::Tag::chrooted: f.chrooted = bytes == "1"; break;
      default: break;
    }
  }
  return f;
}

void join_cgroups(std::string_view file, std::string& out) {
  const size_t start = out.size();
  while (!file.empty()) {
    std::string_view path = next_piece(file, '\n');
    next_piece(path, ':');
    next_piece(path, ':');
    if (path.empty()) continue;
    bool known = false;
    for (std::string_view have = std::string_view(out).substr(start); !have.empty();) known = next_piece(have, '|') == path || known;
    if (known) continue;
    if (out.size() > start) out += '|';
    out.append(path.data(), path.size());
  }
}

void compact_sections(std::string_view sections, std::string& out) {
  audit::SectionReader reader(sections);
  audit::SectionWriter writer(out);
  audit::Tag tag;
  std::string_view bytes;
  while (reader.next(tag, bytes)) {
    if (tag != audit::Tag::environ && tag != audit::Tag::status) {
      writer.put(tag, bytes);
      continue;
    }
    // Both are lists of which a third is read; what waits is parsed again when its event comes.
    const char end = tag == audit::Tag::environ ? '\0' : '\n';
    const size_t head = out.size();
    writer.put_head(tag, 0);
    const size_t begin = out.size();
    while (!bytes.empty()) {
      const std::string_view piece = next_piece(bytes, end);
      if (end ? is_read(piece) : is_wanted(piece)) out.append(piece.data(), piece.size()).push_back(end);
    }
    const auto kept = static_cast<uint32_t>(out.size() - begin);
    std::memcpy(&out[head + 4], &kept, sizeof kept);
  }
}

void select_environment(std::string_view environ, std::string& out) {
  const size_t start = out.size();
  while (!environ.empty()) {
    const std::string_view variable = next_piece(environ, '\0');
    if (!is_wanted(variable)) continue;
    const size_t equals = variable.find('=');
    const std::string_view name = variable.substr(0, equals), value = variable.substr(equals + 1);
    if (out.size() > start) out += "; ";
    out.append(name.data(), name.size());
    out += '=';
    if (is_secret(name)) {
      out += "***";
    } else if (const std::string_view user = user_part(value); !user.empty()) {
      const auto before = static_cast<size_t>(user.data() - value.data());
      out.append(value.data(), before);
      out += "***";
      const std::string_view behind = value.substr(before + user.size());
      out.append(behind.data(), behind.size());
    } else {
      out.append(value.data(), value.size());
    }
  }
}

std::string_view hijack_variable(std::string_view environ) {
  while (!environ.empty()) {
    const std::string_view variable = next_piece(environ, '\0');
    const size_t equals = variable.find('=');
    if (equals == std::string_view::npos || equals + 1 == variable.size()) continue;
    for (const std::string_view name : kHijack)
      if (variable.substr(0, equals) == name) return variable;
  }
  return {};
}

}  // namespace aurochs::state
