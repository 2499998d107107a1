// SPDX-License-Identifier: Apache-2.0
#include "daemon/core.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <cstring>

#include "base/limits.h"
#include "enrich/host.h"

namespace aurochs::daemon {
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

void Core::order_policy(uint16_t type, std::string text) {
  {
    const std::lock_guard<std::mutex> guard(policy_mutex_);
    policy_type_ = type;
    policy_ = std::move(text);
  }
  policy_ordered_.store(true, std::memory_order_release);
  const uint64_t one = 1;
  (void)!::write(wake_fd_, &one, sizeof one);
}

bool Core::take_policy() {
  if (!policy_ordered_.exchange(false, std::memory_order_acq_rel)) return false;
  std::string text;
  audit::Frame frame;
  {
    const std::lock_guard<std::mutex> guard(policy_mutex_);
    text.swap(policy_);
    frame.type = policy_type_;
  }
  frame.kind = audit::FrameKind::policy;
  frame.received_ms = clock_.unix_ms();
  frame.payload = text;
  take(frame);
  return true;
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

void Core::run(int64_t start_ms, const std::string& how) {
  (void)::pthread_setname_np(::pthread_self(), "aurochs-core");
  line_.start(start_ms, how);
  uint64_t told = 0;
  for (;;) {
    const bool stopping = stopping_.load(std::memory_order_acquire);
    bool any = take_frame();
    // Facts are seldom and late by nature: one between two batches of frames.
    for (int i = 0; i < 64 && any && take_frame(); ++i) {
    }
    any = take_fact() || any;
    any = take_observation() || any;
    any = take_policy() || any;
    if (refused_ != told) {
      audit::GapFrame gap;
      gap.cause = static_cast<uint32_t>(audit::GapCause::outbox_full);
      gap.count = refused_ - told;
      told = refused_;
      audit::Frame frame;
      frame.kind = audit::FrameKind::gap;
      frame.payload = {reinterpret_cast<const char*>(&gap), sizeof gap};
      take(frame);
    }
    if (save_ordered_.exchange(false, std::memory_order_acq_rel)) {
      auto saved = std::make_unique<Saved>(Saved{state::saved_processes(line_.lineage().table()), line_.logons()});
      const std::lock_guard<std::mutex> guard(saved_mutex_);
      saved_ = std::move(saved);
    }
    if (any) continue;
    if (stopping) break;
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
