// SPDX-License-Identifier: Apache-2.0
#include "daemon/log.h"

#include <cstdlib>
#include <string>

#include "base/fd.h"
#include "base/text.h"

namespace aurochs::daemon {

void log(Level level, std::string_view message) {
  static const bool is_journal = std::getenv("JOURNAL_STREAM") != nullptr;
  std::string out;
  while (!message.empty()) {
    const std::string_view line = base::next_piece(message, '\n');
    if (is_journal) out += level == Level::error ? "<3>" : level == Level::warning ? "<4>" : "<5>";
    out += "aurochsd: ";
    if (level == Level::warning) out += "warning: ";
    out.append(line.data(), line.size());
    out += '\n';
  }
  (void)base::write_all(2, out);
}

}  // namespace aurochs::daemon
