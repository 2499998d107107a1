// SPDX-License-Identifier: Apache-2.0
#include "govern/load.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "govern/policy.h"

namespace aurochs::govern {

namespace {

constexpr int64_t kMinuteMs = 60000, kNearMs = 5000, kEmergencyHoldMs = 30000, kRelapseMs = 1800000;
constexpr int kMostPatience = 3;  // twice to the power of it
constexpr const char* kFamilyNames[] = {"programs", "connections", "files"};

std::array<uint64_t, kProfiledFamilies> less(const std::array<uint64_t, kProfiledFamilies>& now, const std::array<uint64_t, kProfiledFamilies>& then) {
  std::array<uint64_t, kProfiledFamilies> out{};
  for (size_t i = 0; i < out.size(); ++i) out[i] = now[i] - then[i];
  return out;
}

uint64_t a_minute(uint64_t count, int64_t ms) { return ms > 0 ? count * static_cast<uint64_t>(kMinuteMs) / static_cast<uint64_t>(ms) : 0; }

}  // namespace

Family family_of(event::EventType type) {
  const std::string_view category = event::event_row(type).category;
  if (category == "processes") return Family::process;
  if (category == "network" || category == "DNS") return Family::network;
  return category == "file system" ? Family::file : Family::other;
}

unsigned profile_of(Family family) { return family == Family::process ? kHighProcess : family == Family::network ? kHighNetwork : kHighFile; }

Switch Load::to(unsigned profile, const Reading& r, std::string why) {
  use(profile, r);
  return {profile, std::move(why)};
}

void Load::use(unsigned profile, const Reading& r) {
  if (profile == 1) returned_ms_ = r.now_ms;
  if (profile_ == 1 && profile != 1) patience_ = returned_ms_ && r.now_ms - returned_ms_ < kRelapseMs ? std::min(patience_ + 1, kMostPatience) : 0;
  profile_ = profile;
  since_ms_ = r.now_ms;
  over_ = under_ = alarm_ = 0;
  over_events_ = {};
  done_rate_ = 0;
}

std::optional<Switch> Load::to_family(const Counts& events, const Reading& r, const std::string& why) {
  const size_t most = static_cast<size_t>(std::max_element(events.begin(), events.end()) - events.begin());
  const unsigned profile = profile_of(static_cast<Family>(most));
  if (!events[most] || profile == profile_) return std::nullopt;
  // The span of kNearMs before this one: this one may have begun just now.
  const uint64_t rate = a_minute(r.done[most] - near_[0].done[most], r.now_ms - near_[0].now_ms);
  Switch s = to(profile, r, why + ", most of it for " + kFamilyNames[most]);
  done_rate_ = rate;
  return s;
}

bool Load::does_less(const Reading& r) const {
  if (!done_rate_) return true;
  const size_t family = profile_ == kHighProcess ? 0 : profile_ == kHighNetwork ? 1 : 2;
  return a_minute(r.done[family] - minute_.done[family], r.now_ms - minute_.now_ms) * 2 < done_rate_;
}

std::optional<Switch> Load::minute(const Reading& r) {
  const auto wall_us = static_cast<uint64_t>(r.now_ms - minute_.now_ms) * 1000;
  percent_ = static_cast<unsigned>((r.cpu_us - minute_.cpu_us) * 100 / wall_us);
  const bool is_over = percent_ > budget_, held = r.now_ms - since_ms_ >= limits::kProfileHoldMs;
  const Counts events = less(r.events, minute_.events);
  for (size_t i = 0; i < events.size(); ++i) over_events_[i] = is_over ? over_events_[i] + events[i] : 0;
  over_ = is_over ? over_ + 1 : 0;
  if (over_ >= limits::kProfileOverMinutes && (profile_ == 1 || held))
    return to_family(over_events_, r, "CPU time " + std::to_string(percent_) + " percent of a core, above profile.cpu_percent = " + std::to_string(budget_));
  if (profile_ == 1) return std::nullopt;
  under_ = percent_ * 2 < budget_ && !was_alarmed_ && does_less(r) ? under_ + 1 : 0;
  if (!held || under_ < limits::kProfileUnderMinutes << patience_) return std::nullopt;
  return to(1, r, "the load is over: CPU time " + std::to_string(percent_) + " percent of a core");
}

std::optional<Switch> Load::emergency(const Reading& r) {
  const uint64_t drops = r.drops > last_.drops ? r.drops - last_.drops : 0;  // the kernel's count may be set back
  const bool is_full = r.backlog_limit && uint64_t{r.backlog} * 4 > uint64_t{r.backlog_limit} * 3;
  was_alarmed_ |= drops || is_full;
  alarm_ = drops || is_full ? alarm_ + 2 : std::max(alarm_ - 1, 0);
  if (alarm_ < 3 || (profile_ != 1 && r.now_ms - since_ms_ < kEmergencyHoldMs)) return std::nullopt;
  Counts events = less(r.events, near_[0].events);
  if (events == Counts{}) events = less(r.done, near_[0].done);  // the sensor got to nothing
  return to_family(events, r, drops ? std::to_string(drops) + " records lost in a second" : "kernel's queue at " + std::to_string(r.backlog) + " of " + std::to_string(r.backlog_limit));
}

std::optional<Switch> Load::second(const Reading& r) {
  if (!std::exchange(has_first_, true)) {
    minute_ = last_ = near_[0] = near_[1] = r;
    return std::nullopt;
  }
  std::optional<Switch> out = emergency(r);
  if (r.now_ms - minute_.now_ms >= kMinuteMs) {
    if (!out) out = minute(r);
    minute_ = r;
    was_alarmed_ = false;
  }
  if (r.now_ms - near_[1].now_ms >= kNearMs) {
    near_[0] = near_[1];
    near_[1] = r;
  }
  last_ = r;
  return out;
}

}  // namespace aurochs::govern
