// SPDX-License-Identifier: Apache-2.0
// What every source of this room has, beside the audit stream. A source is a concrete class with four functions, called on
// the observer's thread only:
//   base::Status open(const Options&)            looks for what it reads; an error says what is blind and why
//   int fd() const                               descriptor to wait for (POLLIN, POLLPRI), or -1
//   void take(const Sink&)                       it became readable: read all that is there, never block
//   int64_t poll(int64_t now_ms, const Sink&)    called when due; answers when it wants to be called next (monotonic ms; INT64_MAX never)
// and where it can lose something before it sees it
//   uint64_t take_losses()                       how much since the last call; told as source_drops
// A source fills an event and hands it to the sink, which copies it. Times are the wall clock at detection where the thing
// itself has none. What was found at the first look is the ground for differences and no event, unless its header says so.
// Parsers are pure functions over bytes in the same file, each with a fuzz target; bad input is skipped and counted.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "event/event.h"

namespace aurochs::observe {

/// What is polled because the load profile keeps audit from telling it.
enum class Polling : uint8_t { none, network, processes, files };

struct Options {
  std::string root;                ///< put before the paths of files: "" for this host, a tree of a test otherwise
  base::Clock* clock = nullptr;
  int64_t logon_window_s = 300;
  bool dns = true;
  bool dns_multicast = false;      ///< also questions to 5353 and 5355
  int64_t network_long_s = 3600;   ///< a connection that lasts so long is told
  bool network_close = false;      ///< the end of every TCP connection is told
  int64_t scan_s = 30;             ///< between two looks at all processes
  std::string disks = "/|/var|/tmp";  ///< file systems whose room is watched
  std::string btmp, wtmp, utmp;    ///< empty: the usual places
  const std::atomic<Polling>* polling = nullptr;  ///< the observer's; nullptr: Polling::none
  int64_t poll_s = 10;             ///< between two looks of a polling profile at processes; three times that at connections
  std::function<std::vector<std::string>()> critical_files;  ///< asked at each look of Polling::files

  bool polls(Polling what) const { return polling && polling->load(std::memory_order_relaxed) == what; }
};

/// The event is copied.
using Sink = std::function<void(const event::Event&)>;

}  // namespace aurochs::observe
