// SPDX-License-Identifier: Apache-2.0
#include "enrich/linux_proc_reader.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>

#include "audit/frame.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "enrich/mountinfo.h"
#include "watch/homes.h"

namespace aurochs::enrich {
namespace {
bool own_cost(uint32_t backlog, std::string& answer) {
  rusage usage;
  const auto statm = base::read_file("/proc/self/statm", limits::kProcFileBytes);
  if (!statm || ::getrusage(RUSAGE_SELF, &usage) < 0) return false;
  const auto milliseconds = [](const timeval& t) { return int64_t{t.tv_sec} * 1000 + t.tv_usec / 1000; };
  std::string_view rest = *statm;
  base::next_piece(rest, ' ');
  uint64_t resident_pages = 0;
  if (!base::parse_u64(base::next_piece(rest, ' '), resident_pages)) return false;
  answer = std::to_string(milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime)) + ' ' +
           std::to_string(resident_pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE))) + ' ' + std::to_string(backlog);
  return true;
}

/// Answer of Ask::link. Nothing but /proc and /sys: what a file of a user's choice does when it is opened is not known.
bool link_text(int64_t pid, std::string_view path, std::string& answer) {
  if (path.find("..") != std::string_view::npos) return false;
  if (pid <= 0 && !base::starts_with(path, "/proc/") && !base::starts_with(path, "/sys/")) return false;
  const std::string full = pid > 0 ? "/proc/" + std::to_string(pid) + "/" + std::string(path) : std::string(path);
  char target[4096];
  const ssize_t n = ::readlink(full.c_str(), target, sizeof target);
  if (n > 0) answer.assign(target, static_cast<size_t>(n));
  if (n >= 0 || errno != EINVAL) return n > 0;
  auto text = base::read_file(full, limits::kProcFileBytes);
  if (text) answer = std::move(*text);
  return static_cast<bool>(text);
}
}  // namespace

bool LinuxProcReader::ask(state::Ask what, int64_t id, std::string_view path, std::string& answer) {
  using state::Ask;
  answer.clear();
  switch (what) {
    case Ask::process: return read_process_ && read_process_(static_cast<int>(id), answer);
    case Ask::file: return files_.stat_file(id, path, answer);
    case Ask::content: return files_.content(id, path, worker_ ? worker_->packages().get() : nullptr, answer);
    case Ask::user: return name(NameKind::user, id, answer);
    case Ask::group: return name(NameKind::group, id, answer);
    case Ask::names: answer = users_.names_token(); return true;
    case Ask::hash: return worker_ && worker_->hash(id, path);
    case Ask::start: {
      auto text = base::read_file("/proc/" + std::to_string(id) + "/stat", limits::kProcFileBytes);
      if (text) answer = std::move(*text);
      return static_cast<bool>(text);
    }
    case Ask::script: return files_.script(id, path, answer);
    case Ask::self: return own_cost(backlog_.load(std::memory_order_relaxed), answer);
    case Ask::mount: return find_mount(("/proc/" + std::to_string(id) + "/mountinfo").c_str(), path, answer);
    case Ask::link: return link_text(id, path, answer);
    case Ask::socket: return sockets_.find(id, path, answer);
    case Ask::dns_servers: return sockets_.dns_servers(answer);
    case Ask::hosts: return sockets_.hosts(answer);
    case Ask::descriptor: return FileFacts::descriptor(id, path, answer);
    case Ask::head: return files_.head(id, path, answer);
    case Ask::real_path: return files_.real_path(id, path, answer);
    case Ask::logon_settings: answer = logon_settings_; return !answer.empty();
    case Ask::logon_book: answer = logon_book_; return !answer.empty();
    case Ask::homes: {
      const auto passwd = base::read_file("/etc/passwd", limits::kPasswdBytes);
      if (passwd) answer = watch::home_lines(*passwd);
      return static_cast<bool>(passwd);
    }
  }
  return false;
}

bool LinuxProcReader::name(NameKind kind, int64_t id, std::string& answer) {
  if (id < 0 || id > UINT32_MAX) return false;
  const auto number = static_cast<uint32_t>(id);
  const int64_t now_ms = clock_.monotonic_ms();
  const Users::Found found = users_.name(kind, number, now_ms, answer);
  if (found == Users::Found::unknown && worker_ && worker_->look_up(kind, number)) users_.ordered(kind, number, now_ms);
  return found == Users::Found::yes;
}

void LinuxProcReader::learn(std::string_view fact) {
  audit::SectionReader reader(fact);
  audit::Tag tag;
  std::string_view bytes, key, name;
  while (reader.next(tag, bytes)) {
    if (tag == audit::Tag::key) key = bytes;
    if (tag == audit::Tag::name) name = bytes;
  }
  const std::string_view kind = base::next_piece(key, ':');
  uint64_t id;
  if ((kind != "u" && kind != "g") || !base::parse_u64(key, id) || id > UINT32_MAX) return;
  users_.learn(kind == "u" ? NameKind::user : NameKind::group, static_cast<uint32_t>(id), name, clock_.monotonic_ms());
}

}  // namespace aurochs::enrich
