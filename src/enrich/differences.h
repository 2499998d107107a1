// SPDX-License-Identifier: Apache-2.0
// Differences: one act, one event, where audit tells an act and a source beside it tells what the act changed: accounts,
// groups, mounts, kernel parameters, rules of sudoers, packages. The event of audit has who and when, the difference what;
// both wait for the other, kWaitMs and kDifferenceWaitMs, then go out as one, or alone. Several records that one process writes about the
// same account for the same thing are one act, too. An act that failed changes nothing and does not wait; nor does
// anything where the line is not live, for a log has no such sources. Bounded by limits::kDifferences: more go out at once.
// One thread (core).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "event/event.h"

namespace aurochs::enrich {

class Differences {
 public:
  explicit Differences(bool is_live) : is_live_(is_live), changed_(std::make_unique<event::Event>()) {}

  /// True: `e` is complete. False: it is held, or said nothing new.
  bool take(event::Event& e);
  /// The next event whose wait is over. False: none.
  bool next(event::Event& e, int64_t now_ms);

  static constexpr int64_t kWaitMs = 4000;            ///< a source looks every half second to two, and waits for locks
  static constexpr int64_t kDifferenceWaitMs = 2000;  ///< records are late by the queue of kauditd at most
  enum class Kind : uint8_t { none, account, mount, sysctl, sudoers, package };

 private:
  struct Held {
    Kind kind = Kind::none;
    event::EventType type = event::EventType::count_;
    bool is_difference = false;
    bool is_told = false;  ///< of audit: went out with a difference; stays to tell who did the others of that look
    uint64_t process = 0;
    int64_t time_ms = 0, look_ms = 0;  ///< look_ms: time of the difference that it went out with
    bool has_user = false, has_group = false;
    uint64_t user_id = 0, group_id = 0, user_id_old = 0, group_id_old = 0;  ///< old ones: as the others where nothing changed
    std::string user, group, user_old, group_old;
    std::string subject;  ///< : mount point, name of the parameter, path, package
    std::string packed;
  };

  static void describe(const event::Event& e, Kind kind, Held& h);
  static int likeness(const Held& audit, const Held& difference);
  static int same_subject(const Held& a, const Held& b);
  bool repeats(const Held& h) const;
  Held* act_of(const Held& difference);
  bool join(Held& audit, const Held& difference, event::Event& e);
  void drop(size_t at);

  const bool is_live_;
  std::vector<Held> held_;
  std::unique_ptr<event::Event> changed_;
  std::vector<Held> spare_;  ///< keeps the capacity of strings
};

}  // namespace aurochs::enrich
