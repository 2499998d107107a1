// SPDX-License-Identifier: Apache-2.0
#include "daemon/profiles.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <utility>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "daemon/log.h"
#include "daemon/policy_text.h"

namespace aurochs::daemon {

namespace {

constexpr int64_t kMinuteMs = 60000;

uint64_t number(const std::string& text) {
  uint64_t n = 0;
  (void)base::parse_u64(text, n);
  return n;
}

uint64_t own_cpu_us() {
  rusage u{};
  ::getrusage(RUSAGE_SELF, &u);
  const auto us = [](const timeval& t) { return static_cast<uint64_t>(t.tv_sec) * 1000000 + static_cast<uint64_t>(t.tv_usec); };
  return us(u.ru_utime) + us(u.ru_stime);
}

/// Fields 5 and 6 of the second line that begins with "Tcp:": connections made and taken, of this network namespace.
uint64_t tcp_opens() {
  const auto text = base::read_file("/proc/net/snmp", limits::kProcFileBytes);
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  for (bool is_heading = true; !rest.empty();) {
    std::string_view line = base::next_piece(rest, '\n');
    if (!base::starts_with(line, "Tcp: ") || std::exchange(is_heading, false)) continue;
    uint64_t sum = 0;
    for (int field = 0; field <= 6; ++field) {
      uint64_t n = 0;
      if (base::parse_u64(base::next_piece(line, ' '), n) && field >= 5) sum += n;
    }
    return sum;
  }
  return 0;
}

uint64_t resident_bytes() {
  const auto text = base::read_file("/proc/self/statm", limits::kProcFileBytes);
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  base::next_piece(rest, ' ');
  uint64_t pages = 0;
  (void)base::parse_u64(base::next_piece(rest, ' '), pages);
  return pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

observe::Polling polling_of(unsigned profile) {
  switch (profile) {
    case govern::kHighNetwork: return observe::Polling::network;
    case govern::kHighProcess: return observe::Polling::processes;
    case govern::kHighFile: return observe::Polling::files;
    default: return observe::Polling::none;
  }
}

}  // namespace

Profiles::Profiles(const config::Config& config) : config_(config), load_(static_cast<unsigned>(number(config.profile_cpu_percent))) {
  is_auto_ = config.profile_name == "auto";
  current_ = is_auto_ ? 1 : govern::profile_by_name(config.profile_name);
}

capture::RuleChoice Profiles::rules_for(const govern::Policy& policy) {
  return {[policy](std::string_view type) { return policy.wants(type); }, std::string(govern::profile_name(policy.profile))};
}

void Profiles::attach(const Parts& parts) {
  parts_ = parts;
  turn_parts();
}

void Profiles::turn_parts() {
  const bool is_polled = current_ == govern::kHighProcess;
  if (parts_.observer) parts_.observer->poll(polling_of(current_));
  if (parts_.stream) parts_.stream->look_at_all_execs(!is_polled);
  if (parts_.watch) parts_.watch->pause(is_polled);
}

base::Status Profiles::change(unsigned profile, const std::string& why) {
  auto text = policy_text(config_, profile);
  if (!text) return text.error();
  const auto policy = govern::parse_policy(*text);
  if (!policy) return policy.error();
  // The line first: an exec that no rule asks for any more must not be waited for.
  if (profile != current_ && parts_.core) parts_.core->order(audit::FrameKind::policy, govern::kPolicySwitched, why + '\n' + *text);
  if (profile != current_) log(Level::notice, "profile " + std::string(govern::profile_name(profile)) + ": " + why);
  current_ = profile;
  turn_parts();
  return parts_.kernel ? parts_.kernel->use(rules_for(*policy)) : base::Status(base::Ok{});
}

base::Status Profiles::set(std::string_view name, const std::string& why) {
  const unsigned wanted = govern::profile_by_name(name);
  if (!wanted && name != "auto") return base::Error{0, std::string(name) + ": no such profile; there are auto, default, highnet, highproc, highfile"};
  is_auto_ = !wanted;
  load_.use(is_auto_ ? current_ : wanted, last_);
  return is_auto_ || wanted == current_ ? base::Status(base::Ok{}) : change(wanted, why);
}

base::Status Profiles::reload(const config::Config& config) {
  auto text = policy_text(config, current_);
  if (!text) return text.error();
  const bool is_renamed = config.profile_name != config_.profile_name;
  config_ = config;
  load_.set_budget(static_cast<unsigned>(number(config.profile_cpu_percent)));
  if (parts_.core) parts_.core->order(audit::FrameKind::policy, audit::kPolicyTaken, *text);
  if (is_renamed) {
    const bool returns = config.profile_name == "auto";
    if (auto done = set(returns ? "default" : config.profile_name, "profile.name = " + config.profile_name); !done) return done;
    is_auto_ = returns;
  }
  return change(current_, {});
}

govern::Reading Profiles::read(int64_t now_ms, uint64_t drops) {
  govern::Reading r;
  r.now_ms = now_ms;
  r.cpu_us = own_cpu_us();
  r.drops = drops;
  if (parts_.kernel) {
    if (const auto status = parts_.kernel->status()) {
      r.backlog = status->backlog;
      r.backlog_limit = status->backlog_limit;
      r.drops += status->lost;
    }
  }
  if (parts_.core)
    for (size_t i = 0; i < govern::kProfiledFamilies; ++i) r.events[i] = parts_.core->line().seen(static_cast<govern::Family>(i));
  if (parts_.stream) r.done[static_cast<size_t>(govern::Family::process)] = parts_.stream->counters().connector_messages.value();
  r.done[static_cast<size_t>(govern::Family::network)] = tcp_opens();
  return r;
}

void Profiles::look_at_memory() {
  const uint64_t most = number(config_.profile_memory_mb) << 20;
  const uint64_t now = resident_bytes();
  if (now <= most) return;
  if (parts_.core) parts_.core->order(audit::FrameKind::policy, govern::kMemoryTight, {});
  (void)::malloc_trim(0);
  log(Level::warning, "memory: " + std::to_string(now >> 20) + " MiB, above profile.memory_mb = " + config_.profile_memory_mb +
                          ": processes that ended are forgotten; raise it where this comes again");
}

void Profiles::second(int64_t now_ms, uint64_t drops) {
  last_ = read(now_ms, drops);
  // By hand the readings go on, so that a return to auto knows them.
  const auto wanted = load_.second(last_);
  if (wanted && !is_auto_) load_.use(current_, last_);
  if (wanted && is_auto_)
    if (auto done = change(wanted->profile, wanted->why); !done) log(Level::warning, "profile: " + done.error().message);
  if (now_ms < next_memory_ms_) return;
  next_memory_ms_ = now_ms + kMinuteMs;
  look_at_memory();
}

}  // namespace aurochs::daemon
