// SPDX-License-Identifier: Apache-2.0
#include "enrich/logon_book.h"

#include <algorithm>

#include "base/limits.h"

namespace aurochs::enrich {
namespace {
constexpr int64_t kSameMs = 6000;  // from PAM's record to that of btmp; see LogonEvents
}

/// FNV-1a: the value is kept on disk, so it may not change from build to build.
uint64_t logon_key(char kind, std::string_view text) {
  if (text.empty()) return 0;
  uint64_t hash = (0xcbf29ce484222325u ^ static_cast<uint8_t>(kind)) * 0x100000001b3u;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  return hash ? hash : 1;
}

void LogonBook::restore(state::SavedLogons saved) {
  for (const state::FailedLogon& f : saved.failures) (void)add(f, true);
  wtmp_inode_ = saved.wtmp_inode;
  for (const state::OtherLogons& o : saved.others) succeed(o.key, o.count, true);
}

state::SavedLogons LogonBook::save() const {
  state::SavedLogons out;
  out.wtmp_inode = wtmp_inode_;
  for (const Entry& e : failures_)
    if (e.time_ms > newest_ms_ - window_ms_) out.failures.push_back(e);
  for (const auto& [key, logons] : logons_)
    if (logons.others) out.others.push_back({key, logons.others});
  return out;
}

LogonBook::Entry* LogonBook::find(uint64_t number) {
  for (Entry& e : failures_)
    if (e.number == number) return &e;
  return nullptr;
}

/// The same failure: about the same time, user and process, and at most one of the two known from btmp; or one btmp record.
uint64_t LogonBook::fail(const state::FailedLogon& f, From from) {
  for (Entry& e : failures_) {
    // What happens now is not one of those that this run has told, and not one that an earlier run had.
    if (from == From::now && e.is_told) continue;
    const bool is_same_record = f.record && e.record == f.record;
    const bool is_near = f.time_ms - e.time_ms <= kSameMs && e.time_ms - f.time_ms <= kSameMs;
    const bool may_be = is_near && e.user == f.user && (e.pid == f.pid || !e.pid || !f.pid) && !(e.record && f.record) && (e.record || f.record);
    if (!is_same_record && !may_be) continue;
    if (!e.record) e.record = f.record;
    if (!e.address) e.address = f.address;
    e.is_told = e.is_told || from == From::now;
    return e.number;
  }
  return add(f, from == From::now);
}

uint64_t LogonBook::add(const state::FailedLogon& f, bool is_told) {
  newest_ms_ = std::max(newest_ms_, f.time_ms);
  Entry added;
  static_cast<state::FailedLogon&>(added) = f;
  added.number = next_++;
  added.is_told = is_told;
  if (failures_.size() < limits::kLogonFailures) {
    failures_.push_back(added);
  } else {
    passed_over_ += failures_[oldest_].time_ms > newest_ms_ - window_ms_;
    failures_[oldest_] = added;
    oldest_ = (oldest_ + 1) % failures_.size();
  }
  return added.number;
}

void LogonBook::amend(uint64_t number, const state::FailedLogon& f) {
  Entry* e = find(number);
  if (!e) return;
  if (f.user) e->user = f.user;
  if (f.address) e->address = f.address;
  if (f.record) e->record = f.record;
  e->counts = f.counts;
}

template <class Match>
uint64_t LogonBook::count(int64_t time_ms, uint64_t up_to, Match match) const {
  return static_cast<uint64_t>(std::count_if(failures_.begin(), failures_.end(), [&](const Entry& e) {
    return e.counts && e.number <= up_to && e.time_ms > time_ms - window_ms_ && match(e);
  }));
}

uint64_t LogonBook::failures_of_user(uint64_t user, int64_t time_ms, uint64_t up_to) const {
  return count(time_ms, up_to, [&](const Entry& e) { return e.user == user; });
}

uint64_t LogonBook::failures_of_address(uint64_t address, int64_t time_ms, uint64_t up_to) const {
  return count(time_ms, up_to, [&](const Entry& e) { return e.address == address; });
}

void LogonBook::restart_wtmp(uint64_t inode) {
  for (auto i = logons_.begin(); i != logons_.end();) {
    i->second.in_wtmp = 0;
    if (inode != wtmp_inode_) i->second.others = 0;
    i = i->second.others ? std::next(i) : logons_.erase(i);
  }
  wtmp_inode_ = inode;
}

void LogonBook::succeed(uint64_t key, uint64_t count, bool is_other) {
  if (!key) return;
  const auto found = logons_.find(key);
  if (found == logons_.end() && logons_.size() >= limits::kLogonKeys) {
    ++passed_over_;
    return;
  }
  Logons& logons = found == logons_.end() ? logons_[key] : found->second;
  (is_other ? logons.others : logons.in_wtmp) += count;
}

uint64_t LogonBook::logons_of(uint64_t key) const {
  const auto found = logons_.find(key);
  return found == logons_.end() ? 0 : found->second.in_wtmp + found->second.others;
}

}  // namespace aurochs::enrich
