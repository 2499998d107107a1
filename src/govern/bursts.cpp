// SPDX-License-Identifier: Apache-2.0
#include "govern/bursts.h"

#include <algorithm>

namespace aurochs::govern {

using event::EventType;
using event::FieldId;

namespace {

constexpr int64_t kWindowMs = 10000;

uint64_t hash(std::string_view a, std::string_view b, uint64_t salt) {
  uint64_t h = 0xCBF29CE484222325u ^ salt;
  for (const std::string_view s : {a, b}) {
    for (const char c : s) h = (h ^ static_cast<uint8_t>(c)) * 0x100000001B3u;
    h = (h ^ 0xFF) * 0x100000001B3u;
  }
  return h | 1;
}

bool is_file_change(const event::Event& e) {
  const std::string_view op = e.text(FieldId::file_op);
  return op == "create" || op == "modify" || op == "delete" || op == "rename" || op == "truncate";
}

}  // namespace

/// The row of that key, or the one of its set that began longest ago.
Bursts::Row& Bursts::row_of(uint64_t key, int64_t now_ms) {
  constexpr size_t kWays = 4;
  Row* const set = &rows_[(key >> 8) % (rows_.size() / kWays) * kWays];
  Row* oldest = set;
  for (Row* row = set; row != set + kWays; ++row) {
    if (row->key == key && now_ms - row->begin_ms < kWindowMs) return *row;
    if (row->key == key || row->begin_ms < oldest->begin_ms) oldest = row;
  }
  *oldest = {key, now_ms, 0, false};
  return *oldest;
}

bool Bursts::count(const event::Event& e, int64_t now_ms) {
  uint64_t key = 0;
  uint32_t threshold = 0;
  if (e.type() == EventType::process_create) {
    key = hash(e.text(FieldId::proc_p_guid), e.text(FieldId::proc_file_path), 1);
    threshold = limits::kBurstProcesses;
  } else if (is_file_change(e)) {
    key = hash(e.text(FieldId::proc_guid), {}, 2);
    threshold = limits::kBurstFiles;
  }
  if (!threshold) return false;
  Row& row = row_of(key, now_ms);
  if (++row.count < threshold || row.told) return false;
  row.told = true;
  passed_ = row.count;
  return true;
}

void Bursts::tell(event::Event& e) const {
  const bool is_file = e.has(FieldId::file_op);
  e.retype(is_file ? EventType::file_op_burst : EventType::process_burst);
  e.set_number(FieldId::event_count, passed_);
  e.set_text(FieldId::op_text, is_file ? "files changed by one process within 10 s; this is the last of them" : "equal children of one parent within 10 s; this is the last of them");
}

}  // namespace aurochs::govern
