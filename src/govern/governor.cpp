// SPDX-License-Identifier: Apache-2.0
#include "govern/governor.h"

#include <algorithm>

namespace aurochs::govern {

using event::EventType;
using event::FieldId;

namespace {

constexpr int64_t kMinuteMs = 60000;
constexpr size_t kTopTypes = 10;
constexpr FieldId kHeavy[] = {FieldId::proc_env,      FieldId::proc_anc_guids, FieldId::proc_anc_cmdlines, FieldId::proc_file_md5, FieldId::proc_file_sha1,
                              FieldId::proc_file_sha256, FieldId::proc_p_cmdline, FieldId::file_md5,          FieldId::file_sha1,     FieldId::file_sha256,
                              FieldId::proc_usr_groups, FieldId::event_raw};

/// What tells of the sensor itself and of losses: 1860 to 1876, and the kernel's own loss.
bool is_own(EventType type) {
  const uint16_t id = event::event_row(type).id;
  return (id >= 1860 && id <= 1876) || type == EventType::audit_lost;
}

}  // namespace

void Governor::replace(std::string_view policy) {
  if (auto parsed = parse_policy(policy)) policy_ = std::move(*parsed);
  sampled_.fill(0);
}

/// Telemetry rules. False: not told.
bool Governor::judge(event::Event& e) {
  for (const uint16_t i : policy_.of(e.type()).rules) {
    const TelemetryRule& rule = policy_.rules[i];
    if (!rule.holds(e)) continue;
    switch (rule.action) {
      case Action::drop: return false;
      case Action::keep: is_kept_ = true; return true;
      case Action::sample:
        if (++sampled_[i] % rule.every != 1 % rule.every) return false;
        e.set_number(FieldId::event_count, rule.every);
        return true;
      case Action::lean:
        for (const FieldId f : kHeavy) e.remove(f);
        break;
    }
  }
  return true;
}

bool Governor::is_capped(event::Event& e, int64_t now_ms) {
  const uint32_t cap = policy_.of(e.type()).cap;
  if (!cap) return false;
  Minute& minute = minutes_[static_cast<size_t>(e.type())];
  if (now_ms - minute.begin_ms >= kMinuteMs && !minute.over) minute = {now_ms, 0, 0};
  if (++minute.count <= cap) return false;
  ++minute.over;
  is_over_ = true;
  return true;
}

bool Governor::admit(event::Event& e, int64_t now_ms) {
  const Policy::Type& type = policy_.of(e.type());
  if (is_own(e.type())) return true;
  if (type.off) return false;
  is_kept_ = false;
  if (!type.rules.empty() && !judge(e)) {
    ++suppressed_;
    return false;
  }
  if (is_kept_) return true;
  if (type.fold_s && folder_.fold(e, type.fold_s, now_ms)) return false;
  if (!is_capped(e, now_ms)) return true;
  ++suppressed_;
  return false;
}

bool Governor::burst(event::Event& e, int64_t now_ms) {
  if (!bursts_.count(e, now_ms)) return false;
  bursts_.tell(e);
  return wants(e.type());
}

bool Governor::next_announcement(event::Event& e, int64_t now_ms) {
  if (!is_over_) return false;
  bool waits = false;
  for (size_t i = 0; i < minutes_.size(); ++i) {
    Minute& minute = minutes_[i];
    if (!minute.over) continue;
    if (now_ms - minute.begin_ms < kMinuteMs) {
      waits = true;
      continue;
    }
    e.clear(EventType::sensor_drop);
    e.set_time(FieldId::event_utc_time, now_ms);
    e.set_text(FieldId::sensor_loss_cause, "capped");
    e.set_text(FieldId::op_name, event::event_row(static_cast<EventType>(i)).type);
    e.set_time(FieldId::sensor_loss_since, minute.begin_ms);
    e.set_number(FieldId::event_count, minute.over);
    minute = {now_ms, 0, 0};
    return true;
  }
  is_over_ = waits;
  return false;
}

bool Governor::next(event::Event& e, int64_t now_ms) { return folder_.next(e, now_ms) || next_announcement(e, now_ms); }

void Governor::wrote(EventType type, size_t bytes) {
  bytes_[static_cast<size_t>(type)] += bytes;
  all_bytes_ += bytes;
}

void Governor::report(event::Event& e) {
  e.set_number(FieldId::sensor_bytes, all_bytes_);
  e.set_number(FieldId::sensor_folded, folder_.folded());
  e.set_number(FieldId::sensor_suppressed, suppressed_);
  std::array<uint16_t, event::kEventTypeCount> order;
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<uint16_t>(i);
  std::partial_sort(order.begin(), order.begin() + kTopTypes, order.end(), [&](uint16_t a, uint16_t b) { return bytes_[a] != bytes_[b] ? bytes_[a] > bytes_[b] : a < b; });
  scratch_.clear();
  for (size_t i = 0; i < kTopTypes && bytes_[order[i]]; ++i) {
    if (i) scratch_ += '|';
    scratch_.append(event::event_row(static_cast<EventType>(order[i])).vendor_type).append("=").append(std::to_string(bytes_[order[i]]));
  }
  e.set_copy(FieldId::sensor_bytes_by_type, scratch_);
}

}  // namespace aurochs::govern
