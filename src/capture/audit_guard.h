// SPDX-License-Identifier: Apache-2.0
// AuditGuard: raises what capture needs (enabled, backlog_limit) and puts it back when we leave.
// What was there before is on disk before anything is changed, so a successor of a killed sensor can still put it
// back; the file of another boot means nothing. Never lowers, never touches a locked audit (enabled=2), and
// leaves alone a value that somebody has changed since. Main thread.
#pragma once
#include <cstdint>
#include <string>

#include "base/result.h"
#include "capture/audit_control.h"

namespace aurochs::capture {

class AuditGuard {
 public:
  /// path: the file of memory, in the state directory. boot_id: as in /proc/sys/kernel/random/boot_id.
  AuditGuard(AuditControl& control, std::string path, std::string boot_id)
      : control_(control), path_(std::move(path)), boot_id_(std::move(boot_id)) {}

  /// enabled=1 if it was 0, backlog_limit at least limits::kBacklogLimit (0 is unlimited and stays).
  base::Status raise();
  /// Back to what was before raise(), of us or of the predecessor whose file we found. Removes the file.
  base::Status restore();
  /// Somebody turned audit off while we run: on again, and off when we leave.
  base::Status regain();
  /// Another audit daemon is registered. It turns audit on for itself and leaves it on: so do we when we leave.
  base::Status yield_to_daemon();
  bool has_changes() const { return changed_; }
  uint32_t backlog_limit() const { return ours_.backlog_limit; }  ///< as we left it; 0: never touched, or unlimited

 private:
  struct Values {
    uint32_t enabled = 0, backlog_limit = 0;
  };
  void read_memory();
  base::Status write_memory() const;

  AuditControl& control_;
  std::string path_, boot_id_;
  Values before_, ours_;
  bool changed_ = false;
};

}  // namespace aurochs::capture
