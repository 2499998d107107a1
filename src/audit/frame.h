// SPDX-License-Identifier: Apache-2.0
// Frame: one input of the line. capture writes frames into the ring, the core reads them; a recording is a
// file of the same frames (plus the answers of /proc), so that a replay feeds the line exactly what it was
// fed live. Everything that the line knows comes in as a frame or as an answer: it has no clock of its own.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace aurochs::audit {

enum class FrameKind : uint8_t {
  record = 1,    ///< one netlink record; type = record type; payload = text from "audit(" on
  line = 2,      ///< one line of a log: "[node=N ]type=T msg=audit(...): ..."; type unused
  gap = 3,       ///< payload = GapFrame: records or events were lost before this point
  process = 4,   ///< payload = ProcessFrame: the proc connector's word
  snapshot = 5,  ///< payload = Sections of /proc/PID; type: kSnapshot*
  fact = 6,      ///< payload = Sections: the worker's late answer (hash, user name)
  tick = 7,      ///< time passes without records; payload empty
  answer = 8,    ///< recordings only: what ProcReader answered; type = Ask
  host = 9,      ///< recordings only, first frame: Sections with identity and host facts
  policy = 11,   ///< type kPolicyTaken: payload = text of a new policy (govern/policy.h); kPolicyRefused: payload = why
  observation = 10,  ///< payload = a packed event (event/pack.h) of a source beside the audit stream
};

struct Frame {
  FrameKind kind = FrameKind::tick;
  uint16_t type = 0;
  int64_t received_ms = 0;  ///< CLOCK_REALTIME at capture; 0 for lines of a log
  std::string_view payload;
};

/// As it lies in the ring and in recordings, little endian: kind u8, zero u8, type u16, size u32, received_ms i64.
inline constexpr size_t kFrameHeadBytes = 16;
void encode_frame_head(const Frame& f, char* out);
/// False when `bytes` is not a whole, known frame.
bool decode_frame(std::string_view bytes, Frame& out);

enum class GapCause : uint8_t {
  ring_full,       ///< the core lagged; counted in records
  socket_drops,    ///< /proc/net/netlink Drops of our stream socket; records
  kernel_lost,     ///< AUDIT_GET lost; records
  truncated,       ///< records longer than the buffer
  serial_gap,      ///< serials never seen; audit events
  connector_drops, ///< proc connector messages; messages
  snapshot_budget, ///< /proc not read because of the budget; processes
  in_flight,       ///< assembler: event emitted early or cut because a bound was reached; audit events
  process_table,   ///< processes forgotten because the table was full; processes
  outbox_full,     ///< events that found no room on their way out; events
  not_a_record,    ///< input that is no audit record; lines
  jobs_full,       ///< hashing jobs refused; files
  observer_full,   ///< what sources beside the audit stream found and the ring refused; events
  held_full,       ///< events given out before their facts came, because too many waited; events
  source_drops,    ///< what the kernel could not queue for a source beside the audit stream; packets, messages
  relay_drops,     ///< aurochs-audisp could not hand on; records
  log_gap,         ///< the log of auditd went away before it was read to its end; bytes
  count_
};
std::string_view gap_cause_name(GapCause c);

/// Types of snapshot frames: a look at exec time, one of the sweep at start, and the urgent part of a look at exec time
/// (environ, stat, cgroup), taken while the process could not yet run.
inline constexpr uint16_t kSnapshotAtExec = 0, kSnapshotOfSweep = 1, kSnapshotUrgent = 2;

inline constexpr uint16_t kPolicyTaken = 0, kPolicyRefused = 1;

/// Payload of a gap frame.
struct GapFrame {
  uint32_t cause = 0;  ///< GapCause
  uint32_t reserved = 0;
  uint64_t count = 0;
};

enum class ProcessWhat : uint32_t { fork = 1, exec = 2, exit = 3, uid = 4, gid = 5, sid = 6, comm = 7, coredump = 8 };

/// Payload of a process frame (kernel drivers/connector/cn_proc.c, 2.6.15+). Thread events are not passed on.
struct ProcessFrame {
  uint32_t what = 0;     ///< ProcessWhat
  int32_t pid = 0;       ///< tgid; of the child for fork
  int32_t parent = 0;    ///< fork: parent's tgid
  uint32_t a = 0, b = 0; ///< exit: wait status, exit signal; uid/gid: real, effective
  uint32_t reserved = 0;
  uint64_t time_ns = 0;  ///< CLOCK_MONOTONIC of the kernel
};

// --- Sections: tag u8, three zero bytes, length u32, bytes; repeated.
enum class Tag : uint8_t {
  pid = 1, stat, status, environ, cgroup, exe, cwd, root, fd0, fd1, fd2, pidns, cmdline, loginuid, sessionid, mac_label,
  chrooted,       ///< "1" or "0": root differs from /proc/1/root by (dev, inode)
  host_comm, key, md5, sha1, sha256, name, size,
  file = 40,      ///< FileAnswer::Stat, of the path itself
  file_link,      ///< text of the link
  file_target,    ///< FileAnswer::Stat of what it resolves to
  file_target_path, magic, package, package_version,
  capability,     ///< extended attribute security.capability
  value,          ///< of a kernel parameter
  dev_id = 60, boot_id, boot_time_ms, ticks_per_second, uuid_seed, setting,  ///< setting: "wire_name=value", repeated
  policy, watches,  ///< texts: govern/policy.h, watch/table.h
};

class SectionWriter {
 public:
  explicit SectionWriter(std::string& out) : out_(out) {}
  void put(Tag tag, std::string_view bytes);
  /// The caller appends exactly `size` bytes to the string itself.
  void put_head(Tag tag, size_t size);

 private:
  std::string& out_;
};

class SectionReader {
 public:
  explicit SectionReader(std::string_view bytes) : rest_(bytes) {}
  /// Next section; false at the end or at the first damaged one.
  bool next(Tag& tag, std::string_view& bytes);

 private:
  std::string_view rest_;
};

}  // namespace aurochs::audit
