// SPDX-License-Identifier: Apache-2.0
#include "capture/exec_watch.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "capture/proc_connector.h"
#include "capture/proc_snapshot.h"

namespace aurochs::capture {
namespace {

constexpr uint32_t kWhatAt = 16 + 20;  // struct proc_event::what behind nlmsghdr and cn_msg
constexpr uint32_t kExec = 2;          // PROC_EVENT_EXEC

std::vector<int> online_cpus() {
  cpu_set_t set;
  std::vector<int> cpus;
  if (::sched_getaffinity(0, sizeof set, &set) < 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<size_t>(cpu), &set)) cpus.push_back(cpu);
  return cpus;
}

int64_t now_unix_ms() {
  timespec t{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &t);
  return int64_t{t.tv_sec} * 1000 + t.tv_nsec / 1000000;
}

}  // namespace

base::Status pass_execs_of_cpu(int fd, int cpu) {
  // BPF loads words in network order; the message is in the host's.
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kWhatAt),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(kExec), 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_CPU)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(cpu), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFFu),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  sock_fprog whole{};
  whole.len = sizeof program / sizeof *program;
  whole.filter = program;
  if (::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &whole, sizeof whole) < 0) return base::errno_error("proc connector: filter", errno);
  return base::Ok{};
}

base::Result<std::unique_ptr<ExecWatch>> ExecWatch::open() {
  const std::vector<int> cpus = online_cpus();
  if (cpus.empty() || cpus.size() > limits::kExecWatchCpus)
    return base::Error{0, "exec watch: " + std::to_string(cpus.size()) + " CPUs; environments of the shortest processes may be missed"};
  std::unique_ptr<ExecWatch> all(new ExecWatch);
  for (const int cpu : cpus) {
    auto fd = open_proc_connector();
    if (!fd) return fd.error();
    if (auto filtered = pass_execs_of_cpu(fd->get(), cpu); !filtered) return filtered.error();
    auto watch = std::make_unique<Watch>();
    watch->cpu = cpu;
    watch->fd = std::move(*fd);
    all->watches_.push_back(std::move(watch));
  }
  return all;
}

void ExecWatch::start() {
  for (auto& watch : watches_) watch->thread = std::thread([this, w = watch.get()] { run(*w); });
}

void ExecWatch::stop() {
  stop_.raise();
  for (auto& watch : watches_) {
    if (watch->thread.joinable()) watch->thread.join();
    if (watch->fd) leave_proc_connector(watch->fd.get());
    watch->fd.reset();
  }
}

void ExecWatch::pause(bool on) {
  sock_filter nothing[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
  sock_fprog whole{};
  whole.len = 1;
  whole.filter = nothing;
  for (auto& watch : watches_) {
    if (on)
      (void)::setsockopt(watch->fd.get(), SOL_SOCKET, SO_ATTACH_FILTER, &whole, sizeof whole);
    else
      (void)pass_execs_of_cpu(watch->fd.get(), watch->cpu);
  }
}

void ExecWatch::run(Watch& watch) {
  (void)::pthread_setname_np(::pthread_self(), "aurochs-exec");
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<size_t>(watch.cpu), &set);
  (void)::pthread_setaffinity_np(::pthread_self(), sizeof set, &set);
  (void)set_priority(Priority::realtime);
  char message[512];
  pollfd p[2] = {{watch.fd.get(), POLLIN, 0}, {stop_.fd(), POLLIN, 0}};
  while (!stop_.raised()) {
    if (::poll(p, 2, -1) < 0) continue;
    sockaddr_nl sender{};
    socklen_t sender_size = sizeof sender;
    const ssize_t n = ::recvfrom(watch.fd.get(), message, sizeof message, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&sender), &sender_size);
    audit::ProcessFrame exec;
    if (n <= 0 || sender.nl_pid != 0 || decode_connector({message, static_cast<size_t>(n)}, exec) != ConnectorWord::process) continue;
    char* const frame = watch.ring.reserve(audit::kFrameHeadBytes + kSnapshotBytes);
    size_t used = 0;
    if (frame) watch.look.read(exec.pid, frame + audit::kFrameHeadBytes, kSnapshotBytes, used);
    if (!used) {
      watch.missed.add();
      continue;
    }
    audit::Frame head;
    head.kind = audit::FrameKind::snapshot;
    head.type = audit::kSnapshotUrgent;
    head.received_ms = now_unix_ms();
    head.payload = {frame + audit::kFrameHeadBytes, used};
    audit::encode_frame_head(head, frame);
    // The core is not woken: the audit records of this exec will do that.
    (void)watch.ring.commit(audit::kFrameHeadBytes + used);
    watch.seen.add();
  }
}

uint64_t ExecWatch::seen() const {
  uint64_t sum = 0;
  for (const auto& watch : watches_) sum += watch->seen.value();
  return sum;
}

uint64_t ExecWatch::missed() const {
  uint64_t sum = 0;
  for (const auto& watch : watches_) sum += watch->missed.value();
  return sum;
}

}  // namespace aurochs::capture
