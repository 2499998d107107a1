// SPDX-License-Identifier: Apache-2.0
// AuthLog: lines of sshd, su, login and of PAM as they are written: from the log file of a syslog daemon, or from the journal
// where there is no such file (Debian 12 as installed). The journal is read through a child, `journalctl --follow`: its
// format needs no library of systemd's, old versions have it, and a damaged journal harms the child alone. Asked for are
// only lines whose sender the kernel vouches for (_UID=0, _EXE): anybody may call himself sshd there; in a log file
// nobody can tell. What was written before the start or between two starts is not told. One thread (observer).
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "base/line_tail.h"
#include "event/event.h"
#include "observe/source.h"

namespace aurochs::observe {

class AuthLog {
 public:
  AuthLog() = default;
  AuthLog(const AuthLog&) = delete;
  AuthLog& operator=(const AuthLog&) = delete;
  ~AuthLog() { end_child(); }

  base::Status open(const Options& options);
  int fd() const { return pipe_.get(); }
  void take(const Sink& sink);
  int64_t poll(int64_t now_ms, const Sink& sink);

 private:
  void line(std::string_view text, const Sink& sink);
  bool choose_file(int64_t now_s);
  bool has_journal() const;
  void start_child();
  void end_child();

  std::string root_;
  base::Clock* clock_ = nullptr;
  base::LineTail file_{limits::kLogLineBytes, limits::kLogReadBytes};
  base::LineCutter lines_{limits::kLogLineBytes};  ///< of the child
  base::UniqueFd pipe_;
  pid_t child_ = -1;
  int64_t retry_ms_ = 0;
  bool was_chosen_ = false;
  event::Event event_;
};

}  // namespace aurochs::observe
