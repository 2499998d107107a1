// SPDX-License-Identifier: Apache-2.0
#include "observe/observer.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "audit/frame.h"
#include "base/limits.h"
#include "event/pack.h"

namespace aurochs::observe {
namespace {

constexpr const char* kNames[] = {"utmp", "auth_log", "logind", "sockets", "dns", "links", "uevents", "kernel_log", "accounts", "mounts", "kernel_state", "package_log", "process_scan", "process_poll", "socket_inventory", "critical_files"};

template <class Tuple, class Visit, size_t... I>
void each_of(Tuple& t, Visit visit, std::index_sequence<I...>) {
  (visit(std::get<I>(t), I), ...);
}
template <class Tuple, class Visit>
void each(Tuple& t, Visit visit) {
  each_of(t, visit, std::make_index_sequence<std::tuple_size_v<Tuple>>());
}

/// What a source counted as lost since the last call; most have nothing to count.
template <class Source>
auto losses_of(Source& source, int) -> decltype(source.take_losses()) {
  return source.take_losses();
}
template <class Source>
uint64_t losses_of(Source&, long) {
  return 0;
}

}  // namespace

Observer::Observer(const Options& options, int wake_fd)
    : options_(options), wake_fd_(::dup(wake_fd)), stop_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), ring_(limits::kObserverRingBytes) {
  options_.polling = &polling_;
}

base::Status Observer::start() {
  static_assert(sizeof kNames / sizeof *kNames == kSources);
  each(sources_, [&](auto& source, size_t i) {
    auto opened = source.open(options_);
    is_open_[i] = static_cast<bool>(opened);
    if (!opened) blind_.push_back(std::string(kNames[i]) + ": " + opened.error().message);
  });
  thread_ = std::thread([this] { run(); });
  return base::Ok{};
}

void Observer::stop() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  (void)!::write(stop_fd_.get(), &one, sizeof one);
  thread_.join();
}

void Observer::run() {
  (void)::pthread_setname_np(::pthread_self(), "aurochs-observe");
  (void)::setpriority(PRIO_PROCESS, 0, 10);
  const Sink sink = [this](const event::Event& e) { put(e); };
  int64_t due_ms[kSources] = {};
  pollfd fds[kSources + 1];
  for (;;) {
    const int64_t now_ms = options_.clock->monotonic_ms();
    int64_t next_ms = now_ms + 60000;
    each(sources_, [&](auto& source, size_t i) {
      fds[i] = {is_open_[i] ? source.fd() : -1, POLLIN | POLLPRI, 0};
      if (!is_open_[i]) return;
      if (now_ms >= due_ms[i]) due_ms[i] = source.poll(now_ms, sink);
      next_ms = std::min(next_ms, due_ms[i]);
    });
    fds[kSources] = {stop_fd_.get(), POLLIN, 0};
    each(sources_, [&](auto& source, size_t) { dropped_ += losses_of(source, 0); });
    put_losses(audit::GapCause::observer_full, lost_);
    put_losses(audit::GapCause::source_drops, dropped_);
    const int64_t wait_ms = std::clamp<int64_t>(next_ms - options_.clock->monotonic_ms(), 0, 60000);
    (void)::poll(fds, kSources + 1, static_cast<int>(wait_ms));
    if (fds[kSources].revents) return;
    each(sources_, [&](auto& source, size_t i) {
      if (fds[i].fd >= 0 && fds[i].revents) source.take(sink);
    });
  }
}

bool Observer::commit(uint8_t kind, std::string_view payload) {
  char* const room = ring_.reserve(audit::kFrameHeadBytes + payload.size());
  if (!room) return false;
  audit::Frame frame;
  frame.kind = static_cast<audit::FrameKind>(kind);
  frame.received_ms = options_.clock->unix_ms();
  frame.payload = payload;
  audit::encode_frame_head(frame, room);
  std::memcpy(room + audit::kFrameHeadBytes, payload.data(), payload.size());
  if (ring_.commit(audit::kFrameHeadBytes + payload.size())) {
    const uint64_t one = 1;
    (void)!::write(wake_fd_.get(), &one, sizeof one);
  }
  return true;
}

void Observer::put(const event::Event& e) {
  packed_.clear();
  event::pack(e, packed_);
  lost_ += !commit(static_cast<uint8_t>(audit::FrameKind::observation), packed_);
}

void Observer::put_losses(audit::GapCause cause, uint64_t& count) {
  if (!count) return;
  audit::GapFrame gap;
  gap.cause = static_cast<uint32_t>(cause);
  gap.count = count;
  if (commit(static_cast<uint8_t>(audit::FrameKind::gap), {reinterpret_cast<const char*>(&gap), sizeof gap})) count = 0;
}

}  // namespace aurochs::observe
