// SPDX-License-Identifier: Apache-2.0
#include "daemon/kernel_side.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/limits.h"
#include "capture/proc_connector.h"
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

void KernelSide::report(const capture::AppliedRules& applied) {
  for (const std::string& refusal : applied.refused) log(Level::warning, refusal);
  const auto kernel = applied.refused.empty() ? base::Result<std::vector<std::string>>(std::vector<std::string>()) : control_->list_rules();
  if (!kernel || applied.refused.empty()) return;
  for (const capture::Rule& rule : watching_->rules())
    if (std::none_of(kernel->begin(), kernel->end(), [&](const std::string& bytes) { return capture::same_rule(bytes, rule.data); })) refused_.insert(rule.data);
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

std::vector<capture::Rule> KernelSide::wanted_rules() const {
  std::vector<capture::Rule> wanted = rules_;
  for (const capture::Rule& rule : watching_->rules())
    if (!refused_.count(rule.data)) wanted.push_back(rule);
  return wanted;
}

base::Result<capture::AppliedRules> KernelSide::apply() { return capture::apply_rules(*control_, wanted_rules()); }

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
  for (const std::string& refusal : applied->refused) log(Level::warning, refusal);
  return base::Ok{};
}

void KernelSide::follow_watches(int64_t now_ms) {
  if (!rules_loaded_ || !watching_->poll(now_ms)) return;
  for (const capture::Rule& rule : watching_->moved()) {
    refused_.erase(rule.data);
    (void)control_->delete_rule(rule.data);  // gone already where the kernel noticed; apply() puts it where the file is now
  }
  auto applied = apply();
  if (!applied) return log(Level::warning, "watches: " + applied.error().message);
  report(*applied);
}

/// Rules are the host's, not a state directory's: two sensors with directories of their own would delete each other's.
bool KernelSide::own_rules() {
  constexpr const char* kLock = "/run/aurochs-rules.lock";
  rules_lock_.reset(::open(kLock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!rules_lock_ || ::flock(rules_lock_.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return true;
  log(Level::warning, std::string(kLock) + ": held by another aurochsd of this host: its rules are used, none is loaded or removed by this one");
  rules_lock_.reset();
  return false;
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
  return std::move(parsed->rules);
}

std::optional<Problem> KernelSide::load_rules() {
  if (!own_rules()) return std::nullopt;
  auto rules = read_rules(choice_);
  if (!rules) return Problem{kExitUsage, rules.error().message};
  rules_ = std::move(*rules);
  watching_->use_generic(choice_.wants("FileModifyNix"));
  watching_->start(limits::kRules - std::min(rules_.size(), limits::kRules), knows_other_programs(), clock_.monotonic_ms());
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
  report(*applied);
  return std::nullopt;
}

std::optional<Problem> KernelSide::open(Watching& watching) {
  watching_ = &watching;
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
  (void)lost_since_last_call();
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

uint64_t KernelSide::lost_since_last_call() {
  if (!control_) return 0;
  auto status = control_->status();
  if (!status) return 0;
  const uint32_t before = lost_;
  lost_ = status->lost;
  if (!has_lost_) {
    has_lost_ = true;
    return 0;
  }
  // Somebody may reset the counter (auditctl --reset-lost, kernel 4.11+): what is counted then is a begin, not a loss.
  return lost_ >= before ? lost_ - before : 0;
}

bool KernelSide::is_queue_empty() {
  if (!control_) return true;
  const auto status = control_->status();
  return !status || !status->backlog;
}

void KernelSide::close() {
  if (!control_) return;
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
