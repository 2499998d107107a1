// SPDX-License-Identifier: Apache-2.0
// Sensor: threads and wiring. main (this object): signals, output, audit control, store; capture: the stream; core: the
// line; worker: slow facts. main is no process's first thread: that one is audited like any other, ours are not (QuietThreads). run() returns the exit status once everything is drained, closed and put back.
#pragma once
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"
#include "capture/exec_watch.h"
#include "capture/feed.h"
#include "capture/recording.h"
#include "capture/stream.h"
#include "config/config.h"
#include "daemon/control_side.h"
#include "daemon/core.h"
#include "daemon/host_facts.h"
#include "daemon/kernel_side.h"
#include "daemon/profiles.h"
#include "daemon/run_mark.h"
#include "daemon/self_watch.h"
#include "daemon/service.h"
#include "daemon/state_dir.h"
#include "daemon/watching.h"
#include "deliver/outbox.h"

namespace aurochs::daemon {

struct SensorOptions {
  config::Config config;
  std::string config_file;  ///< where it came from
  std::string rules_dir, watch_file, state_dir;
  std::string record_file;  ///< empty: no recording
};

class Sensor {
 public:
  explicit Sensor(SensorOptions options) : options_(std::move(options)) {}
  ~Sensor();
  int run();

 private:
  int fail(const Problem& problem);
  std::optional<Problem> open();
  int work();
  std::optional<Problem> prepare();
  std::optional<Problem> read_watches();
  std::optional<Problem> start_recording(const pipeline::Options& line);
  pipeline::Options line_options(const base::Uuid& dev_id);
  void load_processes();
  void load_logons();
  void save();
  void write(const Saved& saved, bool with_processes);
  void start_threads();
  void start_capture();
  void follow_source();
  void mark_start();
  void sweep();
  void reload();
  void loop();
  void second(int64_t now_ms);
  void poll_losses();
  void look_around(const capture::Surroundings& host);
  std::string profile(const control::Request& request);
  std::string status();
  void await_records();
  void stop_threads();
  void drain_output();

  SensorOptions options_;
  base::SystemClock clock_;
  Service service_;
  HostFacts host_facts_;
  std::unique_ptr<StateDir> state_;
  std::unique_ptr<RunMark> mark_;
  std::unique_ptr<Watching> watching_;
  std::unique_ptr<KernelSide> kernel_;
  std::unique_ptr<capture::QuietThreads> quiet_;  ///< while threads are started
  std::unique_ptr<Profiles> profiles_;
  std::unique_ptr<capture::RecordingWriter> recorder_;
  std::unique_ptr<enrich::Worker> worker_;
  std::unique_ptr<enrich::LinuxProcReader> host_;
  std::string save_trouble_;  ///< of the last save; the save thread's
  std::string watches_, policy_;  ///< texts of the watch table and the policy
  deliver::Outbox outbox_;
  deliver::StreamOutput output_{outbox_, STDOUT_FILENO};  ///< one for the whole life: it holds what was half written
  std::unique_ptr<Core> core_;
  std::vector<capture::BlindSpot> blind_;
  uint32_t canary_ = 0;  ///< token of our own acts
  std::unique_ptr<SelfWatch> self_;
  ControlSide control_;
  std::unique_ptr<capture::ExecWatch> watch_;
  std::unique_ptr<observe::Observer> observer_;
  bool wants_dns_multicast_ = false;
  std::unique_ptr<capture::Stream> stream_;
  base::UniqueFd core_wake_, signals_;
  std::thread core_thread_, capture_thread_, save_thread_;
  std::string stop_reason_;
  int64_t start_ms_ = 0, next_second_ms_ = 0, next_save_ms_ = 0;
  uint64_t audit_drops_ = 0, connector_drops_ = 0, written_ = 0;
  bool stopping_ = false, output_broken_ = false, tells_closes_ = false;
};

}  // namespace aurochs::daemon
