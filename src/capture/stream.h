// SPDX-License-Identifier: Apache-2.0
// Stream: the capture thread. It copies what the kernel says into the ring as frames and reads /proc/PID at exec.
// It never waits for anybody: what finds no room is counted and told in band as a gap, ahead of the next frame.
// run() never allocates, locks, logs or parses (but for the syscall number and pid where there is no connector).
// FrameWriter is the producer's end of the ring, shared by the readers of this room.
#pragma once
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "audit/frame.h"
#include "base/fd.h"
#include "base/ring.h"
#include "capture/proc_snapshot.h"

namespace aurochs::capture {

/// One thread counts, any thread reads.
class Counter {
 public:
  void add(uint64_t n = 1) { value_.store(value() + n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

/// Frames into the ring, and losses as gap frames. One producer thread; report_loss() from any thread.
class FrameWriter {
 public:
  /// wake_fd: the eventfd on which the core sleeps; not owned.
  FrameWriter(base::Ring& ring, int wake_fd) : ring_(ring), wake_fd_(wake_fd) {}

  /// Room for a payload of up to `payload_bytes`, preceded in memory by kFrameHeadBytes of room for its head, which
  /// may be used until commit(). nullptr: the ring is full, and the caller says what is lost.
  char* reserve(size_t payload_bytes);
  void commit(audit::FrameKind kind, uint16_t type, size_t payload_bytes);
  /// reserve, copy and commit; a full ring is counted as a loss of one.
  bool put(audit::FrameKind kind, uint16_t type, std::string_view payload);
  /// Something is lost at this place of the stream: a gap frame stands before the next frame.
  void report_loss(audit::GapCause cause, uint64_t count);
  void lose_frame() {
    ring_full.add();
    report_loss(audit::GapCause::ring_full, 1);
  }

  /// After each wait: writes a tick frame when it is due. A quiet stream is told of three times in kQuietMs, then once
  /// a second, so that an idle host stays idle; a busy one once a second.
  void pass_time(bool arrived);
  int wait_ms() const { return quiet_ticks_ < kQuickTicks ? kQuickTickMs : kSlowTickMs; }
  /// Wakes the core when a commit found it asleep. Once a batch: an eventfd write costs more than a frame.
  void wake();
  bool has_room(size_t bytes) const { return ring_.used() + bytes < ring_.capacity(); }

  Counter ring_full;  ///< frames refused by the ring

 private:
  static constexpr int kQuickTickMs = static_cast<int>(limits::kQuietMs / 3), kSlowTickMs = 1000, kQuickTicks = 6;
  void write_gaps();

  base::Ring& ring_;
  const int wake_fd_;
  char* frame_ = nullptr;  ///< the newest reservation
  bool must_wake_ = false;
  int quiet_ticks_ = 0;
  int64_t last_tick_ms_ = 0;
  std::atomic<bool> has_losses_{false};
  std::array<std::atomic<uint64_t>, static_cast<size_t>(audit::GapCause::count_)> losses_{};
};

/// stop, asked for by any thread: a flag, and a descriptor that becomes readable for the thread that waits in poll.
class StopSignal {
 public:
  StopSignal();
  void raise();
  void lower();
  bool raised() const { return raised_.load(std::memory_order_acquire); }
  int fd() const { return fd_.get(); }

 private:
  base::UniqueFd fd_;
  std::atomic<bool> raised_{false};
};

struct StreamCounters {
  Counter records, bytes;
  Counter control_messages;     ///< netlink messages that are no records
  Counter truncated;            ///< records longer than kRecordBytes
  Counter foreign_senders;      ///< datagrams that did not come from the kernel
  Counter audit_overflows;      ///< ENOBUFS; how many records is told by netlink_drops() only
  Counter connector_messages, connector_overflows, connector_damaged;
  Counter snapshots;            ///< /proc read at exec
  Counter snapshot_misses;      ///< the process had exited before its environment was read
  Counter snapshots_skipped;    ///< because of kSnapshotBudgetUsPerSecond
  Counter receive_errors;       ///< the connector failed for good and is no longer read
};

enum class SenderCheck : uint8_t {
  kernel_only,  ///< port id 0: any process may send to a netlink socket of root's on old kernels
  none,         ///< for tests, whose descriptors are no netlink sockets
};

/// Datagrams of one socket, as many as one system call gives: at 1 us a call and 0.3 us a record, one by one is three quarters
/// of the capture thread's work. One thread; nothing is allocated after construction.
class DatagramBatch {
 public:
  /// Up to `count` datagrams of `bytes`, the netlink head included.
  DatagramBatch(size_t count, size_t bytes);

  enum class Took : uint8_t { nothing, messages, overflow, failure };
  /// Never blocks. overflow: ENOBUFS; failure: the socket gives nothing any more.
  Took receive(int fd);
  size_t size() const { return size_; }
  std::string_view bytes(size_t i) const { return {static_cast<const char*>(parts_[i].iov_base), std::min<size_t>(messages_[i].msg_len, parts_[i].iov_len)}; }
  bool is_whole(size_t i) const { return !(messages_[i].msg_hdr.msg_flags & MSG_TRUNC); }
  /// Sent by port 0.
  bool is_from_kernel(size_t i) const { return messages_[i].msg_hdr.msg_namelen == sizeof(sockaddr_nl) && senders_[i].nl_pid == 0; }

 private:
  int receive_some(int fd);

  const std::unique_ptr<char[]> buffer_;
  std::vector<iovec> parts_;
  std::vector<sockaddr_nl> senders_;
  std::vector<mmsghdr> messages_;
  size_t size_ = 0;
  bool has_recvmmsg_ = true;  ///< 2.6.33; until one call says ENOSYS
};

class Feed;

class Stream {
 public:
  /// Owns both descriptors (audit_fd of multicast or unicast; connector_fd may be -1: then the audit record of an exec
  /// triggers its snapshot).
  Stream(int audit_fd, int connector_fd, base::Ring& ring, int wake_fd, SnapshotScope scope = SnapshotScope::full,
         SenderCheck check = SenderCheck::kernel_only);
  ~Stream();

  /// While run() is not: records come from there from now on. audit_fd -1: from the feed alone. The connector stays.
  /// early: datagrams of that socket which somebody has read already.
  void use(int audit_fd, std::unique_ptr<Feed> feed, const std::vector<std::string>& early = {});
  /// The capture thread's life; returns after stop(), when what had come till then is in the ring. May be called again.
  void run();
  void stop() { stop_.raise(); }  ///< any thread
  /// Becomes readable when a CONFIG_CHANGE record passed: rules or settings of audit may be others now. read() clears it.
  int changes_fd() const { return changes_.get(); }
  /// Any thread. Off: /proc is read for those execs only of which audit has a record, once that came.
  void look_at_all_execs(bool on) { looks_at_all_.store(on, std::memory_order_relaxed); }
  /// A loss seen elsewhere (Drops of our sockets, AUDIT_GET lost), to be told in band; any thread.
  void report_loss(audit::GapCause cause, uint64_t count) { frames_.report_loss(cause, count); }

  const StreamCounters& counters() const { return counters_; }
  uint64_t ring_full() const { return frames_.ring_full.value(); }
  /// For netlink_drops(); 0 where there is no connector.
  uint64_t audit_inode() const { return audit_inode_; }
  uint64_t connector_inode() const { return connector_inode_; }
  const Feed* feed() const { return feed_.get(); }
  /// The kernel asked whether we still hold the unicast stream: PID of who wants it, 0: nobody has asked since.
  uint32_t take_asker() { return asker_.exchange(0, std::memory_order_acq_rel); }
  /// The audit socket gives nothing any more.
  bool has_failed() const { return has_failed_.load(std::memory_order_acquire); }

 private:
  bool take_batch(bool is_full);
  bool is_full(int64_t now_us, bool& must_wait);
  bool take_lines(bool is_full);
  bool take_records();
  bool take_connector_messages();
  bool is_foreign(const DatagramBatch& batch, size_t i);
  void take_record(std::string_view datagram, bool is_whole);
  void take_connector_message(std::string_view datagram);
  void snapshot(pid_t pid);
  bool is_within_budget(int64_t now_us);
  int64_t full_since_us_ = 0;  ///< 0: the ring has room
  void report_skipped_snapshots();

  std::atomic<bool> looks_at_all_{true};
  base::UniqueFd audit_, connector_, changes_;
  std::unique_ptr<Feed> feed_;
  uint64_t audit_inode_;
  const uint64_t connector_inode_;
  std::atomic<uint32_t> asker_{0};
  std::atomic<bool> has_failed_{false};
  const SnapshotScope scope_;
  const SenderCheck check_;
  FrameWriter frames_;
  StreamCounters counters_;
  StopSignal stop_;
  int64_t budget_second_us_ = 0, budget_spent_us_ = 0;
  uint64_t budget_skipped_ = 0;
  DatagramBatch records_, messages_;
};

/// Pid of a successful exec if `text`, a SYSCALL record, is one; else 0.
pid_t exec_pid_of_record(std::string_view text);

enum class Priority : uint8_t { realtime, nice, normal };
/// For the calling thread; answers what it got. realtime is SCHED_RR 1: reading environ at an exec of a program that
/// exits at once came in time for 97 % of them, without it for 70 % (2 CPUs, 6.18). It falls back to nice -20 (no
/// CAP_SYS_NICE, or CONFIG_RT_GROUP_SCHED without a share for our cgroup, as on RHEL 7).
Priority set_priority(Priority wanted);

/// Column Drops of /proc/net/netlink for the socket of that inode: exact on every kernel, where ENOBUFS stands for any
/// number of drops. Main thread.
base::Result<uint64_t> netlink_drops(uint64_t socket_inode);
bool find_netlink_drops(std::string_view table, uint64_t socket_inode, uint64_t& drops);

}  // namespace aurochs::capture
