// SPDX-License-Identifier: Apache-2.0
// QuietThreads: while it lives, threads that this process starts get no audit context, as the kernel gives none to auditd. Audited,
// each system call of ours would walk every rule: a third of all that the sensor costs under a storm of execs. A rule of the task
// list does it ("never" for our own PID, looked at in fork alone); it is taken away again, so that programs which the sensor starts
// later are audited. What it costs: the sensor's own calls are in nobody's log. docs/decisions/0012. Main thread; the control outlives it.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "capture/audit_control.h"

namespace aurochs::capture {

class QuietThreads {
 public:
  explicit QuietThreads(AuditControl& control) : control_(control) {}
  ~QuietThreads();
  QuietThreads(const QuietThreads&) = delete;
  QuietThreads& operator=(const QuietThreads&) = delete;

  /// Threads started by the calling thread from now on. Kernels before 4.x compare the thread's number, later ones the process's, so
  /// each thread that starts others calls it. An error: the site locked audit (enabled=2); then they are audited.
  base::Status begin();

 private:
  AuditControl& control_;
  std::vector<std::string> rules_;
};

}  // namespace aurochs::capture
