// SPDX-License-Identifier: Apache-2.0
#include "govern/folder.h"

#include <algorithm>

#include "event/pack.h"

namespace aurochs::govern {

using event::FieldId;

namespace {

constexpr size_t kWays = 4;
constexpr FieldId kNone = FieldId::count_;
struct KeyRow {
  std::string_view category;
  FieldId fields[8];
};
// What makes two events of one type equal, beside the program and the user. The last row is for every other category.
constexpr KeyRow kKeys[] = {
    {"network", {FieldId::net_dst_ipv4, FieldId::net_dst_ipv6, FieldId::net_dst_port, FieldId::net_src_ipv4, FieldId::net_src_ipv6, FieldId::net_path,
                 FieldId::op_exit, FieldId::net_proto}},
    {"DNS", {FieldId::dns_rname, FieldId::dns_rtype, FieldId::dns_rcode, FieldId::dns_server, kNone, kNone, kNone, kNone}},
    {"logons and sessions", {FieldId::usr_tgt_name, FieldId::auth_service, FieldId::auth_result, FieldId::auth_op, FieldId::net_src_ipv4,
                             FieldId::net_src_ipv6, kNone, kNone}},
    {"audit subsystem and self-protection", {FieldId::audit_key, FieldId::audit_op, FieldId::op_name, FieldId::op_value, FieldId::op_value_old, FieldId::file_path,
                                             FieldId::tgt_proc_id, FieldId::op_signal}},
    {"", {FieldId::file_path, FieldId::file_path_old, FieldId::file_op, FieldId::op_value, FieldId::op_name, FieldId::tgt_file_path, FieldId::mem_prot,
          FieldId::net_path}}};

uint64_t mix(uint64_t h, std::string_view bytes) {
  for (const char c : bytes) h = (h ^ static_cast<uint8_t>(c)) * 0x100000001B3u;
  return h ^ h >> 29;
}
uint64_t mix(uint64_t h, uint64_t n) { return (h ^ n) * 0x9E3779B97F4A7C15u; }

/// Rules of ours go together, so their keys count as one.
std::string_view one_key(std::string_view key) {
  constexpr std::string_view kOurs = "aurochs-";
  return key.substr(0, kOurs.size()) == kOurs ? kOurs : key;
}

uint64_t mix(uint64_t h, const event::Event& e, FieldId f) {
  if (f == kNone || !e.has(f)) return mix(h, uint64_t{0x5A});
  if (f == FieldId::audit_key) return mix(h, one_key(e.text(f)));
  return event::field_row(f).type == event::Type::text ? mix(h, e.text(f)) : mix(h, e.number(f));
}

}  // namespace

uint64_t Folder::key_of(const event::Event& e) {
  const event::EventRow& row = event::event_row(e.type());
  uint64_t h = mix(0xCBF29CE484222325u, uint64_t{row.id});
  for (const FieldId f : {FieldId::proc_file_tgt_path, FieldId::proc_file_path, FieldId::proc_usr_e_id, FieldId::event_node}) h = mix(h, e, f);
  const auto* const keys = std::find_if(std::begin(kKeys), std::end(kKeys) - 1, [&](const KeyRow& k) { return k.category == row.category; });
  for (const FieldId f : keys->fields) h = mix(h, e, f);
  return h | 1;  // 0: free
}

/// The entry of that key, or a free one of its set; nullptr where every window of the set still runs.
Folder::Entry* Folder::place(uint64_t key, int64_t now_ms) {
  Entry* const set = &entries_[(key >> 8) % (entries_.size() / kWays) * kWays];
  Entry* room = nullptr;
  for (Entry* e = set; e != set + kWays; ++e) {
    if (e->key == key) return e;
    if (!room && !e->count && (!e->key || e->end_ms <= now_ms)) room = e;
  }
  return room;
}

bool Folder::fold(const event::Event& e, uint32_t window_s, int64_t now_ms) {
  const uint64_t key = key_of(e);
  Entry* entry = place(key, now_ms);
  if (!entry) return false;
  if (entry->key != key || (entry->end_ms <= now_ms && !entry->count)) {
    entry->key = key;
    entry->end_ms = now_ms + int64_t{window_s} * 1000;
    return false;
  }
  const size_t before = entry->packed.size();
  if (bytes_ - before + limits::kFieldBytes > limits::kFoldBytes) return false;
  if (entry->packed.capacity() == 0 && !spare_.empty()) {
    entry->packed.swap(spare_.back());
    spare_.pop_back();
  }
  entry->packed.clear();
  event::pack(e, entry->packed);
  bytes_ += entry->packed.size() - before;
  entry->count += e.has(FieldId::event_count) ? e.number(FieldId::event_count) : 1;
  ++folded_;
  return true;
}

bool Folder::next(event::Event& e, int64_t now_ms) {
  if (now_ms == scanned_ms_) return false;
  for (; scan_ < entries_.size(); ++scan_) {
    Entry& entry = entries_[scan_];
    if (!entry.count || entry.end_ms > now_ms) continue;
    const bool whole = event::unpack(entry.packed, e);
    e.set_number(FieldId::event_count, entry.count);
    bytes_ -= entry.packed.size();
    entry.packed.clear();
    spare_.emplace_back();
    spare_.back().swap(entry.packed);
    entry.count = 0;
    entry.key = 0;
    if (whole) return true;
  }
  scan_ = 0;
  scanned_ms_ = now_ms;
  return false;
}

}  // namespace aurochs::govern
