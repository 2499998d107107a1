// SPDX-License-Identifier: Apache-2.0
#include "enrich/special_paths.h"

#include "base/text.h"

namespace aurochs::enrich {

using event::EventType;
using event::FileAccess;
using event::FileOp;

namespace {

enum : uint8_t { kRead = 1, kWrite = 2, kAny = 3, kCreates = 4 };

struct Row {
  std::string_view pattern;
  uint8_t access;
  EventType type;
};

constexpr Row kProc[] = {
    {"/proc/*/mem", kWrite, EventType::proc_mem_write},
    {"/proc/*/task/*/mem", kWrite, EventType::proc_mem_write},
    {"/proc/*/mem", kRead, EventType::proc_mem_read},
    {"/proc/*/task/*/mem", kRead, EventType::proc_mem_read},
    {"/proc/*/environ", kRead, EventType::proc_environ_read},
    {"/proc/*/uid_map", kWrite, EventType::id_map_write},
    {"/proc/*/gid_map", kWrite, EventType::id_map_write},
    {"/proc/*/setgroups", kWrite, EventType::id_map_write},
    {"/proc/kcore", kAny, EventType::kcore_open},
    {"/proc/kallsyms", kAny, EventType::kcore_open},
    {"/proc/kmsg", kAny, EventType::kcore_open},
    {"/proc/sysrq-trigger", kWrite, EventType::sysrq_trigger},
    {"/proc/sys/fs/binfmt_misc/register", kWrite, EventType::binfmt_register},
    {"/proc/sys/fs/binfmt_misc/**", kAny, EventType::count_},
    {"/proc/sys/kernel/core_pattern", kWrite, EventType::usermode_helper_path},
    {"/proc/sys/kernel/modprobe", kWrite, EventType::usermode_helper_path},
    {"/proc/sys/kernel/hotplug", kWrite, EventType::usermode_helper_path},
    {"/proc/sys/kernel/poweroff_cmd", kWrite, EventType::usermode_helper_path},
    {"/proc/sys/kernel/ftrace_enabled", kWrite, EventType::ftrace_control},
    {"/proc/sys/**", kWrite, EventType::sysctl_change},
};
constexpr Row kSys[] = {
    {"/sys/kernel/uevent_helper", kWrite, EventType::usermode_helper_path},
    {"/sys/kernel/tracing/*probe_events", kWrite, EventType::kprobe_write},
    {"/sys/kernel/tracing/dynamic_events", kWrite, EventType::kprobe_write},
    {"/sys/kernel/tracing/trace_marker", kAny, EventType::count_},
    {"/sys/kernel/tracing/trace_marker_raw", kAny, EventType::count_},
    {"/sys/kernel/tracing/**", kWrite, EventType::ftrace_control},
    {"/sys/kernel/debug/tracing/*probe_events", kWrite, EventType::kprobe_write},
    {"/sys/kernel/debug/tracing/dynamic_events", kWrite, EventType::kprobe_write},
    {"/sys/kernel/debug/tracing/**", kWrite, EventType::ftrace_control},
    {"/sys/kernel/debug/**", kAny, EventType::debugfs_access},
};
constexpr Row kDev[] = {
    {"/dev/mem", kAny, EventType::dev_mem_open},
    {"/dev/kmem", kAny, EventType::dev_mem_open},
    {"/dev/port", kAny, EventType::dev_mem_open},
    {"/dev/cpu/*/msr", kAny, EventType::msr_access},
    {"/dev/input/*", kRead, EventType::input_device_read},
    {"/dev/video*", kAny, EventType::capture_device_open},
    {"/dev/snd/pcm*c", kAny, EventType::capture_device_open},
    {"/dev/ttyUSB*", kAny, EventType::serial_device_open},
    {"/dev/ttyACM*", kAny, EventType::serial_device_open},
    {"/dev/ttyS*", kAny, EventType::serial_device_open},
};
/// By the name alone, wherever it lies: cgroup file systems are mounted anywhere, a JVM looks into its own directory.
constexpr Row kNames[] = {
    {"release_agent", kWrite, EventType::container_release_agent},
    {"notify_on_release", kWrite, EventType::container_release_agent},
    {"cgroup.procs", kWrite, EventType::cgroup_attach},
    {"cgroup.threads", kWrite, EventType::cgroup_attach},
    {".attach_pid*", kCreates, EventType::jvm_attach},
    {".java_pid*", kCreates, EventType::jvm_attach},
};

uint8_t bits_of(FileOp op, FileAccess access) {
  uint8_t bits = op == FileOp::create ? kCreates : 0;
  if (access == FileAccess::read || access == FileAccess::both) bits |= kRead;
  if (access == FileAccess::write || access == FileAccess::both) bits |= kWrite;
  return bits;
}

template <size_t N>
bool look_up(const Row (&rows)[N], std::string_view path, uint8_t access, SpecialPath& out) {
  for (const Row& row : rows) {
    if (!(row.access & access) || !fits(row.pattern, path)) continue;
    out.type = row.type;
    out.is_special = row.type != EventType::count_;
    return true;
  }
  return false;
}

}  // namespace

bool fits(std::string_view pattern, std::string_view path) {
  // One star a name: the text before it is fixed, and the rest of the name must end in what follows it.
  while (!pattern.empty()) {
    if (pattern == "**") return !path.empty();
    std::string_view want = pattern.substr(0, pattern.find('/')), have = path.substr(0, path.find('/'));
    const bool wants_more = want.size() < pattern.size(), has_more = have.size() < path.size();
    const size_t star = want.find('*');
    const bool same = star == std::string_view::npos
                          ? want == have
                          : have.size() + 1 > want.size() && base::starts_with(have, want.substr(0, star)) && base::ends_with(have, want.substr(star + 1));
    if (!same || wants_more != has_more) return false;
    pattern.remove_prefix(want.size() + wants_more);
    path.remove_prefix(have.size() + has_more);
  }
  return path.empty();
}

SpecialPath special_path(std::string_view path, FileOp op, FileAccess access) {
  SpecialPath out;
  const uint8_t bits = bits_of(op, access);
  using base::starts_with;
  if (starts_with(path, "/proc/")) {
    out.is_kernels = true;
    if (!look_up(kProc, path, bits, out)) return out;
    constexpr std::string_view kParameters = "/proc/sys/";
    if (starts_with(path, kParameters)) {
      if (out.type != EventType::binfmt_register) out.parameter = path.substr(kParameters.size());
    } else {
      out.process = path.substr(6, path.find('/', 6) - 6);
    }
    return out;
  }
  if (starts_with(path, "/sys/")) {
    out.is_kernels = true;
    if (look_up(kSys, path, bits, out)) return out;
  }
  if (starts_with(path, "/dev/") && look_up(kDev, path, bits, out)) return out;
  (void)look_up(kNames, base::base_name(path), bits, out);
  return out;
}

}  // namespace aurochs::enrich
