// SPDX-License-Identifier: Apache-2.0
#include "capture/audit_guard.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::capture {

namespace {

constexpr size_t kMemoryBytes = 256;

std::string pair_text(uint32_t enabled, uint32_t backlog_limit) {
  return std::to_string(enabled) + " " + std::to_string(backlog_limit) + "\n";
}

bool parse_pair(std::string_view line, uint32_t& enabled, uint32_t& backlog_limit) {
  uint64_t a = 0, b = 0;
  if (!base::parse_u64(base::next_piece(line, ' '), a) || !base::parse_u64(line, b)) return false;
  if (a > 1 || b > UINT32_MAX) return false;
  enabled = static_cast<uint32_t>(a);
  backlog_limit = static_cast<uint32_t>(b);
  return true;
}

}  // namespace

// Three lines: boot id, what was before, what we set.
void AuditGuard::read_memory() {
  const auto text = base::read_file(path_, kMemoryBytes);
  if (!text) return;
  std::string_view rest = *text;
  if (base::next_piece(rest, '\n') != boot_id_) return;
  Values before, ours;
  if (!parse_pair(base::next_piece(rest, '\n'), before.enabled, before.backlog_limit) ||
      !parse_pair(base::next_piece(rest, '\n'), ours.enabled, ours.backlog_limit))
    return;
  // What is no longer as the predecessor left it belongs to whoever changed it.
  if (before_.enabled == ours.enabled) before_.enabled = before.enabled;
  if (before_.backlog_limit == ours.backlog_limit) before_.backlog_limit = before.backlog_limit;
}

base::Status AuditGuard::write_memory() const {
  return base::write_file_atomically(path_,
                                     boot_id_ + "\n" + pair_text(before_.enabled, before_.backlog_limit) +
                                         pair_text(ours_.enabled, ours_.backlog_limit),
                                     0600);
}

base::Status AuditGuard::raise() {
  const auto now = control_.status();
  if (!now) return now.error();
  if (now->enabled == 2) return base::Ok{};
  before_ = {now->enabled, now->backlog_limit};
  read_memory();
  ours_.enabled = 1;
  ours_.backlog_limit = now->backlog_limit == 0 ? 0 : std::max(now->backlog_limit, limits::kBacklogLimit);
  changed_ = before_.enabled != ours_.enabled || before_.backlog_limit != ours_.backlog_limit;
  if (!changed_) return base::Ok{};
  if (auto written = write_memory(); !written)
    return base::Error{
        written.error().code,
        written.error().message + "; audit is left as it is, for what was before could not be remembered"};
  // The queue first: enabled with a queue of 64 records puts audited processes to sleep at once.
  if (now->backlog_limit != ours_.backlog_limit)
    if (auto set = control_.set_backlog_limit(ours_.backlog_limit); !set) return set;
  if (now->enabled != ours_.enabled) return control_.set_enabled(ours_.enabled);
  return base::Ok{};
}

base::Status AuditGuard::regain() {
  before_.enabled = 0;
  ours_.enabled = 1;
  changed_ = true;
  if (auto written = write_memory(); !written) return written;
  return control_.set_enabled(1);
}

base::Status AuditGuard::yield_to_daemon() {
  if (!changed_ || before_.enabled == ours_.enabled) return base::Ok{};
  before_.enabled = ours_.enabled;
  return write_memory();
}

base::Status AuditGuard::restore() {
  if (!changed_) return base::Ok{};
  const auto now = control_.status();
  if (!now) return now.error();
  if (now->enabled == 2) return base::Ok{};
  const bool has_other_daemon = now->pid != 0 && now->pid != static_cast<uint32_t>(::getpid());
  if (now->enabled == ours_.enabled && now->enabled != before_.enabled && !has_other_daemon)
    if (auto set = control_.set_enabled(before_.enabled); !set) return set;
  if (now->backlog_limit == ours_.backlog_limit && now->backlog_limit != before_.backlog_limit)
    if (auto set = control_.set_backlog_limit(before_.backlog_limit); !set) return set;
  changed_ = false;
  if (::unlink(path_.c_str()) < 0 && errno != ENOENT) return base::errno_error(path_, errno);
  return base::Ok{};
}

}  // namespace aurochs::capture
