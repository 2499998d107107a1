// SPDX-License-Identifier: Apache-2.0
// Load: which load profile fits, from what the sensor costs and what the host does. A pure function of readings, one a second:
// above its CPU budget for kProfileOverMinutes, the profile of the family with the most events is picked; it stays for
// kProfileHoldMs at least, and the default comes back after kProfileUnderMinutes below half of the budget, while the host does
// less than half of what it did (programs, connections; of files nobody counts). Where the default had to be left again soon, it
// comes back after twice the time, up to eight times. Losses, or a kernel queue above three quarters, two seconds out of three: at
// once. No clock, no thread, no I/O.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "event/catalogue.h"

namespace aurochs::govern {

enum class Family : uint8_t { process, network, file, other };
inline constexpr size_t kFamilies = 4, kProfiledFamilies = 3;
Family family_of(event::EventType type);
/// Its load profile; process, network or file.
unsigned profile_of(Family family);

/// Counters only rise; a reading that is not to be had stays 0.
struct Reading {
  int64_t now_ms = 0;
  uint64_t cpu_us = 0;                                     ///< of the sensor
  uint64_t drops = 0;                                      ///< records that the sensor was too slow for
  uint32_t backlog = 0, backlog_limit = 0;                 ///< of the kernel's queue
  std::array<uint64_t, kProfiledFamilies> events{};        ///< by family, before the policy judged them
  std::array<uint64_t, kProfiledFamilies> done{};          ///< what the host did, whatever is watched
};

struct Switch {
  unsigned profile = 1;
  std::string why;
};

class Load {
 public:
  explicit Load(unsigned cpu_percent) : budget_(cpu_percent) {}

  void set_budget(unsigned cpu_percent) { budget_ = cpu_percent; }
  /// What to switch to, if anything. The profile counts as switched then.
  std::optional<Switch> second(const Reading& r);
  /// Somebody else chose.
  void use(unsigned profile, const Reading& r);
  unsigned profile() const { return profile_; }
  /// Of one core, over the last whole minute.
  unsigned cpu_percent() const { return percent_; }

 private:
  using Counts = std::array<uint64_t, kProfiledFamilies>;
  std::optional<Switch> minute(const Reading& r);
  std::optional<Switch> emergency(const Reading& r);
  std::optional<Switch> to_family(const Counts& events, const Reading& r, const std::string& why);
  Switch to(unsigned profile, const Reading& r, std::string why);
  bool does_less(const Reading& r) const;

  unsigned budget_, profile_ = 1, percent_ = 0;
  bool has_first_ = false, was_alarmed_ = false;  ///< was_alarmed_: in this minute
  Reading minute_, last_;       ///< begin of this minute; the reading before
  std::array<Reading, 2> near_; ///< begins of the last two spans of kNearMs
  Counts over_events_{};        ///< of the minutes above the budget
  int over_ = 0, under_ = 0, alarm_ = 0, patience_ = 0;
  int64_t since_ms_ = 0, returned_ms_ = 0;
  uint64_t done_rate_ = 0;      ///< a minute, of the profile's family when it was picked; 0: not known
};

}  // namespace aurochs::govern
