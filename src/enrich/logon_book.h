// SPDX-License-Identifier: Apache-2.0
// LogonBook: how often somebody failed to log on within the window, and how often he did log on. Three tell it of one
// failure: what is happening (a logon that LogonEvents merges), the btmp of before the start, and what an earlier run of the
// sensor had counted; each failure is counted once. Bounded: beyond it the oldest failures and new names are not counted,
// and passed_over() says how many. One thread (core).
#pragma once
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "state/logon_store.h"

namespace aurochs::enrich {

/// Of a user's name or an address; 0: empty.
uint64_t logon_key(char kind, std::string_view text);

class LogonBook {
 public:
  enum class From : uint8_t { now, history };

  void restore(state::SavedLogons saved);
  /// What is worth keeping.
  state::SavedLogons save() const;
  void set_window(int64_t window_ms) { window_ms_ = window_ms; }
  int64_t window_ms() const { return window_ms_; }

  // --- failed logons
  /// Its number; the same again for a failure that another source had told.
  uint64_t fail(const state::FailedLogon& f, From from);
  /// More is known of that failure.
  void amend(uint64_t number, const state::FailedLogon& f);
  /// Failures of that user or address up to and with that failure, in the window before it.
  uint64_t failures_of_user(uint64_t user, int64_t time_ms, uint64_t up_to) const;
  uint64_t failures_of_address(uint64_t address, int64_t time_ms, uint64_t up_to) const;

  // --- logons
  /// The wtmp with this inode is told anew.
  void restart_wtmp(uint64_t inode);
  /// So many more in wtmp, or (is_other) that it does not hold.
  void succeed(uint64_t key, uint64_t count, bool is_other);
  uint64_t logons_of(uint64_t key) const;

  /// Of the newest failure.
  uint64_t newest() const { return next_ - 1; }
  uint64_t passed_over() const { return passed_over_; }

 private:
  struct Entry : state::FailedLogon {
    uint64_t number = 0;
    bool is_told = false;  ///< by an event of this run or of an earlier one
  };
  struct Logons {
    uint64_t in_wtmp = 0, others = 0;
  };

  template <class Match>
  uint64_t count(int64_t time_ms, uint64_t up_to, Match match) const;
  uint64_t add(const state::FailedLogon& f, bool is_told);
  Entry* find(uint64_t number);

  std::vector<Entry> failures_;  ///< a ring once it is full
  size_t oldest_ = 0;
  uint64_t next_ = 1, passed_over_ = 0, wtmp_inode_ = 0;
  int64_t window_ms_ = 300000, newest_ms_ = 0;
  std::unordered_map<uint64_t, Logons> logons_;
};

}  // namespace aurochs::enrich
