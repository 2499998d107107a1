// SPDX-License-Identifier: Apache-2.0
// Observer: one thread, "aurochs-observe", for the sources beside the audit stream. It waits for their descriptors and
// their times, and puts what they find as observation frames into a ring that the core reads. A full ring refuses; the
// loss is counted and told in band. It runs at nice 10: what it tells may come seconds late, audit records may not.
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "audit/frame.h"
#include "base/fd.h"
#include "base/ring.h"
#include "observe/source.h"
#include "observe/accounts.h"
#include "observe/auth_log.h"
#include "observe/critical_files.h"
#include "observe/dns.h"
#include "observe/kernel_log.h"
#include "observe/kernel_state.h"
#include "observe/links.h"
#include "observe/logind.h"
#include "observe/mounts.h"
#include "observe/package_log.h"
#include "observe/process_poll.h"
#include "observe/process_scan.h"
#include "observe/socket_inventory.h"
#include "observe/sockets.h"
#include "observe/uevents.h"
#include "observe/utmp.h"

namespace aurochs::observe {

class Observer {
 public:
  /// wake_fd: the eventfd on which the core sleeps; duplicated.
  Observer(const Options& options, int wake_fd);
  ~Observer() { stop(); }
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  /// Opens the sources and starts the thread.
  base::Status start();
  void stop();
  /// Any thread: the load profile's polling; sources take it up within a second.
  void poll(Polling what) { polling_.store(what, std::memory_order_relaxed); }
  /// Sources that could not be opened: "name: reason". After start().
  const std::vector<std::string>& blind() const { return blind_; }

  // --- core thread
  base::Ring& frames() { return ring_; }

 private:
  using Sources = std::tuple<
      Utmp,
      AuthLog,
      Logind,
      Sockets,
      Dns,
      Links,
      Uevents,
      KernelLog,
      Accounts,
      Mounts,
      KernelState,
      PackageLog,
      ProcessScan,
      ProcessPoll,
      SocketInventory,
      CriticalFiles>;
  static constexpr size_t kSources = std::tuple_size_v<Sources>;

  void run();
  void put(const event::Event& e);
  void put_losses(audit::GapCause cause, uint64_t& count);
  bool commit(uint8_t kind, std::string_view payload);

  std::atomic<Polling> polling_{Polling::none};
  Options options_;
  base::UniqueFd wake_fd_, stop_fd_;
  base::Ring ring_;
  Sources sources_;
  bool is_open_[kSources] = {};
  std::vector<std::string> blind_;
  std::string packed_;
  uint64_t lost_ = 0, dropped_ = 0;
  std::thread thread_;
};

}  // namespace aurochs::observe
