// SPDX-License-Identifier: Apache-2.0
// A line of syslog as rsyslog, syslog-ng or journalctl -o short-iso write it, and what it tells of a logon. Names and
// addresses in such lines come from strangers: a name may hold " from 192.0.2.1 port 1", so the part that sshd itself wrote
// is looked for from the end. Any bytes are taken; what is not understood is no event. Pure; the event views `line`.
#pragma once
#include <cstdint>
#include <string_view>

#include "event/event.h"

namespace aurochs::observe {

struct LogLine {
  int64_t time_ms = 0;  ///< 0: the time has neither year nor zone
  std::string_view program, message;
  int32_t pid = 0;
};

bool split_log_line(std::string_view line, LogLine& out);
/// True: `e` is LogonSuccess, LogonFailure, AuthSuccess, AuthFailure, SshInvalidUser or SshError; its time is not set where the line has none.
bool read_auth_line(std::string_view line, event::Event& e);

}  // namespace aurochs::observe
