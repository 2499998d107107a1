// SPDX-License-Identifier: Apache-2.0
// The event catalogue: every type of event, one row each. Numbers below 1000 are known elsewhere; ours begin there.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aurochs::event {

enum class Volume : uint8_t { very_low, low, medium, high };  ///< a host and day: < 10, < 1000, < 100 000, more

// X(enumerator, id, name of event_type, vendor type, its words, log source, category, volume, profiles DNPF, trigger)
// Profiles: default, high network, high process, high file; 1 on, 0 off, p replaced by polling.
#define AUROCHS_EVENTS(X)                                                                                                       \
  X(process_create, 40, "ProcessCreateNix", "ProcessCreate", "Process Create", "LinuxAudit", "processes", high, "11p1", "execve or execveat that succeeded") \
  X(process_info, 47, "ProcessInfoNix", "ProcessFound", "Process Found", "LinuxProc", "processes", medium, "1111", "a process that ran before the sensor, found in /proc at start") \
  X(process_create_fail, 1001, "ProcessCreateFailNix", "ProcessExecFail", "Process Exec Fail", "LinuxAudit", "processes", low, "1101", "execve or execveat that failed; not the ENOENT and ENOTDIR of a search along PATH") \
  X(process_exit, 1003, "ProcessExitNix", "ProcessExit", "Process Exit", "LinuxProc", "processes", high, "11p1", "proc connector EXIT; exit_group where there is no connector") \
  X(process_signal_death, 1004, "ProcessSignalDeathNix", "ProcessKilled", "Process Killed", "LinuxProc", "processes", low, "1111", "proc connector EXIT by a signal") \
  X(process_crash, 1005, "ProcessCrashNix", "ProcessAbend", "Process Abend", "LinuxAudit", "processes", very_low, "1111", "record ANOM_ABEND") \
  X(process_core_dump, 1006, "ProcessCoreDumpNix", "ProcessCoreDump", "Process Core Dump", "LinuxProc", "processes", very_low, "1111", "proc connector COREDUMP (kernel 3.10)") \
  X(process_exec_deleted, 1010, "ProcessExecDeletedNix", "ProcessImageDeleted", "Process Image Deleted", "LinuxAudit", "processes", very_low, "1111", "exec of an image whose name is gone") \
  X(process_exec_fileless, 1011, "ProcessExecFilelessNix", "ProcessExecMemfd", "Process Exec Memfd", "LinuxAudit", "processes", very_low, "1111", "exec of a memfd, of a descriptor, or from /dev/shm") \
  X(process_env_hijack, 1025, "ProcessEnvHijackNix", "ProcessEnvHijack", "Process Env Hijack", "LinuxProc", "processes", very_low, "1111", "environment at exec sets a variable that loads foreign code") \
  X(process_image_hash, 1030, "ProcessImageHashNix", "ProcessImageHash", "Process Image Hash", "LinuxProc", "processes", medium, "1111", "digests of an image that were not known yet at its exec; carries the process") \
  X(script_exec, 1500, "ScriptExecNix", "ScriptExec", "Script Exec", "LinuxAudit", "scripts and interpreters", medium, "11p1", "exec of a #! file") \
  X(script_inline, 1501, "ScriptInlineNix", "ScriptInline", "Script Inline", "LinuxAudit", "scripts and interpreters", medium, "11p1", "exec of a known interpreter with code on its command line") \
  X(sensor_start, 1860, "SensorStartNix", "SensorStart", "Sensor Start", "Sensor", "audit subsystem and self-protection", very_low, "1111", "the sensor starts") \
  X(sensor_stop, 1861, "SensorStopNix", "SensorStop", "Sensor Stop", "Sensor", "audit subsystem and self-protection", very_low, "1111", "the sensor stops") \
  X(sensor_heartbeat, 1868, "SensorHeartbeatNix", "SensorHeartbeat", "Sensor Heartbeat", "Sensor", "audit subsystem and self-protection", low, "1111", "every minute: counters") \
  X(sensor_drop, 1870, "SensorDropNix", "SensorDrop", "Sensor Drop", "Sensor", "audit subsystem and self-protection", low, "1111", "something was lost; cause and count")

enum class EventType : uint16_t {
#define AUROCHS_EVENT(name, ...) name,
  AUROCHS_EVENTS(AUROCHS_EVENT)
#undef AUROCHS_EVENT
      count_
};
inline constexpr size_t kEventTypeCount = static_cast<size_t>(EventType::count_);

struct EventRow {
  uint16_t id;
  std::string_view type, vendor_type, log_source, category;
  Volume volume;
  std::string_view profiles;
  std::string_view trigger;
  std::string_view rule_name;  ///< "<vendor type> - <its words> Info", the name of the telemetry rule
};

const EventRow& event_row(EventType t);
std::string_view volume_name(Volume v);

}  // namespace aurochs::event
