// SPDX-License-Identifier: Apache-2.0
#include "reassemble/reassembler.h"

#include <algorithm>

#include "audit/record_types.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::reassemble {

using audit::AuditEvent;
using audit::Record;
using audit::RecordText;

namespace {
constexpr size_t kFirstTextBytes = 2048, kUsualRecords = 16;
}  // namespace

struct Reassembler::Slot {
  explicit Slot(base::BlockPool& pool) : text(kFirstTextBytes, &pool) { records.reserve(kUsualRecords); }
  audit::Stamp stamp;
  std::string node;
  std::vector<Record> records;
  base::Arena text;
  int64_t received_ms = 0, since_ms = 0;  ///< since: event clock at the first record, or at the soft end
  size_t bytes = 0, bucket = 0;
  uint32_t items = 0, paths = 0;  ///< PATH records announced by SYSCALL, and seen
  bool has_syscall = false, has_proctitle = false, only_parts = true, is_soft = false, is_done = false;
  uint8_t notes = 0;
  Slot* next_in_bucket = nullptr;
  Slot* previous = nullptr;
  Slot* next = nullptr;
};

namespace {

constexpr int64_t kClockJumpMs = 60000;
constexpr size_t kBuckets = 4096;

uint64_t hash_of(const audit::Stamp& s, std::string_view node) {
  uint64_t h = static_cast<uint64_t>(s.time_ms) * 0x9E3779B97F4A7C15u ^ s.serial * 0xC2B2AE3D27D4EB4Fu;
  for (const char c : node) h = (h ^ static_cast<uint8_t>(c)) * 0x100000001B3u;
  return h ^ h >> 29;
}

/// Records that only ever stand beside a SYSCALL: while they are alone, more will come.
bool is_part(uint16_t t) {
  return (t > audit::type::kSyscall && t < 1400 && t != audit::type::kConfigChange && t < 1324) || t == audit::type::kProctitle ||
         t == 1337 || t == 1323;
}

uint32_t announced_items(std::string_view body) {
  const size_t at = body.find(" items=");
  uint64_t n = 0;
  if (at != std::string_view::npos) {
    std::string_view digits = body.substr(at + 7);
    digits = digits.substr(0, digits.find(' '));
    if (!base::parse_u64(digits, n) || n > limits::kEventRecords) n = 0;
  }
  return static_cast<uint32_t>(n);
}

}  // namespace

Reassembler::Reassembler(size_t max_events)
    : max_events_(max_events ? max_events : limits::kInFlightEvents), buckets_(kBuckets), done_(limits::kDoneStamps) {}

Reassembler::~Reassembler() {
  for (Slot* s : all_) delete s;
}

void Reassembler::link(List& l, Slot* s) {
  s->previous = l.tail;
  s->next = nullptr;
  (l.tail ? l.tail->next : l.head) = s;
  l.tail = s;
}

void Reassembler::unlink(List& l, Slot* s) {
  (s->previous ? s->previous->next : l.head) = s->next;
  (s->next ? s->next->previous : l.tail) = s->previous;
  s->previous = s->next = nullptr;
}

Reassembler::Slot* Reassembler::find(const RecordText& r, size_t bucket) {
  for (Slot* s = buckets_[bucket]; s; s = s->next_in_bucket)
    if (s->stamp == r.stamp && s->node == r.node) return s;
  return nullptr;
}

Reassembler::Slot* Reassembler::open(const RecordText& r, size_t bucket) {
  while ((in_flight_ >= max_events_ || in_flight_bytes_ > limits::kInFlightBytes) && (soft_.head || aging_.head)) {
    const bool complete = soft_.head != nullptr;
    counters_.forced += !complete;
    finish(complete ? soft_.head : aging_.head, complete);
  }
  if (free_.empty()) {
    all_.push_back(new Slot(blocks_));
    free_.push_back(all_.back());
  }
  Slot* s = free_.back();
  free_.pop_back();
  s->stamp = r.stamp;
  s->node.assign(r.node.data(), r.node.size());
  s->received_ms = r.received_ms;
  s->since_ms = clock_ms_;
  s->bucket = bucket;
  s->bytes = 0;
  s->items = s->paths = 0;
  s->has_syscall = s->has_proctitle = s->is_soft = s->is_done = false;
  s->only_parts = true;
  s->notes = 0;
  const uint64_t hash = hash_of(r.stamp, r.node);
  if (done_[hash % done_.size()] == hash) {
    s->notes |= AuditEvent::kLate;
    ++counters_.late;
  }
  s->next_in_bucket = buckets_[bucket];
  buckets_[bucket] = s;
  link(aging_, s);
  ++in_flight_;
  return s;
}

bool Reassembler::is_duplicate(const Slot& s, const RecordText& r) const {
  // Only where one syscall can not write the same text twice: a second reader's copy (unicast and multicast).
  if (r.type < audit::type::kSyscall || r.type >= 1400 || r.type == audit::type::kObjPid) return false;
  for (const Record& have : s.records)
    if (have.type == r.type && have.body == r.body) return true;
  return false;
}

void Reassembler::append(Slot& s, const RecordText& r) {
  const size_t bytes = r.body.size() + r.enriched.size() + r.type_text.size();
  if (s.records.size() >= limits::kEventRecords || s.bytes + bytes > limits::kEventBytes) {
    s.notes |= AuditEvent::kCut;
    ++counters_.cut;
    return;
  }
  // EXECVE may come in hundreds of records; comparing each with all before it would be quadratic.
  if (s.records.size() < 64 && is_duplicate(s, r)) {
    s.notes |= AuditEvent::kDuplicate;
    ++counters_.duplicates;
    return;
  }
  Record record;
  record.type = r.type;
  record.type_text = r.type && !audit::record_type_name(r.type).empty() ? std::string_view() : s.text.copy(r.type_text);
  record.body = s.text.copy(r.body);
  record.enriched = s.text.copy(r.enriched);
  s.records.push_back(record);
  s.bytes += bytes;
  in_flight_bytes_ += bytes;
  note_end_signs(s, r);
}

void Reassembler::note_end_signs(Slot& s, const RecordText& r) {
  if (r.type == audit::type::kSyscall) {
    s.has_syscall = true;
    s.items = announced_items(r.body);
  }
  s.paths += r.type == audit::type::kPath;
  s.has_proctitle = s.has_proctitle || r.type == audit::type::kProctitle;
  s.only_parts = s.only_parts && is_part(r.type);
  const bool soft = s.has_syscall ? s.has_proctitle || s.paths >= s.items : !s.only_parts;
  if (!soft || s.is_soft) return;
  s.is_soft = true;
  s.since_ms = clock_ms_;
  unlink(aging_, &s);
  link(soft_, &s);
}

void Reassembler::advance_clock(int64_t stamp_ms) {
  const int64_t ahead = stamp_ms - newest_stamp_ms_;
  if (ahead > 0) {
    clock_ms_ += std::min(ahead, kClockJumpMs);
    newest_stamp_ms_ = stamp_ms;
  } else if (ahead < -kClockJumpMs) {
    newest_stamp_ms_ = stamp_ms;  // set back, or another log: go on from here
  }
}

void Reassembler::expire() {
  while (soft_.head && clock_ms_ - soft_.head->since_ms >= limits::kSoftEndMs) finish(soft_.head, true);
  while (aging_.head && clock_ms_ - aging_.head->since_ms >= limits::kEventAgeMs) finish(aging_.head, false);
}

void Reassembler::finish(Slot* s, bool complete) {
  unlink(s->is_soft ? soft_ : aging_, s);
  for (Slot** at = &buckets_[s->bucket]; *at; at = &(*at)->next_in_bucket) {
    if (*at != s) continue;
    *at = s->next_in_bucket;
    break;
  }
  if (!complete) {
    s->notes |= AuditEvent::kIncomplete;
    ++counters_.incomplete;
  }
  const bool is_rest = s->notes & AuditEvent::kLate || !s->node.empty() || serials_.is_unsure(s->stamp.serial);
  counters_.headless += s->only_parts && !is_rest;
  const uint64_t hash = hash_of(s->stamp, s->node);
  done_[hash % done_.size()] = hash;
  in_flight_bytes_ -= s->bytes;
  --in_flight_;
  ++counters_.events;
  s->is_done = true;
  link(finished_, s);
}

void Reassembler::push(const RecordText& r) {
  ++counters_.records;
  last_wall_ms_ = r.received_ms;
  advance_clock(r.stamp.time_ms);
  const size_t bucket = hash_of(r.stamp, r.node) % kBuckets;
  Slot* s = find(r, bucket);
  if (r.type == audit::type::kEoe) {
    if (s) finish(s, true);
    expire();
    return;
  }
  if (!s) {
    if (r.node.empty()) counters_.serial_gaps += serials_.note(r.stamp.serial);
    s = open(r, bucket);
  }
  append(*s, r);
  if (audit::is_single_record_type(r.type)) finish(s, true);
  expire();
}

void Reassembler::tick(int64_t now_ms) {
  if (last_wall_ms_ && now_ms > last_wall_ms_) {
    const int64_t quiet = std::min(now_ms - last_wall_ms_, kClockJumpMs);
    clock_ms_ += quiet;
    newest_stamp_ms_ += quiet;
  }
  last_wall_ms_ = now_ms;
  expire();
}

void Reassembler::flush() {
  while (soft_.head) finish(soft_.head, true);
  while (aging_.head) finish(aging_.head, false);
}

AuditEvent* Reassembler::pop() {
  if (popped_) {
    std::swap(out_.records, popped_->records);
    popped_->records.clear();
    popped_->text.reset(limits::kArenaKeepBytes);
    free_.push_back(popped_);
    popped_ = nullptr;
  }
  Slot* s = finished_.head;
  if (!s) return nullptr;
  unlink(finished_, s);
  popped_ = s;
  out_.arena.reset(limits::kIdleBytes);
  std::swap(out_.records, s->records);
  out_.stamp = s->stamp;
  out_.node = s->node;
  out_.received_ms = s->received_ms;
  out_.notes = s->notes;
  return &out_;
}

}  // namespace aurochs::reassemble
