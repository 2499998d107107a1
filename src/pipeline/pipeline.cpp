// SPDX-License-Identifier: Apache-2.0
#include "pipeline/pipeline.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "decode/header.h"
#include "event/stamp.h"

namespace aurochs::pipeline {

using audit::FrameKind;
using audit::GapCause;
using event::EventType;
using event::FieldId;
constexpr int64_t kNamesMs = 1000, kLossesMs = 10000, kHeartbeatMs = 60000;

Pipeline::Pipeline(Options options, state::ProcReader& reader, Sink sink)
    : options_(std::move(options)), sink_(std::move(sink)), lineage_(options_.identity, reader), enricher_(options_.settings, lineage_, reader),
      processes_(lineage_, enricher_, reader, event_, [this](EventType type) { emit(type); }),
      acts_(lineage_, enricher_, reader, options_.watches, event_, [this](EventType type) { emit(type); }, options_.is_live), governor_(options_.policy) {
  follow_policy();
}

void Pipeline::follow_policy() {
  processes_.tell(governor_.wants(EventType::process_fork), governor_.wants(EventType::process_session_create));
  processes_.poll(governor_.profile() == govern::kHighProcess);
}

void Pipeline::emit(EventType type) {
  event_.retype(type);
  if (!governor_.admit(event_, now_ms_)) return;
  write();
  if (!governor_.burst(event_, now_ms_)) return;
  write();
  for (const FieldId f : {FieldId::event_count, FieldId::op_text}) event_.remove(f);  // of the burst, not of what may follow
}

void Pipeline::write() {
  event::stamp(event_, event_.type(), options_.uuid_seed, events_++);
  governor_.wrote(event_.type(), sink_(event_));
}

void Pipeline::push(const audit::Frame& frame) {
  if (frame.received_ms) now_ms_ = frame.received_ms;
  switch (frame.kind) {
    case FrameKind::record:
    case FrameKind::line: push_text(frame); break;
    case FrameKind::gap: losses_.add(frame, now_ms_); break;
    case FrameKind::process: processes_.connector(frame); break;
    case FrameKind::snapshot:
      frame.type == audit::kSnapshotOfSweep ? processes_.sweep(frame) : processes_.snapshot(frame);
      break;
    case FrameKind::fact: processes_.fact(frame); break;
    case FrameKind::observation: observe(frame); break;
    case FrameKind::policy: take_policy(frame); break;
    case FrameKind::tick: tick(); break;
    default: break;  // answers and host frames are the recording's own
  }
}

void Pipeline::push_text(const audit::Frame& frame) {
  audit::RecordText r;
  if (!decode::read_record(frame, r)) return losses_.add(GapCause::not_a_record, !base::trim(frame.payload).empty(), now_ms_);
  reassembler_.push(r);
  drain();
}

void Pipeline::take_policy(const audit::Frame& frame) {
  if (frame.type == govern::kPolicySwitched) return switch_profile(frame.payload);
  if (frame.type == govern::kMemoryTight) return lineage_.table().forget_gone();
  if (frame.type != audit::kPolicyTaken) return tell_self(EventType::sensor_config_reject, {}, frame.payload);
  governor_.replace(frame.payload);
  follow_policy();
  tell_self(EventType::sensor_config_apply, {}, {});
}

void Pipeline::switch_profile(std::string_view payload) {
  const std::string_view why = base::next_piece(payload, '\n');
  const std::string_view before = govern::profile_name(governor_.profile());
  governor_.replace(payload);
  follow_policy();
  enricher_.set("sensor_cfg_profile", govern::profile_name(governor_.profile()));
  enricher_.set("sensor_cfg_profile_id", std::to_string(governor_.profile()));
  event_.clear(EventType::sensor_profile_switch);
  event_.set_time(FieldId::event_utc_time, now_ms_);
  event_.set_text(FieldId::op_value_old, before);
  event_.set_text(FieldId::op_text, why);
  enricher_.finish(event_);
  emit(EventType::sensor_profile_switch);
}

void Pipeline::observe(const audit::Frame& frame) {
  if (!acts_.unpack(frame)) return losses_.add(GapCause::not_a_record, 1, now_ms_);
  if (event_.type() == EventType::process_info) return processes_.found(static_cast<int32_t>(event_.number(FieldId::proc_id)), now_ms_);
  acts_.take({});
}

void Pipeline::drain() {
  while (audit::AuditEvent* e = reassembler_.pop()) judge(*e);
}

void Pipeline::judge(audit::AuditEvent& audit_event) {
  if (!audit_event.received_ms) now_ms_ = audit_event.stamp.time_ms;
  lineage_.table().set_node(audit_event.node);
  normalizer_.begin(audit_event);
  note_canary();
  normalize::Result r;
  while (normalizer_.next(event_, r)) give(r, audit_event.stamp.time_ms);
  processes_.tell_ends(now_ms_);
}

/// A question that no program asks so, and no event: it says nothing but that records come.
void Pipeline::note_canary() {
  const normalize::SyscallFacts& call = normalizer_.call();
  if (call.syscall != audit::Syscall::personality || !options_.canary) return;
  if (call.a0 == UINT32_MAX && call.a1 == options_.canary) canary_ = static_cast<uint32_t>(call.a2);
}

void Pipeline::give(const normalize::Result& r, int64_t called_ms) {
  if (r.is_fork) processes_.fork(static_cast<int32_t>(r.syscall.pid), static_cast<int32_t>(r.syscall.exit), called_ms);
  if (!r.has_event) return;
  std::atomic<uint64_t>& seen = seen_[static_cast<size_t>(govern::family_of(event_.type()))];
  seen.store(seen.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (r.is_exec)
    processes_.exec(r.exec);
  else if (event_.type() == EventType::process_exit)
    processes_.exit();
  else
    acts_.take(r.file);
}

void Pipeline::tell_held(int64_t now_ms) {
  processes_.tell_ends(now_ms);
  acts_.tell_held(now_ms);
  while (governor_.next(event_, now_ms)) write();
}

void Pipeline::tick() {
  reassembler_.tick(now_ms_);
  drain();
  tell_held(now_ms_);
  auto due = [&](int64_t& next_ms, int64_t every_ms) { return now_ms_ >= next_ms && (next_ms = now_ms_ + every_ms, true); };
  if (due(next_names_ms_, kNamesMs) && enricher_.refresh_names()) acts_.refresh_homes();
  if (due(next_losses_ms_, kLossesMs)) tell_losses();
  if (due(next_heartbeat_ms_, kHeartbeatMs)) tell_self(EventType::sensor_heartbeat, {}, {});
}

void Pipeline::tell_losses(bool is_end) {
  if (options_.is_live) {
    reassembler_.settle_gaps(is_end);
    losses_.follow(GapCause::serial_gap, counters().serial_gaps + counters().headless, now_ms_);
  }
  losses_.follow(GapCause::in_flight, counters().forced + counters().cut, now_ms_);
  losses_.follow(GapCause::process_table, lineage_.table().forgotten(), now_ms_);
  losses_.follow(GapCause::jobs_full, enricher_.hashes_refused() + acts_.files().hashes_refused(), now_ms_);
  losses_.follow(GapCause::held_full, acts_.files().held_early() + acts_.logons().crowded(), now_ms_);
  while (losses_.next(event_, now_ms_)) {
    enricher_.finish(event_);
    emit(event_.type());
  }
}

void Pipeline::tell_self(EventType type, std::string_view how, std::string_view why) {
  event_.clear(type);
  event_.set_time(FieldId::event_utc_time, now_ms_);
  event_.set_text_if(FieldId::sensor_capture, how);
  event_.set_text_if(FieldId::op_text, why);
  if (type == EventType::sensor_start) {
    event_.set_text_if(FieldId::sensor_blind, options_.blind);
  } else {
    report(event_);
    enricher_.own_cost(event_, now_ms_);
  }
  enricher_.finish(event_);
  emit(type);
}

void Pipeline::report(event::Event& e) {
  e.set_number(FieldId::sensor_records, counters().records);
  e.set_number(FieldId::sensor_events, events_);
  e.set_number(FieldId::sensor_lost, losses_.total());
  e.set_number(FieldId::sensor_processes, lineage_.table().size());
  governor_.report(e);
}

void Pipeline::start(int64_t now_ms, std::string_view how) {
  now_ms_ = now_ms;
  next_heartbeat_ms_ = now_ms + kHeartbeatMs;
  tell_self(EventType::sensor_start, how, {});
}

void Pipeline::finish(std::string_view why) {
  reassembler_.flush();
  drain();
  tell_held(INT64_MAX);
  tell_losses(true);
  if (options_.is_live) tell_self(EventType::sensor_stop, {}, why);
}

}  // namespace aurochs::pipeline
