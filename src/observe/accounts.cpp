// SPDX-License-Identifier: Apache-2.0
#include "observe/accounts.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

using event::FieldId;
constexpr const char* kPaths[] = {"/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow"};
constexpr const char* kSudoersFile = "/etc/sudoers";
constexpr const char* kSudoersDir = "/etc/sudoers.d";
constexpr int64_t kEveryMs = 500, kSudoersEveryMs = 1000;
constexpr int64_t kDayMs = 86400000;

/// A file's bytes in one block that is wiped at the end.
class Secret {
 public:
  Secret() = default;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { ::explicit_bzero(bytes_.data(), bytes_.size()); }
  /// False: not there, or it changed its size meanwhile.
  bool read(const std::string& path, size_t most) {
    const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    struct stat st;
    if (!fd || ::fstat(fd.get(), &st) != 0 || !S_ISREG(st.st_mode) || static_cast<uint64_t>(st.st_size) > most) return false;
    bytes_.resize(static_cast<size_t>(st.st_size));
    size_t n = 0;
    while (n < bytes_.size()) {
      const ssize_t got = ::read(fd.get(), &bytes_[n], bytes_.size() - n);
      if (got <= 0) return false;
      n += static_cast<size_t>(got);
    }
    return true;
  }
  std::string_view text() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace

Accounts::Stamp Accounts::stamp(const std::string& path) const {
  struct stat st;
  if (::stat((root_ + path).c_str(), &st) != 0) return {};
  return {st.st_ino, static_cast<uint64_t>(st.st_size), st.st_ctim.tv_sec * 1000000000LL + st.st_ctim.tv_nsec};
}

Accounts::Stamps Accounts::stamps() const {
  Stamps s;
  for (size_t i = 0; i < kFiles; ++i) s[i] = stamp(kPaths[i]);
  return s;
}

bool Accounts::is_locked() const {
  return std::any_of(std::begin(kPaths), std::end(kPaths), [&](const char* path) { return ::access((root_ + path + ".lock").c_str(), F_OK) == 0; });
}

bool Accounts::look(AccountFiles& out) const {
  Secret files[kFiles];
  for (size_t i = 0; i < kFiles; ++i) {
    // shadow and gshadow need not be; passwd and group that are not there are about to be replaced.
    if (!files[i].read(root_ + kPaths[i], limits::kAccountFileBytes) && (i == 0 || i == 2 || stamp(kPaths[i]).inode)) return false;
  }
  return out.read(files[0].text(), files[1].text(), files[2].text(), files[3].text());
}

base::Status Accounts::open(const Options& options) {
  root_ = options.root;
  clock_ = options.clock;
  known_ = std::make_unique<AccountFiles>();
  next_ = std::make_unique<AccountFiles>();
  told_ = seen_ = stamps();
  look_at_sudoers(nullptr);
  if (!look(*known_)) return base::Error{0, root_ + kPaths[0] + ": no accounts, or more than can be kept; changes of accounts are seen by audit alone"};
  return base::Ok{};
}

/// A ctime as the time of an event; now where a file system has a clock of its own.
int64_t Accounts::event_ms(int64_t changed_ns) const {
  const int64_t now = clock_->unix_ms(), ms = changed_ns / 1000000;
  return ms > now || ms < now - 60000 ? now : ms;
}

int64_t Accounts::changed_ms(const Stamps& before) const {
  int64_t ns = 0;
  for (size_t i = 0; i < kFiles; ++i)
    if (seen_[i] != before[i]) ns = std::max(ns, seen_[i].changed_ns);
  return event_ms(ns);
}

void Accounts::tell(int64_t time_ms, const Sink& sink) {
  compare(*known_, *next_, time_ms / kDayMs, event_, [&] {
    event_.set_time(FieldId::event_utc_time, time_ms);
    event_.set_text(FieldId::event_log_source, "LinuxProc");
    event_.set_text(FieldId::auth_sources, "diff");
    sink(event_);
  });
  std::swap(known_, next_);
}

int64_t Accounts::poll(int64_t now_ms, const Sink& sink) {
  if (now_ms >= next_sudoers_ms_) {
    next_sudoers_ms_ = now_ms + kSudoersEveryMs;
    look_at_sudoers(&sink);
  }
  const Stamps now = stamps();
  const bool rests = now == seen_;
  seen_ = now;
  if (now == told_ || !rests) return now_ms + kEveryMs;
  if (!is_locked())
    locked_since_ms_ = 0;
  else if (!locked_since_ms_ || now_ms - locked_since_ms_ < limits::kAccountLockMs) {
    if (!locked_since_ms_) locked_since_ms_ = now_ms;
    return now_ms + kEveryMs;
  }
  const bool is_whole = look(*next_);
  if (stamps() != now) return now_ms + kEveryMs;
  const Stamps before = told_;
  told_ = now;  // also what cannot be read is read once
  if (is_whole) tell(changed_ms(before), sink);
  return now_ms + kEveryMs;
}

/// The files that sudo reads: names with a dot or a final ~ are not.
std::vector<std::string> Accounts::sudoers_paths() const {
  std::vector<std::string> paths = {kSudoersFile};
  DIR* const dir = ::opendir((root_ + kSudoersDir).c_str());
  if (!dir) return paths;
  while (const dirent* entry = ::readdir(dir)) {
    const std::string_view name = entry->d_name;
    if (name.find('.') == std::string_view::npos && name.back() != '~' && paths.size() < limits::kSudoersFiles)
      paths.push_back(std::string(kSudoersDir) + '/' + std::string(name));
  }
  ::closedir(dir);
  return paths;
}

void Accounts::tell_sudoers(const std::string& path, const std::vector<std::string>& before, const std::vector<std::string>& now, int64_t time_ms, const Sink& sink) {
  const std::string difference = sudoers_difference(before, now);
  if (difference.empty()) return;
  event_.clear(event::EventType::sudoers_change);
  event_.set_time(FieldId::event_utc_time, time_ms);
  event_.set_text(FieldId::event_log_source, "LinuxProc");
  event_.set_text(FieldId::file_path, path);
  event_.set_text(FieldId::sudoers_rule, difference);
  sink(event_);
}

void Accounts::look_at_sudoers(const Sink* sink) {
  for (auto& [path, file] : sudoers_) file.is_seen = false;
  for (const std::string& path : sudoers_paths()) {
    const Stamp now = stamp(path);
    if (!now.inode) continue;
    Sudoers& file = sudoers_[path];
    file.is_seen = true;
    const bool rests = file.seen == now || !sink;
    file.seen = now;
    if (file.stamp == now || !rests) continue;
    const auto text = base::read_file(root_ + path, limits::kSudoersBytes);
    file.stamp = now;
    if (!text) continue;
    std::vector<std::string> rules = sudoers_rules(*text);
    if (sink) tell_sudoers(path, file.rules, rules, event_ms(now.changed_ns), *sink);
    file.rules = std::move(rules);
  }
  for (auto at = sudoers_.begin(); at != sudoers_.end();) {
    if (at->second.is_seen) {
      ++at;
      continue;
    }
    if (sink) tell_sudoers(at->first, at->second.rules, {}, clock_->unix_ms(), *sink);
    at = sudoers_.erase(at);
  }
}

}  // namespace aurochs::observe
