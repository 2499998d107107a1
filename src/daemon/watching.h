// SPDX-License-Identifier: Apache-2.0
// Watching: the kernel rules that the watch table wants on this host, found anew as files and homes come and go: every
// 30 seconds, and as soon as /etc/passwd has changed. A look reads directories, perhaps of a network, so all but the first
// run on a thread of their own. Owner of the table for that; main thread otherwise.
#pragma once
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "capture/rule.h"
#include "watch/rules.h"
#include "watch/table.h"

namespace aurochs::daemon {

class Watching {
 public:
  explicit Watching(watch::Table table) : table_(std::move(table)) {}
  /// Main thread: with or without what generic rows want; poll() takes it up at once.
  void use_generic(bool on);
  /// Any thread. More than limits::kCriticalFiles, so that whoever has no room for them can say so.
  std::vector<std::string> critical_files() const { return watch::critical_files(table_, 4 * limits::kCriticalFiles); }
  ~Watching();
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;

  /// To be called once, before poll(): room = rules that may be had, with_exe as watch::kernel_rules().
  void start(size_t room, bool with_exe, int64_t now_ms);
  /// True: rules() may be others than before.
  bool poll(int64_t now_ms);

  /// For the kernel; `moved`: those of them that must be removed first, since they sit on what is no longer there.
  const std::vector<capture::Rule>& rules() const { return rules_; }
  const std::vector<capture::Rule>& moved() const { return moved_; }
  size_t left_out() const { return now_.left_out; }

 private:
  watch::WatchRules look() const;
  void take(watch::WatchRules found);

  watch::Table table_;
  size_t room_ = 0;
  bool with_exe_ = false;
  std::atomic<bool> with_generic_{true};
  watch::WatchRules now_, next_;
  std::vector<capture::Rule> rules_, moved_;
  std::string machine_, passwd_;
  std::thread thread_;
  std::atomic<bool> is_ready_{false};
  int64_t next_look_ms_ = 0;
};

}  // namespace aurochs::daemon
