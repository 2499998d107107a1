// SPDX-License-Identifier: Apache-2.0
// Utmp: what btmp and wtmp get appended: failed logons, logons, their ends, boots and run levels; and tampering with the two.
// utmp itself repeats wtmp and is rewritten by design: only a session wiped out of it is told.
// The first look is history for the counts of enrich::LogonEvents: events with proc_issnapshot=true, that go no further.
// Of btmp: each record within the window of the counts. Of wtmp: one event that names the file (file_inode), then for each user and each
// address one with event_count = how often; a wtmp that had to be read anew comes the same way. History is given out in
// portions, so that it does not fill the ring. One thread (observer).
#pragma once
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "event/event.h"
#include "observe/source.h"
#include "observe/utmp_file.h"

namespace aurochs::observe {

class Utmp {
 public:
  base::Status open(const Options& options);
  int fd() const { return -1; }
  void take(const Sink&) {}
  int64_t poll(int64_t now_ms, const Sink& sink);

 private:
  struct Session {
    int32_t pid = 0;
    int64_t since_ms = 0;
    std::string user, address, host;
  };

  void failure(const UtmpRecord& r, bool is_old, const Sink& sink);
  void logon(const UtmpRecord& r, bool is_old, const Sink& sink);
  void login(const UtmpRecord& r, bool is_old, const Sink& sink);
  void logout(const UtmpRecord& r, bool is_old, const Sink& sink);
  void host_state(const UtmpRecord& r, const Sink& sink);
  void tampered(const std::string& path, std::string_view how, uint64_t old_bytes, uint64_t new_bytes, const Sink& sink);
  void begin(event::EventType type, const UtmpRecord& r, std::string_view source);
  void whole_wtmp();
  void look_at_utmp(const Sink& sink);
  bool give_history(const Sink& sink);

  base::Clock* clock_ = nullptr;
  int64_t window_ms_ = 0;
  UtmpFile btmp_, wtmp_;
  std::string utmp_path_;
  std::vector<int16_t> utmp_types_;
  std::map<std::string, Session, std::less<>> sessions_;  ///< by line
  std::map<std::string, uint64_t> old_users_, old_addresses_;
  uint64_t wtmp_inode_ = 0;
  bool wtmp_is_new_ = false;
  std::deque<std::string> history_;  ///< packed events
  event::Event event_;
};

}  // namespace aurochs::observe
