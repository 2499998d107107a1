// SPDX-License-Identifier: Apache-2.0
#include "daemon/core.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "enrich/host.h"
#include "event/pack.h"

namespace aurochs::daemon {
namespace {
constexpr useconds_t kGatherUs = 1000;
constexpr int64_t kFiguresMs = 1000;
}

bool RecordedDoor::ask(state::Ask what, int64_t id, std::string_view path, std::string& answer) {
  const bool found = host_.ask(what, id, path, answer);
  if (recorder_) {
    capture::RecordedAnswer a;
    a.ask = static_cast<uint16_t>(what);
    a.id = id;
    a.path = path;
    a.found = found;
    a.bytes = answer;
    (void)recorder_->append_answer(a);
  }
  return found;
}

Core::Core(pipeline::Options options, enrich::LinuxProcReader& host, enrich::Worker& worker, capture::RecordingWriter* recorder,
           deliver::Outbox& outbox, int wake_fd)
    : ring_(limits::kRingBytes), outbox_(outbox), host_(host), worker_(worker), recorder_(recorder), wake_fd_(wake_fd), door_(host, recorder),
      line_(std::move(options), door_, [this](const event::Event& e) { return write(e); }) {}

size_t Core::write(const event::Event& e) {
  writer_.clear();
  const size_t bytes = json::write_line(e, writer_);
  bool is_taken = outbox_.put(writer_.text());
  while (!is_taken && is_patient_.load(std::memory_order_acquire)) {
    ::usleep(1000);
    is_taken = outbox_.put(writer_.text());
  }
  refused_ += !is_taken;
  return bytes;
}

void Core::take(const audit::Frame& frame) {
  if (recorder_) (void)recorder_->append(frame);
  line_.push(frame);
}

/// Ahead of every frame: an exec's environment is in its ring before the first audit record of that exec exists.
void Core::take_urgent() {
  for (size_t i = 0; watch_ && i < watch_->ring_count(); ++i) {
    base::Ring& ring = watch_->ring(i);
    for (std::string_view bytes = ring.front(); bytes.data(); bytes = ring.front()) {
      audit::Frame frame;
      if (audit::decode_frame(bytes, frame)) take(frame);
      ring.release();
    }
  }
}

bool Core::take_frame() {
  const std::string_view bytes = ring_.front();
  if (!bytes.data()) return false;
  take_urgent();
  audit::Frame frame;
  if (audit::decode_frame(bytes, frame)) take(frame);
  ring_.release();
  return true;
}

bool Core::take_fact() {
  const std::string_view bytes = worker_.facts().front();
  if (!bytes.data()) return false;
  audit::Frame frame;
  if (audit::decode_frame(bytes, frame)) {
    host_.learn(frame.payload);
    take(frame);
  }
  worker_.facts().release();
  return true;
}

bool Core::take_observation() {
  if (!observer_) return false;
  const std::string_view bytes = observer_->frames().front();
  if (!bytes.data()) return false;
  audit::Frame frame;
  if (audit::decode_frame(bytes, frame)) take(frame);
  observer_->frames().release();
  return true;
}

void Core::order(audit::FrameKind kind, uint16_t type, std::string payload) {
  {
    const std::lock_guard<std::mutex> guard(orders_mutex_);
    if (orders_.size() < limits::kOrders)
      orders_.push_back({kind, type, std::move(payload)});
    else
      ++orders_refused_;
  }
  has_orders_.store(true, std::memory_order_release);
  const uint64_t one = 1;
  (void)!::write(wake_fd_, &one, sizeof one);
}

void Core::tell(const event::Event& e) {
  std::string packed;
  event::pack(e, packed);
  order(audit::FrameKind::observation, 0, std::move(packed));
}

bool Core::take_orders() {
  if (!has_orders_.exchange(false, std::memory_order_acq_rel)) return false;
  std::vector<Order> orders;
  uint64_t refused = 0;
  {
    const std::lock_guard<std::mutex> guard(orders_mutex_);
    orders.swap(orders_);
    refused = std::exchange(orders_refused_, 0);
  }
  for (const Order& o : orders) {
    audit::Frame frame;
    frame.kind = o.kind;
    frame.type = o.type;
    frame.received_ms = clock_.unix_ms();
    frame.payload = o.payload;
    take(frame);
  }
  take_loss(audit::GapCause::observer_full, refused);
  return true;
}

void Core::take_loss(audit::GapCause cause, uint64_t count) {
  if (!count) return;
  audit::GapFrame gap;
  gap.cause = static_cast<uint32_t>(cause);
  gap.count = count;
  audit::Frame frame;
  frame.kind = audit::FrameKind::gap;
  frame.payload = {reinterpret_cast<const char*>(&gap), sizeof gap};
  take(frame);
}

void Core::sleep() {
  if (!ring_.prepare_sleep()) return;
  if (worker_.facts().prepare_sleep() && (!observer_ || observer_->frames().prepare_sleep())) {
    pollfd p{wake_fd_, POLLIN, 0};
    (void)::poll(&p, 1, 1000);
    uint64_t count;
    (void)!::read(wake_fd_, &count, sizeof count);
  }
  ring_.awake();
  worker_.facts().awake();
  if (observer_) observer_->frames().awake();
}

/// Once a second, so that nothing is locked or copied for an event.
void Core::copy_figures() {
  ring_peak_ = std::max(ring_peak_, ring_.used());
  outbox_peak_ = std::max(outbox_peak_, outbox_.used());
  const int64_t now_ms = clock_.monotonic_ms();
  if (now_ms < next_figures_ms_) return;
  next_figures_ms_ = now_ms + kFiguresMs;
  using event::FieldId;
  report_.clear(event::EventType::sensor_heartbeat);
  line_.report(report_);
  const std::lock_guard<std::mutex> guard(figures_mutex_);
  figures_.records = report_.number(FieldId::sensor_records);
  figures_.events = report_.number(FieldId::sensor_events);
  figures_.lost = report_.number(FieldId::sensor_lost);
  figures_.processes = report_.number(FieldId::sensor_processes);
  figures_.bytes = report_.number(FieldId::sensor_bytes);
  figures_.folded = report_.number(FieldId::sensor_folded);
  figures_.suppressed = report_.number(FieldId::sensor_suppressed);
  figures_.bytes_by_type = report_.text(FieldId::sensor_bytes_by_type);
  for (size_t i = 0; i < figures_.lost_by.size(); ++i) figures_.lost_by[i] = line_.lost(static_cast<audit::GapCause>(i));
  figures_.canary = line_.canary();
  figures_.ring_peak = ring_peak_;
  figures_.outbox_peak = outbox_peak_;
}

Figures Core::figures() {
  const std::lock_guard<std::mutex> guard(figures_mutex_);
  return figures_;
}

void Core::run(int64_t start_ms, const std::string& how) {
  (void)::pthread_setname_np(::pthread_self(), "aurochs-core");
  line_.start(start_ms, how);
  uint64_t told = 0;
  bool must_gather = false;
  for (;;) {
    const bool stopping = stopping_.load(std::memory_order_acquire);
    turns_.fetch_add(1, std::memory_order_relaxed);
    bool any = take_frame();
    // Facts are seldom and late by nature: one between two batches of frames.
    for (int i = 0; i < 64 && any && take_frame(); ++i) {
    }
    any = take_fact() || any;
    any = take_observation() || any;
    any = take_orders() || any;
    take_loss(audit::GapCause::outbox_full, refused_ - std::exchange(told, refused_));
    if (save_ordered_.exchange(false, std::memory_order_acq_rel)) {
      auto saved = std::make_unique<Saved>(Saved{state::saved_processes(line_.lineage().table()), line_.logons()});
      const std::lock_guard<std::mutex> guard(saved_mutex_);
      saved_ = std::move(saved);
    }
    copy_figures();
    if (any) {
      must_gather = true;
      continue;
    }
    if (stopping) break;
    // One nap before the sleep: under load a wake-up for each record would cost more than the record.
    if (std::exchange(must_gather, false))
      ::usleep(kGatherUs);
    else
      sleep();
  }
  if (recorder_) {
    const std::string why = enrich::stop_sections(stop_reason_);
    audit::Frame frame;
    frame.kind = audit::FrameKind::host;
    frame.payload = why;
    (void)recorder_->append(frame);
  }
  line_.finish(stop_reason_);
  ended_.store(true, std::memory_order_release);
}

void Core::stop(std::string why) {
  stop_reason_ = std::move(why);
  is_patient_.store(true, std::memory_order_release);
  stopping_.store(true, std::memory_order_release);
  const uint64_t one = 1;
  (void)!::write(wake_fd_, &one, sizeof one);
}

std::unique_ptr<Saved> Core::take_saved() {
  const std::lock_guard<std::mutex> guard(saved_mutex_);
  return std::move(saved_);
}

}  // namespace aurochs::daemon
