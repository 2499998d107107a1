// SPDX-License-Identifier: Apache-2.0
// KernelProfile: what the kernel and our place in it allow.
// Asks and probes; changes nothing. Believes what was seen to work, never a version number. Main thread, at start.
#pragma once
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "capture/audit_control.h"

namespace aurochs::capture {

enum class Answer { no, yes, unknown };

struct KernelProfile {
  std::string machine;  ///< uname -m
  AuditStatus status;
  std::string holder_comm;   ///< of status.pid; empty when there is none or it cannot be read
  bool can_read = false;     ///< CAP_AUDIT_READ (3.16+), effective
  bool can_write = false;    ///< CAP_AUDIT_WRITE
  bool can_control = false;  ///< CAP_AUDIT_CONTROL
  /// In the namespace of the first process. Elsewhere the kernel refuses us (user, pid) or stays silent (net).
  Answer first_user_namespace = Answer::unknown;
  Answer first_pid_namespace = Answer::unknown;
  Answer first_net_namespace = Answer::unknown;
  bool is_immutable() const { return status.enabled == 2; }
};

/// Fails as status() does. (A kernel without audit has failed earlier, in NetlinkTransport::open: EPROTONOSUPPORT.)
base::Result<KernelProfile> probe_kernel(AuditControl& control, const std::string& proc_directory = "/proc");

/// Functional probe: does anything arrive on `group`, a transport that has joined the multicast group? bind() says
/// yes on kernels that have no group (RHEL 7) and in net namespaces that get no records. Causes a record of its own
/// and waits at most limits::kProbeTimeoutMs. Meaningful only while audit is enabled: otherwise nothing is sent.
base::Result<bool> multicast_works(AuditControl& control, Transport& group, base::Clock& clock);

}  // namespace aurochs::capture
