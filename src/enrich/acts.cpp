// SPDX-License-Identifier: Apache-2.0
#include "enrich/acts.h"

#include "event/pack.h"

namespace aurochs::enrich {

using event::FieldId;

namespace {

watch::Table table_of(const std::string& text) {
  auto table = watch::Table::parse(text, "watches");
  return table ? std::move(*table) : watch::Table();
}

}  // namespace

Acts::Acts(state::Lineage& lineage, Enricher& enricher, state::ProcReader& reader, const std::string& watches, event::Event& event, Emit emit, bool is_live)
    : lineage_(lineage), enricher_(enricher), event_(event), emit_(std::move(emit)), reader_(reader), facts_(lineage, reader), watches_(table_of(watches)),
      files_(reader, watches_, enricher.hashes()), logons_(reader), network_(reader), differences_(is_live) {}

void Acts::refresh_homes() {
  if (reader_.ask(state::Ask::homes, 0, {}, homes_)) watches_.set_homes(homes_);
}

state::Process* Acts::actor() {
  if (!event_.has(FieldId::proc_id)) return nullptr;
  state::Process* p = lineage_.find_or_look(static_cast<int32_t>(event_.number(FieldId::proc_id)));
  if (p) enricher_.from_table(event_, *p, lineage_.parent_of(*p));
  return p;
}

void Acts::give() {
  if (differences_.take(event_)) tell();
}

void Acts::tell() {
  enricher_.finish(event_);
  emit_(event_.type());
}

void Acts::tell_unexplained() {
  const event::EventType type = event_.type();
  enricher_.finish(event_);
  emit_(event::EventType::privilege_unexplained);
  for (const FieldId f : {FieldId::proc_usr_r_id_old, FieldId::proc_usr_e_id_old, FieldId::proc_usr_e_name_old, FieldId::proc_usr_s_id_old, FieldId::proc_priv_how})
    event_.remove(f);
  event_.retype(type);
}

void Acts::take(const event::FileDetails& file) {
  const bool unexplained = facts_.unexplained(event_);
  if (!unexplained && !facts_.changed(event_)) return;
  const state::Process* p = actor();
  if (unexplained) tell_unexplained();
  facts_.target(event_);
  facts_.look(event_, file);
  if (file.is_file && !files_.take(event_, file, p && p->chrooted == 1 ? p->pid : 0)) return;
  if (logons_.take(event_) && network_.take(event_)) give();
}

bool Acts::unpack(const audit::Frame& frame) {
  if (!event::unpack(frame.payload, event_)) return false;
  if (!event_.has(FieldId::event_utc_time)) event_.set_time(FieldId::event_utc_time, frame.received_ms);
  return true;
}

void Acts::tell_held(int64_t now_ms) {
  while (files_.next(event_, now_ms) || logons_.next(event_, now_ms) || network_.next(event_, now_ms)) give();
  while (differences_.next(event_, now_ms)) tell();
}

}  // namespace aurochs::enrich
