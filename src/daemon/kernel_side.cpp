// SPDX-License-Identifier: Apache-2.0
#include "daemon/kernel_side.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/limits.h"
#include "base/text.h"
#include "capture/proc_connector.h"
#include "daemon/canary.h"
#include "daemon/log.h"

namespace aurochs::daemon {

using capture::AuditControl;
using capture::NetlinkTransport;

namespace {

constexpr size_t kControlBufferBytes = 1u << 20;  // the list of rules comes as one burst

}  // namespace

KernelSide::KernelSide(const config::Config& config, std::string rules_dir, std::string memory_file, std::string position_file, std::string boot_id, base::Clock& clock,
                       capture::RuleChoice choice)
    : config_(config), rules_dir_(std::move(rules_dir)), memory_file_(std::move(memory_file)), boot_id_(std::move(boot_id)), clock_(clock),
      choice_(std::move(choice)), source_(config, std::move(position_file), clock) {}

KernelSide::~KernelSide() { close(); }

std::optional<Problem> KernelSide::open_control() {
  auto transport = NetlinkTransport::open(NetlinkTransport::Group::none, kControlBufferBytes);
  if (!transport) {
    if (transport.error().code == EPROTONOSUPPORT)
      return Problem{kExitNoAudit, transport.error().message + "\nthis kernel has no audit: there is nothing to listen to; aurochsctl replay still reads logs and "
                                                               "recordings; a kernel with CONFIG_AUDIT and CONFIG_AUDITSYSCALL is needed"};
    return Problem{kExitNoAudit, transport.error().message};
  }
  control_transport_ = std::move(*transport);
  control_ = std::make_unique<AuditControl>(*control_transport_);
  auto profile = capture::probe_kernel(*control_);
  if (!profile) {
    std::string hint = "\nrun as root, or with CAP_AUDIT_CONTROL and CAP_AUDIT_READ in the initial namespaces; without them aurochsctl replay still reads logs, and auditd "
                       "can feed aurochsd as its plugin (capture.mode = plugin)";
    return Problem{kExitNoAudit, "audit: " + profile.error().message + hint};
  }
  profile_ = *profile;
  if (!profile_.can_read && !source_.is_second_hand_by_config() && config_.capture_mode != "unicast")
    log(Level::warning, "no CAP_AUDIT_READ: the multicast group can not be joined; unicast and plugin still work; give the service CAP_AUDIT_READ");
  if (!profile_.can_control)
    return Problem{kExitNoAudit, "audit: no CAP_AUDIT_CONTROL: neither rules nor the stream can be had; run as root; aurochsctl replay still reads logs, and auditd can feed "
                                 "aurochsd as its plugin (capture.mode = plugin)"};
  for (const auto& [answer, name] : {std::pair{profile_.first_net_namespace, "network"}, std::pair{profile_.first_pid_namespace, "PID"}})
    if (answer == capture::Answer::no)
      log(Level::warning, std::string("not in the initial ") + name + " namespace: the kernel sends no records here; start the sensor on the host itself");
  return std::nullopt;
}

void KernelSide::report(const std::vector<capture::RefusedRule>& refused) {
  for (const capture::RefusedRule& rule : refused) {
    refused_[rule.data] = rule.code;
    if (told_.insert(rule.data).second) log(Level::warning, rule.text);
  }
  if (!refused.empty()) collect();
}

/// -F exe!= came with kernel 4.18; nothing but a try tells.
bool KernelSide::knows_other_programs() {
  const auto parsed = capture::parse_rules("-a always,exit -F path=/etc/aurochs-probe -F perm=a -F exe!=/bin/sh -k aurochs-probe", "probe", capture::this_machine());
  if (parsed.rules.size() != 1) return false;
  const auto added = control_->add_rule(parsed.rules[0].data);
  if (!added || *added == capture::RuleAnswer::refused) return false;
  (void)control_->delete_rule(parsed.rules[0].data);
  return true;
}

void KernelSide::collect() {
  wanted_.clear();
  for (const std::vector<capture::Rule>* rules : {static_cast<const std::vector<capture::Rule>*>(&rules_), &watching_->rules()})
    for (const capture::Rule& rule : *rules)
      if (!refused_.count(rule.data)) wanted_.push_back(rule);
}

base::Result<capture::AppliedRules> KernelSide::apply() {
  collect();
  return capture::apply_rules(*control_, wanted_);
}

base::Status KernelSide::use(const capture::RuleChoice& choice) {
  if (!rules_loaded_) {
    choice_ = choice;
    return base::Ok{};
  }
  auto rules = read_rules(choice);
  if (!rules) return rules.error();
  rules_ = std::move(*rules);
  choice_ = choice;
  watching_->use_generic(choice.wants("FileModifyNix"));
  auto applied = apply();
  if (!applied) return applied.error();
  report(applied->refused);
  return base::Ok{};
}

void KernelSide::follow_watches(int64_t now_ms) {
  bool is_due = watching_->poll(now_ms);
  if (now_ms >= next_retry_ms_) {
    next_retry_ms_ = now_ms + limits::kRefusedRetryMs;
    for (auto rule = refused_.begin(); rule != refused_.end();) {
      const bool may_come = rule->second == ENOENT;
      is_due = is_due || may_come;
      rule = may_come ? refused_.erase(rule) : std::next(rule);
    }
  }
  if (!is_due) return;
  for (const capture::Rule& rule : watching_->moved()) {
    refused_.erase(rule.data);
    (void)control_->delete_rule(rule.data);  // gone already where the kernel noticed; apply() puts it where the file is now
  }
  auto applied = apply();
  if (!applied) return log(Level::warning, "watches: " + applied.error().message);
  report(applied->refused);
}

void KernelSide::guard(RulesGuard::Tell tell) {
  if (!control_) return;
  rules_guard_ = std::make_unique<RulesGuard>(*control_, *guard_, rules_loaded_, config_.capture_guard == "yes", std::move(tell));
  rules_guard_->tell_start(wanted_.size(), degraded_);
}

void KernelSide::changed(int64_t now_ms) {
  if (rules_guard_) rules_guard_->changed(now_ms);
}

void KernelSide::follow(int64_t now_ms) {
  if (!rules_guard_) return;
  report(rules_guard_->poll(now_ms, wanted_));
  if (rules_loaded_ && !is_degraded() && !rules_guard_->must_wait(now_ms)) follow_watches(now_ms);
}

/// Rules are the host's, not a state directory's: two sensors with directories of their own would delete each other's.
std::optional<Problem> KernelSide::own_rules() {
  // RHEL 6 has no /run.
  const std::string lock = std::string(::access("/run", F_OK) == 0 ? "/run" : "/var/run") + "/aurochs-rules.lock";
  rules_lock_.reset(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!rules_lock_) return std::nullopt;
  if (::flock(rules_lock_.get(), LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
    const auto holder = base::read_file(lock, 64);
    rules_lock_.reset();
    return Problem{kExitBusy, lock + ": another aurochsd (pid " + (holder ? std::string(base::trim(*holder)) : std::string("unknown")) +
                                  ") has its rules in this kernel and goes on working; stop it first, or run this one with capture.rules = no"};
  }
  // The pid is for the message above only; the lock holds without it.
  if (::ftruncate(rules_lock_.get(), 0) == 0) (void)base::write_all(rules_lock_.get(), std::to_string(::getpid()) + '\n');
  return std::nullopt;
}

/// Acts on the sensor itself. a0 of kill and process_vm_writev, a1 of ptrace is the pid; 0 is no signal, only a question, and the
/// address that process_vm_writev has there never is 0. pidfd_send_signal and signals to groups name no pid that a rule could see.
std::string self_rules(pid_t pid) {
  const std::string self = std::to_string(pid), key = " -k aurochs-self\n";
  std::string text;
  for (const char* arch : {"b64", "b32"}) {
    const std::string always = std::string("-a always,exit -F arch=") + arch + " -S ";
    text += always + "kill,tkill,process_vm_writev -F a0=" + self + " -F a1!=0" + key;
    text += always + "tgkill -F a0=" + self + " -F a2!=0" + key;
    text += always + "ptrace -F a1=" + self + key;
  }
  return text;
}

base::Result<std::vector<capture::Rule>> KernelSide::read_rules(const capture::RuleChoice& choice) const {
  const std::string machine = capture::this_machine();
  auto parsed = capture::load_rules(rules_dir_, machine, choice);
  if (!parsed) return base::Error{parsed.error().code, "rules: " + parsed.error().message + "; give the directory with --rules-dir"};
  auto add = [&](const base::Result<capture::ParsedRules>& more, const char* without) {
    if (!more) return log(Level::warning, "rules: " + more.error().message + without);
    parsed->rules.insert(parsed->rules.end(), more->rules.begin(), more->rules.end());
    parsed->errors.insert(parsed->errors.end(), more->errors.begin(), more->errors.end());
  };
  if (!has_connector_) add(capture::load_rules(rules_dir_ + "/fallback", machine, choice), "; without them forks and exits are not seen");
  if (::access((rules_dir_ + "/optional").c_str(), F_OK) == 0)
    add(capture::load_optional_rules(rules_dir_ + "/optional", machine, choice), "; types that need them are not seen");
  if (!parsed->errors.empty()) {
    std::string all;
    for (const std::string& e : parsed->errors) all += (all.empty() ? "" : "\n") + e;
    return base::Error{0, all};
  }
  capture::merge_rules(parsed->rules);
  if (canary_) add(capture::parse_rules(canary_rule(canary_), "canary", machine), "");
  // First, so that no other rule of ours takes the call before.
  std::vector<capture::Rule> rules = capture::parse_rules(self_rules(::getpid()), "self", machine).rules;
  rules.insert(rules.end(), parsed->rules.begin(), parsed->rules.end());
  return rules;
}

std::optional<Problem> KernelSide::load_rules() {
  auto rules = read_rules(choice_);
  if (!rules) return Problem{kExitUsage, rules.error().message};
  rules_ = std::move(*rules);
  const int64_t now_ms = clock_.monotonic_ms();
  watching_->use_generic(choice_.wants("FileModifyNix"));
  watching_->start(limits::kRules - std::min(rules_.size(), limits::kRules), knows_other_programs(), now_ms);
  if (watching_->left_out()) log(Level::notice, "watches: " + std::to_string(watching_->left_out()) + " files have no kernel rule: more than " + std::to_string(limits::kRules) + " rules, or blanks and quotes in their names");
  auto applied = apply();
  if (!applied) return Problem{kExitNoAudit, "rules: " + applied.error().message};
  if (applied->outcome == capture::RulesOutcome::immutable) {
    degraded_ = true;
    log(Level::warning, "audit is locked until the next boot (enabled=2): our rules can not be loaded; the records of the site's own rules and the proc connector still "
                        "come; put our rules (" + rules_dir_ + ") before -e 2 into the site's rules");
    return std::nullopt;
  }
  rules_loaded_ = true;
  next_retry_ms_ = now_ms + limits::kRefusedRetryMs;
  report(applied->refused);
  return std::nullopt;
}

std::optional<Problem> KernelSide::open(Watching& watching) {
  watching_ = &watching;
  if (config_.capture_rules == "yes")
    if (auto problem = own_rules()) return problem;
  if (auto problem = open_control()) {
    if (!source_.is_second_hand_by_config()) return problem;
    // auditd has the records: what we may at the kernel, we still do; rules and the connector need other rights.
    log(Level::warning, problem->message);
    control_.reset();
  }
  if (control_) {
    guard_ = std::make_unique<capture::AuditGuard>(*control_, memory_file_, boot_id_);
    if (auto raised = guard_->raise(); !raised) return Problem{kExitNoAudit, "audit: " + raised.error().message};
  }
  if (auto problem = source_.open(control_.get(), profile_)) return problem;
  if (auto connector = capture::open_proc_connector())
    connector_ = std::move(*connector);
  else
    log(Level::warning, connector.error().message + "; forks and exits come from audit rules instead, where those can be loaded");
  has_connector_ = static_cast<bool>(connector_);
  if (control_ && config_.capture_rules == "yes")
    if (auto problem = load_rules()) return problem;
  return std::nullopt;
}

std::unique_ptr<capture::QuietThreads> KernelSide::quiet_threads() {
  if (!control_) return nullptr;
  auto quiet = std::make_unique<capture::QuietThreads>(*control_);
  if (auto begun = quiet->begin(); !begun) {
    log(Level::notice, begun.error().message);
    return nullptr;
  }
  return quiet;
}

std::optional<capture::AuditStatus> KernelSide::status() {
  if (!control_) return std::nullopt;
  auto status = control_->status();
  return status ? std::optional<capture::AuditStatus>(*status) : std::nullopt;
}

bool KernelSide::is_queue_empty() {
  if (!control_) return true;
  const auto status = control_->status();
  return !status || !status->backlog;
}

void KernelSide::close() {
  if (!control_) return;
  degraded_ = is_degraded();
  rules_guard_.reset();
  source_.close(control_.get());
  if (rules_loaded_) {
    if (auto removed = capture::remove_ours(*control_); !removed) log(Level::error, "rules: " + removed.error().message);
    rules_loaded_ = false;
  }
  if (guard_) {
    if (auto restored = guard_->restore(); !restored) log(Level::error, "audit: " + restored.error().message);
    guard_.reset();
  }
  control_.reset();
}

}  // namespace aurochs::daemon
