// SPDX-License-Identifier: Apache-2.0
// KernelLog: /dev/kmsg (readable since kernel 3.5): faults of the kernel and processes that it killed for memory. Only lines of
// the kernel's own facility are believed: what a program writes into /dev/kmsg is always of another. Such a line may still
// begin with the name of a task (15 bytes); the forms that do so, of faults in user space, are known and passed over.
// A fault is told once: its first line, and of the lines that follow it the place in the kernel and the task that ran. The
// task may be one that was just interrupted. kernel_log reads from now on: what was logged before is no event.
#pragma once
#include <string>
#include <string_view>

#include "base/fd.h"
#include "observe/source.h"

namespace aurochs::observe {

struct KernelLine {
  uint64_t serial = 0;
  bool is_kernel = false;
  std::string_view text;  ///< without the continuation lines of its dictionary
};
/// "PRIORITY,SERIAL,MICROSECONDS,FLAGS[,...];TEXT\n KEY=VALUE...". False: another form.
bool parse_kernel_line(std::string_view record, KernelLine& out);

struct Killed {
  uint64_t pid = 0, uid = 0;
  std::string_view comm;
  bool has_uid = false, of_cgroup = false;
};
/// The line that says which process was killed for memory.
bool parse_killed(std::string_view text, Killed& out);
/// What kind of fault begins with this line: "BUG", "Oops", ...; empty: none.
std::string_view fault_kind(std::string_view text);
/// Out of "CPU: 1 [UID: 0 ]PID: 1234 Comm: insmod ...".
bool parse_task(std::string_view text, uint64_t& pid, std::string_view& comm);

class KernelLog {
 public:
  base::Status open(const Options& options);
  int fd() const { return fd_.get(); }
  void take(const Sink& sink);
  int64_t poll(int64_t now_ms, const Sink& sink);
  uint64_t take_losses();

  /// What take() does with one record.
  void hear(std::string_view record, int64_t now_ms, const Sink& sink);

 private:
  void begin(std::string_view kind, std::string_view text, int64_t now_ms);
  void hear_fault(std::string_view text, int64_t now_ms, const Sink& sink);
  void tell(const Sink& sink);

  base::UniqueFd fd_;
  base::Clock* clock_ = nullptr;
  event::Event event_, fault_;
  bool is_fault_ = false;
  int64_t due_ms_ = 0;
  uint64_t serial_ = 0, lost_ = 0;
};

}  // namespace aurochs::observe
