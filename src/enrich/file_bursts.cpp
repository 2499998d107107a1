// SPDX-License-Identifier: Apache-2.0
#include "enrich/file_bursts.h"

#include "base/limits.h"

namespace aurochs::enrich {

using event::FileOp;

FileBursts::FileBursts() : entries_(limits::kBurstProcesses) {}

bool FileBursts::note(uint64_t pid, FileOp op, int64_t at_ms) {
  const bool counts = op == FileOp::create || op == FileOp::modify || op == FileOp::remove || op == FileOp::rename || op == FileOp::truncate;
  if (!counts || !pid) return false;
  Entry& e = entries_[pid % entries_.size()];
  const bool is_over = at_ms - e.since_ms >= limits::kBurstWindowMs || at_ms < e.since_ms - limits::kBurstWindowMs;
  if (e.pid != pid || is_over) e = {pid, at_ms, 0};
  return ++e.count == limits::kBurstFiles;
}

}  // namespace aurochs::enrich
