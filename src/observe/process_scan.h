// SPDX-License-Identifier: Apache-2.0
// ProcessScan: looks at every process each observe.scan_s: CPU time over ten looks, strange executable mappings; and asks
// for every PID number whether it lives though /proc does not list it. Ten slices a look, each limits::kScanSliceUs of CPU
// time; what does not fit is done in the next look. Unlike other sources it tells what it finds at the first look.
// Mappings: once a process and kind. CPU: once a process and hour. Hidden: when two looks found it, once.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "observe/process_parts.h"
#include "observe/source.h"

namespace aurochs::observe {

class ProcessScan {
 public:
  base::Status open(const Options& options);
  int fd() const { return -1; }
  void take(const Sink&) {}
  int64_t poll(int64_t now_ms, const Sink& sink);

 private:
  struct Known {
    uint64_t start_ticks = 0, cpu_ticks = 0;
    int64_t since_ms = 0, told_ms = 0;  ///< cpu_ticks is of since_ms
    uint32_t look = 0;
    uint8_t told_kinds = 0;  ///< bits of MapKind
  };

  bool list(std::vector<int32_t>& pids) const;
  void begin_look(int64_t now_ms, const Sink& sink);
  void look_at(int32_t pid, int64_t now_ms, const Sink& sink);
  void judge_cpu(int32_t pid, Known& known, const ProcessTimes& times, int64_t now_ms, const Sink& sink);
  void look_at_maps(int32_t pid, Known& known, const Sink& sink);
  void take_mapping(int32_t pid, Known& known, const Mapping& m, const Sink& sink);
  bool is_jit_image(int32_t pid) const;
  void sweep_numbers();
  void confirm_hidden(const Sink& sink);
  void begin(event::EventType type, int32_t pid);
  std::string process_path(int32_t pid, const char* file) const;

  std::string proc_;
  base::Clock* clock_ = nullptr;
  int64_t scan_ms_ = 30000, next_look_ms_ = 0;
  std::vector<int32_t> pids_;  ///< sorted, of this look
  size_t at_ = 0;
  std::unordered_map<int32_t, Known> known_;
  uint32_t look_ = 0;
  int32_t number_ = 0, last_number_ = 32768, swept_ = 0;  ///< swept_: numbers asked for in this look
  std::map<int32_t, bool> suspects_;  ///< lives and is not listed; true: told
  std::string block_;
  event::Event event_;
};

}  // namespace aurochs::observe
