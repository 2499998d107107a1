// SPDX-License-Identifier: Apache-2.0
// Core: the thread that runs the line. It takes frames from the ring and facts from the worker, asks the host, and puts
// JSON lines into the outbox. It waits for its eventfd, and for a moment where the outbox is full. With a recorder it writes every input and every
// answer down first. Built by main, run on its own thread, ended by stop(); what is read from outside is atomic.
#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ring.h"
#include "capture/exec_watch.h"
#include "capture/recording.h"
#include "deliver/outbox.h"
#include "enrich/linux_proc_reader.h"
#include "enrich/worker.h"
#include "json/event_json.h"
#include "observe/observer.h"
#include "pipeline/pipeline.h"
#include "state/logon_store.h"
#include "state/process_store.h"

namespace aurochs::daemon {

/// What goes on disk, copied on core and written on main.
struct Saved {
  std::vector<state::SavedProcess> processes;
  std::optional<state::SavedLogons> logons;
};

/// What status asks for; at most a second old.
struct Figures {
  uint64_t records = 0, events = 0, lost = 0, processes = 0, bytes = 0, folded = 0, suppressed = 0;
  std::array<uint64_t, static_cast<size_t>(audit::GapCause::count_)> lost_by{};
  std::string bytes_by_type;  ///< as of a heartbeat
  uint32_t canary = 0;        ///< number of the newest act of the sensor's own that came back
  size_t ring_peak = 0, outbox_peak = 0;
};

/// The host's answers, written down on their way to the line.
class RecordedDoor final : public state::ProcReader {
 public:
  RecordedDoor(state::ProcReader& host, capture::RecordingWriter* recorder) : host_(host), recorder_(recorder) {}
  bool ask(state::Ask what, int64_t id, std::string_view path, std::string& answer) override;

 private:
  state::ProcReader& host_;
  capture::RecordingWriter* recorder_;
};

class Core {
 public:
  Core(pipeline::Options options, enrich::LinuxProcReader& host, enrich::Worker& worker, capture::RecordingWriter* recorder,
       deliver::Outbox& outbox, int wake_fd);

  base::Ring& ring() { return ring_; }
  /// Before run(): environments come from there too.
  void use(capture::ExecWatch* watch) { watch_ = watch; }
  void use(observe::Observer* observer) { observer_ = observer; }
  pipeline::Pipeline& line() { return line_; }  ///< before run() and after it returned

  /// The core thread's life. `how`: capture mode, for the start event.
  void run(int64_t start_ms, const std::string& how);
  /// Any thread, once the capture thread has ended: drain, finish, return.
  void stop(std::string why);
  /// After stop() a full outbox is waited for, since nothing else is left to do; from here on it is not.
  void give_up() { is_patient_.store(false, std::memory_order_release); }
  /// Turns of the line so far, at least one a second: it does not stand still. Any thread.
  uint64_t turns() const { return turns_.load(std::memory_order_relaxed); }
  bool has_ended() const { return ended_.load(std::memory_order_acquire); }

  /// Main thread: a frame of ours for the line at its next turn; more than limits::kOrders at a time are refused and counted.
  void order(audit::FrameKind kind, uint16_t type, std::string payload);
  /// Main thread: an event of the sensor's own.
  void tell(const event::Event& e);

  // --- main thread: a copy for the stores
  void order_save() { save_ordered_.store(true, std::memory_order_release); }
  std::unique_ptr<Saved> take_saved();
  /// Any thread.
  Figures figures();

 private:
  struct Order {
    audit::FrameKind kind;
    uint16_t type;
    std::string payload;
  };
  void take(const audit::Frame& frame);
  void take_loss(audit::GapCause cause, uint64_t count);
  bool take_frame();
  void take_urgent();
  bool take_fact();
  bool take_observation();
  bool take_orders();
  size_t write(const event::Event& e);
  bool may_wait();
  void sleep();
  void copy_figures();

  base::Ring ring_;
  deliver::Outbox& outbox_;
  enrich::LinuxProcReader& host_;
  enrich::Worker& worker_;
  capture::RecordingWriter* recorder_;
  const int wake_fd_;
  capture::ExecWatch* watch_ = nullptr;
  observe::Observer* observer_ = nullptr;
  RecordedDoor door_;
  json::Writer writer_;
  pipeline::Pipeline line_;
  std::string stop_reason_;
  uint64_t refused_ = 0;
  base::SystemClock clock_;
  int64_t blocked_since_ms_ = 0;  ///< 0: the outbox has room
  std::atomic<uint64_t> turns_{0};
  std::atomic<bool> stopping_{false}, is_patient_{false}, ended_{false}, save_ordered_{false}, has_orders_{false};
  std::mutex orders_mutex_;
  std::vector<Order> orders_;  ///< protected by orders_mutex_
  uint64_t orders_refused_ = 0;  ///< the same
  std::mutex saved_mutex_;
  std::unique_ptr<Saved> saved_;  ///< protected by saved_mutex_
  event::Event report_;
  size_t ring_peak_ = 0, outbox_peak_ = 0;
  int64_t next_figures_ms_ = 0;
  std::mutex figures_mutex_;
  Figures figures_;  ///< protected by figures_mutex_
};

}  // namespace aurochs::daemon
