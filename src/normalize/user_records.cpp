// SPDX-License-Identifier: Apache-2.0
#include "normalize/parts.h"

namespace aurochs::normalize {

void logon_family(Source&, event::Event&, Result&) {}
void session_family(Source&, event::Event&, Result&) {}
void account_family(Source&, event::Event&, Result&) {}
void privileged_command_family(Source&, event::Event&, Result&) {}
void login_uid_family(Source&, event::Event&, Result&) {}
void service_family(Source&, event::Event&, Result&) {}
void power_family(Source&, event::Event&, Result&) {}
void user_anomaly_family(Source&, event::Event&, Result&) {}
void crypto_session_family(Source&, event::Event&, Result&) {}
void tty_family(Source&, event::Event&, Result&) {}

}  // namespace aurochs::normalize
