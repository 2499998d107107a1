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

enum class Block : uint8_t { event, device, sensor, process, image, parent, privilege, script, target, file, logon, network, system };

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
  X(op_id, integer, event, "", "", "", "Number of the operation: ut_type of a utmp record, command of bpf, request of ptrace.") \
  X(op_name, text, event, "", "", "", "Name of the operation, where the type of event stands for several.") \
  X(op_value, text, event, "", "", "", "Its argument or new value, as text.") \
  X(op_value_old, text, event, "", "", "", "The value before; absent where not known.") \
  X(inventory_op_type, text, event, "", "", "", "Polled facts: Snapshot at the first look, then Added, Removed, Changed.") \
  X(event_raw, text, event, "", "", "", "The records themselves; only where the configuration asks for them.") \
  X(audit_op, text, event, "auditd.data.op", "", "", "op= of the record: what the audit or security subsystem did.") \
  X(audit_res, number, event, "auditd.result", "", "", "res= of the record: 1 success, 0 failure.") \
  X(audit_unit, text, event, "service.name", "", "", "Service unit.") \
  X(audit_table, text, event, "", "", "", "Firewall table and family.") \
  X(audit_record, text, event, "auditd.message_type", "", "type", "Name of the record type that told it.") \
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
  X(dev_iface, text, device, "observer.ingress.interface.name", "", "", "Network interface.") \
  X(dev_iface_id, number, device, "", "", "", "Its index.") \
  X(dev_iface_type, text, device, "", "", "", "Its kind: Ethernet, Loopback, tun, veth, bridge, wireguard.") \
  X(dev_iface_mac, text, device, "", "", "", "Its hardware address.") \
  X(dev_iface_ipv4, text, device, "", "", "", "IPv4 address with prefix length.") \
  X(dev_iface_ipv6, text, device, "", "", "", "IPv6 address with prefix length.") \
  X(dev_iface_mtu, number, device, "", "", "", "Its MTU, bytes.") \
  X(dev_iface_isup, boolean, device, "", "", "", "True: administratively up.") \
  X(dev_iface_isconnected, boolean, device, "", "", "", "True: it has a carrier.") \
  X(dev_iface_isphysical, boolean, device, "", "", "", "True: a device stands behind it.") \
  X(dev_iface_ispromiscuous, boolean, device, "", "", "", "True: it takes frames for others.") \
  X(dev_path, text, device, "", "", "", "Device of an event about one: path in /dev or in /sys.") \
  X(dev_size, number, device, "", "", "", "Size of a block device, bytes.") \
  X(dev_isremovable, boolean, device, "", "", "", "True: its medium can be taken out.") \
  X(sensor_type, text, sensor, "agent.type", "", "", "aurochs.")                                                                 \
  X(sensor_version, text, sensor, "agent.version", "", "", "Version of the sensor.")                                             \
  X(sensor_cfg_profile, text, sensor, "", "", "", "Load profile in force.")                                                      \
  X(sensor_cfg_profile_id, text, sensor, "", "", "", "Its number: 1 default, 2 highnet, 3 highproc, 4 highfile.")                \
  X(sensor_cfg_version, text, sensor, "", "", "", "Version of the configuration, YYYYMMDDhhmm of the file.")                     \
  X(sensor_groups, text, sensor, "", "", "", "Groups of the sensor, from the configuration.")                                    \
  X(customer_id, text, sensor, "organization.id", "", "", "Tenant, from the configuration.")                                     \
  X(customer_name, text, sensor, "organization.name", "", "", "Its name, from the configuration.")                               \
  X(customer_system, text, sensor, "", "", "", "Its system, from the configuration.")                                            \
  X(sensor_capture, text, sensor, "", "", "", "How records come: multicast, unicast, plugin, relay, socket, log, replay.")                           \
  X(sensor_loss_cause, text, sensor, "", "", "", "Why something was lost; event_count says how much.")                           \
  X(sensor_loss_since, time, sensor, "", "", "", "Begin of the interval of the loss.")                                           \
  X(sensor_records, number, sensor, "", "", "", "Records taken in since start.")                                                 \
  X(sensor_events, number, sensor, "", "", "", "Events given out since start.")                                                  \
  X(sensor_lost, number, sensor, "", "", "", "Losses of every cause since start.")                                               \
  X(sensor_processes, number, sensor, "", "", "", "Entries of the process table.")                                               \
  X(sensor_cpu_ms, number, sensor, "", "", "", "CPU time of the sensor since start, milliseconds.")                              \
  X(sensor_rss_bytes, number, sensor, "", "", "", "Resident memory of the sensor, bytes.")                                       \
  X(sensor_bytes, number, sensor, "", "", "", "Bytes of JSON given out since start.") \
  X(sensor_bytes_by_type, text, sensor, "", "", "", "Bytes since start by event type, TYPE=N, largest first, joined by the bar.") \
  X(sensor_folded, number, sensor, "", "", "", "Events folded into others since start.") \
  X(sensor_suppressed, number, sensor, "", "", "", "Events that telemetry rules or caps kept back since start.") \
  X(sensor_cpu_percent, number, sensor, "", "", "", "CPU time of the sensor over the last minute, percent of one core.") \
  X(sensor_backlog, number, sensor, "", "", "", "Records that wait in the kernel's audit queue.") \
  X(sensor_blind, text, sensor, "", "", "", "What the sensor can not see here, names of `aurochsctl check` joined by the bar.") \
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
  X(proc_cpu_pct, number, process, "", "", "", "CPU use over the last interval, percent of one core.") \
  X(proc_rss, number, process, "", "", "", "Resident memory, bytes.") \
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
  X(proc_priv_how, text, privilege, "", "", "", "How privileges changed: exec-suid, exec-fcap, unexplained, or the call.")                                 \
  X(proc_usr_e_name_old, text, privilege, "", "", "", "Name of the effective user before.") \
  X(proc_usr_r_id_old, number, privilege, "", "", "", "Real user id before.") \
  X(proc_usr_s_id_old, number, privilege, "", "", "", "Saved user id before.") \
  X(proc_usr_audit_id_old, number, privilege, "", "", "", "Login user id before; absent where unset.") \
  X(proc_group_r_id_old, number, privilege, "", "", "", "Real group id before.") \
  X(proc_group_e_id_old, number, privilege, "", "", "", "Effective group id before.") \
  X(script_path, text, script, "", "", "", "Script that the interpreter was given.")                                             \
  X(script_interp, text, script, "", "", "", "The interpreter.")                                                                 \
  X(script_text, text, script, "", "", "", "Code on the command line, or begin of the script.")                                  \
  X(script_hash, text, script, "", "", "", "SHA-256 of the first 4096 bytes of the script, upper-case hex.") \
  X(tgt_proc_id, number, target, "", "", "", "PID of the process that was acted on; of ptrace and process_vm_* by the number that the caller used.") \
  X(tgt_proc_guid, text, target, "", "", "", "Its identity.") \
  X(tgt_comm, text, target, "", "", "", "Its name of the task.") \
  X(tgt_cmdline, text, target, "", "", "TargetCommandLine", "Its command line.") \
  X(tgt_file_path, text, target, "", "", "TargetImage", "Its image.") \
  X(tgt_usr_id, number, target, "", "", "", "Its real user id.") \
  X(tgt_usr_audit_id, number, target, "", "", "", "Its login user id.") \
  X(file_path, text, file, "file.path", "filePath", "TargetFilename", "The file, absolute, as the process sees it.") \
  X(file_name, text, file, "file.name", "", "", "Its base name.") \
  X(file_dir, text, file, "file.directory", "", "", "Its directory.") \
  X(file_path_old, text, file, "", "oldFilePath", "SourceFilename", "Name before a rename; source of a hard link.") \
  X(file_op, text, file, "", "", "", "What was done: create, modify, read, delete, rename, link, symlink, chmod, chown, xattr, times, truncate, mknod, mkdir, rmdir, flags.") \
  X(file_flags, text, file, "", "", "", "Flags of the open, joined by the bar.") \
  X(file_watch_group, text, file, "", "", "", "Row of the watch table that named the type, such as persistence.cron.") \
  X(file_exists, boolean, file, "", "", "", "It was there when looked at.") \
  X(file_type, text, file, "file.type", "", "", "File, Link, Directory, Fifo, Socket, CharDevice, BlockDevice.") \
  X(file_ace_mask, octal, file, "file.mode", "", "", "Type and permission bits, after the operation.") \
  X(file_ace_mask_old, octal, file, "", "oldFilePermission", "", "The same before.") \
  X(file_size, number, file, "file.size", "", "", "Size in bytes.") \
  X(file_bytes_count, integer, file, "", "", "", "Bytes it grew by between the open and the look at it; negative where it shrank.") \
  X(file_inode, number, file, "file.inode", "fileId", "", "Inode.") \
  X(file_dev, text, file, "file.device", "", "", "Device it lies on, major:minor in hex.") \
  X(file_rdev, text, file, "", "", "", "Device that a device node stands for, major:minor in hex.") \
  X(file_nlink, number, file, "", "", "", "Hard links.") \
  X(file_inode_flags, text, file, "", "", "", "Inode flags as lsattr shows them.") \
  X(file_owner_id, number, file, "file.uid", "", "", "Owner.") \
  X(file_owner_name, text, file, "file.owner", "", "", "Its name.") \
  X(file_owner_id_old, number, file, "", "", "", "Owner before.") \
  X(file_group_id, number, file, "file.gid", "", "", "Group.") \
  X(file_group_name, text, file, "file.group", "", "", "Its name.") \
  X(file_group_id_old, number, file, "", "", "", "Group before.") \
  X(file_atime, time, file, "file.accessed", "", "", "Last access.") \
  X(file_mtime, time, file, "file.mtime", "fileModificationTime", "", "Last change of the content.") \
  X(file_ctime, time, file, "file.ctime", "", "", "Last change of the inode.") \
  X(file_crtime, time, file, "file.created", "fileCreateTime", "", "Birth; absent where the kernel or the file system has none.") \
  X(file_age, number, file, "", "", "", "Seconds from birth to the event.") \
  X(file_mage, number, file, "", "", "", "Seconds from the last change of the content to the event.") \
  X(file_tgt_path, text, file, "file.target_path", "", "", "What a symbolic link points to.") \
  X(file_magic, text, file, "", "", "", "First 20 bytes, upper-case hex.") \
  X(file_data, text, file, "", "", "", "First 48 bytes as text, control characters escaped.") \
  X(file_md5, text, file, "file.hash.md5", "", "", "MD5, upper-case hex.") \
  X(file_sha1, text, file, "file.hash.sha1", "", "", "SHA-1, upper-case hex.") \
  X(file_sha256, text, file, "file.hash.sha256", "", "Hashes", "SHA-256, upper-case hex.") \
  X(file_app_productname, text, file, "", "", "", "Package that owns it; NOT FOUND: none; DATA UNAVAILABLE: not known yet.") \
  X(file_app_version, text, file, "", "", "", "Its version.") \
  X(file_caps, text, file, "", "", "", "File capabilities as set, or absent.") \
  X(auth_type, text, logon, "", "", "", "Method: Password, PublicKey, KeyboardInteractive, GSSAPI, HostBased.") \
  X(auth_service, text, logon, "", "", "", "PAM service or program.") \
  X(auth_op, text, logon, "", "", "", "Step: op= of the record, or the source that told it.") \
  X(auth_result, text, logon, "", "", "", "success or failed.") \
  X(auth_key_algo, text, logon, "", "", "", "Algorithm of the key.") \
  X(auth_key_fingerprint, text, logon, "", "", "", "Fingerprint of the key, SHA256:base64.") \
  X(auth_key_length, number, logon, "", "", "", "Length of the key, bits.") \
  X(auth_cipher, text, logon, "", "", "", "Cipher of the session.") \
  X(auth_sources, text, logon, "", "", "", "Which sources told it: audit, btmp, wtmp, log, diff (of the files); joined by the bar.") \
  X(auth_btmp_usr_count, number, logon, "", "", "", "Failed logons of this user within the window.") \
  X(auth_btmp_ip_count, number, logon, "", "", "", "Failed logons from this address within the window.") \
  X(auth_btmp_time_window, number, logon, "", "", "", "The window, seconds.") \
  X(auth_wtmp_usr_count, number, logon, "", "", "", "Logons of this user in wtmp.") \
  X(auth_wtmp_ip_count, number, logon, "", "", "", "Logons from this address in wtmp.") \
  X(auth_pid, number, logon, "", "", "", "PID of the program that let in or refused.") \
  X(auth_term_name, text, logon, "", "", "", "Terminal of the session.") \
  X(usr_tgt_id, number, logon, "user.target.id", "", "", "Account acted on: user id.") \
  X(usr_tgt_name, text, logon, "user.target.name", "", "TargetUserName", "Its name.") \
  X(usr_tgt_group_id, number, logon, "user.target.group.id", "", "", "Its primary group.") \
  X(usr_tgt_groups, text, logon, "", "", "", "Its groups, number(name) joined by the bar.") \
  X(usr_tgt_home_dir, text, logon, "", "", "", "Its home directory.") \
  X(usr_tgt_shell, text, logon, "", "", "", "Its shell.") \
  X(usr_tgt_description, text, logon, "user.target.full_name", "", "", "Its comment field.") \
  X(usr_tgt_id_old, number, logon, "", "", "", "Its user id before.") \
  X(usr_tgt_name_old, text, logon, "", "", "", "Its name before.") \
  X(usr_tgt_group_id_old, number, logon, "", "", "", "Its primary group before.") \
  X(usr_tgt_home_dir_old, text, logon, "", "", "", "Its home directory before.") \
  X(usr_tgt_shell_old, text, logon, "", "", "", "Its shell before.") \
  X(usr_tgt_logon_time, time, logon, "", "", "", "When the session began.") \
  X(usr_tgt_logon_uptime, number, logon, "", "", "", "Its length, seconds.") \
  X(usr_tgt_pwd_last_set, text, logon, "", "", "", "Date of the last change of the password, YYYY-MM-DD.") \
  X(usr_tgt_pwd_age, number, logon, "", "", "", "Days since then.") \
  X(usr_tgt_pwd_age_min, number, logon, "", "", "", "Fewest days between two changes.") \
  X(usr_tgt_pwd_age_max, number, logon, "", "", "", "Most days that a password lives.") \
  X(usr_tgt_pwd_age_warn, number, logon, "", "", "", "Days of warning before its end.") \
  X(usr_tgt_pwd_algo, text, logon, "", "", "", "Kind of the hash by its prefix; the hash itself is never told.") \
  X(usr_tgt_attrib, text, logon, "", "", "", "State of the password: BlockedPassword, NoPassword, EmptyPassword, or absent.") \
  X(group_id, number, logon, "group.id", "", "", "Group acted on.") \
  X(group_name, text, logon, "group.name", "", "", "Its name.") \
  X(group_id_old, number, logon, "", "", "", "Its id before.") \
  X(group_pwd_exists, boolean, logon, "", "", "", "It has a password.") \
  X(sudoers_rule, text, logon, "", "", "", "Lines of sudoers that came (+) or went (-), joined by the bar.") \
  X(net_family, text, network, "network.type", "", "", "Address family: inet, inet6, local, netlink, packet, alg, vsock, ...") \
  X(net_proto, text, network, "network.transport", "proto", "Protocol", "TCP, UDP, ICMP, RAW; or the socket type where there is no protocol.") \
  X(net_is_ipv6, boolean, network, "", "", "DestinationIsIpv6", "True: IPv6.") \
  X(net_src_ipv4, text, network, "source.ip", "src", "SourceIp", "Source address.") \
  X(net_src_ipv6, text, network, "", "c6a2", "", "Source address.") \
  X(net_src_port, number, network, "source.port", "spt", "SourcePort", "Source port.") \
  X(net_src_hostname, text, network, "source.domain", "shost", "SourceHostname", "Name of the source, where something told it.") \
  X(net_dst_ipv4, text, network, "destination.ip", "dst", "DestinationIp", "Destination address.") \
  X(net_dst_ipv6, text, network, "", "c6a3", "", "Destination address.") \
  X(net_dst_port, number, network, "destination.port", "dpt", "DestinationPort", "Destination port.") \
  X(net_dst_hostname, text, network, "destination.domain", "dhost", "DestinationHostname", "Name that was asked for before this address was used: from DNS answers seen, or /etc/hosts.") \
  X(net_conn_direction, text, network, "network.direction", "deviceDirection", "Initiated", "Inbound or Outbound.") \
  X(net_conn_community_id, text, network, "", "", "", "Community ID 1, seed 0, as upper-case hex of the SHA-1.") \
  X(net_community_id, text, network, "network.community_id", "", "", "The same in its standard form, 1:base64.") \
  X(net_state, text, network, "", "", "", "State of a TCP socket.") \
  X(net_rx_bytes, number, network, "destination.bytes", "in", "", "Bytes received.") \
  X(net_tx_bytes, number, network, "source.bytes", "out", "", "Bytes sent.") \
  X(net_duration, number, network, "", "", "", "Seconds the connection lasted so far.") \
  X(net_op_status, integer, network, "", "", "", "Result of the call: 0 or minus errno; -115 is a connect in progress.") \
  X(net_inode, number, network, "", "", "", "Inode of the socket.") \
  X(net_fd, number, network, "", "", "", "Descriptor of the socket in the process.") \
  X(net_path, text, network, "", "", "", "Path of a unix socket; an abstract name begins with @.") \
  X(net_route, text, network, "", "", "", "Route, as: DESTINATION via GATEWAY dev INTERFACE.") \
  X(net_mac, text, network, "source.mac", "smac", "", "Hardware address of a neighbour.") \
  X(net_mac_old, text, network, "", "", "", "The same before.") \
  X(dns_rname, text, network, "dns.question.name", "", "QueryName", "Name asked for.") \
  X(dns_rtype, text, network, "dns.question.type", "", "record_type", "Type asked for: A, AAAA, TXT, ...") \
  X(dns_rcode, text, network, "dns.response_code", "", "QueryStatus", "NOERROR, NXDOMAIN, SERVFAIL, REFUSED, ...") \
  X(dns_raddr, text, network, "dns.resolved_ip", "", "QueryResults", "Addresses answered, joined by the bar.") \
  X(dns_rcname, text, network, "", "", "", "Names answered on the way (CNAME), joined by the bar.") \
  X(dns_server, text, network, "", "", "", "Server asked, address and port.") \
  X(dns_id, number, network, "dns.id", "", "", "Transaction id.") \
  X(dns_labels, number, network, "", "", "", "Different names below one domain in the window.") \
  X(mem_prot, text, system, "", "", "", "Protection asked for: r, w, x letters.") \
  X(mem_len, number, system, "", "", "", "Length, bytes.") \
  X(mem_addr, text, system, "", "", "", "Address, hex.") \
  X(mod_name, text, system, "", "", "ImageLoaded", "Kernel module.") \
  X(mod_taint, text, system, "", "", "", "Taint letters.") \
  X(mnt_src, text, system, "", "", "", "Source of a mount.") \
  X(mnt_dst, text, system, "", "", "", "Where it is mounted.") \
  X(mnt_type, text, system, "", "", "", "File system type.") \
  X(mnt_flags, text, system, "", "", "", "Flags or options, joined by the bar.") \
  X(ns_flags, text, system, "", "", "", "Namespaces, joined by the bar: user, mnt, pid, net, ipc, uts, cgroup, time.") \
  X(sysctl_name, text, system, "", "", "", "Kernel parameter, with dots.") \
  X(sysctl_value, text, system, "", "", "", "Its value.") \
  X(sysctl_value_old, text, system, "", "", "", "Its value before.") \
  X(mac_op, text, system, "", "", "", "What was denied or changed.") \
  X(mac_class, text, system, "", "", "", "Class of the object.") \
  X(mac_source, text, system, "", "", "", "Label of the one who acts.") \
  X(mac_target, text, system, "", "", "", "Label of the object, or profile.") \
  X(usb_vid, text, system, "", "", "", "Vendor id, hex.") \
  X(usb_pid, text, system, "", "", "", "Product id, hex.") \
  X(usb_serial, text, system, "", "", "", "Serial number.") \
  X(usb_class, text, system, "", "", "", "Class of the device or of its interface, hex.") \
  X(usb_product, text, system, "", "", "", "Manufacturer and product.") \
  X(app_type, text, system, "", "", "", "Kind of package: deb, rpm.") \
  X(app_productname, text, system, "package.name", "", "", "Package.") \
  X(app_version, text, system, "package.version", "", "", "Its version.") \
  X(app_version_old, text, system, "", "", "", "Its version before.") \
  X(app_arch, text, system, "package.architecture", "", "", "Its architecture.") \
  X(container_id, text, system, "container.id", "", "", "Container, 64 hex digits or the runtime's own name.") \
  X(container_runtime, text, system, "container.runtime", "", "", "Runtime as its cgroup shows it: docker, containerd, cri-o, podman, lxc.") \
  X(container_privileged, boolean, system, "", "", "", "True: it runs privileged.")

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
