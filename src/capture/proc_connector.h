// SPDX-License-Identifier: Apache-2.0
// The proc connector (drivers/connector/cn_proc.c, kernel 2.6.15+): forks, execs and exits, told by the kernel
// inside the syscall itself, so ahead of the audit records of the same exec, which go through kauditd.
// Opened and closed by the main thread, read by the capture thread; the functions keep nothing.
#pragma once
#include <string_view>

#include "audit/frame.h"
#include "base/fd.h"

namespace aurochs::capture {

/// A non-blocking socket that listens and was answered: the kernel's acknowledgement came within 500 ms. The error
/// says why there is none (not built in, no CAP_NET_ADMIN, not in the initial namespaces); the caller then goes on
/// with audit rules for what the connector would have told.
base::Result<base::UniqueFd> open_proc_connector();

/// Tells the kernel that this listener leaves. kernel < 6.2 counts listeners by these messages only: one that just
/// closes makes it format events for nobody until reboot.
void leave_proc_connector(int fd);

enum class ConnectorWord : unsigned char {
  process,  ///< `out` is filled
  ignored,  ///< of a thread, ptrace, an acknowledgement, or newer than this program
  damaged,  ///< not a connector message, or shorter than it says
};
/// One datagram whose sender was checked to be the kernel.
ConnectorWord decode_connector(std::string_view datagram, audit::ProcessFrame& out);

}  // namespace aurochs::capture
