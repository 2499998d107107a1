// SPDX-License-Identifier: Apache-2.0
// The field table: all that an event can carry. One row of AUROCHS_FIELDS is one field; from it come the JSON
// writer, `aurochsctl fields`, the JSON Schema, aurochs-events(5) and, later, the ECS, CEF and Sigma names.
// A field is never renamed and never changes its type: a new meaning is a new row.
// The order of the rows is the order of the keys in JSON.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aurochs::event {

enum class Type : uint8_t {
  text,     ///< UTF-8; bytes that are not are shown as \xNN
  number,   ///< unsigned, JSON number
  integer,  ///< signed, JSON number
  boolean,
  time,     ///< milliseconds since 1970; RFC 3339 UTC text in JSON
  octal,    ///< st_mode; "%07o" text in JSON
};

enum class Block : uint8_t { event, device, sensor, process, image, parent, privilege, script };

// X(enumerator and wire name, type, block, ECS name, CEF key, Sigma name, sentence)
#define AUROCHS_FIELDS(X)                                                                                                          \
  X(event_id, number, event, "event.code", "DeviceEventClassID", "EventID", "Number of the event type; 1000 and above are our own.") \
  X(event_type, text, event, "event.action", "name", "", "Name of the event type.")                                               \
  X(event_type_vendor, text, event, "event.dataset", "cat", "", "Name of the mechanism's own type.")                              \
  X(event_utc_time, time, event, "@timestamp", "rt", "UtcTime", "When it happened on the host, UTC, by the kernel's stamp; for /proc and own events the clock at detection.") \
  X(event_uuid, text, event, "event.id", "externalId", "", "Unique id of this event, UUID version 4.")                           \
  X(event_log_source, text, event, "event.provider", "", "", "Mechanism that saw it: LinuxAudit, LinuxProc, Sensor.")              \
  X(event_serial, number, event, "event.sequence", "", "", "Audit serial; with the time the kernel's id of the event.")           \
  X(event_count, number, event, "", "cnt", "", "How many equal events (or losses) this one stands for; 1 or more.")               \
  X(event_incomplete, boolean, event, "", "", "", "True: records of this event were missing or cut.")                             \
  X(event_node, text, event, "", "", "", "node= of the records, where a collector wrote one.")                                    \
  X(rule_name, text, event, "rule.ruleset", "cs6", "", "Name of the telemetry rule that made the event.")                         \
  X(op_func_name, text, event, "", "", "", "Syscall or hook that saw it.")                                                       \
  X(op_syscall, text, event, "auditd.data.syscall", "", "", "Syscall name.")                                                     \
  X(op_arch, text, event, "auditd.data.arch", "", "", "ABI of the syscall: x86_64, i386, aarch64.")                              \
  X(op_exit, integer, event, "auditd.data.exit", "", "", "Result of the syscall, or exit code of the process.")                  \
  X(op_status, number, event, "event.outcome", "outcome", "", "1 where the operation succeeded, 0 where it failed.")             \
  X(op_signal, number, event, "", "", "", "Signal number.")                                                                      \
  X(op_text, text, event, "message", "msg", "", "Free text of the sensor's own events.")                                         \
  X(audit_key, text, event, "tags", "", "key", "Keys of the audit rules that matched, joined by '|'.")                           \
  X(dev_id, text, device, "host.id", "deviceExternalId", "", "Stable id of the host, UUID made at install.")                     \
  X(dev_fqdn, text, device, "host.name", "dvchost", "Computer", "Fully qualified name of the host.")                             \
  X(dev_ipv4, text, device, "host.ip", "dvc", "", "Source address of the default route.")                                        \
  X(dev_ipv6, text, device, "", "", "", "Source address of the IPv6 default route.")                                             \
  X(dev_os, text, device, "host.os.full", "", "", "Distribution, architecture and kernel.")                                      \
  X(dev_os_type, text, device, "host.os.type", "", "", "linux.")                                                                 \
  X(dev_os_family, text, device, "host.os.family", "", "", "ID of os-release.")                                                  \
  X(dev_os_version, text, device, "host.os.version", "", "", "VERSION_ID of os-release.")                                        \
  X(dev_boot_time, time, device, "", "", "", "When the host booted, UTC.")                                                       \
  X(dev_isvirtual, boolean, device, "", "", "", "True on a virtual machine.")                                                    \
  X(dev_time_zone, text, device, "event.timezone", "", "", "Offset of local time from UTC, +hh:mm.")                             \
  X(sensor_type, text, sensor, "agent.type", "", "", "aurochs.")                                                                 \
  X(sensor_version, text, sensor, "agent.version", "", "", "Version of the sensor.")                                             \
  X(sensor_cfg_profile, text, sensor, "", "", "", "Load profile in force.")                                                      \
  X(sensor_cfg_profile_id, text, sensor, "", "", "", "Its number: 1 default, 2 highnet, 3 highproc, 4 highfile.")                \
  X(sensor_cfg_version, text, sensor, "", "", "", "Version of the configuration, YYYYMMDDhhmm of the file.")                     \
  X(sensor_groups, text, sensor, "", "", "", "Groups of the sensor, from the configuration.")                                    \
  X(customer_id, text, sensor, "organization.id", "", "", "Tenant, from the configuration.")                                     \
  X(customer_name, text, sensor, "organization.name", "", "", "Its name, from the configuration.")                               \
  X(customer_system, text, sensor, "", "", "", "Its system, from the configuration.")                                            \
  X(sensor_capture, text, sensor, "", "", "", "How records come: multicast, unicast, plugin, replay.")                           \
  X(sensor_loss_cause, text, sensor, "", "", "", "Why something was lost; event_count says how much.")                           \
  X(sensor_loss_since, time, sensor, "", "", "", "Begin of the interval of the loss.")                                           \
  X(sensor_records, number, sensor, "", "", "", "Records taken in since start.")                                                 \
  X(sensor_events, number, sensor, "", "", "", "Events given out since start.")                                                  \
  X(sensor_lost, number, sensor, "", "", "", "Losses of every cause since start.")                                               \
  X(sensor_processes, number, sensor, "", "", "", "Entries of the process table.")                                               \
  X(sensor_cpu_ms, number, sensor, "", "", "", "CPU time of the sensor since start, milliseconds.")                              \
  X(sensor_rss_bytes, number, sensor, "", "", "", "Resident memory of the sensor, bytes.")                                       \
  X(cmdline, text, process, "process.command_line", "cs1", "CommandLine", "Command line; an argument with blanks or quotes is in single quotes.") \
  X(cmdline_fingerprint, text, process, "", "", "", "MD5 of the upper-cased command line, upper-case hex.")                      \
  X(cmdline_truncated, boolean, process, "", "", "", "True: arguments are missing or the text was cut.")                         \
  X(proc_id, number, process, "process.pid", "dpid", "ProcessId", "PID in the initial PID namespace.")                           \
  X(proc_ns_id, number, process, "", "", "", "PID inside the process's own PID namespace, where that is another one.")           \
  X(proc_pidns, number, process, "", "", "", "Inode of its PID namespace.")                                                      \
  X(proc_guid, text, process, "process.entity_id", "flexString2", "ProcessGuid", "Identity over PID reuse and exec: UUIDv5 of dev_id, boot id, PID and start ticks.") \
  X(proc_start_time, time, process, "process.start", "start", "", "When the process was forked.")                                \
  X(proc_start_src, text, process, "", "", "", "event: the process was gone, its start is the time of the event. Absent: from /proc.") \
  X(proc_uptime, number, process, "process.uptime", "", "", "Seconds from start to the event.")                                  \
  X(proc_issnapshot, boolean, process, "", "", "", "True: seen in a sweep over /proc, not live.")                                \
  X(proc_comm, text, process, "process.name", "", "", "Kernel's name of the task, at most 15 bytes.")                            \
  X(proc_cwd, text, process, "process.working_directory", "cs4", "CurrentDirectory", "Working directory as the process sees it.") \
  X(proc_env, text, process, "process.env_vars", "", "", "Environment of interest, NAME=value joined by '; '; secrets masked.")  \
  X(proc_cgroups, text, process, "", "", "", "Cgroup paths, each once, joined by '|'.")                                          \
  X(proc_cgroups_src, text, process, "", "", "", "parent: taken from the parent because the process was gone.")                  \
  X(proc_chroot_status, text, process, "", "", "", "Yes where the root directory is not the host's, else No.")                   \
  X(proc_term_name, text, process, "process.tty.name", "", "", "Terminal.")                                                      \
  X(proc_session_id, number, process, "", "", "", "POSIX session id.")                                                           \
  X(proc_term_session_id, number, process, "auditd.session", "cn1", "TerminalSessionId", "Login (audit) session; absent where unset.") \
  X(proc_usr_r_id, number, process, "user.id", "", "", "Real user id.")                                                          \
  X(proc_usr_r_name, text, process, "user.name", "", "", "Its name.")                                                            \
  X(proc_usr_e_id, number, process, "user.effective.id", "duid", "", "Effective user id.")                                       \
  X(proc_usr_e_name, text, process, "user.effective.name", "duser", "User", "Its name.")                                         \
  X(proc_usr_s_id, number, process, "", "", "", "Saved user id.")                                                                \
  X(proc_usr_fs_id, number, process, "", "", "", "File system user id.")                                                         \
  X(proc_usr_audit_id, number, process, "user.audit.id", "suid", "", "Login user id: who logged in; absent where unset.")        \
  X(proc_usr_audit_name, text, process, "user.audit.name", "suser", "", "Its name.")                                             \
  X(proc_group_r_id, number, process, "user.group.id", "", "", "Real group id.")                                                 \
  X(proc_group_r_name, text, process, "user.group.name", "", "", "Its name.")                                                    \
  X(proc_group_e_id, number, process, "user.effective.group.id", "", "", "Effective group id.")                                  \
  X(proc_group_e_name, text, process, "user.effective.group.name", "", "", "Its name.")                                          \
  X(proc_usr_groups, text, process, "", "", "", "Supplementary groups, number(name) joined by '|'.")                             \
  X(proc_cap_pe, number, process, "process.thread.capabilities.effective", "", "", "Effective capabilities, mask.")              \
  X(proc_cap_pp, number, process, "process.thread.capabilities.permitted", "", "", "Permitted capabilities, mask.")              \
  X(proc_cap_pb, number, process, "", "", "", "Bounding capabilities, mask.")                                                    \
  X(proc_seccomp, number, process, "", "", "", "Seccomp mode: 0 off, 1 strict, 2 filter.")                                       \
  X(proc_nnp, number, process, "", "", "", "no_new_privs.")                                                                      \
  X(proc_tracer_id, number, process, "", "", "", "PID of the tracer; 0: none.")                                                  \
  X(proc_stdin_type, text, process, "", "", "", "What file descriptor 0 is: tty, pipe, socket, file, null, closed.")             \
  X(proc_stdout_type, text, process, "", "", "", "The same of descriptor 1.")                                                    \
  X(proc_stderr_type, text, process, "", "", "", "The same of descriptor 2.")                                                    \
  X(proc_mac_label, text, process, "auditd.data.subj", "", "", "SELinux, AppArmor or other security label.")                     \
  X(proc_anc_guids, text, process, "process.Ext.ancestry", "", "", "Ancestors' proc_guid, nearest first, joined by '|'.")        \
  X(proc_anc_cmdlines, text, process, "", "", "", "Ancestors' command lines, nearest first, joined by '|'.")                     \
  X(proc_file_path, text, image, "process.executable", "dproc", "Image", "Image as called, absolute, as the process sees it.")   \
  X(proc_file_name, text, image, "process.name", "fname", "", "Its base name.")                                                  \
  X(proc_file_exists, boolean, image, "", "", "", "The path was there after the exec.")                                          \
  X(proc_file_type, text, image, "", "fileType", "", "File, Link, Directory, Fifo, Socket, CharDevice, BlockDevice.")            \
  X(proc_file_ace_mask, octal, image, "process.file.mode", "filePermission", "", "Type and permission bits.")                    \
  X(proc_file_size, number, image, "", "fsize", "", "Size in bytes; of the link itself where it is one.")                        \
  X(proc_file_inode, number, image, "", "", "", "Inode.")                                                                        \
  X(proc_file_dev, text, image, "", "", "", "Device, major:minor in hex.")                                                       \
  X(proc_file_nlink, number, image, "", "", "", "Hard links.")                                                                   \
  X(proc_file_inode_flags, text, image, "", "", "", "Inode flags as lsattr shows them.")                                         \
  X(proc_file_owner_id, number, image, "", "", "", "Owner.")                                                                     \
  X(proc_file_owner_name, text, image, "", "", "", "Its name.")                                                                  \
  X(proc_file_group_id, number, image, "", "", "", "Group.")                                                                     \
  X(proc_file_group_name, text, image, "", "", "", "Its name.")                                                                  \
  X(proc_file_atime, time, image, "", "", "", "Last access.")                                                                    \
  X(proc_file_mtime, time, image, "", "", "", "Last change of the content.")                                                     \
  X(proc_file_ctime, time, image, "", "", "", "Last change of the inode.")                                                       \
  X(proc_file_crtime, time, image, "", "", "", "Birth; absent where the kernel (before 4.11) or the file system has none.")      \
  X(proc_file_age, number, image, "", "", "", "Seconds from birth to the event; from ctime where proc_file_age_src says so.")    \
  X(proc_file_age_src, text, image, "", "", "", "ctime: there is no birth time.")                                                \
  X(proc_file_mage, number, image, "", "", "", "Seconds from the last change of the content to the event.")                      \
  X(proc_file_tgt_path, text, image, "", "", "", "Image as the kernel resolved it.")                                             \
  X(proc_file_tgt_name, text, image, "", "", "", "Its base name.")                                                               \
  X(proc_file_tgt_size, number, image, "", "", "", "Its size in bytes.")                                                         \
  X(proc_file_tgt_ace_mask, octal, image, "", "", "", "Its type and permission bits.")                                           \
  X(proc_file_md5, text, image, "process.hash.md5", "", "md5", "MD5 of the image, upper-case hex.")                              \
  X(proc_file_sha1, text, image, "process.hash.sha1", "", "sha1", "SHA-1 of the image.")                                         \
  X(proc_file_sha256, text, image, "process.hash.sha256", "fileHash", "sha256", "SHA-256 of the image.")                         \
  X(proc_file_magic, text, image, "", "", "MagicHeader", "First 20 bytes, upper-case hex.")                                      \
  X(proc_file_app_productname, text, image, "package.name", "", "Product", "Package that owns the image; NOT FOUND: none; DATA UNAVAILABLE: not known yet.") \
  X(proc_file_app_version, text, image, "package.version", "", "", "Its version.")                                               \
  X(proc_p_id, number, parent, "process.parent.pid", "spid", "ParentProcessId", "PID of the process that started this one.")     \
  X(proc_p_cur_id, number, parent, "", "", "", "PID of the present parent, where the original one is gone.")                     \
  X(proc_p_guid, text, parent, "process.parent.entity_id", "flexString1", "ParentProcessGuid", "Its identity.")                  \
  X(proc_p_cmdline, text, parent, "process.parent.command_line", "cs2", "ParentCommandLine", "Its command line.")                \
  X(proc_p_cwd, text, parent, "process.parent.working_directory", "", "", "Its working directory.")                              \
  X(proc_p_file_path, text, parent, "process.parent.executable", "sproc", "ParentImage", "Its image.")                           \
  X(proc_p_file_name, text, parent, "process.parent.name", "", "", "Base name of its image.")                                    \
  X(proc_p_file_exists, boolean, parent, "", "", "", "Its image was there when last looked at.")                                 \
  X(proc_p_usr_r_id, number, parent, "process.parent.user.id", "", "", "Its real user id.")                                      \
  X(proc_p_usr_r_name, text, parent, "", "", "", "Name of that user.")                                                           \
  X(proc_p_usr_e_id, number, parent, "", "", "", "Its effective user id.")                                                       \
  X(proc_p_usr_e_name, text, parent, "process.parent.user.name", "", "ParentUser", "Name of that user.")                         \
  X(proc_p_group_r_id, number, parent, "", "", "", "Its real group id.")                                                         \
  X(proc_p_group_e_id, number, parent, "", "", "", "Its effective group id.")                                                    \
  X(proc_p_session_id, number, parent, "", "", "", "Its POSIX session id.")                                                      \
  X(proc_p_term_session_id, number, parent, "", "", "", "Its login session.")                                                    \
  X(proc_p_uptime, number, parent, "", "", "", "Seconds from its start to the event.")                                           \
  X(proc_p_cap_pe, number, parent, "", "", "", "Its effective capabilities, mask.")                                              \
  X(proc_p_cap_pp, number, parent, "", "", "", "Its permitted capabilities, mask.")                                              \
  X(proc_usr_e_id_old, number, privilege, "", "", "", "Effective user id before; absent where not known.")                       \
  X(proc_cap_pe_old, number, privilege, "", "", "", "Effective capabilities before.")                                            \
  X(proc_cap_pp_old, number, privilege, "", "", "", "Permitted capabilities before.")                                            \
  X(proc_priv_how, text, privilege, "", "", "", "How privileges changed: exec-suid, exec-fcap.")                                 \
  X(script_path, text, script, "", "", "", "Script that the interpreter was given.")                                             \
  X(script_interp, text, script, "", "", "", "The interpreter.")                                                                 \
  X(script_text, text, script, "", "", "", "Code on the command line, or begin of the script.")                                  \
  X(script_hash, text, script, "", "", "", "SHA-256 of the first 4096 bytes of the script, upper-case hex.")

enum class FieldId : uint16_t {
#define AUROCHS_FIELD(name, type, block, ecs, cef, sigma, doc) name,
  AUROCHS_FIELDS(AUROCHS_FIELD)
#undef AUROCHS_FIELD
      count_
};
inline constexpr size_t kFieldCount = static_cast<size_t>(FieldId::count_);

struct FieldRow {
  std::string_view name;
  Type type;
  Block block;
  std::string_view ecs, cef, sigma;  ///< empty: that world has no name for it
  std::string_view sentence;
};

const FieldRow& field_row(FieldId id);
std::string_view type_name(Type t);
std::string_view block_name(Block b);
/// FieldId::count_ when there is none of that name.
FieldId field_by_name(std::string_view name);

}  // namespace aurochs::event
