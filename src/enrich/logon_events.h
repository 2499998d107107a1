// SPDX-License-Identifier: Apache-2.0
// LogonEvents: logons that several sources tell become one event each, with the counts of btmp, wtmp and of what was seen.
// audit, btmp or wtmp and the log tell of one try to log on within a moment and in any order; it waits for them.
// They belong together by process, or by user, address and service. Sources that speak once for each try (PAM, btmp, the
// log) make as many events as they speak; sshd's USER_LOGIN also comes for the methods that every client tries first
// (none, keys), so alone it is told only when its connection had time to end in something else.
// What an earlier run counted and the settings it asks of the host. Bounded; a bound that is reached gives the oldest out.
// One thread (core).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "enrich/logon_book.h"
#include "event/event.h"
#include "state/proc_reader.h"

namespace aurochs::enrich {

class LogonEvents {
 public:
  explicit LogonEvents(state::ProcReader& reader) : reader_(reader) {}

  /// True: `e` is complete now. False: it is held, or it only fed what this room knows.
  bool take(event::Event& e);
  /// The next held event whose wait is over. False: none.
  bool next(event::Event& e, int64_t now_ms);

  /// What a next run must know; nothing where no logon was told and what an earlier run knew still holds.
  std::optional<state::SavedLogons> save() const;
  /// Events given out before their wait was over, and failures or names that were not counted.
  uint64_t crowded() const { return crowded_ + book_.passed_over(); }

 private:
  enum class Act : uint8_t { none, success, failure, error, logoff, boot, shutdown, run_level };
  enum Source : uint8_t { audit_step = 1, audit_login = 2, audit_session = 4, btmp = 8, wtmp = 16, log = 32, log_step = 64 };
  /// What one source said of one try, or what all said so far.
  struct Try {
    Act act = Act::none;
    uint8_t sources = 0;
    bool is_sure_of_pid = false, is_sshd = false, is_no_logon = false;
    int64_t time_ms = 0, latest_ms = 0;  ///< of the event; of the newest word
    int64_t due_ms = 0;
    uint64_t order = 0, failure = 0;
    uint64_t user = 0, address = 0, service = 0, term = 0, record = 0;
    int32_t pid = 0;
    std::string packed;  ///< the event; the slot is free when it is empty
  };
  /// A connection of sshd's with a name that is no user: one record of btmp is of that, further ones are of passwords.
  struct Stranger {
    int32_t pid = 0;
    int64_t time_ms = 0;
    bool is_told = false;  ///< by an event of its own, or by a failed password
    bool is_used = false;  ///< that record of btmp has come
  };
  struct Told {
    uint64_t key;
    int64_t until_ms;
  };

  static Act act_of(event::EventType type);
  void learn_settings();
  void history(const event::Event& e);
  static Try heard(const event::Event& e);
  state::FailedLogon failed(const Try& t) const;
  static bool is_alone(const Try& t);
  static bool awaits_others(const Try& t);
  bool belongs(const Try& held, const Try& said) const;
  Try* find(const Try& said);
  void forget_first_steps(const Try& said);
  void merge(Try& held, const Try& said, event::Event& e);
  bool hold(Try& said, event::Event& e);
  Try* next_due(int64_t now_ms);
  Stranger* stranger(int32_t pid, int64_t time_ms);
  void meet(const event::Event& e);
  bool is_surplus(const Try& t);
  bool give(Try& t, event::Event& e);
  void counts(const Try& t, event::Event& e);
  void name_user(event::Event& e);
  void burst(const Try& t, const event::Event& e);
  bool is_news(uint64_t key, int64_t time_ms);

  state::ProcReader& reader_;
  LogonBook book_;
  std::vector<Try> held_;
  std::vector<Told> told_;
  Stranger strangers_[64];
  size_t next_stranger_ = 0;
  event::Event other_;
  std::string burst_, answer_;
  uint64_t order_ = 0, crowded_ = 0;
  uint64_t burst_at_ = 10;
  bool knows_settings_ = false;
};

}  // namespace aurochs::enrich
