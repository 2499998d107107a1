// SPDX-License-Identifier: Apache-2.0
#include "daemon/rules_guard.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "daemon/log.h"

namespace aurochs::daemon {

using capture::Rule;
using event::EventType;
using event::FieldId;

namespace {

constexpr uint32_t kLocked = 2;
constexpr size_t kKeysNamed = 8;

/// Registered, alive and not ours: the kernel keeps the number of one that died. By /proc, since a site may audit kill(2).
bool is_other_daemon(uint32_t pid) {
  return pid && pid != static_cast<uint32_t>(::getpid()) && ::access(("/proc/" + std::to_string(pid)).c_str(), F_OK) == 0;
}

/// Their keys, each once.
std::string keys_of(const std::vector<Rule>& rules) {
  std::set<std::string> keys;
  for (const Rule& rule : rules) keys.insert(rule.key);
  std::string out;
  size_t n = 0;
  for (const std::string& key : keys) {
    if (n++ == kKeysNamed) return out + " and " + std::to_string(keys.size() - kKeysNamed) + " more keys";
    out += (out.empty() ? "" : ", ") + key;
  }
  return out;
}

std::string minutes(int64_t ms) { return std::to_string(ms / 60000) + " minutes"; }

}  // namespace

void RulesGuard::say(std::string_view what, size_t count, const std::string& text, bool is_bad) {
  log(is_bad ? Level::warning : Level::notice, "rules: " + text);
  event::Event e;
  e.clear(EventType::sensor_rules_update);
  e.set_text(FieldId::op_name, what);
  e.set_number(FieldId::event_count, std::max<size_t>(count, 1));
  e.set_text(FieldId::op_text, text);
  tell_(e);
}

void RulesGuard::tell_start(size_t rules, bool locked) {
  is_locked_ = locked;
  if (locked) return say("locked", 0, "audit was locked at the start (enabled=2): none of our rules is in force, the site's are");
  if (is_loaded_) say("loaded", rules, std::to_string(rules) + " rules are loaded", false);
}

/// auditctl -D takes 13 ms for each rule (6.18): what comes back while it is at work is taken away again.
void RulesGuard::changed(int64_t now_ms) {
  if (!first_sign_ms_) first_sign_ms_ = now_ms;
  next_look_ms_ = std::min(now_ms + limits::kRestoreMs, first_sign_ms_ + limits::kRulePollMs);
}

std::vector<capture::RefusedRule> RulesGuard::poll(int64_t now_ms, const std::vector<Rule>& wanted) {
  if (now_ms < next_look_ms_) return {};
  next_look_ms_ = now_ms + limits::kRulePollMs;
  first_sign_ms_ = 0;
  if (is_locked_) return {};
  const auto status = control_.status();
  if (!status) {
    log(Level::warning, status.error().message);
    return {};
  }
  check_settings(*status, now_ms);
  return is_loaded_ && !is_locked_ ? check_rules(now_ms, wanted) : std::vector<capture::RefusedRule>();
}

void RulesGuard::check_settings(const capture::AuditStatus& status, int64_t now_ms) {
  if (status.enabled == kLocked) {
    is_locked_ = true;
    return say("locked", 0, "audit was locked until the next boot (enabled=2) while we run: our rules can neither be put back nor removed any more");
  }
  if (is_other_daemon(status.pid))
    if (auto yielded = settings_.yield_to_daemon(); !yielded) log(Level::warning, "audit: " + yielded.error().message);
  if (!status.enabled) return turn_on(now_ms);
  told_off_ = false;
  if (told_backlog_ || !status.backlog_limit || status.backlog_limit >= settings_.backlog_limit()) return;
  told_backlog_ = true;
  log(Level::warning, "audit: somebody lowered backlog_limit to " + std::to_string(status.backlog_limit) + "; it is left so, and under load records may be lost; auditctl -b " +
                          std::to_string(settings_.backlog_limit()) + " puts it back");
}

void RulesGuard::turn_on(int64_t now_ms) {
  if (!restores_) {
    if (!std::exchange(told_off_, true)) say("left_off", 0, "audit was turned off; it stays off (capture.guard = no)");
    return;
  }
  switch (enabled_truce_.ask(now_ms)) {
    case Truce::Answer::leave: return;
    case Truce::Answer::give_up:
      return say("given_up", 0, "somebody keeps turning audit off: it stays off for " + minutes(enabled_truce_.length_ms()) + ", and next to nothing is seen; find who does it (AuditDisabled), or set capture.guard = no");
    case Truce::Answer::restore: break;
  }
  auto done = settings_.regain();
  say("turned_on", 0, done ? "audit was turned off; on again" : "audit was turned off and can not be turned on: " + done.error().message);
}

std::vector<capture::RefusedRule> RulesGuard::check_rules(int64_t now_ms, const std::vector<Rule>& wanted) {
  const auto kernel = control_.list_rules();
  if (!kernel) {
    log(Level::warning, kernel.error().message);
    return {};
  }
  const std::vector<Rule> gone = capture::diff_rules(*kernel, wanted).to_add;
  if (gone.empty()) {
    told_gone_ = false;
    return {};
  }
  const std::string what = std::to_string(gone.size()) + " of our " + std::to_string(wanted.size()) + " rules were removed (" + keys_of(gone) + ")";
  if (!restores_) {
    if (!std::exchange(told_gone_, true)) say("left_out", gone.size(), what + "; they stay out (capture.guard = no)");
    return {};
  }
  switch (rules_truce_.ask(now_ms)) {
    case Truce::Answer::leave: return {};
    case Truce::Answer::give_up:
      say("given_up", gone.size(), what + " again and again: not put back for " + minutes(rules_truce_.length_ms()) + ", and what they tell of is not seen; find who does it (AuditRuleRemoved), or set capture.guard = no");
      return {};
    case Truce::Answer::restore: break;
  }
  auto applied = capture::apply_rules(control_, wanted);
  if (!applied) {
    say("failed", gone.size(), what + "; not put back: " + applied.error().message);
    return {};
  }
  if (!applied->added.empty()) say("put_back", applied->added.size(), what + "; " + std::to_string(applied->added.size()) + " put back");
  return std::move(applied->refused);
}

}  // namespace aurochs::daemon
