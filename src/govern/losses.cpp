// SPDX-License-Identifier: Apache-2.0
#include "govern/losses.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace aurochs::govern {

using event::FieldId;

void Losses::add(audit::GapCause cause, uint64_t count, int64_t now_ms) {
  const auto i = static_cast<size_t>(cause);
  if (!count || i >= rows_.size()) return;
  Row& row = rows_[i];
  if (!row.pending) row.since_ms = now_ms;
  row.pending += count;
  row.total += count;
}

void Losses::add(const audit::Frame& gap, int64_t now_ms) {
  audit::GapFrame g;
  std::memcpy(&g, gap.payload.data(), std::min(sizeof g, gap.payload.size()));
  add(static_cast<audit::GapCause>(g.cause), g.count, now_ms);
}

void Losses::follow(audit::GapCause cause, uint64_t counter, int64_t now_ms) {
  Row& row = rows_[static_cast<size_t>(cause)];
  add(cause, counter - std::exchange(row.followed, counter), now_ms);
}

bool Losses::next(event::Event& e, int64_t now_ms) {
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!rows_[i].pending) continue;
    // The kernel's own loss is the host's matter, every other one is ours.
    const bool is_kernels = static_cast<audit::GapCause>(i) == audit::GapCause::kernel_lost;
    e.clear(is_kernels ? event::EventType::audit_lost : event::EventType::sensor_drop);
    e.set_time(FieldId::event_utc_time, now_ms);
    e.set_text(FieldId::sensor_loss_cause, audit::gap_cause_name(static_cast<audit::GapCause>(i)));
    if (rows_[i].since_ms) e.set_time(FieldId::sensor_loss_since, rows_[i].since_ms);
    e.set_number(FieldId::event_count, std::exchange(rows_[i].pending, 0));
    return true;
  }
  return false;
}

uint64_t Losses::total() const {
  uint64_t sum = 0;
  for (const Row& row : rows_) sum += row.total;
  return sum;
}

}  // namespace aurochs::govern
