// SPDX-License-Identifier: Apache-2.0
#include "pipeline/pipeline.h"

#include <cstring>

#include "audit/record_types.h"
#include "base/limits.h"
#include "base/text.h"
#include "decode/header.h"

namespace aurochs::pipeline {

using audit::FrameKind;
using audit::GapCause;
using event::EventType;
using event::FieldId;

namespace {

constexpr int64_t kNamesMs = 1000, kLossesMs = 10000, kHeartbeatMs = 60000;

/// splitmix64 (Steele, Lea, Flood 2014): event_uuid needs no secrecy, only the same bits for the same input.
uint64_t mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

uint32_t id_or_unset(const event::Event& e, FieldId f) { return e.has(f) ? static_cast<uint32_t>(e.number(f)) : state::Process::kUnset; }

}  // namespace

Pipeline::Pipeline(Options options, state::ProcReader& reader, Sink sink)
    : options_(std::move(options)), sink_(std::move(sink)), reader_(reader), lineage_(options_.identity, reader),
      enricher_(options_.settings, lineage_, reader) {}

void Pipeline::emit(EventType type) {
  const event::EventRow& row = event::event_row(type);
  event_.retype(type);
  event_.set_number(FieldId::event_id, row.id);
  event_.set_text(FieldId::event_type, row.type);
  event_.set_text(FieldId::event_type_vendor, row.vendor_type);
  event_.set_text(FieldId::event_log_source, row.log_source);
  event_.set_text(FieldId::rule_name, row.rule_name);
  if (!event_.has(FieldId::event_count)) event_.set_number(FieldId::event_count, 1);
  const uint64_t high = mix(options_.uuid_seed + 2 * events_), low = mix(high ^ options_.uuid_seed ^ (2 * events_ + 1));
  char uuid[base::kUuidTextBytes];
  base::format_uuid(base::uuid_v4(high, low), uuid);
  event_.set_text(FieldId::event_uuid, {uuid, sizeof uuid});
  ++events_;
  sink_(event_);
}

void Pipeline::start(int64_t now_ms, std::string_view how) {
  now_ms_ = now_ms;
  event_.clear(EventType::sensor_start);
  event_.set_time(FieldId::event_utc_time, now_ms);
  event_.set_text(FieldId::sensor_capture, how);
  enricher_.finish(event_);
  emit(EventType::sensor_start);
}

void Pipeline::push(const audit::Frame& frame) {
  if (frame.received_ms) now_ms_ = frame.received_ms;
  switch (frame.kind) {
    case FrameKind::record:
    case FrameKind::line: push_text(frame); break;
    case FrameKind::gap: {
      audit::GapFrame gap;
      if (frame.payload.size() < sizeof gap) return;
      std::memcpy(&gap, frame.payload.data(), sizeof gap);
      if (gap.cause < kCauses) lose(static_cast<GapCause>(gap.cause), gap.count);
      break;
    }
    case FrameKind::process: process(frame); break;
    case FrameKind::snapshot:
      if (frame.type == audit::kSnapshotOfSweep)
        sweep(frame);
      else
        lineage_.note_snapshot(frame);
      break;
    case FrameKind::fact: {
      enrich::FileKey key;
      if (!enricher_.learn(frame.payload, key)) break;
      while (enricher_.next_hashed(key, event_)) {
        enricher_.finish(event_);
        emit(EventType::process_image_hash);
      }
      break;
    }
    case FrameKind::tick: tick(frame.received_ms); break;
    case FrameKind::answer:
    case FrameKind::host: break;
  }
}

void Pipeline::push_text(const audit::Frame& frame) {
  decode::Header h;
  const bool is_line = frame.kind == FrameKind::line;
  if (is_line ? !decode::parse_line(frame.payload, h) : !decode::parse_netlink(frame.payload, h)) {
    if (!base::trim(frame.payload).empty()) lose(GapCause::not_a_record, 1);
    return;
  }
  audit::RecordText r;
  r.stamp = h.stamp;
  r.node = h.node;
  r.type_text = h.type_text;
  r.type = is_line ? audit::record_type_number(h.type_text) : frame.type;
  r.body = h.body;
  r.enriched = h.enriched;
  r.received_ms = frame.received_ms;
  reassembler_.push(r);
  drain();
}

void Pipeline::drain() {
  while (audit::AuditEvent* e = reassembler_.pop()) judge(*e);
}

void Pipeline::judge(audit::AuditEvent& audit_event) {
  if (!audit_event.received_ms) now_ms_ = audit_event.stamp.time_ms;
  const normalize::Result r = normalizer_.event(audit_event, event_);
  const auto pid = static_cast<int32_t>(r.syscall.pid);
  // Fork and exit by rules serve where there is no connector; with one they would be told twice.
  if (r.is_fork && !has_connector_) lineage_.fork(pid, static_cast<int32_t>(r.syscall.exit));
  if (!r.has_event) return;
  if (r.is_exec) return exec(r);
  if (event_.type() == EventType::process_exit) {
    if (has_connector_) return;
    const state::ExitView v = lineage_.exit(pid, audit_event.stamp.time_ms, static_cast<uint32_t>(event_.integer(FieldId::op_exit)));
    if (v.process) enricher_.from_table(event_, *v.process, v.parent);
  } else if (state::Process* p = lineage_.find_or_look(pid)) {
    enricher_.from_table(event_, *p, lineage_.parent_of(*p));
  }
  enricher_.finish(event_);
  emit(event_.type());
}

void Pipeline::exec(const normalize::Result& r) {
  state::ExecFacts f;
  f.pid = static_cast<int32_t>(r.syscall.pid);
  f.parent_pid = static_cast<int32_t>(r.syscall.ppid);
  f.event_ms = event_.integer(FieldId::event_utc_time);
  f.serial = static_cast<uint32_t>(event_.number(FieldId::event_serial));
  f.comm = r.syscall.comm;
  f.path = event_.text(FieldId::proc_file_path);
  f.command_line = event_.text(FieldId::cmdline);
  f.cwd = event_.text(FieldId::proc_cwd);
  f.uid_real = id_or_unset(event_, FieldId::proc_usr_r_id);
  f.uid_effective = id_or_unset(event_, FieldId::proc_usr_e_id);
  f.gid_real = id_or_unset(event_, FieldId::proc_group_r_id);
  f.gid_effective = id_or_unset(event_, FieldId::proc_group_e_id);
  f.login_uid = id_or_unset(event_, FieldId::proc_usr_audit_id);
  f.login_session = id_or_unset(event_, FieldId::proc_term_session_id);
  f.has_caps = event_.has(FieldId::proc_cap_pe) && event_.has(FieldId::proc_cap_pp);
  f.cap_effective = event_.number(FieldId::proc_cap_pe);
  f.cap_permitted = event_.number(FieldId::proc_cap_pp);
  const state::ExecView view = lineage_.exec(f);
  enricher_.exec(event_, view, r.exec);
  enricher_.finish(event_);
  emit(EventType::process_create);
  for (const EventType type : enrich::Enricher::kDerived)
    if (enricher_.derive(event_, type, view, r.exec)) emit(type);
  tell_exits();
}

void Pipeline::sweep(const audit::Frame& frame) {
  const state::ExecView view = lineage_.note_sweep(frame);
  if (!view.process) return;
  event_.clear(EventType::process_info);
  event_.set_time(FieldId::event_utc_time, frame.received_ms);
  event_.set_bool(FieldId::proc_issnapshot, true);
  event_.set_text_if(FieldId::proc_comm, view.proc.comm);
  enricher_.from_table(event_, *view.process, view.parent);
  event_.set_text_if(FieldId::proc_file_tgt_path, event_.text(FieldId::proc_file_path));
  event_.set_text_if(FieldId::proc_file_tgt_name, event_.text(FieldId::proc_file_name));
  enricher_.exec(event_, view, {});
  enricher_.finish(event_);
  emit(EventType::process_info);
}

void Pipeline::process(const audit::Frame& frame) {
  audit::ProcessFrame p;
  if (frame.payload.size() < sizeof p) return;
  std::memcpy(&p, frame.payload.data(), sizeof p);
  has_connector_ = true;
  state::ExitView v;
  if (lineage_.note(p, frame.received_ms, v)) tell_exit(v);
  if (p.what != static_cast<uint32_t>(audit::ProcessWhat::coredump)) return;
  state::Process* dumped = lineage_.find_or_look(p.pid);
  if (!dumped) return;
  event_.clear(EventType::process_core_dump);
  event_.set_time(FieldId::event_utc_time, frame.received_ms);
  enricher_.from_table(event_, *dumped, lineage_.parent_of(*dumped));
  enricher_.finish(event_);
  emit(EventType::process_core_dump);
}

void Pipeline::tell_exits() {
  state::ExitView v;
  while (lineage_.next_exit(now_ms_, v)) tell_exit(v);
}

void Pipeline::tell_exit(const state::ExitView& v) {
  const EventType type = v.by_signal ? EventType::process_signal_death : EventType::process_exit;
  event_.clear(type);
  event_.set_time(FieldId::event_utc_time, v.at_ms);
  if (v.by_signal)
    event_.set_number(FieldId::op_signal, v.signal);
  else
    event_.set_integer(FieldId::op_exit, v.status);
  enricher_.from_table(event_, *v.process, v.parent);
  enricher_.finish(event_);
  emit(type);
}

void Pipeline::tick(int64_t now_ms) {
  reassembler_.tick(now_ms);
  drain();
  tell_exits();
  if (now_ms >= next_names_ms_) {
    enricher_.refresh_names();
    next_names_ms_ = now_ms + kNamesMs;
  }
  if (now_ms >= next_losses_ms_) tell_losses();
  if (!next_heartbeat_ms_) next_heartbeat_ms_ = now_ms + kHeartbeatMs;
  if (now_ms >= next_heartbeat_ms_) heartbeat();
}

void Pipeline::lose(GapCause cause, uint64_t count) {
  const auto i = static_cast<size_t>(cause);
  if (!count) return;
  if (!lost_[i]) lost_since_ms_[i] = now_ms_;
  lost_[i] += count;
  lost_total_[i] += count;
}

void Pipeline::tell_losses() {
  next_losses_ms_ = now_ms_ + kLossesMs;
  auto take = [&](GapCause cause, uint64_t now, uint64_t& seen) { lose(cause, now - std::exchange(seen, now)); };
  if (options_.is_live) take(GapCause::serial_gap, reassembler_.counters().serial_gaps, gaps_seen_);
  take(GapCause::in_flight, reassembler_.counters().forced + reassembler_.counters().cut, forced_seen_);
  take(GapCause::process_table, lineage_.table().forgotten(), forgotten_seen_);
  take(GapCause::jobs_full, enricher_.hashes_refused(), refused_seen_);
  for (size_t i = 0; i < kCauses; ++i) {
    if (!lost_[i]) continue;
    event_.clear(EventType::sensor_drop);
    event_.set_time(FieldId::event_utc_time, now_ms_);
    event_.set_text(FieldId::sensor_loss_cause, audit::gap_cause_name(static_cast<GapCause>(i)));
    event_.set_time(FieldId::sensor_loss_since, lost_since_ms_[i]);
    event_.set_number(FieldId::event_count, std::exchange(lost_[i], 0));
    enricher_.finish(event_);
    emit(EventType::sensor_drop);
  }
}

void Pipeline::heartbeat() {
  next_heartbeat_ms_ = now_ms_ + kHeartbeatMs;
  event_.clear(EventType::sensor_heartbeat);
  event_.set_time(FieldId::event_utc_time, now_ms_);
  event_.set_number(FieldId::sensor_records, reassembler_.counters().records);
  event_.set_number(FieldId::sensor_events, events_);
  uint64_t lost = 0, cpu_ms = 0, rss_bytes = 0;
  for (const uint64_t n : lost_total_) lost += n;
  event_.set_number(FieldId::sensor_lost, lost);
  event_.set_number(FieldId::sensor_processes, lineage_.table().size());
  if (reader_.ask(state::Ask::self, 0, {}, answer_)) {
    std::string_view rest = answer_;
    if (base::parse_u64(base::next_piece(rest, ' '), cpu_ms)) event_.set_number(FieldId::sensor_cpu_ms, cpu_ms);
    if (base::parse_u64(rest, rss_bytes)) event_.set_number(FieldId::sensor_rss_bytes, rss_bytes);
  }
  enricher_.finish(event_);
  emit(EventType::sensor_heartbeat);
}

void Pipeline::finish(std::string_view why) {
  reassembler_.flush();
  drain();
  now_ms_ += limits::kQuietMs * 10;
  tell_exits();
  now_ms_ -= limits::kQuietMs * 10;
  tell_losses();
  if (!options_.is_live) return;
  event_.clear(EventType::sensor_stop);
  event_.set_time(FieldId::event_utc_time, now_ms_);
  event_.set_text(FieldId::op_text, why);
  event_.set_number(FieldId::sensor_records, reassembler_.counters().records);
  event_.set_number(FieldId::sensor_events, events_);
  enricher_.finish(event_);
  emit(EventType::sensor_stop);
}

}  // namespace aurochs::pipeline
