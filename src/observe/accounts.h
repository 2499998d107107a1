// SPDX-License-Identifier: Apache-2.0
// Accounts: differences of /etc/passwd, shadow, group, gshadow, and of the rules in sudoers and sudoers.d. Four stats every
// half second; files are read when one has changed and then rested for that long, and no lock file of shadow-utils is there, so that
// one act of usermod is one look. The time of an event is the ctime of the file that changed. What was read is wiped.
#pragma once
#include <sys/stat.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "observe/account_files.h"
#include "observe/source.h"

namespace aurochs::observe {

class Accounts {
 public:
  base::Status open(const Options& options);
  int fd() const { return -1; }
  void take(const Sink&) {}
  int64_t poll(int64_t now_ms, const Sink& sink);

 private:
  struct Stamp {
    uint64_t inode = 0, size = 0;
    int64_t changed_ns = 0;
    bool operator==(const Stamp& o) const { return inode == o.inode && size == o.size && changed_ns == o.changed_ns; }
    bool operator!=(const Stamp& o) const { return !(*this == o); }
  };
  struct Sudoers {
    Stamp stamp, seen;  ///< of the rules, and of the last look
    std::vector<std::string> rules;
    bool is_seen = false;
  };
  static constexpr size_t kFiles = 4;
  using Stamps = std::array<Stamp, kFiles>;

  Stamp stamp(const std::string& path) const;
  Stamps stamps() const;
  bool is_locked() const;
  bool look(AccountFiles& out) const;
  int64_t event_ms(int64_t changed_ns) const;
  int64_t changed_ms(const Stamps& before) const;
  void tell(int64_t time_ms, const Sink& sink);
  std::vector<std::string> sudoers_paths() const;
  void look_at_sudoers(const Sink* sink);
  void tell_sudoers(const std::string& path, const std::vector<std::string>& before, const std::vector<std::string>& now, int64_t time_ms, const Sink& sink);

  std::string root_;
  base::Clock* clock_ = nullptr;
  Stamps told_, seen_;
  std::unique_ptr<AccountFiles> known_, next_;
  std::map<std::string, Sudoers> sudoers_;
  int64_t locked_since_ms_ = 0, next_sudoers_ms_ = 0;
  event::Event event_;
};

}  // namespace aurochs::observe
