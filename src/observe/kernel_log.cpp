// SPDX-License-Identifier: Apache-2.0
#include "observe/kernel_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {
using event::EventType;
using event::FieldId;
using std::string_view;

constexpr int64_t kFaultMs = 1000;  // the lines of one fault come within so much
constexpr int64_t kLookMs = 5000;   // an end that never came is noticed so late
constexpr size_t kRecordsAtOnce = 1024;

struct Kind {
  string_view begin, name;
};
// Beginnings of lines that tell a fault of the kernel (arch/*/kernel/traps.c, mm/fault.c, lib/bug.c, kernel/panic.c).
constexpr Kind kKinds[] = {
    {"BUG: ", "BUG"},
    {"watchdog: BUG: ", "BUG"},               // 4.12+: soft lockups
    {"kernel BUG at ", "BUG"},
    {"Oops: ", "Oops"},
    {"Oops - ", "Oops"},                      // arm
    {"Internal error: ", "Oops"},             // arm, arm64
    {"Unable to handle kernel ", "Oops"},
    {"general protection fault: ", "general protection fault"},
    {"general protection fault, ", "general protection fault"},  // 5.5+
    {"invalid opcode: ", "invalid opcode"},
    {"divide error: ", "divide error"},
    {"stack segment: ", "stack segment"},
    {"double fault: ", "double fault"},
    {"traps: PANIC: double fault", "double fault"},
    {"PANIC: double fault", "double fault"},
    {"Kernel panic - not syncing: ", "panic"},
};

bool contains(string_view text, string_view part) { return text.find(part) != string_view::npos; }

/// Faults of programs, which begin with the program's name: "BUG: x[77]: segfault at 0 ip ...".
bool is_of_user_space(string_view text) {
  return contains(text, "]: segfault at ") || contains(text, "] trap ") || contains(text, "] general protection ip:") || contains(text, "]: unhandled ");
}

/// Decimal digits at the front of `text`, taken away.
bool take_number(string_view& text, uint64_t& out) {
  const size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  if (!base::parse_u64(text.substr(0, end), out)) return false;
  text.remove_prefix(end);
  return true;
}

}  // namespace

bool parse_kernel_line(string_view record, KernelLine& out) {
  uint64_t priority = 0;
  string_view text = record.substr(0, record.find('\n'));
  const size_t semicolon = text.find(';');
  if (semicolon == string_view::npos) return false;
  string_view head = text.substr(0, semicolon);
  if (!base::parse_u64(base::next_piece(head, ','), priority) || !base::parse_u64(base::next_piece(head, ','), out.serial)) return false;
  out.is_kernel = priority >> 3 == 0;
  out.text = text.substr(semicolon + 1);
  return true;
}

// "Out of memory: Killed process 77 (name) total-vm:...", "Memory cgroup out of memory: Killed process ..." (5.x),
// "Killed process 77 (name) total-vm:..." behind a line of its own (before), "Killed process 77 (name), UID 0, total-vm:..." (el7).
// The name is the task's own choice: it ends at the last parenthesis in front of the kernel's numbers.
bool parse_killed(string_view text, Killed& out) {
  constexpr string_view kVerb = "Killed process ";
  const size_t at = text.find(kVerb);
  if (at == string_view::npos) return false;
  const string_view before = text.substr(0, at);
  constexpr string_view kBefore[] = {"", "Out of memory: ", "Memory cgroup out of memory: ", "Out of memory (oom_kill_allocating_task): "};
  if (std::find(std::begin(kBefore), std::end(kBefore), before) == std::end(kBefore)) return false;
  out.of_cgroup = base::starts_with(before, "Memory cgroup");
  string_view rest = text.substr(at + kVerb.size());
  if (!take_number(rest, out.pid) || !base::starts_with(rest, " (")) return false;
  const size_t numbers = rest.rfind(" total-vm:");
  if (numbers == string_view::npos) return false;
  string_view name = rest.substr(2, numbers - 2), tail = rest.substr(numbers);
  if (!name.empty() && name.back() == ',') {
    const size_t uid = name.rfind("), UID ");
    if (uid == string_view::npos) {
      name.remove_suffix(1);
    } else {
      string_view digits = name.substr(uid + 7);
      out.has_uid = take_number(digits, out.uid);
      name = name.substr(0, uid + 1);
    }
  }
  if (name.empty() || name.back() != ')') return false;
  name.remove_suffix(1);
  out.comm = name;
  const size_t uid = tail.find(", UID:");
  if (uid != string_view::npos) {
    tail.remove_prefix(uid + 6);
    out.has_uid = take_number(tail, out.uid);
  }
  return true;
}

string_view fault_kind(string_view text) {
  for (const Kind& kind : kKinds)
    if (base::starts_with(text, kind.begin)) return is_of_user_space(text) ? string_view() : kind.name;
  return {};
}

bool parse_task(string_view text, uint64_t& pid, string_view& comm) {
  const size_t at = text.find("PID: "), name = text.find(" Comm: ");
  if (at == string_view::npos || name == string_view::npos || name < at) return false;
  string_view digits = text.substr(at + 5);
  if (!take_number(digits, pid)) return false;
  comm = text.substr(name + 7);
  // What follows the name: "Tainted: G" or "Not tainted"; a name may hold blanks.
  const size_t end = std::min(comm.rfind(" Tainted: "), comm.rfind(" Not tainted"));
  comm = base::trim(comm.substr(0, end));
  return !comm.empty();
}

base::Status KernelLog::open(const Options& options) {
  clock_ = options.clock;
  const std::string path = options.root + "/dev/kmsg";
  fd_.reset(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd_) return base::errno_error(path, errno);
  // kernel < 3.5: it can be opened, and not be read.
  char bytes[limits::kKernelRecordBytes];
  if (::read(fd_.get(), bytes, sizeof bytes) < 0 && errno != EAGAIN && errno != EPIPE) {
    const int code = errno;
    fd_.reset();
    return base::errno_error(path, code);
  }
  if (::lseek(fd_.get(), 0, SEEK_END) < 0) return base::errno_error(path, errno);
  return base::Ok{};
}

void KernelLog::take(const Sink& sink) {
  char bytes[limits::kKernelRecordBytes];
  const int64_t now_ms = clock_->monotonic_ms();
  for (size_t i = 0; i < kRecordsAtOnce; ++i) {
    const ssize_t n = ::read(fd_.get(), bytes, sizeof bytes);
    if (n > 0)
      hear({bytes, static_cast<size_t>(n)}, now_ms, sink);
    else if (n == 0 || errno == EAGAIN)
      return;
    else if (errno != EPIPE && errno != EINTR && errno != EINVAL)  // overwritten: the hole in the serials counts it; too long: passed over
      return;
  }
}

int64_t KernelLog::poll(int64_t now_ms, const Sink& sink) {
  if (is_fault_ && now_ms >= due_ms_) tell(sink);
  return is_fault_ ? due_ms_ : now_ms + kLookMs;
}

uint64_t KernelLog::take_losses() { return std::exchange(lost_, 0); }

void KernelLog::hear(string_view record, int64_t now_ms, const Sink& sink) {
  KernelLine line;
  if (!parse_kernel_line(record, line)) return;
  if (serial_ && line.serial > serial_ + 1) lost_ += line.serial - serial_ - 1;
  serial_ = line.serial;
  if (!line.is_kernel) return;
  Killed killed;
  if (!parse_killed(line.text, killed)) return hear_fault(line.text, now_ms, sink);
  event_.clear(EventType::kernel_oom);
  event_.set_number(FieldId::tgt_proc_id, killed.pid);
  event_.set_copy(FieldId::tgt_comm, killed.comm);
  if (killed.has_uid) event_.set_number(FieldId::tgt_usr_id, killed.uid);
  event_.set_text(FieldId::op_name, killed.of_cgroup ? "memory cgroup" : "out of memory");
  event_.set_copy(FieldId::op_text, line.text);
  sink(event_);
}

void KernelLog::begin(string_view kind, string_view text, int64_t now_ms) {
  is_fault_ = true;
  due_ms_ = now_ms + kFaultMs;
  fault_.clear(EventType::kernel_oops);
  fault_.set_text(FieldId::op_name, kind);
  fault_.set_copy(FieldId::op_text, text);
  fault_.set_time(FieldId::event_utc_time, clock_->unix_ms());
}

void KernelLog::hear_fault(string_view text, int64_t now_ms, const Sink& sink) {
  const string_view kind = fault_kind(text);
  if (is_fault_ && now_ms >= due_ms_) tell(sink);
  if (!is_fault_) {
    if (!kind.empty()) begin(kind, text, now_ms);
    return;
  }
  if (base::starts_with(text, "---[ end ")) return tell(sink);
  uint64_t pid = 0;
  string_view comm;
  if (!fault_.has(FieldId::tgt_comm) && parse_task(text, pid, comm)) {
    fault_.set_number(FieldId::tgt_proc_id, pid);
    fault_.set_copy(FieldId::tgt_comm, comm);
  }
  for (const string_view place : {"RIP: 0010:", "RIP: 0010:[<", "pc : ", "EIP: "})
    if (!fault_.has(FieldId::op_value) && base::starts_with(text, place)) fault_.set_copy(FieldId::op_value, base::trim(text.substr(place.size())));
}

void KernelLog::tell(const Sink& sink) {
  sink(fault_);
  is_fault_ = false;
}

}  // namespace aurochs::observe
