// SPDX-License-Identifier: Apache-2.0
#include "normalize/parts.h"

namespace aurochs::normalize {

void connect_family(Source&, event::Event&, Result&) {}
void accept_family(Source&, event::Event&, Result&) {}
void bind_family(Source&, event::Event&, Result&) {}
void listen_family(Source&, event::Event&, Result&) {}
void socket_family(Source&, event::Event&, Result&) {}
void socketcall_family(Source&, event::Event&, Result&) {}
void sockopt_family(Source&, event::Event&, Result&) {}
void send_family(Source&, event::Event&, Result&) {}

}  // namespace aurochs::normalize
