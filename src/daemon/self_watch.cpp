// SPDX-License-Identifier: Apache-2.0
#include "daemon/self_watch.h"

#include <sys/resource.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "capture/rule_parser.h"
#include "daemon/log.h"
#include "daemon/state_dir.h"

namespace aurochs::daemon {
namespace {

constexpr int64_t kStatusMs = 10000, kMeasureMs = 60000;

uint64_t own_cpu_ms() {
  rusage usage{};
  (void)::getrusage(RUSAGE_SELF, &usage);
  const auto ms = [](const timeval& t) { return static_cast<uint64_t>(t.tv_sec) * 1000 + static_cast<uint64_t>(t.tv_usec) / 1000; };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

uint64_t own_rss() {
  const auto statm = base::read_file("/proc/self/statm", limits::kProcFileBytes);
  if (!statm) return 0;
  std::string_view rest = *statm;
  base::next_piece(rest, ' ');
  uint64_t pages = 0;
  (void)base::parse_u64(base::next_piece(rest, ' '), pages);
  return pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

int64_t seconds(const std::string& text) {
  int64_t n = 0;
  return base::parse_i64(text, n) ? n : 0;
}

}  // namespace

uint32_t canary_token() {
  uint64_t high = 0, low = 0;
  random_bits(high, low);
  return static_cast<uint32_t>(low) | 1u;
}

SelfWatch::SelfWatch(KernelSide& kernel, Core& core, enrich::LinuxProcReader& host, const std::string& canary_s, uint32_t token)
    : kernel_(kernel), core_(core), host_(host), token_(token), canary_(token ? seconds(canary_s) * 1000 : 0) {
  if (!token && seconds(canary_s)) log(Level::notice, "no rules of ours in the kernel: no act of the sensor's own tells whether records come (sensor.canary_s)");
}

void SelfWatch::second(int64_t now_ms) {
  if (now_ms >= next_status_ms_ || canary_.is_waiting()) ask_kernel(now_ms);
  watch_canary(now_ms);
  measure(now_ms);
}

void SelfWatch::ask_kernel(int64_t now_ms) {
  next_status_ms_ = now_ms + kStatusMs;
  capture::AuditControl* control = kernel_.control();
  const auto status = control ? control->status() : base::Result<capture::AuditStatus>(base::Error{});
  has_status_ = static_cast<bool>(status);
  if (!status) return;
  status_ = *status;
  host_.set_backlog(status_.backlog);
  const uint64_t lost = lost_.note(status_);
  if (!lost_.is_meaningful() && !std::exchange(has_told_lost_, true))
    log(Level::notice, "the kernel's count of lost records holds console messages as well (kernel 3.16 to 4.10 without an audit daemon): it is not told as a loss; holes among the serials are");
  if (!lost) return;
  audit::GapFrame gap;
  gap.cause = static_cast<uint32_t>(audit::GapCause::kernel_lost);
  gap.count = lost;
  core_.order(audit::FrameKind::gap, 0, std::string(reinterpret_cast<const char*>(&gap), sizeof gap));
}

void SelfWatch::watch_canary(int64_t now_ms) {
  const bool is_behind = (has_status_ && status_.enabled && status_.backlog) || core_.ring().used();
  switch (canary_.look(core_.figures().canary, is_behind, now_ms)) {
    case Canary::Turn::blind: tell_blind(); break;
    case Canary::Turn::sees: tell(true, "records of the sensor's own acts come again; it was: " + why_); break;
    case Canary::Turn::none: break;
  }
  if (canary_.is_due(now_ms) && !do_canary_act(token_, canary_.number())) log(Level::warning, "canary: no thread could be made");
}

void SelfWatch::tell_blind() {
  capture::AuditControl* control = kernel_.control();
  const auto rules = control ? control->list_rules() : base::Result<std::vector<std::string>>(std::vector<std::string>());
  const auto rule = capture::parse_rules(canary_rule(token_), "canary", capture::this_machine());
  why_ = why_blind(has_status_ ? &status_ : nullptr, rules ? *rules : std::vector<std::string>(), rule.rules.empty() ? std::string_view() : rule.rules[0].data, kernel_.source().mode() == capture::Mode::unicast ? static_cast<uint32_t>(::getpid()) : 0);
  tell(false, std::to_string(limits::kCanaryMissed) + " acts of the sensor's own did not come back: " + why_);
}

void SelfWatch::tell(bool sees, const std::string& why) {
  log(sees ? Level::notice : Level::error, "canary: " + why);
  event::Event e;
  e.clear(event::EventType::sensor_self_test);
  e.set_number(event::FieldId::op_status, sees);
  e.set_text(event::FieldId::op_text, why);
  core_.tell(e);
}

void SelfWatch::measure(int64_t now_ms) {
  if (measured_ms_ && now_ms < measured_ms_ + kMeasureMs) return;
  cpu_ms_ = own_cpu_ms();
  if (measured_ms_) cpu_percent_ = (cpu_ms_ - cpu_before_ms_) * 100 / static_cast<uint64_t>(now_ms - measured_ms_);
  cpu_before_ms_ = cpu_ms_;
  measured_ms_ = now_ms;
}

void SelfWatch::describe(StatusFacts& facts) {
  capture::AuditControl* control = kernel_.control();
  if (const auto rules = control ? control->list_rules() : base::Result<std::vector<std::string>>(base::Error{}))
    for (const std::string& rule : *rules) facts.rules += capture::is_ours(rule);
  if (const auto status = control ? control->status() : base::Result<capture::AuditStatus>(base::Error{})) {
    facts.backlog = status->backlog;
    facts.backlog_limit = status->backlog_limit;
    facts.kernel_lost = status->lost;
  }
  facts.is_lost_meaningful = lost_.is_meaningful();
  facts.cpu_ms = own_cpu_ms();
  facts.cpu_percent = cpu_percent_;
  facts.rss_bytes = own_rss();
  facts.canary = !token_ ? "off" : canary_.is_blind() ? "blind: " + why_ : canary_.has_seen() ? "sees" : "waiting";
}

}  // namespace aurochs::daemon
