// SPDX-License-Identifier: Apache-2.0
#include "enrich/logon_events.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "event/pack.h"

namespace aurochs::enrich {

using event::Event;
using event::EventType;
using event::FieldId;

namespace {

constexpr int64_t kHoldMs = 2500, kSameMs = 2000;
constexpr int64_t kPamMs = 6000;      // PAM writes its record, then sleeps for 2 s and up to a half more, then sshd tells btmp and the log
constexpr int64_t kGraceMs = 130000;  // sshd's LoginGraceTime is 120 s

/// Names that programs write where they have none, or do not want to tell it.
constexpr std::string_view kNoNames[] = {"(invalid user)", "(unknown)", "(unknown user)", "UNKNOWN", "unknown", "?"};

std::string_view address_of(const Event& e) { return e.has(FieldId::net_src_ipv4) ? e.text(FieldId::net_src_ipv4) : e.text(FieldId::net_src_ipv6); }

uint64_t term_key(std::string_view term) {
  if (base::starts_with(term, "/dev/")) term.remove_prefix(5);
  return logon_key('t', term);
}

uint64_t record_key(const Event& e) {
  const uint64_t parts[] = {e.number(FieldId::event_utc_time), e.number(FieldId::auth_pid), logon_key('u', e.text(FieldId::usr_tgt_name)), term_key(e.text(FieldId::auth_term_name))};
  return logon_key('r', {reinterpret_cast<const char*>(parts), sizeof parts});
}

/// What sshd writes where there is no terminal yet.
bool is_no_terminal(const Event& e) { return base::starts_with(e.text(FieldId::auth_term_name), "ssh"); }

void copy_missing(const Event& from, Event& to) {
  from.each([&](FieldId f) {
    if (to.has(f)) return;
    if (event::field_row(f).type == event::Type::text)
      to.set_copy(f, from.text(f));
    else
      to.set_number(f, from.number(f));
  });
}

}  // namespace

LogonEvents::Act LogonEvents::act_of(EventType type) {
  switch (type) {
    case EventType::logon_success:
    case EventType::auth_success: return Act::success;
    case EventType::logon_failure:
    case EventType::auth_failure: return Act::failure;
    case EventType::ssh_error: return Act::error;
    case EventType::logoff: return Act::logoff;
    case EventType::system_boot: return Act::boot;
    case EventType::system_shutdown: return Act::shutdown;
    case EventType::run_level_change: return Act::run_level;
    default: return Act::none;
  }
}

/// Once, before the first logon. What the host does not answer stays as it is built in.
void LogonEvents::learn_settings() {
  if (std::exchange(knows_settings_, true)) return;
  held_.resize(limits::kLogonsHeld);
  told_.reserve(limits::kLogonBursts);
  int64_t window_s = 0;
  if (reader_.ask(state::Ask::logon_settings, 0, {}, answer_)) {
    std::string_view rest = answer_;
    if (base::parse_i64(base::next_piece(rest, ' '), window_s) && window_s > 0) book_.set_window(window_s * 1000);
    (void)base::parse_u64(rest, burst_at_);
  }
  state::SavedLogons saved;
  if (reader_.ask(state::Ask::logon_book, 0, {}, answer_) && state::unpack_logons(answer_, saved)) book_.restore(std::move(saved));
}

/// Asks nothing: a question outside of the line's order would not be there in a replay.
std::optional<state::SavedLogons> LogonEvents::save() const {
  if (!knows_settings_) return std::nullopt;
  return book_.save();
}

bool LogonEvents::take(Event& e) {
  for (const std::string_view none : kNoNames)
    if (e.text(FieldId::usr_tgt_name) == none) e.remove(FieldId::usr_tgt_name);
  meet(e);
  if (act_of(e.type()) == Act::none) return true;
  learn_settings();
  if (e.has(FieldId::proc_issnapshot)) {
    history(e);
    return false;
  }
  Try said = heard(e);
  forget_first_steps(said);
  if (Try* t = find(said)) {
    merge(*t, said, e);
    return false;
  }
  return hold(said, e);
}

/// What btmp and wtmp held before the start: for the counts alone.
void LogonEvents::history(const Event& e) {
  if (e.type() == EventType::logon_success) {
    if (e.has(FieldId::file_inode)) book_.restart_wtmp(e.number(FieldId::file_inode));
    book_.succeed(logon_key('u', e.text(FieldId::usr_tgt_name)), e.number(FieldId::event_count), false);
    book_.succeed(logon_key('a', address_of(e)), e.number(FieldId::event_count), false);
    return;
  }
  state::FailedLogon f;
  f.time_ms = e.integer(FieldId::event_utc_time);
  f.user = logon_key('u', e.text(FieldId::usr_tgt_name));
  f.address = logon_key('a', address_of(e));
  f.pid = static_cast<int32_t>(e.number(FieldId::auth_pid));
  f.record = record_key(e);
  (void)book_.fail(f, LogonBook::From::history);
}

LogonEvents::Try LogonEvents::heard(const Event& e) {
  Try t;
  const std::string_view service = e.text(FieldId::auth_service), from = e.text(FieldId::auth_sources);
  const std::string_view record = e.text(FieldId::audit_record);
  t.act = act_of(e.type());
  t.is_sshd = service == "sshd" || base::starts_with(service, "sshd-");
  t.is_no_logon = e.type() == EventType::auth_failure;
  t.time_ms = t.latest_ms = e.integer(FieldId::event_utc_time);
  t.user = logon_key('u', e.text(FieldId::usr_tgt_name));
  t.address = logon_key('a', address_of(e));
  t.service = logon_key('s', t.is_sshd ? std::string_view("sshd") : service);
  t.term = term_key(e.text(FieldId::auth_term_name));
  t.pid = static_cast<int32_t>(e.number(FieldId::auth_pid));
  if (from == "btmp") {
    t.sources = btmp;
    t.record = record_key(e);
  } else if (from == "wtmp") {
    t.sources = wtmp;
  } else if (from == "log") {
    // A key that is refused is a step: the client goes on to the next.
    t.sources = e.has(FieldId::auth_op) || (t.act == Act::failure && e.text(FieldId::auth_type) == "PublicKey") ? log_step : log;
  } else {
    t.sources = record == "USER_LOGIN" || record == "USER_ERR" ? audit_login : record == "USER_START" || record == "USER_END" ? audit_session : audit_step;
  }
  // sshd lets PAM ask in a process of its own, and wtmp names the process of the session.
  t.is_sure_of_pid = !(t.sources & (wtmp | audit_step));
  return t;
}

/// Only steps that may lead to success yet.
bool LogonEvents::is_alone(const Try& t) { return t.act == Act::failure && t.is_sshd && !(t.sources & ~(audit_login | log_step)); }

/// A failed password of which only audit has told.
bool LogonEvents::awaits_others(const Try& t) { return t.act == Act::failure && !(t.sources & (btmp | log | log_step)); }

bool LogonEvents::belongs(const Try& held, const Try& said) const {
  if (held.packed.empty() || held.act != said.act) return false;
  const int64_t apart_ms = std::min(std::abs(said.time_ms - held.time_ms), std::abs(said.time_ms - held.latest_ms));
  const bool is_step = said.act == Act::error || (said.act == Act::failure && (said.sources & (audit_login | log_step)));
  if ((held.sources & said.sources) && !is_step) return false;
  if (held.act == Act::boot || held.act == Act::shutdown || held.act == Act::run_level) return apart_ms <= kHoldMs;
  const int64_t patience_ms = awaits_others(held) ? kPamMs : kHoldMs;
  if (held.pid && held.pid == said.pid) return apart_ms <= (is_alone(held) && is_step ? kGraceMs : patience_ms);
  if (apart_ms > (awaits_others(held) ? kPamMs : kSameMs) || (held.pid && said.pid && held.is_sure_of_pid && said.is_sure_of_pid)) return false;
  if (held.act == Act::logoff && held.term && held.term == said.term) return true;
  if (!held.user || !said.user)  // RHEL: PAM in a process of its own names the user, sshd "(unknown user)"
    return held.address && held.address == said.address && held.service && held.service == said.service;
  return held.user == said.user && (!held.address || !said.address || held.address == said.address) &&
         (!held.service || !said.service || held.service == said.service);
}

/// The oldest that lacks this source; of the same process where there is one.
LogonEvents::Try* LogonEvents::find(const Try& said) {
  Try* best = nullptr;
  for (Try& t : held_) {
    if (!belongs(t, said)) continue;
    const bool is_same = t.pid && t.pid == said.pid, is_best_same = best && best->pid && best->pid == said.pid;
    if (!best || (is_same && !is_best_same) || (is_same == is_best_same && t.order < best->order)) best = &t;
  }
  return best;
}

/// A connection that ended in success, or goes on to a password, did not fail with its first steps.
void LogonEvents::forget_first_steps(const Try& said) {
  if (!said.pid || is_alone(said) || (said.act != Act::success && said.act != Act::failure)) return;
  for (Try& t : held_)
    if (!t.packed.empty() && t.pid == said.pid && is_alone(t) && (said.act == Act::success || said.time_ms - t.time_ms > kHoldMs)) t.packed.clear();
}

/// The kernel's word first, then that of btmp and wtmp, then that of the log.
void LogonEvents::merge(Try& held, const Try& said, Event& e) {
  const auto rank = [](uint8_t sources) { return sources & (audit_step | audit_login | audit_session) ? 2 : sources & (btmp | wtmp) ? 1 : 0; };
  if (!event::unpack(held.packed, other_)) return;
  const bool is_better = rank(said.sources) > rank(held.sources);
  const bool is_logon = held.act == Act::success && (other_.type() == EventType::logon_success || e.type() == EventType::logon_success);
  Event& first = is_better ? e : other_;
  const Event& second = is_better ? other_ : e;
  if (is_no_terminal(first) && second.has(FieldId::auth_term_name) && !is_no_terminal(second)) first.remove(FieldId::auth_term_name);
  copy_missing(second, first);
  if (is_better && !e.has(FieldId::event_log_source)) first.remove(FieldId::event_log_source);
  held.is_no_logon = held.is_no_logon || said.is_no_logon;
  if (is_logon) first.retype(EventType::logon_success);
  if (is_better) held.time_ms = said.time_ms;
  held.latest_ms = std::max(held.latest_ms, said.time_ms);
  const bool was_alone = is_alone(held), did_await = awaits_others(held);
  held.sources = static_cast<uint8_t>(held.sources | said.sources);
  held.is_sshd = held.is_sshd || said.is_sshd;
  held.is_sure_of_pid = held.is_sure_of_pid || said.is_sure_of_pid;
  if (!held.pid || said.is_sure_of_pid) held.pid = said.pid ? said.pid : held.pid;
  for (const auto& [into, from] : {std::pair{&held.user, said.user}, {&held.address, said.address}, {&held.service, said.service}, {&held.term, said.term}, {&held.record, said.record}})
    if (!*into) *into = from;
  if (did_await && !awaits_others(held)) held.due_ms = 0;
  if (was_alone && !is_alone(held)) {
    held.due_ms = 0;
    held.failure = book_.fail(failed(held), LogonBook::From::now);
  }
  held.packed.clear();
  event::pack(first, held.packed);
}

state::FailedLogon LogonEvents::failed(const Try& t) const {
  state::FailedLogon f;
  f.time_ms = t.time_ms;
  f.user = t.user;
  f.address = t.address;
  f.record = t.record;
  f.pid = t.pid;
  f.counts = !t.is_no_logon || (t.sources & btmp);
  return f;
}

/// A free place, or that of the oldest, which then goes out instead.
bool LogonEvents::hold(Try& said, Event& e) {
  Try* place = &held_[0];
  for (Try& t : held_) {
    if (place->packed.empty()) break;
    if (t.packed.empty() || t.order < place->order) place = &t;
  }
  const bool is_full = !place->packed.empty();
  std::string packed;
  packed.swap(place->packed);
  Try oldest = std::move(*place);
  said.order = ++order_;
  if (said.act == Act::failure && !is_alone(said)) said.failure = book_.fail(failed(said), LogonBook::From::now);
  if (!is_full) {
    packed.clear();
    packed.swap(said.packed);  // keeps its room
  }
  event::pack(e, said.packed);
  *place = std::move(said);
  if (!is_full) return false;
  oldest.packed.swap(packed);
  ++crowded_;
  return give(oldest, e);
}

bool LogonEvents::next(Event& e, int64_t now_ms) {
  if (!burst_.empty()) {
    const bool is_whole = event::unpack(burst_, e);
    burst_.clear();
    if (is_whole) return true;
  }
  while (Try* due = next_due(now_ms))
    if (give(*due, e)) return true;
  return false;
}

LogonEvents::Try* LogonEvents::next_due(int64_t now_ms) {
  Try* due = nullptr;
  for (Try& t : held_) {
    if (t.packed.empty()) continue;
    const bool is_end = now_ms == INT64_MAX;
    // The connection is still open at the end: nobody has failed yet.
    if (is_end && t.due_ms && is_alone(t)) {
      t.packed.clear();
      continue;
    }
    if (!is_end && !t.due_ms) t.due_ms = now_ms + (is_alone(t) ? kGraceMs : awaits_others(t) ? kPamMs : kHoldMs);
    if ((is_end || now_ms >= t.due_ms) && (!due || t.order < due->order)) due = &t;
  }
  return due;
}

LogonEvents::Stranger* LogonEvents::stranger(int32_t pid, int64_t time_ms) {
  for (Stranger& s : strangers_)
    if (pid && s.pid == pid && time_ms - s.time_ms < kGraceMs && s.time_ms - time_ms < kGraceMs) return &s;
  return nullptr;
}

/// Invalid user, as the log has it, or USER_LOGIN of audit.
void LogonEvents::meet(const Event& e) {
  const bool by_log = e.type() == EventType::ssh_invalid_user;
  const bool by_audit = e.type() == EventType::logon_failure && e.text(FieldId::audit_record) == "USER_LOGIN" && !e.has(FieldId::usr_tgt_name) && !e.has(FieldId::usr_tgt_id);
  if (!by_log && !by_audit) return;
  const auto pid = static_cast<int32_t>(e.number(FieldId::auth_pid));
  const int64_t time_ms = e.integer(FieldId::event_utc_time);
  Stranger* s = stranger(pid, time_ms);
  if (!s) {
    s = &strangers_[next_stranger_++ % (sizeof strangers_ / sizeof *strangers_)];
    *s = {pid, time_ms, false, false};
  }
  s->is_told = s->is_told || by_log;
}

bool LogonEvents::is_surplus(const Try& t) {
  Stranger* s = t.act == Act::failure && t.is_sshd ? stranger(t.pid, t.time_ms) : nullptr;
  if (!s) return false;
  if (t.sources & (audit_step | log)) s->is_told = true;
  if ((t.sources & (audit_step | log)) || !(t.sources & btmp) || !s->is_told || s->is_used) return false;
  s->is_used = true;
  return true;
}

/// Out of its place into `e`. False: it tells of nothing that is not told elsewhere.
bool LogonEvents::give(Try& t, Event& e) {
  (void)event::unpack(t.packed, e);
  t.packed.clear();
  if (is_surplus(t)) {
    state::FailedLogon f = failed(t);
    f.counts = 0;
    book_.amend(t.failure, f);
    return false;
  }
  answer_.clear();
  for (const auto& [bits, name] : {std::pair<int, std::string_view>{audit_step | audit_login | audit_session, "audit"}, {btmp, "btmp"}, {wtmp, "wtmp"}, {log | log_step, "log"}})
    if (t.sources & bits) answer_.append(answer_.empty() ? "" : "|").append(name);
  e.set_copy(FieldId::auth_sources, answer_);
  if (t.act != Act::success && t.act != Act::failure) return true;
  if (t.act == Act::failure) e.retype(t.is_no_logon ? EventType::auth_failure : EventType::logon_failure);
  if (!e.has(FieldId::auth_result)) e.set_text(FieldId::auth_result, t.act == Act::success ? "success" : "failed");
  name_user(e);
  if (t.act == Act::failure) {
    if (!t.failure) t.failure = book_.fail(failed(t), LogonBook::From::now);
    book_.amend(t.failure, failed(t));
  } else {
    t.failure = book_.newest();
    if (e.type() == EventType::logon_success) {
      book_.succeed(logon_key('u', e.text(FieldId::usr_tgt_name)), 1, !(t.sources & wtmp));
      book_.succeed(t.address, 1, !(t.sources & wtmp));
    }
  }
  counts(t, e);
  if (e.type() == EventType::logon_failure) burst(t, e);
  return true;
}

/// sshd tells the number of a user whom it let in, and not the name.
void LogonEvents::name_user(Event& e) {
  if (e.has(FieldId::usr_tgt_name) || !e.has(FieldId::usr_tgt_id)) return;
  if (reader_.ask(state::Ask::user, e.integer(FieldId::usr_tgt_id), {}, answer_)) e.set_copy(FieldId::usr_tgt_name, answer_);
}

void LogonEvents::counts(const Try& t, Event& e) {
  const uint64_t user = logon_key('u', e.text(FieldId::usr_tgt_name));
  e.set_number(FieldId::auth_btmp_time_window, static_cast<uint64_t>(book_.window_ms() / 1000));
  if (user) {
    e.set_number(FieldId::auth_btmp_usr_count, book_.failures_of_user(user, t.time_ms, t.failure));
    e.set_number(FieldId::auth_wtmp_usr_count, book_.logons_of(user));
  }
  if (t.address) {
    e.set_number(FieldId::auth_btmp_ip_count, book_.failures_of_address(t.address, t.time_ms, t.failure));
    e.set_number(FieldId::auth_wtmp_ip_count, book_.logons_of(t.address));
  }
}

/// At most one of a user or an address within a window.
bool LogonEvents::is_news(uint64_t key, int64_t time_ms) {
  for (const Told& t : told_)
    if (t.key == key && time_ms < t.until_ms) return false;
  const Told news{key, time_ms + book_.window_ms()};
  const auto over = std::find_if(told_.begin(), told_.end(), [&](const Told& t) { return time_ms >= t.until_ms; });
  if (over != told_.end())
    *over = news;
  else if (told_.size() < limits::kLogonBursts)
    told_.push_back(news);
  else
    *std::min_element(told_.begin(), told_.end(), [](const Told& a, const Told& b) { return a.until_ms < b.until_ms; }) = news;
  return true;
}

void LogonEvents::burst(const Try& t, const Event& e) {
  const uint64_t of_user = e.number(FieldId::auth_btmp_usr_count), of_address = e.number(FieldId::auth_btmp_ip_count);
  const bool by_address = of_address >= burst_at_ && is_news(t.address, t.time_ms);
  const bool by_user = !by_address && of_user >= burst_at_ && is_news(t.user, t.time_ms);
  if (!by_address && !by_user) return;
  other_.clear(EventType::logon_fail_burst);
  for (const FieldId f : {FieldId::event_utc_time, FieldId::auth_btmp_time_window, FieldId::auth_btmp_usr_count, FieldId::auth_btmp_ip_count})
    if (e.has(f)) other_.set_number(f, e.number(f));
  for (const FieldId f : {FieldId::usr_tgt_name, FieldId::net_src_ipv4, FieldId::net_src_ipv6, FieldId::auth_service, FieldId::auth_sources})
    other_.set_text_if(f, e.text(f));
  other_.set_text(FieldId::op_name, by_address ? "address" : "user");
  other_.set_number(FieldId::event_count, by_address ? of_address : of_user);
  event::pack(other_, burst_);
}

}  // namespace aurochs::enrich
