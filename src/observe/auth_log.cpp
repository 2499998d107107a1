// SPDX-License-Identifier: Apache-2.0
#include "observe/auth_log.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/limits.h"
#include "observe/auth_log_line.h"

namespace aurochs::observe {
namespace {

constexpr int64_t kPollMs = 500, kRetryMs = 30000, kStaleS = 7 * 86400;
/// Debian and its children, Red Hat and SUSE's kin, ALT; last the file where everything goes.
constexpr const char* kFiles[] = {"/var/log/auth.log", "/var/log/secure", "/var/log/auth/all", "/var/log/messages"};
constexpr const char* kJournalctl[] = {"/usr/bin/journalctl", "/bin/journalctl"};

const char* const kArguments[] = {
    "journalctl", "--follow", "--lines=0", "--quiet", "--no-pager", "--output=short-iso",
    "SYSLOG_IDENTIFIER=sshd", "SYSLOG_IDENTIFIER=sshd-session", "SYSLOG_IDENTIFIER=sshd-auth", "SYSLOG_IDENTIFIER=login", "_UID=0", "+",
    "SYSLOG_IDENTIFIER=su", "SYSLOG_IDENTIFIER=sudo", "_EXE=/usr/bin/su", "_EXE=/bin/su", "_EXE=/usr/bin/sudo", "_EXE=/bin/sudo", nullptr};

/// In the child, between fork and exec: nothing but system calls.
[[noreturn]] void become_journalctl(const char* path, int out) {
  const int null = ::open("/dev/null", O_RDWR);
  sigset_t none;
  sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::dup2(null, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(null, 2) < 0) ::_exit(127);
  ::execv(path, const_cast<char* const*>(kArguments));
  ::_exit(127);
}

}  // namespace

base::Status AuthLog::open(const Options& options) {
  root_ = options.root;
  clock_ = options.clock;
  return base::Ok{};
}

/// The first that is there. Where a journal is, a file that nobody writes any more is a remnant.
bool AuthLog::choose_file(int64_t now_s) {
  for (const char* path : kFiles) {
    struct stat s {};
    if (::stat((root_ + path).c_str(), &s) < 0 || !S_ISREG(s.st_mode)) continue;
    if (has_journal() && s.st_mtim.tv_sec < now_s - kStaleS) continue;
    file_.set_path(root_ + path);
    return true;
  }
  return false;
}

bool AuthLog::has_journal() const { return ::access((root_ + "/run/systemd/journal/socket").c_str(), F_OK) == 0; }

int64_t AuthLog::poll(int64_t now_ms, const Sink& sink) {
  const bool is_first = !was_chosen_;
  was_chosen_ = true;
  if (file_.path().empty() && !pipe_ && now_ms >= retry_ms_) {
    if (choose_file(clock_->unix_ms() / 1000)) {
      // A file that appears while we look holds news from its first byte on.
      if (!is_first) file_.set_fresh();
    } else {
      if (has_journal()) start_child();
      retry_ms_ = now_ms + (pipe_ || has_journal() ? kRetryMs : kPollMs);
    }
  }
  if (!file_.path().empty()) file_.poll([&](std::string_view text) { line(text, sink); });
  return now_ms + (pipe_ ? kRetryMs : kPollMs);
}

void AuthLog::line(std::string_view text, const Sink& sink) {
  if (!read_auth_line(text, event_)) return;
  if (!event_.has(event::FieldId::event_utc_time)) event_.set_time(event::FieldId::event_utc_time, clock_->unix_ms());
  sink(event_);
}

void AuthLog::take(const Sink& sink) {
  char chunk[8192];
  for (size_t i = 0; i < limits::kLogReadBytes / sizeof chunk; ++i) {
    const ssize_t n = ::read(pipe_.get(), chunk, sizeof chunk);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;
    if (n == 0) return end_child();  // started again at a later look
    lines_.add({chunk, static_cast<size_t>(n)}, [&](std::string_view text) { line(text, sink); });
  }
}

void AuthLog::start_child() {
  const char* path = nullptr;
  for (const char* p : kJournalctl)
    if (!path && ::access(p, X_OK) == 0) path = p;
  int ends[2];
  if (!path || ::pipe2(ends, O_CLOEXEC) < 0) return;
  pipe_.reset(ends[0]);
  const base::UniqueFd out(ends[1]);
  child_ = ::fork();
  if (child_ == 0) become_journalctl(path, out.get());
  if (child_ < 0) return pipe_.reset();
  (void)::fcntl(pipe_.get(), F_SETFL, O_NONBLOCK);
  lines_.clear();
}

void AuthLog::end_child() {
  pipe_.reset();
  if (child_ <= 0) return;
  (void)::kill(child_, SIGKILL);
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
}

}  // namespace aurochs::observe
