// SPDX-License-Identifier: Apache-2.0
#include "state/pending.h"

#include "state/proc_facts.h"

namespace aurochs::state {

void PendingSnapshots::unlink(uint32_t index) {
  Entry& e = entries_[index];
  for (uint32_t* at = &oldest_[static_cast<uint32_t>(e.pid) % kBuckets]; *at; at = &entries_[*at - 1].next) {
    if (*at != index + 1) continue;
    *at = e.next;
    break;
  }
  e.used = false;
  e.next = 0;
}

void PendingSnapshots::put(int32_t pid, std::string_view sections, int64_t received_ms) {
  const auto index = static_cast<uint32_t>(next_);
  next_ = (next_ + 1) % entries_.size();
  Entry& e = entries_[index];
  if (e.used) unlink(index);
  e.pid = pid;
  e.received_ms = received_ms;
  e.used = true;
  e.sections.assign(sections.data(), sections.size());
  uint32_t* at = &oldest_[static_cast<uint32_t>(pid) % kBuckets];
  while (*at) at = &entries_[*at - 1].next;
  *at = index + 1;
}

const std::string* PendingSnapshots::take(int32_t pid, std::string_view comm) {
  for (uint32_t i = oldest_[static_cast<uint32_t>(pid) % kBuckets]; i;) {
    Entry& e = entries_[i - 1];
    const uint32_t index = i - 1;
    i = e.next;
    if (e.pid != pid) continue;
    const std::string_view seen = comm_of(e.sections);
    // Another comm is that of an exec whose audit event never came.
    unlink(index);
    if (comm.empty() || seen.empty() || seen == comm) return &e.sections;
  }
  return nullptr;
}

}  // namespace aurochs::state
