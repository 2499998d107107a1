// SPDX-License-Identifier: Apache-2.0
#include "capture/stream.h"

#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "audit/record_types.h"
#include "audit/syscalls.h"
#include "base/text.h"
#include "capture/feed.h"
#include "capture/proc_connector.h"

namespace aurochs::capture {
namespace {
using audit::FrameKind;
using audit::GapCause;

constexpr size_t kNetlinkHead = 16;
constexpr int kBatchRecords = 256;   // then time and the stop signal are looked at: 2 ms at 130 000 records/s
constexpr int kBatchesAfterStop = 64;  // 16 384 records: about what the socket can hold
constexpr int kRecordsPerLook = 16;  // one call's; then the connector is looked at: 10 us
constexpr int kConnectorBurst = 64;  // messages in a row while records wait
constexpr int kMessagesPerCall = 16;
constexpr int kGatherMs = 1;
constexpr size_t kConnectorBytes = 1024;  // 76 today
constexpr size_t kGapRoom = static_cast<size_t>(GapCause::count_) * (audit::kFrameHeadBytes + sizeof(audit::GapFrame) + 8);
constexpr size_t kSyscallScanBytes = 512;  // arch= to pid= take 300 at most
constexpr uint16_t kUserOld = 1005, kFirstRecord = 1100;

int64_t clock_us(clockid_t clock) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return int64_t{t.tv_sec} * 1000000 + t.tv_nsec / 1000;
}

uint64_t inode_of(int fd) {
  struct stat st;
  return ::fstat(fd, &st) == 0 ? st.st_ino : 0;
}

/// Replies, acks and AUDIT_REPLACE (the kernel's ping before it lets another daemon in) carry no text.
bool is_record(uint16_t type) {
  return (type >= kFirstRecord && type != audit::type::kReplace) || type == audit::type::kLogin || type == kUserOld;
}

std::string_view value_of(std::string_view text, std::string_view key) {
  const size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + key.size());
  return text.substr(0, text.find(' '));
}

std::string_view next_word(std::string_view& line) {
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  return base::next_piece(line, ' ');
}

}  // namespace

// --- FrameWriter

char* FrameWriter::reserve(size_t payload_bytes) {
  const size_t bytes = audit::kFrameHeadBytes + payload_bytes;
  if (has_losses_.load(std::memory_order_acquire)) {
    // Not one gap before there is room for a frame behind it too: gaps alone would fill the ring.
    if (!ring_.reserve(bytes + kGapRoom)) return nullptr;
    write_gaps();
  }
  frame_ = ring_.reserve(bytes);
  return frame_ ? frame_ + audit::kFrameHeadBytes : nullptr;
}

void FrameWriter::commit(FrameKind kind, uint16_t type, size_t payload_bytes) {
  audit::Frame frame;
  frame.kind = kind;
  frame.type = type;
  frame.received_ms = clock_us(CLOCK_REALTIME_COARSE) / 1000;
  frame.payload = {frame_ + audit::kFrameHeadBytes, payload_bytes};
  audit::encode_frame_head(frame, frame_);
  if (ring_.commit(audit::kFrameHeadBytes + payload_bytes)) must_wake_ = true;
}

bool FrameWriter::put(FrameKind kind, uint16_t type, std::string_view payload) {
  char* out = reserve(payload.size());
  if (!out) {
    lose_frame();
    return false;
  }
  std::memcpy(out, payload.data(), payload.size());
  commit(kind, type, payload.size());
  return true;
}

void FrameWriter::report_loss(GapCause cause, uint64_t count) {
  if (!count) return;
  losses_[static_cast<size_t>(cause)].fetch_add(count, std::memory_order_relaxed);
  has_losses_.store(true, std::memory_order_release);
}

void FrameWriter::write_gaps() {
  has_losses_.store(false, std::memory_order_seq_cst);
  for (size_t i = 0; i < losses_.size(); ++i) {
    audit::GapFrame gap;
    gap.cause = static_cast<uint32_t>(i);
    gap.count = losses_[i].exchange(0, std::memory_order_acq_rel);
    if (!gap.count) continue;
    frame_ = ring_.reserve(audit::kFrameHeadBytes + sizeof gap);
    std::memcpy(frame_ + audit::kFrameHeadBytes, &gap, sizeof gap);
    commit(FrameKind::gap, 0, sizeof gap);
  }
}

void FrameWriter::pass_time(bool arrived) {
  const int64_t now_ms = clock_us(CLOCK_MONOTONIC_COARSE) / 1000;
  if (arrived) {
    quiet_ticks_ = 0;
    if (now_ms - last_tick_ms_ < kSlowTickMs) return;
  } else if (quiet_ticks_ < kQuickTicks) {
    ++quiet_ticks_;
  }
  last_tick_ms_ = now_ms;
  if (reserve(0)) commit(FrameKind::tick, 0, 0);  // a full ring has other frames that tell the time
}

void FrameWriter::wake() {
  if (!must_wake_) return;
  must_wake_ = false;
  const uint64_t one = 1;
  (void)!::write(wake_fd_, &one, sizeof one);
}

// --- StopSignal

StopSignal::StopSignal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void StopSignal::raise() {
  raised_.store(true, std::memory_order_release);
  const uint64_t one = 1;
  (void)!::write(fd_.get(), &one, sizeof one);
}

void StopSignal::lower() {
  uint64_t count = 0;
  (void)!::read(fd_.get(), &count, sizeof count);
  raised_.store(false, std::memory_order_release);
}

// --- DatagramBatch

DatagramBatch::DatagramBatch(size_t count, size_t bytes) : buffer_(new char[count * bytes]), parts_(count), senders_(count), messages_(count) {
  for (size_t i = 0; i < count; ++i) {
    parts_[i] = {buffer_.get() + i * bytes, bytes};
    msghdr& head = messages_[i].msg_hdr;
    head.msg_name = &senders_[i];
    head.msg_iov = &parts_[i];
    head.msg_iovlen = 1;
  }
}

int DatagramBatch::receive_some(int fd) {
  if (has_recvmmsg_) {
    const int n = ::recvmmsg(fd, messages_.data(), static_cast<unsigned>(messages_.size()), MSG_DONTWAIT, nullptr);
    if (n >= 0 || errno != ENOSYS) return n;
    has_recvmmsg_ = false;
  }
  const ssize_t n = ::recvmsg(fd, &messages_[0].msg_hdr, MSG_DONTWAIT);
  if (n < 0) return -1;
  messages_[0].msg_len = static_cast<unsigned>(n);
  return 1;
}

DatagramBatch::Took DatagramBatch::receive(int fd) {
  for (size_t i = 0; i < messages_.size(); ++i) messages_[i].msg_hdr.msg_namelen = sizeof(sockaddr_nl);
  const int n = receive_some(fd);
  size_ = static_cast<size_t>(std::max(n, 0));
  if (n > 0) return Took::messages;
  if (n == 0 || errno == EAGAIN || errno == EINTR) return Took::nothing;
  return errno == ENOBUFS ? Took::overflow : Took::failure;
}

// --- Stream

Stream::Stream(int audit_fd, int connector_fd, base::Ring& ring, int wake_fd, SnapshotScope scope, SenderCheck check)
    : audit_(audit_fd),
      connector_(connector_fd),
      changes_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      audit_inode_(inode_of(audit_fd)),
      connector_inode_(inode_of(connector_fd)),
      scope_(scope),
      check_(check),
      frames_(ring, wake_fd),
      records_(kRecordsPerLook, kNetlinkHead + limits::kRecordBytes),
      messages_(kMessagesPerCall, kConnectorBytes) {}

Stream::~Stream() {
  if (connector_) leave_proc_connector(connector_.get());
}

void Stream::use(int audit_fd, std::unique_ptr<Feed> feed, const std::vector<std::string>& early) {
  audit_.reset(audit_fd);
  audit_inode_ = inode_of(audit_fd);
  feed_ = std::move(feed);
  has_failed_.store(false, std::memory_order_release);
  asker_.store(0, std::memory_order_release);
  stop_.lower();
  for (const std::string& datagram : early) take_record(datagram, true);
}

void Stream::run() {
  int batches_after_stop = 0;
  bool arrived = false;
  for (;;) {
    pollfd fds[3 + Feed::kMaxFds] = {{stop_.fd(), POLLIN, 0}, {connector_.get(), POLLIN, 0}, {audit_.get(), POLLIN, 0}};
    nfds_t count = 3;
    int wait_ms = frames_.wait_ms();
    if (feed_) {
      const int64_t now_ms = clock_us(CLOCK_MONOTONIC) / 1000;
      count += feed_->wait_for(fds + count, now_ms);
      if (const int feed_ms = feed_->wait_ms(now_ms); feed_ms >= 0) wait_ms = std::min(wait_ms, feed_ms);
    }
    // Where nobody waits for our look at /proc, what comes is let gather: a wake-up for each record costs more than the record.
    if (arrived && scope_ == SnapshotScope::none)
      (void)::poll(fds, 1, kGatherMs);
    else
      (void)::poll(fds, count, wait_ms);
    if (feed_ && stop_.raised()) feed_->finish();
    bool must_wait = false;
    const bool is_without_room = is_full(clock_us(CLOCK_MONOTONIC), must_wait);
    if (must_wait) {
      frames_.wake();
      (void)::poll(fds, 1, 1);
      continue;
    }
    arrived = take_batch(is_without_room);
    if (!arrived) report_skipped_snapshots();
    frames_.pass_time(arrived);
    frames_.wake();
    if (stop_.raised() && ((!arrived && !is_without_room) || ++batches_after_stop == kBatchesAfterStop)) return;
    if (is_without_room) (void)::poll(fds, 1, 1);
  }
}

/// The core lags: what comes waits in the socket for a moment rather than be lost. Only for a moment: from half full on,
/// netlink_broadcast makes the kernel's audit thread wait for us (net/netlink/af_netlink.c), and so in the end the host.
bool Stream::is_full(int64_t now_us, bool& must_wait) {
  if (frames_.has_room(2 * kSnapshotBytes)) {
    full_since_us_ = 0;
    return false;
  }
  if (!full_since_us_) full_since_us_ = now_us;
  must_wait = now_us - full_since_us_ < limits::kRingPatienceUs;
  return true;
}

bool Stream::take_batch(bool is_full) {
  bool arrived = false;
  for (int i = 0; i < kBatchRecords; i += kRecordsPerLook) {
    for (int k = 0; k < kConnectorBurst && take_connector_messages(); k += kMessagesPerCall) arrived = true;
    if (!(feed_ ? take_lines(is_full) : take_records())) break;
    arrived = true;
  }
  return arrived;
}

/// A log, and a relay with its own queue, wait for a ring that is full; a pipe or socket of auditd's would lose for others.
bool Stream::take_lines(bool is_full) {
  if (feed_->is_patient() && (is_full || !frames_.has_room(2 * kSnapshotBytes))) return false;
  return feed_->take(clock_us(CLOCK_MONOTONIC) / 1000, frames_, counters_);
}

/// False: nothing came.
bool Stream::take_records() {
  if (!audit_) return false;
  const DatagramBatch::Took took = records_.receive(audit_.get());
  if (took == DatagramBatch::Took::failure) {
    audit_.reset();
    has_failed_.store(true, std::memory_order_release);
  }
  if (took == DatagramBatch::Took::overflow) counters_.audit_overflows.add();
  for (size_t i = 0; i < records_.size(); ++i)
    if (!is_foreign(records_, i)) take_record(records_.bytes(i), records_.is_whole(i));
  return took == DatagramBatch::Took::messages || took == DatagramBatch::Took::overflow;
}

bool Stream::take_connector_messages() {
  if (!connector_) return false;
  const DatagramBatch::Took took = messages_.receive(connector_.get());
  if (took == DatagramBatch::Took::failure) {
    counters_.receive_errors.add();
    connector_.reset();
  }
  if (took == DatagramBatch::Took::overflow) {
    counters_.connector_overflows.add();
    frames_.report_loss(GapCause::connector_drops, 1);  // how many is unknown
  }
  for (size_t i = 0; i < messages_.size(); ++i)
    if (!is_foreign(messages_, i)) take_connector_message(messages_.bytes(i));
  return took == DatagramBatch::Took::messages;
}

bool Stream::is_foreign(const DatagramBatch& batch, size_t i) {
  if (check_ == SenderCheck::none || batch.is_from_kernel(i)) return false;
  counters_.foreign_senders.add();
  return true;
}

void Stream::take_record(std::string_view datagram, bool is_whole) {
  if (datagram.size() < kNetlinkHead) return;
  // nlmsg_len is not to be believed: the kernel gives the payload's length in unicast records, and 16 in multicast
  // ones of 3.16 and 3.17. One datagram is one record.
  nlmsghdr netlink;
  std::memcpy(&netlink, datagram.data(), sizeof netlink);
  const uint16_t type = netlink.nlmsg_type;
  std::string_view text = datagram.substr(kNetlinkHead);
  if (!is_record(type)) {
    // The kernel asks whether we are alive before it tells another daemon that the stream is taken (4.6, RHEL 7).
    uint32_t asker = 0;
    if (type == audit::type::kReplace && text.size() >= sizeof asker) {
      std::memcpy(&asker, text.data(), sizeof asker);
      asker_.store(asker, std::memory_order_release);
    }
    return counters_.control_messages.add();
  }
  counters_.records.add();
  counters_.bytes.add(text.size());
  if (!is_whole) {
    counters_.truncated.add();
    return frames_.report_loss(GapCause::truncated, 1);
  }
  while (!text.empty() && (text.back() == '\0' || text.back() == '\n')) text.remove_suffix(1);
  frames_.put(FrameKind::record, type, text);
  if (type == audit::type::kConfigChange) {
    const uint64_t one = 1;
    (void)!::write(changes_.get(), &one, sizeof one);
  }
  const bool is_trigger = (!connector_ || !looks_at_all_.load(std::memory_order_relaxed)) && type == audit::type::kSyscall;
  if (const pid_t exec = is_trigger ? exec_pid_of_record(text) : 0) snapshot(exec);
}

void Stream::take_connector_message(std::string_view datagram) {
  counters_.connector_messages.add();
  audit::ProcessFrame process;
  const ConnectorWord word = decode_connector(datagram, process);
  if (word == ConnectorWord::damaged) counters_.connector_damaged.add();
  if (word != ConnectorWord::process) return;
  // The snapshot goes first: a frame more before it costs a microsecond of a race.
  if (process.what == static_cast<uint32_t>(audit::ProcessWhat::exec) && scope_ != SnapshotScope::none && looks_at_all_.load(std::memory_order_relaxed)) snapshot(process.pid);
  frames_.put(FrameKind::process, 0, {reinterpret_cast<const char*>(&process), sizeof process});
}

void Stream::report_skipped_snapshots() {
  frames_.report_loss(GapCause::snapshot_budget, budget_skipped_);
  budget_skipped_ = 0;
}

bool Stream::is_within_budget(int64_t now_us) {
  if (now_us - budget_second_us_ >= 1000000) {
    budget_second_us_ = now_us;
    budget_spent_us_ = 0;
    report_skipped_snapshots();
  }
  return budget_spent_us_ < limits::kSnapshotBudgetUsPerSecond;
}

void Stream::snapshot(pid_t pid) {
  const int64_t start_us = clock_us(CLOCK_MONOTONIC);
  if (!is_within_budget(start_us)) {
    counters_.snapshots_skipped.add();
    ++budget_skipped_;
    return;
  }
  char* out = frames_.reserve(kSnapshotBytes);
  if (!out) return frames_.lose_frame();
  size_t used = 0;
  counters_.snapshots.add();
  const SnapshotScope scope = scope_ == SnapshotScope::none ? SnapshotScope::full : scope_;  // asked for by a record
  if (!read_snapshot(pid, scope, out, kSnapshotBytes, used)) counters_.snapshot_misses.add();
  if (used) frames_.commit(FrameKind::snapshot, audit::kSnapshotAtExec, used);
  budget_spent_us_ += clock_us(CLOCK_MONOTONIC) - start_us;
}

pid_t exec_pid_of_record(std::string_view text) {
  text = text.substr(0, kSyscallScanBytes);
  uint64_t architecture = 0, number = 0, pid = 0;
  if (!base::parse_hex_u64(value_of(text, " arch="), architecture)) return 0;
  if (!base::parse_u64(value_of(text, " syscall="), number)) return 0;
  const audit::Syscall syscall = audit::syscall_of(static_cast<uint32_t>(architecture), static_cast<uint32_t>(number));
  if (syscall != audit::Syscall::execve && syscall != audit::Syscall::execveat) return 0;
  if (value_of(text, " success=") != "yes") return 0;
  return base::parse_u64(value_of(text, " pid="), pid) ? static_cast<pid_t>(pid) : 0;
}

// --- host

Priority set_priority(Priority wanted) {
  sched_param parameter{};
  if (wanted == Priority::realtime) {
    parameter.sched_priority = 1;
    if (::sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &parameter) == 0) return Priority::realtime;
  }
  if (wanted == Priority::normal) return Priority::normal;
  const auto thread = static_cast<id_t>(::syscall(SYS_gettid));
  return ::setpriority(PRIO_PROCESS, thread, -20) == 0 ? Priority::nice : Priority::normal;
}

bool find_netlink_drops(std::string_view table, uint64_t socket_inode, uint64_t& drops) {
  std::string_view header = base::next_piece(table, '\n');
  size_t drops_column = SIZE_MAX, inode_column = SIZE_MAX, column = 0;
  for (std::string_view word = next_word(header); !word.empty(); word = next_word(header), ++column) {
    if (word == "Drops") drops_column = column;
    if (word == "Inode") inode_column = column;
  }
  while (!table.empty()) {
    std::string_view line = base::next_piece(table, '\n');
    uint64_t row_drops = 0, row_inode = 0;
    bool has_drops = false;
    column = 0;
    for (std::string_view word = next_word(line); !word.empty(); word = next_word(line), ++column) {
      if (column == drops_column) has_drops = base::parse_u64(word, row_drops);
      if (column == inode_column && !base::parse_u64(word, row_inode)) row_inode = 0;
    }
    if (!has_drops || row_inode != socket_inode || !socket_inode) continue;
    drops = row_drops;
    return true;
  }
  return false;
}

base::Result<uint64_t> netlink_drops(uint64_t socket_inode) {
  constexpr size_t kTableBytes = 4u << 20;
  auto table = base::read_file("/proc/net/netlink", kTableBytes);
  if (!table) return table.error();
  uint64_t drops = 0;
  if (find_netlink_drops(*table, socket_inode, drops)) return drops;
  return base::Error{0, "/proc/net/netlink: no row with Drops for our socket; losses show as holes in the serials only"};
}

}  // namespace aurochs::capture
