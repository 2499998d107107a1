// SPDX-License-Identifier: Apache-2.0
// Messages of the daemon: the only room that logs. One line each to standard error, with a journald priority prefix
// when systemd reads it. Any thread.
#pragma once
#include <string_view>

namespace aurochs::daemon {

enum class Level { error, warning, notice };
void log(Level level, std::string_view message);

}  // namespace aurochs::daemon
