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
#define AUROCHS_EVENTS(X) \
  X(file_info, 11, "FileInfoNix", "FileFound", "File Found", "LinuxProc", "file system", low, "0001", "a critical file as polling finds it: at first, changed, gone") \
  X(process_create, 40, "ProcessCreateNix", "ProcessCreate", "Process Create", "LinuxAudit", "processes", high, "11p1", "execve or execveat that succeeded") \
  X(process_info, 47, "ProcessInfoNix", "ProcessFound", "Process Found", "LinuxProc", "processes", medium, "1111", "a process that ran before the sensor, found in /proc at start") \
  X(network_connection_info, 76, "NetworkConnectionInfoNix", "NetworkConnectionFound", "Network Connection Found", "LinuxSockDiag", "network", medium, "0100", "a connection as polling finds it") \
  X(network_port_open_info, 77, "NetworkPortOpenInfoNix", "NetworkOpenPortFound", "Network Open Port Found", "LinuxSockDiag", "network", low, "0100", "a listening socket as polling finds it") \
  X(process_create_fail, 1001, "ProcessCreateFailNix", "ProcessExecFail", "Process Exec Fail", "LinuxAudit", "processes", low, "1101", "execve or execveat that failed; not the ENOENT and ENOTDIR of a search along PATH") \
  X(process_fork, 1002, "ProcessForkNix", "ProcessFork", "Process Fork", "LinuxProc", "processes", high, "0000", "proc connector FORK (or audit clone/fork/vfork/clone3)") \
  X(process_exit, 1003, "ProcessExitNix", "ProcessExit", "Process Exit", "LinuxProc", "processes", high, "11p1", "proc connector EXIT; exit_group where there is no connector") \
  X(process_signal_death, 1004, "ProcessSignalDeathNix", "ProcessKilled", "Process Killed", "LinuxProc", "processes", low, "1111", "proc connector EXIT by a signal") \
  X(process_crash, 1005, "ProcessCrashNix", "ProcessAbend", "Process Abend", "LinuxAudit", "processes", very_low, "1111", "record ANOM_ABEND") \
  X(process_core_dump, 1006, "ProcessCoreDumpNix", "ProcessCoreDump", "Process Core Dump", "LinuxProc", "processes", very_low, "1111", "proc connector COREDUMP (kernel 3.10)") \
  X(process_signal_send, 1007, "ProcessSignalSendNix", "ProcessKillCall", "Process Kill Call", "LinuxAudit", "processes", medium, "1101", "kill, tkill, tgkill, pidfd_send_signal; OBJ_PID") \
  X(process_masquerade, 1009, "ProcessMasqueradeNix", "ProcessTitleMismatch", "Process Title Mismatch", "LinuxAudit", "processes", very_low, "1111", "computed at exec and in sweeps: argv[0]/comm against exe (kernel-thread names with an exe, '[kworker]' in cmdline)") \
  X(process_exec_deleted, 1010, "ProcessExecDeletedNix", "ProcessImageDeleted", "Process Image Deleted", "LinuxAudit", "processes", very_low, "1111", "exec of an image whose name is gone") \
  X(process_exec_fileless, 1011, "ProcessExecFilelessNix", "ProcessExecMemfd", "Process Exec Memfd", "LinuxAudit", "processes", very_low, "1111", "exec of a memfd, of a descriptor, or from /dev/shm") \
  X(process_stdio_socket, 1012, "ProcessStdioSocketNix", "ProcessStdioSocket", "Process Stdio Socket", "LinuxSockDiag", "processes", low, "1111", "computed at exec: fd 0/1/2 is a socket (sock_diag peer)") \
  X(process_session_create, 1013, "ProcessSessionCreateNix", "ProcessSetSid", "Process Set Sid", "LinuxProc", "processes", medium, "0000", "proc connector SID; audit setsid") \
  X(process_chroot, 1014, "ProcessChrootNix", "ProcessChroot", "Process Chroot", "LinuxAudit", "processes", very_low, "1111", "call chroot") \
  X(process_pivot_root, 1015, "ProcessPivotRootNix", "ProcessPivotRoot", "Process Pivot Root", "LinuxAudit", "processes", very_low, "1111", "call pivot_root") \
  X(process_priority_change, 1016, "ProcessPriorityChangeNix", "ProcessPriority", "Process Priority", "LinuxAudit", "processes", medium, "0000", "calls setpriority, sched_setscheduler") \
  X(process_limit_change, 1017, "ProcessLimitChangeNix", "ProcessRlimit", "Process Rlimit", "LinuxAudit", "processes", medium, "0000", "calls prlimit64, setrlimit") \
  X(process_personality, 1018, "ProcessPersonalityNix", "ProcessPersonality", "Process Personality", "LinuxAudit", "processes", very_low, "1111", "personality, a0&0x40000 (ADDR_NO_RANDOMIZE)") \
  X(process_dumpable, 1019, "ProcessDumpableNix", "ProcessPrctl", "Process Prctl", "LinuxAudit", "processes", low, "0000", "prctl, a0=4, 36 or 0x59616d61") \
  X(process_seccomp_violation, 1020, "ProcessSeccompViolationNix", "ProcessSeccomp", "Process Seccomp", "LinuxAudit", "processes", low, "1111", "record SECCOMP") \
  X(process_kernel_helper, 1021, "ProcessKernelHelperNix", "ProcessUsermodeHelper", "Process Usermode Helper", "LinuxProc", "processes", low, "1111", "proc connector EXEC with parent kthread (kernel-launched: core_pattern, modprobe, release_agent, hotplug)") \
  X(process_hidden, 1022, "ProcessHiddenNix", "ProcessHidden", "Process Hidden", "LinuxProc", "processes", very_low, "1111", "tgkill of every PID number against the listing of /proc, in two looks") \
  X(process_burst, 1023, "ProcessBurstNix", "ProcessCreateAggregate", "Process Create Aggregate", "LinuxAudit", "processes", low, "1011", "aggregator: one parent starts > N equal children in a window") \
  X(process_resource_anomaly, 1024, "ProcessResourceAnomalyNix", "ProcessHighCpu", "Process High Cpu", "LinuxProc", "processes", very_low, "1111", "/proc/PID/stat: 90 % of a core over ten looks") \
  X(process_env_hijack, 1025, "ProcessEnvHijackNix", "ProcessEnvHijack", "Process Env Hijack", "LinuxProc", "processes", very_low, "1111", "environment at exec sets a variable that loads foreign code") \
  X(process_image_hash, 1030, "ProcessImageHashNix", "ProcessImageHash", "Process Image Hash", "LinuxProc", "processes", medium, "1111", "digests of an image that were not known yet at its exec; carries the process") \
  X(file_create, 1100, "FileCreateNix", "FileCreate", "File Create", "LinuxAudit", "file system", high, "1110", "open*, creat, mknod that made the file (PATH nametype=CREATE)") \
  X(file_modify, 1101, "FileModifyNix", "FileWrite", "File Write", "LinuxAudit", "file system", high, "1110", "open* to write or with O_TRUNC of a file that was there") \
  X(file_delete, 1102, "FileDeleteNix", "FileDelete", "File Delete", "LinuxAudit", "file system", high, "1110", "unlink, unlinkat") \
  X(file_rename, 1103, "FileRenameNix", "FileRename", "File Rename", "LinuxAudit", "file system", medium, "1110", "rename, renameat, renameat2") \
  X(file_read, 1104, "FileReadNix", "FileOpenRead", "File Open Read", "LinuxAudit", "file system", medium, "1111", "open* to read of what a row of the watch table lists") \
  X(file_truncate, 1105, "FileTruncateNix", "FileTruncate", "File Truncate", "LinuxAudit", "file system", medium, "1110", "truncate; ftruncate where a rule names it, as the kernel knows no path of it") \
  X(file_hard_link, 1106, "FileHardLinkNix", "FileLink", "File Link", "LinuxAudit", "file system", low, "1110", "link, linkat") \
  X(file_symlink, 1107, "FileSymlinkNix", "FileSymlink", "File Symlink", "LinuxAudit", "file system", low, "1110", "symlink, symlinkat") \
  X(file_mode_change, 1108, "FileModeChangeNix", "FileChmod", "File Chmod", "LinuxAudit", "file system", medium, "1110", "chmod, fchmod, fchmodat, fchmodat2") \
  X(file_owner_change, 1109, "FileOwnerChangeNix", "FileChown", "File Chown", "LinuxAudit", "file system", medium, "1110", "chown, fchown, lchown, fchownat") \
  X(file_xattr_set, 1110, "FileXattrSetNix", "FileXattrSet", "File Xattr Set", "LinuxAudit", "file system", low, "1110", "setxattr, lsetxattr, fsetxattr") \
  X(file_xattr_remove, 1111, "FileXattrRemoveNix", "FileXattrRemove", "File Xattr Remove", "LinuxAudit", "file system", low, "1110", "removexattr, lremovexattr, fremovexattr") \
  X(file_time_change, 1112, "FileTimeChangeNix", "FileTimestamp", "File Timestamp", "LinuxAudit", "file system", medium, "1110", "utime, utimes, futimesat, utimensat to another time than now, by somebody who logged in") \
  X(file_immutable_change, 1113, "FileImmutableChangeNix", "FileSetFlags", "File Set Flags", "LinuxAudit", "file system", very_low, "1111", "ioctl, a1=0x40086602 or 0x401c5820 (inode flags)") \
  X(dir_create, 1114, "DirCreateNix", "DirCreate", "Dir Create", "LinuxAudit", "file system", medium, "0000", "mkdir, mkdirat") \
  X(dir_delete, 1115, "DirDeleteNix", "DirDelete", "Dir Delete", "LinuxAudit", "file system", medium, "0000", "rmdir, unlinkat with AT_REMOVEDIR") \
  X(file_open_by_handle, 1116, "FileOpenByHandleNix", "FileOpenByHandle", "File Open By Handle", "LinuxAudit", "file system", very_low, "1111", "open_by_handle_at") \
  X(file_executable_drop, 1117, "FileExecutableDropNix", "FileExecutableDrop", "File Executable Drop", "LinuxAudit", "file system", low, "1111", "a file made or written, not by a package manager, that is ELF, begins with #!, or is new and executable") \
  X(file_archive_create, 1118, "FileArchiveCreateNix", "FileArchiveCreate", "File Archive Create", "LinuxAudit", "file system", low, "1110", "a file made anew that begins like an archive") \
  X(file_access_denied, 1119, "FileAccessDeniedNix", "FileAccessDenied", "File Access Denied", "LinuxAudit", "file system", medium, "1110", "open* that failed with EACCES or EPERM") \
  X(file_link_anomaly, 1120, "FileLinkAnomalyNix", "FileLinkAnomaly", "File Link Anomaly", "LinuxAudit", "file system", very_low, "1111", "record ANOM_LINK") \
  X(file_create_anomaly, 1121, "FileCreateAnomalyNix", "FileCreateAnomaly", "File Create Anomaly", "LinuxAudit", "file system", very_low, "1111", "record ANOM_CREAT: protected_fifos, protected_regular (kernel 4.19)") \
  X(file_op_burst, 1122, "FileOpBurstNix", "FileOpAggregate", "File Op Aggregate", "LinuxAudit", "file system", low, "1111", "200 files created, written, cut, renamed or deleted by one process within 10 s") \
  X(system_binary_modify, 1123, "SystemBinaryModifyNix", "SystemBinaryWrite", "System Binary Write", "LinuxAudit", "file system", low, "1111", "watch table: written below /bin, /sbin, /lib*, /usr/{bin,sbin,lib*}, not by a package manager") \
  X(boot_file_modify, 1124, "BootFileModifyNix", "BootFileWrite", "Boot File Write", "LinuxAudit", "file system", very_low, "1111", "watch table: written below /boot or /efi, not by a package manager") \
  X(web_root_file_write, 1125, "WebRootFileWriteNix", "WebRootFileWrite", "Web Root File Write", "LinuxAudit", "file system", low, "1111", "watch table: a script or .htaccess written below a web root") \
  X(raw_device_read, 1126, "RawDeviceReadNix", "RawDeviceRead", "Raw Device Read", "LinuxAudit", "file system", very_low, "1111", "open* of a block device to read") \
  X(raw_device_write, 1127, "RawDeviceWriteNix", "RawDeviceWrite", "Raw Device Write", "LinuxAudit", "file system", very_low, "1111", "open* of a block device to write") \
  X(package_db_modify, 1128, "PackageDbModifyNix", "PackageDbWrite", "Package Db Write", "LinuxAudit", "file system", low, "1111", "watch table: written below the package manager's data base, not by it") \
  X(cert_store_modify, 1129, "CertStoreModifyNix", "CertStoreWrite", "Cert Store Write", "LinuxAudit", "file system", very_low, "1111", "watch table: written below the certificate stores, not by a package manager") \
  X(log_file_tamper, 1130, "LogFileTamperNix", "LogFileTamper", "Log File Tamper", "LinuxAudit", "file system", very_low, "1111", "watch table: removed, emptied or renamed below /var/log, not by a logger") \
  X(history_file_tamper, 1131, "HistoryFileTamperNix", "HistoryFileTamper", "History File Tamper", "LinuxAudit", "file system", very_low, "1111", "watch table: a shell's history removed, emptied, replaced or linked") \
  X(file_canary_touch, 1133, "FileCanaryTouchNix", "FileCanaryTouch", "File Canary Touch", "LinuxAudit", "file system", very_low, "1111", "watch table: a canary of the administrator's rows is changed") \
  X(network_connect, 1200, "NetworkConnectNix", "NetworkConnect", "Network Connect", "LinuxAudit", "network", high, "1011", "connect to IPv4 or IPv6, exit 0, EINPROGRESS or EINTR; record SOCKADDR") \
  X(network_connect_fail, 1201, "NetworkConnectFailNix", "NetworkConnectFail", "Network Connect Fail", "LinuxAudit", "network", medium, "1011", "connect that failed: ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, EACCES, ...") \
  X(network_accept, 1202, "NetworkAcceptNix", "NetworkAccept", "Network Accept", "LinuxAudit", "network", high, "1011", "accept, accept4; record SOCKADDR, or sock_diag where the caller did not ask for the peer") \
  X(network_bind, 1203, "NetworkBindNix", "NetworkBind", "Network Bind", "LinuxAudit", "network", low, "1111", "bind to a port of IPv4 or IPv6; port 0 is none") \
  X(network_listen, 1204, "NetworkListenNix", "NetworkListen", "Network Listen", "LinuxAudit", "network", low, "1111", "listen; address and port by sock_diag") \
  X(network_raw_socket, 1205, "NetworkRawSocketNix", "NetworkSocketRaw", "Network Socket Raw", "LinuxAudit", "network", very_low, "1111", "socket of type SOCK_RAW, IPv4 or IPv6") \
  X(network_packet_socket, 1206, "NetworkPacketSocketNix", "NetworkSocketPacket", "Network Socket Packet", "LinuxAudit", "network", very_low, "1111", "socket of family AF_PACKET") \
  X(network_alg_socket, 1207, "NetworkAlgSocketNix", "NetworkSocketAlg", "Network Socket Alg", "LinuxAudit", "network", very_low, "1111", "socket of family AF_ALG, also where the kernel has none") \
  X(network_vsock_socket, 1208, "NetworkVsockSocketNix", "NetworkSocketVsock", "Network Socket Vsock", "LinuxAudit", "network", very_low, "1111", "socket of family AF_VSOCK") \
  X(network_unusual_socket, 1209, "NetworkUnusualSocketNix", "NetworkSocketFamily", "Network Socket Family", "LinuxAudit", "network", low, "1111", "socket of any family but unix, IPv4, IPv6, netlink, packet, alg, vsock") \
  X(network_udp_send, 1210, "NetworkUdpSendNix", "NetworkSendTo", "Network Send To", "LinuxAudit", "network", high, "0000", "sendto, sendmsg to an address of its own; record SOCKADDR") \
  X(network_connection_close, 1211, "NetworkConnectionCloseNix", "NetworkClose", "Network Close", "LinuxSockDiag", "network", high, "0000", "sock_diag multicast SKNLGRP_INET_TCP_DESTROY, kernel 4.2") \
  X(network_connection_long, 1212, "NetworkConnectionLongNix", "NetworkConnectionLong", "Network Connection Long", "LinuxSockDiag", "network", low, "1111", "sock_diag: a TCP connection older than network.long_s") \
  X(network_port_opened, 1213, "NetworkPortOpenedNix", "NetworkPortOpened", "Network Port Opened", "LinuxSockDiag", "network", low, "1111", "sock_diag: listens now and did not ten seconds ago") \
  X(network_port_closed, 1214, "NetworkPortClosedNix", "NetworkPortClosed", "Network Port Closed", "LinuxSockDiag", "network", low, "1111", "sock_diag: listened ten seconds ago and does not now") \
  X(network_promiscuous, 1215, "NetworkPromiscuousNix", "NetworkPromiscuous", "Network Promiscuous", "LinuxAudit", "network", very_low, "1111", "record ANOM_PROMISCUOUS; IFF_PROMISC in rtnetlink") \
  X(network_interface_create, 1216, "NetworkInterfaceCreateNix", "NetworkInterfaceCreate", "Network Interface Create", "LinuxNetlink", "network", low, "1111", "rtnetlink RTM_NEWLINK of an unknown index") \
  X(network_interface_delete, 1217, "NetworkInterfaceDeleteNix", "NetworkInterfaceDelete", "Network Interface Delete", "LinuxNetlink", "network", low, "1111", "rtnetlink RTM_DELLINK") \
  X(network_interface_state, 1218, "NetworkInterfaceStateNix", "NetworkInterfaceState", "Network Interface State", "LinuxNetlink", "network", low, "1111", "rtnetlink RTM_NEWLINK: up, carrier, name or hardware address changed") \
  X(network_address_change, 1219, "NetworkAddressChangeNix", "NetworkAddressChange", "Network Address Change", "LinuxNetlink", "network", low, "1111", "rtnetlink RTM_NEWADDR, RTM_DELADDR") \
  X(network_route_change, 1220, "NetworkRouteChangeNix", "NetworkRouteChange", "Network Route Change", "LinuxNetlink", "network", low, "1111", "rtnetlink RTM_NEWROUTE, RTM_DELROUTE of the main table") \
  X(network_neighbor_change, 1221, "NetworkNeighborChangeNix", "NetworkNeighborChange", "Network Neighbor Change", "LinuxNetlink", "network", low, "1000", "rtnetlink RTM_NEWNEIGH: another hardware address for a known host") \
  X(network_firewall_change, 1222, "NetworkFirewallChangeNix", "NetworkFirewallChange", "Network Firewall Change", "LinuxAudit", "network", low, "1111", "record NETFILTER_CFG; one event a transaction") \
  X(network_socket_filter, 1223, "NetworkSocketFilterNix", "NetworkSocketFilter", "Network Socket Filter", "LinuxAudit", "network", very_low, "1111", "setsockopt SO_ATTACH_FILTER, SO_ATTACH_BPF; not on netlink and unix sockets") \
  X(network_tun_device, 1224, "NetworkTunDeviceNix", "NetworkTunDevice", "Network Tun Device", "LinuxAudit", "network", very_low, "1111", "ioctl, a1=0x400454ca (TUNSETIFF)") \
  X(network_scan_outbound, 1225, "NetworkScanOutboundNix", "NetworkScanOutbound", "Network Scan Outbound", "LinuxAudit", "network", very_low, "1011", "connects of one process within a minute: 16 ports of one address, or 100 addresses with one port") \
  X(network_metadata_access, 1229, "NetworkMetadataAccessNix", "NetworkMetadataService", "Network Metadata Service", "LinuxAudit", "network", low, "1011", "connect to 169.254.169.254 and other metadata services of clouds") \
  X(network_http_proxy_env, 1231, "NetworkHttpProxyEnvNix", "NetworkProxyChange", "Network Proxy Change", "LinuxAudit", "network", very_low, "1111", "watch table: a proxy's profile, unit or package manager setting is written") \
  X(dns_query, 1260, "DnsQueryNix", "DnsQuery", "Dns Query", "LinuxPacket", "DNS", high, "1011", "packet socket: question to port 53, UDP and TCP") \
  X(dns_response, 1261, "DnsResponseNix", "DnsResponse", "Dns Response", "LinuxPacket", "DNS", high, "0000", "packet socket: answer to a question seen") \
  X(dns_query_fail, 1262, "DnsQueryFailNix", "DnsQueryFail", "Dns Query Fail", "LinuxPacket", "DNS", medium, "1011", "packet socket: answer NXDOMAIN, SERVFAIL, REFUSED") \
  X(dns_foreign_server, 1263, "DnsForeignServerNix", "DnsForeignServer", "Dns Foreign Server", "LinuxAudit", "DNS", low, "1011", "connect or sendto to port 53 of a server that is in no resolv.conf; once an hour, process and server") \
  X(dns_multicast_query, 1264, "DnsMulticastQueryNix", "DnsMulticastQuery", "Dns Multicast Query", "LinuxPacket", "DNS", medium, "0000", "packet socket: question to port 5353 or 5355") \
  X(dns_tunnel_stat, 1265, "DnsTunnelStatNix", "DnsDomainAggregate", "Dns Domain Aggregate", "LinuxPacket", "DNS", low, "1011", "many names asked below one domain in 20 s") \
  X(dns_over_tls, 1266, "DnsOverTlsNix", "DnsOverTls", "Dns Over Tls", "LinuxAudit", "DNS", low, "1011", "connect to port 853, or to port 443 of a known public resolver") \
  X(process_ptrace_attach, 1300, "ProcessPtraceAttachNix", "ProcessPtraceAttach", "Process Ptrace Attach", "LinuxAudit", "memory", very_low, "1111", "ptrace, a0=16 or 0x4206; OBJ_PID") \
  X(process_ptrace_traceme, 1301, "ProcessPtraceTracemeNix", "ProcessPtraceTraceme", "Process Ptrace Traceme", "LinuxAudit", "memory", low, "0000", "ptrace, a0=0 (TRACEME)") \
  X(process_ptrace_write, 1302, "ProcessPtraceWriteNix", "ProcessPtraceWrite", "Process Ptrace Write", "LinuxAudit", "memory", very_low, "1111", "ptrace, a0=4 to 6, 13, 15 or 0x4205") \
  X(process_vm_write, 1303, "ProcessVmWriteNix", "ProcessVmWrite", "Process Vm Write", "LinuxAudit", "memory", very_low, "1111", "call process_vm_writev") \
  X(process_vm_read, 1304, "ProcessVmReadNix", "ProcessVmRead", "Process Vm Read", "LinuxAudit", "memory", low, "1111", "call process_vm_readv") \
  X(proc_mem_write, 1305, "ProcMemWriteNix", "ProcMemOpenWrite", "Proc Mem Open Write", "LinuxAudit", "memory", very_low, "1111", "open* of /proc/PID/mem to write") \
  X(proc_mem_read, 1306, "ProcMemReadNix", "ProcMemOpenRead", "Proc Mem Open Read", "LinuxAudit", "memory", medium, "0000", "open* of /proc/PID/mem to read, by somebody who logged in") \
  X(memfd_create, 1307, "MemfdCreateNix", "MemfdCreate", "Memfd Create", "LinuxAudit", "memory", low, "1111", "call memfd_create") \
  X(memory_protect_exec, 1308, "MemoryProtectExecNix", "MemoryProtectExec", "Memory Protect Exec", "LinuxAudit", "memory", medium, "1010", "mprotect, pkey_mprotect, a2&=6") \
  X(memory_map_rwx, 1309, "MemoryMapRwxNix", "MemoryMapRwx", "Memory Map Rwx", "LinuxAudit", "memory", medium, "1010", "mmap, a2&=6 (writable and executable)") \
  X(memory_anomaly, 1311, "MemoryAnomalyNix", "MemoryRwxFound", "Memory Rwx Found", "LinuxProc", "memory", very_low, "1111", "/proc/PID/maps: executable and writable without a file, of a deleted file, of a memfd") \
  X(dev_mem_open, 1312, "DevMemOpenNix", "DevMemOpen", "Dev Mem Open", "LinuxAudit", "memory", very_low, "1111", "open* of /dev/mem, /dev/kmem, /dev/port") \
  X(kcore_open, 1313, "KcoreOpenNix", "KcoreOpen", "Kcore Open", "LinuxAudit", "memory", low, "1111", "open* of /proc/kcore, /proc/kallsyms, /proc/kmsg") \
  X(userfaultfd, 1314, "UserfaultfdNix", "UserfaultfdCreate", "Userfaultfd Create", "LinuxAudit", "memory", very_low, "1111", "call userfaultfd") \
  X(perf_event_open, 1315, "PerfEventOpenNix", "PerfEventOpen", "Perf Event Open", "LinuxAudit", "memory", low, "1111", "call perf_event_open") \
  X(pidfd_getfd, 1316, "PidfdGetfdNix", "PidfdGetfd", "Pidfd Getfd", "LinuxAudit", "memory", very_low, "1111", "call pidfd_getfd") \
  X(io_uring_setup, 1317, "IoUringSetupNix", "IoUringSetup", "Io Uring Setup", "LinuxAudit", "memory", low, "1111", "call io_uring_setup") \
  X(splice_to_pipe, 1318, "SpliceToPipeNix", "SpliceToPipe", "Splice To Pipe", "LinuxAudit", "memory", medium, "0000", "splice, a1!=0 and a3=0 (file to pipe)") \
  X(sysv_shm_exec, 1319, "SysvShmExecNix", "SysvShmExec", "Sysv Shm Exec", "LinuxAudit", "memory", very_low, "1111", "shmat, a2&0x8000 (SHM_EXEC)") \
  X(memory_secret, 1320, "MemorySecretNix", "MemfdSecret", "Memfd Secret", "LinuxAudit", "memory", very_low, "1111", "call memfd_secret") \
  X(named_pipe_create, 1350, "NamedPipeCreateNix", "NamedPipeCreate", "Named Pipe Create", "LinuxAudit", "named pipes, sockets, IPC", low, "1111", "mknod, mknodat of a FIFO") \
  X(named_pipe_open, 1351, "NamedPipeOpenNix", "NamedPipeOpen", "Named Pipe Open", "LinuxAudit", "named pipes, sockets, IPC", low, "0000", "open* of a FIFO") \
  X(device_node_create, 1352, "DeviceNodeCreateNix", "DeviceNodeCreate", "Device Node Create", "LinuxAudit", "named pipes, sockets, IPC", very_low, "1111", "mknod, mknodat of a device") \
  X(unix_socket_create, 1353, "UnixSocketCreateNix", "UnixSocketCreate", "Unix Socket Create", "LinuxAudit", "named pipes, sockets, IPC", low, "1111", "bind to a path") \
  X(unix_socket_connect, 1354, "UnixSocketConnectNix", "UnixSocketConnect", "Unix Socket Connect", "LinuxAudit", "named pipes, sockets, IPC", low, "1111", "connect to a listed unix socket, or to one of another user in a directory that all share") \
  X(abstract_socket_listen, 1355, "AbstractSocketListenNix", "AbstractSocketListen", "Abstract Socket Listen", "LinuxSockDiag", "named pipes, sockets, IPC", low, "1111", "sock_diag: an abstract name that listens now and did not ten seconds ago") \
  X(posix_mq_open, 1356, "PosixMqOpenNix", "PosixMqOpen", "Posix Mq Open", "LinuxAudit", "named pipes, sockets, IPC", very_low, "0000", "call mq_open") \
  X(sysv_shm_create, 1357, "SysvShmCreateNix", "SysvShmCreate", "Sysv Shm Create", "LinuxAudit", "named pipes, sockets, IPC", low, "0000", "shmget, a2&0x200 (IPC_CREAT)") \
  X(sysv_ipc_perm, 1358, "SysvIpcPermNix", "SysvIpcPerm", "Sysv Ipc Perm", "LinuxAudit", "named pipes, sockets, IPC", very_low, "0000", "shmctl, msgctl, semctl IPC_SET; IPC, IPC_SET_PERM") \
  X(ssh_agent_socket_access, 1359, "SshAgentSocketAccessNix", "SshAgentSocketAccess", "Ssh Agent Socket Access", "LinuxAudit", "named pipes, sockets, IPC", very_low, "1111", "connect to an agent's unix socket whose owner is another user") \
  X(user_account_create, 1400, "UserAccountCreateNix", "UserCreate", "User Create", "LinuxAudit", "accounts", very_low, "1111", "record ADD_USER; difference of /etc/passwd") \
  X(user_account_delete, 1401, "UserAccountDeleteNix", "UserDelete", "User Delete", "LinuxAudit", "accounts", very_low, "1111", "record DEL_USER; difference of /etc/passwd") \
  X(user_account_modify, 1402, "UserAccountModifyNix", "UserModify", "User Modify", "LinuxAudit", "accounts", very_low, "1111", "records USER_MGMT, USER_CHAUTHTOK by their op=; difference of /etc/passwd (uid, gid, home, shell)") \
  X(user_password_change, 1403, "UserPasswordChangeNix", "UserPasswordChange", "User Password Change", "LinuxAudit", "accounts", very_low, "1111", "record USER_CHAUTHTOK op=PAM:chauthtok and kin; difference of /etc/shadow") \
  X(user_account_lock, 1404, "UserAccountLockNix", "UserLock", "User Lock", "LinuxAudit", "accounts", very_low, "1111", "records ACCT_LOCK, RESP_ACCT_LOCK, usermod -L; difference of /etc/shadow: '!'") \
  X(user_account_unlock, 1405, "UserAccountUnlockNix", "UserUnlock", "User Unlock", "LinuxAudit", "accounts", very_low, "1111", "records ACCT_UNLOCK, RESP_ACCT_UNLOCK_TIMED, usermod -U; difference of /etc/shadow") \
  X(user_password_policy, 1406, "UserPasswordPolicyNix", "UserPasswordAging", "User Password Aging", "LinuxAudit", "accounts", very_low, "1111", "records of chage, passwd, usermod by their op=; difference of the aging fields of /etc/shadow") \
  X(user_uid_zero, 1407, "UserUidZeroNix", "UserUidZero", "User Uid Zero", "LinuxAudit", "accounts", very_low, "1111", "difference of passwd: another account has uid 0") \
  X(user_empty_password, 1408, "UserEmptyPasswordNix", "UserEmptyPassword", "User Empty Password", "LinuxAudit", "accounts", very_low, "1111", "difference of shadow or passwd: an account without a password") \
  X(group_create, 1409, "GroupCreateNix", "GroupCreate", "Group Create", "LinuxAudit", "accounts", very_low, "1111", "record ADD_GROUP; difference of /etc/group") \
  X(group_delete, 1410, "GroupDeleteNix", "GroupDelete", "Group Delete", "LinuxAudit", "accounts", very_low, "1111", "record DEL_GROUP; difference of /etc/group") \
  X(group_modify, 1411, "GroupModifyNix", "GroupModify", "Group Modify", "LinuxAudit", "accounts", very_low, "1111", "record GRP_MGMT, USER_ACCT of groupmod; difference of /etc/group") \
  X(group_member_add, 1412, "GroupMemberAddNix", "GroupMemberAdd", "Group Member Add", "LinuxAudit", "accounts", very_low, "1111", "records USER_MGMT, USER_ACCT of usermod, gpasswd; difference of /etc/group: a member came") \
  X(group_member_remove, 1413, "GroupMemberRemoveNix", "GroupMemberRemove", "Group Member Remove", "LinuxAudit", "accounts", very_low, "1111", "records USER_MGMT, USER_ACCT of usermod, gpasswd; difference of /etc/group: a member went") \
  X(group_password, 1414, "GroupPasswordNix", "GroupPassword", "Group Password", "LinuxAudit", "accounts", very_low, "1111", "record GRP_CHAUTHTOK, USER_CHAUTHTOK of gpasswd; difference of /etc/gshadow") \
  X(account_db_write, 1415, "AccountDbWriteNix", "AccountDbWrite", "Account Db Write", "LinuxAudit", "accounts", very_low, "1111", "watch table: passwd, shadow, group, gshadow, subuid, subgid written by an unexpected program") \
  X(login_policy_change, 1416, "LoginPolicyChangeNix", "LoginPolicyChange", "Login Policy Change", "LinuxAudit", "accounts", very_low, "1111", "watch table: login.defs, /etc/security, useradd, shells, issue, hosts.allow written") \
  X(domain_membership, 1417, "DomainMembershipNix", "DomainMembership", "Domain Membership", "LinuxAudit", "accounts", very_low, "1111", "watch table: sssd, krb5.conf, keytab, samba, ldap configuration written") \
  X(logon_success, 1450, "LogonSuccessNix", "UserLogon", "User Logon", "LinuxAudit", "logons and sessions", low, "1111", "USER_LOGIN or a logon's USER_START that succeeded; USER_PROCESS in wtmp; sshd or login in the log: what tells of one logon is one event") \
  X(logon_failure, 1451, "LogonFailureNix", "UserLogonAttemptFail", "User Logon Attempt Fail", "LinuxAudit", "logons and sessions", low, "1111", "USER_AUTH of a logon or USER_LOGIN that failed; record in btmp; sshd or login in the log: one event for each try") \
  X(logoff, 1452, "LogoffNix", "UserLogoff", "User Logoff", "LinuxAudit", "logons and sessions", low, "1111", "USER_LOGOUT, USER_END of a logon; DEAD_PROCESS in wtmp") \
  X(auth_success, 1453, "AuthSuccessNix", "UserAuth", "User Auth", "LinuxAudit", "logons and sessions", medium, "1111", "USER_AUTH res=success of sudo, su, cron, polkit; of sshd where it names a key") \
  X(auth_failure, 1454, "AuthFailureNix", "UserAuthFail", "User Auth Fail", "LinuxAudit", "logons and sessions", low, "1111", "USER_AUTH res=failed of sudo, su, cron, polkit") \
  X(account_denied, 1455, "AccountDeniedNix", "UserAcctDenied", "User Acct Denied", "LinuxAudit", "logons and sessions", very_low, "1111", "record USER_ACCT res=failed") \
  X(session_open, 1456, "SessionOpenNix", "SessionOpen", "Session Open", "LinuxAudit", "logons and sessions", medium, "1111", "record USER_START of no logon program, save sudo's and su's") \
  X(session_close, 1457, "SessionCloseNix", "SessionClose", "Session Close", "LinuxAudit", "logons and sessions", medium, "0000", "record USER_END of no logon program") \
  X(credential_acquire, 1458, "CredentialAcquireNix", "CredAcquire", "Cred Acquire", "LinuxAudit", "logons and sessions", medium, "0000", "records CRED_ACQ, CRED_REFR") \
  X(credential_dispose, 1459, "CredentialDisposeNix", "CredDispose", "Cred Dispose", "LinuxAudit", "logons and sessions", medium, "0000", "record CRED_DISP") \
  X(login_uid_set, 1460, "LoginUidSetNix", "LoginUidSet", "Login Uid Set", "LinuxAudit", "logons and sessions", low, "1111", "record LOGIN") \
  X(ssh_session_key, 1461, "SshSessionKeyNix", "SshCrypto", "Ssh Crypto", "LinuxAudit", "logons and sessions", low, "1111", "records CRYPTO_SESSION, CRYPTO_KEY_USER of RHEL's sshd") \
  X(ssh_invalid_user, 1462, "SshInvalidUserNix", "SshInvalidUser", "Ssh Invalid User", "LinuxLog", "logons and sessions", low, "1111", "sshd in the log: Invalid user") \
  X(ssh_error, 1463, "SshErrorNix", "SshError", "Ssh Error", "LinuxLog", "logons and sessions", low, "1111", "sshd in the log: the other side breaks the protocol or does not speak it") \
  X(logon_fail_burst, 1464, "LogonFailBurstNix", "LogonFailAggregate", "Logon Fail Aggregate", "LinuxLog", "logons and sessions", very_low, "1111", "as many LogonFailure as logon.burst of one user or from one address within the window, once a window") \
  X(logon_anomaly, 1465, "LogonAnomalyNix", "LogonAnomaly", "Logon Anomaly", "LinuxAudit", "logons and sessions", very_low, "1111", "records ANOM_LOGIN_*, ANOM_ROOT_TRANS, ANOM_SESSION of PAM") \
  X(logind_session, 1466, "LogindSessionNix", "LogindSession", "Logind Session", "LinuxLog", "logons and sessions", low, "1111", "a file in /run/systemd/sessions came or went") \
  X(utmp_tamper, 1467, "UtmpTamperNix", "UtmpTamper", "Utmp Tamper", "LinuxLog", "logons and sessions", very_low, "1111", "wtmp or btmp shrank, changed or went away without a rotation; a session wiped out of utmp") \
  X(system_boot, 1468, "SystemBootNix", "SystemBoot", "System Boot", "LinuxAudit", "logons and sessions", very_low, "1111", "record SYSTEM_BOOT; utmp BOOT_TIME") \
  X(system_shutdown, 1469, "SystemShutdownNix", "SystemShutdown", "System Shutdown", "LinuxAudit", "logons and sessions", very_low, "1111", "record SYSTEM_SHUTDOWN; utmp") \
  X(run_level_change, 1470, "RunLevelChangeNix", "RunLevelChange", "Run Level Change", "LinuxAudit", "logons and sessions", very_low, "1111", "record SYSTEM_RUNLEVEL; utmp RUN_LVL") \
  X(tty_input, 1471, "TtyInputNix", "TtyInput", "Tty Input", "LinuxAudit", "logons and sessions", medium, "0000", "records TTY, USER_TTY: pam_tty_audit") \
  X(script_exec, 1500, "ScriptExecNix", "ScriptExec", "Script Exec", "LinuxAudit", "scripts and interpreters", medium, "11p1", "exec of a #! file") \
  X(script_inline, 1501, "ScriptInlineNix", "ScriptInline", "Script Inline", "LinuxAudit", "scripts and interpreters", medium, "11p1", "exec of a known interpreter with code on its command line") \
  X(script_stdin, 1502, "ScriptStdinNix", "ScriptStdin", "Script Stdin", "LinuxAudit", "scripts and interpreters", low, "1111", "interpreter without script, fd 0 is a pipe or socket") \
  X(script_content, 1503, "ScriptContentNix", "ScriptContent", "Script Content", "LinuxAudit", "scripts and interpreters", medium, "0000", "read of the script at exec (first 4 KiB)") \
  X(shell_interactive, 1504, "ShellInteractiveNix", "ShellInteractive", "Shell Interactive", "LinuxAudit", "scripts and interpreters", low, "1111", "shell with a tty or -i") \
  X(shell_history_off, 1506, "ShellHistoryOffNix", "ShellHistoryOff", "Shell History Off", "LinuxAudit", "scripts and interpreters", very_low, "1111", "environ HISTFILE=/dev/null, HISTSIZE=0, unset at shell start; rc file writes") \
  X(jvm_attach, 1507, "JvmAttachNix", "JvmAttach", "Jvm Attach", "LinuxAudit", "scripts and interpreters", very_low, "1111", "a file .attach_pidN or .java_pidN is made") \
  X(package_script, 1508, "PackageScriptNix", "PackageScriptExec", "Package Script Exec", "LinuxAudit", "scripts and interpreters", low, "1111", "exec below dpkg, rpm, apt maintainer scripts (ancestor tag)") \
  X(package_install, 1509, "PackageInstallNix", "PackageInstall", "Package Install", "LinuxAudit", "scripts and interpreters", low, "1111", "record SOFTWARE_UPDATE; logs of dpkg, dnf, yum, zypper") \
  X(package_remove, 1510, "PackageRemoveNix", "PackageRemove", "Package Remove", "LinuxAudit", "scripts and interpreters", low, "1111", "logs of dpkg, dnf, yum, zypper: removed") \
  X(package_upgrade, 1511, "PackageUpgradeNix", "PackageUpgrade", "Package Upgrade", "LinuxAudit", "scripts and interpreters", low, "1111", "logs of dpkg, dnf, yum: upgraded") \
  X(cron_job_run, 1513, "CronJobRunNix", "CronJobRun", "Cron Job Run", "LinuxAudit", "scripts and interpreters", medium, "0000", "exec with parent cron/crond/atd (ancestor tag)") \
  X(web_shell_child, 1514, "WebShellChildNix", "WebServerChild", "Web Server Child", "LinuxAudit", "scripts and interpreters", low, "11p1", "exec with a web-server or app-server ancestor (tag)") \
  X(container_start, 1550, "ContainerStartNix", "ContainerStart", "Container Start", "LinuxAudit", "containers", low, "1111", "first exec in a new container cgroup; docker events; inotify on runtime state dirs") \
  X(container_stop, 1551, "ContainerStopNix", "ContainerStop", "Container Stop", "LinuxAudit", "containers", low, "1111", "cgroup removed; docker events die/stop") \
  X(container_exec, 1554, "ContainerExecNix", "ContainerExec", "Container Exec", "LinuxAudit", "containers", low, "1111", "exec in a container cgroup whose parent is the runtime shim (docker exec) ") \
  X(container_privileged_start, 1556, "ContainerPrivilegedStartNix", "ContainerPrivileged", "Container Privileged", "LinuxAudit", "containers", very_low, "1111", "computed at start: Privileged, CapBnd full, host pid/net/ipc") \
  X(container_socket_access, 1560, "ContainerSocketAccessNix", "ContainerSocketAccess", "Container Socket Access", "LinuxAudit", "containers", low, "1111", "connect to a unix socket of a container engine by a program that is no part of one") \
  X(container_release_agent, 1561, "ContainerReleaseAgentNix", "ContainerReleaseAgent", "Container Release Agent", "LinuxAudit", "containers", very_low, "1111", "open* of release_agent or notify_on_release to write") \
  X(container_config_change, 1567, "ContainerConfigChangeNix", "ContainerConfigChange", "Container Config Change", "LinuxAudit", "containers", very_low, "1111", "watch table: docker, containerd, crio, containers, cni configuration written") \
  X(kube_config_change, 1568, "KubeConfigChangeNix", "KubeConfigChange", "Kube Config Change", "LinuxAudit", "containers", very_low, "1111", "watch table: /etc/kubernetes, the kubelet's or a user's kube configuration written") \
  X(kernel_module_load, 1600, "KernelModuleLoadNix", "KernelModuleLoad", "Kernel Module Load", "LinuxAudit", "kernel modules, BPF", very_low, "1111", "init_module, finit_module; KERN_MODULE") \
  X(kernel_module_unload, 1601, "KernelModuleUnloadNix", "KernelModuleUnload", "Kernel Module Unload", "LinuxAudit", "kernel modules, BPF", very_low, "1111", "delete_module; KERN_MODULE") \
  X(kernel_module_load_fail, 1602, "KernelModuleLoadFailNix", "KernelModuleLoadFail", "Kernel Module Load Fail", "LinuxAudit", "kernel modules, BPF", very_low, "1111", "init_module, finit_module that fail") \
  X(kernel_taint, 1603, "KernelTaintNix", "KernelTaint", "Kernel Taint", "LinuxProc", "kernel modules, BPF", very_low, "1111", "/proc/sys/kernel/tainted changed") \
  X(kernel_module_hidden, 1604, "KernelModuleHiddenNix", "KernelModuleHidden", "Kernel Module Hidden", "LinuxProc", "kernel modules, BPF", very_low, "1111", "/proc/modules and /sys/module differ in two looks") \
  X(bpf_program_load, 1605, "BpfProgramLoadNix", "BpfProgramLoad", "Bpf Program Load", "LinuxAudit", "kernel modules, BPF", low, "1111", "bpf, a0=5; BPF") \
  X(bpf_attach, 1606, "BpfAttachNix", "BpfAttach", "Bpf Attach", "LinuxAudit", "kernel modules, BPF", low, "1111", "bpf, a0=8, 17 or 28") \
  X(bpf_pin, 1607, "BpfPinNix", "BpfPin", "Bpf Pin", "LinuxAudit", "kernel modules, BPF", very_low, "1111", "bpf, a0=6 (OBJ_PIN); watch table: written below /sys/fs/bpf") \
  X(kexec_load, 1608, "KexecLoadNix", "KexecLoad", "Kexec Load", "LinuxAudit", "kernel modules, BPF", very_low, "1111", "calls kexec_load, kexec_file_load") \
  X(kprobe_write, 1609, "KprobeWriteNix", "KprobeWrite", "Kprobe Write", "LinuxAudit", "kernel modules, BPF", very_low, "1111", "open* of kprobe_events, uprobe_events or dynamic_events of tracefs to write") \
  X(ftrace_control, 1610, "FtraceControlNix", "FtraceControl", "Ftrace Control", "LinuxAudit", "kernel modules, BPF", very_low, "1111", "open* of another file of tracefs, or of kernel.ftrace_enabled, to write") \
  X(debugfs_access, 1611, "DebugfsAccessNix", "DebugfsAccess", "Debugfs Access", "LinuxAudit", "kernel modules, BPF", low, "1111", "open* below /sys/kernel/debug") \
  X(kernel_log_clear, 1612, "KernelLogClearNix", "KernelLogClear", "Kernel Log Clear", "LinuxAudit", "kernel modules, BPF", very_low, "1111", "syslog, a0=4 to 6") \
  X(kernel_oops, 1613, "KernelOopsNix", "KernelOops", "Kernel Oops", "LinuxLog", "kernel modules, BPF", very_low, "1111", "/dev/kmsg: BUG, Oops, general protection fault, panic") \
  X(kernel_oom, 1614, "KernelOomNix", "KernelOom", "Kernel Oom", "LinuxLog", "kernel modules, BPF", very_low, "1111", "/dev/kmsg: Killed process") \
  X(integrity_violation, 1615, "IntegrityViolationNix", "IntegrityViolation", "Integrity Violation", "LinuxAudit", "kernel modules, BPF", low, "1111", "records INTEGRITY_* of IMA and EVM with res=0; INTEGRITY_PCR") \
  X(io_port_access, 1616, "IoPortAccessNix", "IoPortAccess", "Io Port Access", "LinuxAudit", "kernel modules, BPF", very_low, "1111", "calls iopl, ioperm") \
  X(msr_access, 1617, "MsrAccessNix", "MsrAccess", "Msr Access", "LinuxAudit", "kernel modules, BPF", very_low, "1111", "open* of /dev/cpu/N/msr") \
  X(usermode_helper_path, 1618, "UsermodeHelperPathNix", "UsermodeHelperPath", "Usermode Helper Path", "LinuxAudit", "kernel modules, BPF", very_low, "1111", "open* of kernel.core_pattern, modprobe, hotplug, poweroff_cmd, or uevent_helper, to write") \
  X(mount_add, 1650, "MountAddNix", "MountAdd", "Mount Add", "LinuxAudit", "mounts and namespaces", low, "1111", "mount, move_mount; difference of mountinfo") \
  X(mount_remove, 1651, "MountRemoveNix", "MountRemove", "Mount Remove", "LinuxAudit", "mounts and namespaces", low, "1111", "call umount2; difference of mountinfo") \
  X(mount_remount, 1652, "MountRemountNix", "MountRemount", "Mount Remount", "LinuxAudit", "mounts and namespaces", very_low, "1111", "mount, a3&0x20; mount_setattr") \
  X(mount_bind, 1653, "MountBindNix", "MountBind", "Mount Bind", "LinuxAudit", "mounts and namespaces", low, "1111", "mount, a3&0x1000") \
  X(mount_over_proc, 1654, "MountOverProcNix", "MountOverProc", "Mount Over Proc", "LinuxProc", "mounts and namespaces", very_low, "1111", "difference of mountinfo: a mount on /proc/PID, another hidepid") \
  X(mount_remote, 1655, "MountRemoteNix", "MountRemote", "Mount Remote", "LinuxAudit", "mounts and namespaces", low, "1111", "mount of nfs, cifs, fuse and kin, by mountinfo") \
  X(namespace_unshare, 1656, "NamespaceUnshareNix", "NamespaceUnshare", "Namespace Unshare", "LinuxAudit", "mounts and namespaces", low, "1111", "unshare, a0&0x7e020000") \
  X(namespace_set, 1657, "NamespaceSetNix", "NamespaceSetns", "Namespace Setns", "LinuxAudit", "mounts and namespaces", low, "1111", "syscall setns") \
  X(namespace_clone, 1658, "NamespaceCloneNix", "NamespaceClone", "Namespace Clone", "LinuxAudit", "mounts and namespaces", low, "1111", "clone, a0&0x7e020000") \
  X(user_namespace_create, 1659, "UserNamespaceCreateNix", "UserNamespaceCreate", "User Namespace Create", "LinuxAudit", "mounts and namespaces", low, "1111", "unshare, clone of users by another than root") \
  X(id_map_write, 1660, "IdMapWriteNix", "IdMapWrite", "Id Map Write", "LinuxAudit", "mounts and namespaces", very_low, "1111", "open* of /proc/PID/uid_map, gid_map or setgroups to write") \
  X(swap_change, 1661, "SwapChangeNix", "SwapChange", "Swap Change", "LinuxAudit", "mounts and namespaces", very_low, "1111", "calls swapon, swapoff") \
  X(loop_attach, 1662, "LoopAttachNix", "LoopAttach", "Loop Attach", "LinuxAudit", "mounts and namespaces", very_low, "1111", "ioctl, a1=0x4c00 or 0x4c0a") \
  X(device_mapper, 1663, "DeviceMapperNix", "DeviceMapper", "Device Mapper", "LinuxAudit", "mounts and namespaces", very_low, "1111", "records DM_CTRL, DM_EVENT (kernel 5.16)") \
  X(cgroup_attach, 1664, "CgroupAttachNix", "CgroupAttach", "Cgroup Attach", "LinuxAudit", "mounts and namespaces", medium, "0000", "open* of cgroup.procs or cgroup.threads to write, not by process 1") \
  X(cron_job_change, 1700, "CronJobChangeNix", "CronJobChange", "Cron Job Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: /etc/cron*, /var/spool/cron written") \
  X(at_job_change, 1701, "AtJobChangeNix", "AtJobChange", "At Job Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: /var/spool/at*, cron/atjobs, at.allow, at.deny written") \
  X(systemd_unit_create, 1702, "SystemdUnitCreateNix", "SystemdUnitCreate", "Systemd Unit Create", "LinuxAudit", "persistence", very_low, "1111", "watch table: a file made in a directory of units") \
  X(systemd_unit_modify, 1703, "SystemdUnitModifyNix", "SystemdUnitModify", "Systemd Unit Modify", "LinuxAudit", "persistence", very_low, "1111", "watch table: a file changed in a directory of units") \
  X(systemd_unit_delete, 1704, "SystemdUnitDeleteNix", "SystemdUnitDelete", "Systemd Unit Delete", "LinuxAudit", "persistence", very_low, "1111", "watch table: a file removed from a directory of units") \
  X(systemd_timer_change, 1705, "SystemdTimerChangeNix", "SystemdTimerChange", "Systemd Timer Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: *.timer in a directory of units") \
  X(systemd_unit_enable, 1706, "SystemdUnitEnableNix", "SystemdUnitEnable", "Systemd Unit Enable", "LinuxAudit", "persistence", very_low, "1111", "watch table: a link in *.wants, *.requires, *.upholds") \
  X(systemd_generator, 1707, "SystemdGeneratorNix", "SystemdGeneratorChange", "Systemd Generator Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: a generator of systemd") \
  X(service_start, 1708, "ServiceStartNix", "ServiceStart", "Service Start", "LinuxAudit", "persistence", medium, "1111", "record SERVICE_START res=success") \
  X(service_stop, 1709, "ServiceStopNix", "ServiceStop", "Service Stop", "LinuxAudit", "persistence", medium, "1111", "record SERVICE_STOP res=success") \
  X(service_fail, 1710, "ServiceFailNix", "ServiceFail", "Service Fail", "LinuxAudit", "persistence", low, "1111", "records SERVICE_START, SERVICE_STOP res=failed") \
  X(init_script_change, 1711, "InitScriptChangeNix", "InitScriptChange", "Init Script Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: /etc/init.d, rc*.d, rc.local, inittab written") \
  X(upstart_job_change, 1712, "UpstartJobChangeNix", "UpstartJobChange", "Upstart Job Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: /etc/init, ~/.init written") \
  X(shell_profile_change, 1713, "ShellProfileChangeNix", "ShellProfileChange", "Shell Profile Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: /etc/profile*, bashrc, ~/.{bashrc,profile,zshrc,...} written") \
  X(ld_preload_change, 1714, "LdPreloadChangeNix", "LdPreloadChange", "Ld Preload Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: /etc/ld.so.preload written") \
  X(ld_config_change, 1715, "LdConfigChangeNix", "LdConfigChange", "Ld Config Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: /etc/ld.so.conf* written") \
  X(ssh_authorized_keys, 1716, "SshAuthorizedKeysNix", "SshAuthorizedKeys", "Ssh Authorized Keys", "LinuxAudit", "persistence", very_low, "1111", "watch table: ~/.ssh/authorized_keys* written") \
  X(sshd_config_change, 1717, "SshdConfigChangeNix", "SshdConfigChange", "Sshd Config Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: sshd_config*, sshrc, ~/.ssh/rc written") \
  X(pam_config_change, 1718, "PamConfigChangeNix", "PamConfigChange", "Pam Config Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: /etc/pam.d, /etc/pam.conf written") \
  X(pam_module_write, 1719, "PamModuleWriteNix", "PamModuleWrite", "Pam Module Write", "LinuxAudit", "persistence", very_low, "1111", "watch table: a module in a security directory written") \
  X(sudoers_change, 1720, "SudoersChangeNix", "SudoersChange", "Sudoers Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: /etc/sudoers*, doas.conf written") \
  X(polkit_rule_change, 1721, "PolkitRuleChangeNix", "PolkitRuleChange", "Polkit Rule Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: a directory of polkit written") \
  X(udev_rule_change, 1722, "UdevRuleChangeNix", "UdevRuleChange", "Udev Rule Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: udev rules written") \
  X(modules_config_change, 1723, "ModulesConfigChangeNix", "ModulesConfigChange", "Modules Config Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: modules-load.d, modprobe.d, /etc/modules written") \
  X(xdg_autostart, 1724, "XdgAutostartNix", "XdgAutostart", "Xdg Autostart", "LinuxAudit", "persistence", very_low, "1111", "watch table: an autostart directory written") \
  X(motd_script_change, 1725, "MotdScriptChangeNix", "MotdScriptChange", "Motd Script Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: /etc/update-motd.d written") \
  X(network_hook_change, 1726, "NetworkHookChangeNix", "NetworkHookChange", "Network Hook Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: if-up.d, dispatcher.d, dhcp hooks, ppp written") \
  X(logrotate_change, 1727, "LogrotateChangeNix", "LogrotateChange", "Logrotate Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: /etc/logrotate* written") \
  X(package_hook_change, 1728, "PackageHookChangeNix", "PackageHookChange", "Package Hook Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: apt.conf.d, dpkg, yum, dnf, zypp configuration and plugins written") \
  X(git_hook_change, 1729, "GitHookChangeNix", "GitHookChange", "Git Hook Change", "LinuxAudit", "persistence", very_low, "0000", "watch table: .git/hooks written") \
  X(initramfs_hook, 1730, "InitramfsHookNix", "InitramfsHook", "Initramfs Hook", "LinuxAudit", "persistence", very_low, "1111", "watch table: initramfs-tools, dracut, mkinitcpio, /etc/kernel written") \
  X(grub_config_change, 1731, "GrubConfigChangeNix", "GrubConfigChange", "Grub Config Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: grub.cfg, /etc/default/grub, /etc/grub.d written") \
  X(environment_file_change, 1732, "EnvironmentFileChangeNix", "EnvironmentFileChange", "Environment File Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: /etc/environment, environment.d, .pam_environment written") \
  X(binfmt_register, 1733, "BinfmtRegisterNix", "BinfmtRegister", "Binfmt Register", "LinuxAudit", "persistence", very_low, "1111", "watch table: binfmt.d or binfmt_misc/register written") \
  X(dbus_service_change, 1734, "DbusServiceChangeNix", "DbusServiceChange", "Dbus Service Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: dbus-1 services and policies written") \
  X(python_startup_hook, 1735, "PythonStartupHookNix", "PythonStartupHook", "Python Startup Hook", "LinuxAudit", "persistence", very_low, "1111", "watch table: *.pth, sitecustomize, usercustomize written") \
  X(nss_module_change, 1736, "NssModuleChangeNix", "NssModuleChange", "Nss Module Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: nsswitch.conf, libnss_*.so* written") \
  X(tmpfiles_change, 1737, "TmpfilesChangeNix", "TmpfilesChange", "Tmpfiles Change", "LinuxAudit", "persistence", very_low, "1111", "watch table: tmpfiles.d, sysusers.d written") \
  X(kube_static_pod, 1738, "KubeStaticPodNix", "KubeStaticPod", "Kube Static Pod", "LinuxAudit", "persistence", very_low, "1111", "watch table: /etc/kubernetes/manifests written") \
  X(shadow_read, 1750, "ShadowReadNix", "ShadowRead", "Shadow Read", "LinuxAudit", "credential file access", low, "1111", "watch table: shadow, gshadow, opasswd read by an unexpected program") \
  X(ssh_private_key_read, 1751, "SshPrivateKeyReadNix", "SshPrivateKeyRead", "Ssh Private Key Read", "LinuxAudit", "credential file access", low, "1111", "watch table: ~/.ssh/id_* read, not by ssh") \
  X(ssh_host_key_read, 1752, "SshHostKeyReadNix", "SshHostKeyRead", "Ssh Host Key Read", "LinuxAudit", "credential file access", very_low, "1111", "watch table: /etc/ssh/*_key read, not by sshd") \
  X(kerberos_ticket_read, 1753, "KerberosTicketReadNix", "KerberosTicketRead", "Kerberos Ticket Read", "LinuxAudit", "credential file access", low, "1111", "watch table: krb5cc*, keytab read by an unexpected program") \
  X(browser_secret_read, 1754, "BrowserSecretReadNix", "BrowserSecretRead", "Browser Secret Read", "LinuxAudit", "credential file access", low, "1111", "watch table: logins, keys, cookies of a browser's profile read by another program") \
  X(cloud_credential_read, 1755, "CloudCredentialReadNix", "CloudCredentialRead", "Cloud Credential Read", "LinuxAudit", "credential file access", low, "1111", "watch table: ~/.aws, gcloud, azure, docker, git and vault credentials read by another program") \
  X(kube_config_read, 1756, "KubeConfigReadNix", "KubeConfigRead", "Kube Config Read", "LinuxAudit", "credential file access", low, "1111", "watch table: ~/.kube/config, /etc/kubernetes/*.conf, pki keys read by another program") \
  X(kube_token_read, 1757, "KubeTokenReadNix", "KubeTokenRead", "Kube Token Read", "LinuxAudit", "credential file access", low, "1111", "watch table: a service account's token read on the host") \
  X(history_read, 1758, "HistoryReadNix", "HistoryRead", "History Read", "LinuxAudit", "credential file access", low, "1111", "watch table: a shell's history read, not by the shell") \
  X(db_credential_read, 1759, "DbCredentialReadNix", "DbCredentialRead", "Db Credential Read", "LinuxAudit", "credential file access", low, "1111", "watch table: .my.cnf, .pgpass, debian.cnf, wp-config.php, .env read by another program") \
  X(keyring_read, 1760, "KeyringReadNix", "KeyringRead", "Keyring Read", "LinuxAudit", "credential file access", very_low, "1111", "watch table: keyrings, *.kdbx, password-store read by another program") \
  X(kernel_keyring, 1761, "KernelKeyringNix", "KernelKeyring", "Kernel Keyring", "LinuxAudit", "credential file access", low, "0000", "calls add_key, request_key, keyctl") \
  X(sssd_cache_read, 1762, "SssdCacheReadNix", "SssdCacheRead", "Sssd Cache Read", "LinuxAudit", "credential file access", very_low, "1111", "watch table: /var/lib/sss/{db,secrets} read by another program") \
  X(samba_secret_read, 1763, "SambaSecretReadNix", "SambaSecretRead", "Samba Secret Read", "LinuxAudit", "credential file access", very_low, "1111", "watch table: samba's *.tdb read by another program") \
  X(gpg_key_read, 1764, "GpgKeyReadNix", "GpgKeyRead", "Gpg Key Read", "LinuxAudit", "credential file access", very_low, "1111", "watch table: ~/.gnupg/private-keys-v1.d read by another program") \
  X(proc_environ_read, 1765, "ProcEnvironReadNix", "ProcEnvironRead", "Proc Environ Read", "LinuxAudit", "credential file access", medium, "0000", "open* of /proc/PID/environ, by somebody who logged in") \
  X(tls_private_key_read, 1766, "TlsPrivateKeyReadNix", "TlsPrivateKeyRead", "Tls Private Key Read", "LinuxAudit", "credential file access", low, "1111", "watch table: private keys of TLS read by another program than a server") \
  X(mail_spool_read, 1767, "MailSpoolReadNix", "MailSpoolRead", "Mail Spool Read", "LinuxAudit", "credential file access", very_low, "0000", "watch table: /var/mail read by another program than a mail reader") \
  X(decoy_file_access, 1770, "DecoyFileAccessNix", "DecoyFileAccess", "Decoy File Access", "LinuxAudit", "credential file access", very_low, "1111", "watch table: a decoy of the administrator's rows is touched") \
  X(process_uidchange, 44, "ProcessPrivChangeNix", "ProcessUIDChange", "Process UIDChange", "LinuxAudit", "privilege changes", medium, "1111", "setuid, setreuid, setresuid, setfsuid that change an id") \
  X(process_gidchange, 1801, "ProcessPrivChangeNix", "ProcessGIDChange", "Process GIDChange", "LinuxAudit", "privilege changes", medium, "1111", "setgid, setregid, setresgid, setfsgid that change an id") \
  X(process_groups_change, 1802, "ProcessPrivChangeNix", "ProcessGroupsChange", "Process Groups Change", "LinuxAudit", "privilege changes", medium, "0000", "call setgroups") \
  X(process_cap_set, 1803, "ProcessPrivChangeNix", "ProcessCapSet", "Process Cap Set", "LinuxAudit", "privilege changes", low, "1111", "capset that changes something; CAPSET") \
  X(process_file_cap_exec, 1804, "ProcessPrivChangeNix", "ProcessFileCapExec", "Process File Cap Exec", "LinuxAudit", "privilege changes", low, "1111", "BPRM_FCAPS (1321)") \
  X(process_suid_exec, 1805, "ProcessPrivChangeNix", "ProcessSuidExec", "Process Suid Exec", "LinuxAudit", "privilege changes", medium, "1111", "exec of a setuid/setgid file: PATH mode & 06000") \
  X(process_cap_drop, 1806, "ProcessPrivChangeNix", "ProcessCapDrop", "Process Cap Drop", "LinuxAudit", "privilege changes", low, "0000", "prctl, a0=24 or 47") \
  X(process_securebits, 1807, "ProcessPrivChangeNix", "ProcessSecurebits", "Process Securebits", "LinuxAudit", "privilege changes", low, "0000", "prctl, a0=28 or 8") \
  X(process_no_new_privs, 1808, "ProcessPrivChangeNix", "ProcessNoNewPrivs", "Process No New Privs", "LinuxAudit", "privilege changes", medium, "0000", "prctl, a0=38 (NO_NEW_PRIVS)") \
  X(sudo_command, 1809, "SudoCommandNix", "UserCmd", "User Cmd", "LinuxAudit", "privilege changes", low, "1111", "record USER_CMD") \
  X(user_switch, 1810, "UserSwitchNix", "UserSwitch", "User Switch", "LinuxAudit", "privilege changes", low, "1111", "record USER_START of su, runuser") \
  X(privilege_unexplained, 1811, "PrivilegeUnexplainedNix", "ProcessPrivUnexplained", "Process Priv Unexplained", "LinuxAudit", "privilege changes", very_low, "1111", "a record with root's ids that no exec, call or connector explains") \
  X(file_capability_set, 1812, "FileCapabilitySetNix", "FileCapabilitySet", "File Capability Set", "LinuxAudit", "privilege changes", very_low, "1111", "setxattr of security.capability, read back") \
  X(file_suid_set, 1813, "FileSuidSetNix", "FileSuidSet", "File Suid Set", "LinuxAudit", "privilege changes", very_low, "1111", "chmod, fchmod, fchmodat, or open* that creates, with set-user-ID or set-group-ID on a file") \
  X(polkit_auth, 1814, "PolkitAuthNix", "PolkitAuth", "Polkit Auth", "LinuxLog", "privilege changes", low, "1111", "USER_AUTH of polkit's helper, USER_START of pkexec; log of polkitd") \
  X(audit_config_change, 1850, "AuditConfigChangeNix", "AuditConfigChange", "Audit Config Change", "LinuxAudit", "audit subsystem and self-protection", low, "1111", "record CONFIG_CHANGE: rules with foreign keys, settings") \
  X(audit_rule_removed, 1851, "AuditRuleRemovedNix", "AuditRuleRemoved", "Audit Rule Removed", "LinuxAudit", "audit subsystem and self-protection", very_low, "1111", "record CONFIG_CHANGE op=remove_rule, not by aurochs itself") \
  X(audit_disabled, 1852, "AuditDisabledNix", "AuditDisabled", "Audit Disabled", "LinuxAudit", "audit subsystem and self-protection", very_low, "1111", "record CONFIG_CHANGE audit_enabled=0") \
  X(audit_pid_takeover, 1853, "AuditPidTakeoverNix", "AuditPidTakeover", "Audit Pid Takeover", "LinuxAudit", "audit subsystem and self-protection", very_low, "1111", "record CONFIG_CHANGE audit_pid= of a process") \
  X(audit_daemon_state, 1854, "AuditDaemonStateNix", "AuditDaemonState", "Audit Daemon State", "LinuxAudit", "audit subsystem and self-protection", very_low, "1111", "records DAEMON_* in a log file of auditd") \
  X(audit_lost, 1855, "AuditLostNix", "AuditLost", "Audit Lost", "Sensor", "audit subsystem and self-protection", low, "1111", "the kernel's count of records that it could not queue rose") \
  X(audit_feature_change, 1856, "AuditFeatureChangeNix", "AuditFeatureChange", "Audit Feature Change", "LinuxAudit", "audit subsystem and self-protection", very_low, "1111", "record FEATURE_CHANGE (kernel 3.13)") \
  X(audit_config_file, 1857, "AuditConfigFileNix", "AuditConfigFile", "Audit Config File", "LinuxAudit", "audit subsystem and self-protection", very_low, "1111", "watch table: /etc/audit, /etc/audisp, libaudit.conf written") \
  X(logging_config, 1858, "LoggingConfigNix", "LoggingConfig", "Logging Config", "LinuxAudit", "audit subsystem and self-protection", very_low, "1111", "watch table: rsyslog, syslog-ng, journald configuration written") \
  X(sensor_start, 1860, "SensorStartNix", "SensorStart", "Sensor Start", "Sensor", "audit subsystem and self-protection", very_low, "1111", "the sensor starts") \
  X(sensor_stop, 1861, "SensorStopNix", "SensorStop", "Sensor Stop", "Sensor", "audit subsystem and self-protection", very_low, "1111", "the sensor stops") \
  X(sensor_restart, 1862, "SensorRestartNix", "SensorCrashRestart", "Sensor Crash Restart", "Sensor", "audit subsystem and self-protection", very_low, "1111", "the sensor starts and its last run did not end in order") \
  X(sensor_config_apply, 1863, "SensorConfigApplyNix", "SensorConfigApply", "Sensor Config Apply", "Sensor", "audit subsystem and self-protection", very_low, "1111", "the sensor took a configuration") \
  X(sensor_config_reject, 1864, "SensorConfigRejectNix", "SensorConfigReject", "Sensor Config Reject", "Sensor", "audit subsystem and self-protection", very_low, "1111", "bad signature or syntax") \
  X(sensor_file_tamper, 1865, "SensorFileTamperNix", "SensorFileTamper", "Sensor File Tamper", "LinuxAudit", "audit subsystem and self-protection", very_low, "1111", "watch table: the sensor's own files written by another program") \
  X(sensor_signal, 1866, "SensorSignalNix", "SensorSignal", "Sensor Signal", "LinuxAudit", "audit subsystem and self-protection", very_low, "1111", "kill, ptrace or process_vm_writev of the sensor by another process") \
  X(sensor_unit_tamper, 1867, "SensorUnitTamperNix", "SensorUnitTamper", "Sensor Unit Tamper", "LinuxAudit", "audit subsystem and self-protection", very_low, "1111", "watch table: the sensor's unit written, masked or removed") \
  X(sensor_heartbeat, 1868, "SensorHeartbeatNix", "SensorHeartbeat", "Sensor Heartbeat", "Sensor", "audit subsystem and self-protection", low, "1111", "every minute: counters") \
  X(sensor_profile_switch, 1869, "SensorProfileSwitchNix", "SensorProfileSwitch", "Sensor Profile Switch", "Sensor", "audit subsystem and self-protection", very_low, "1111", "another load profile is in force, by hand or by load") \
  X(sensor_drop, 1870, "SensorDropNix", "SensorDrop", "Sensor Drop", "Sensor", "audit subsystem and self-protection", low, "1111", "something was lost; cause and count") \
  X(sensor_rules_update, 1872, "SensorRulesUpdateNix", "SensorRulesUpdate", "Sensor Rules Update", "Sensor", "audit subsystem and self-protection", very_low, "1111", "the sensor's audit rules were loaded, put back or given up") \
  X(sensor_self_test, 1873, "SensorSelfTestNix", "SensorSelfTest", "Sensor Self Test", "Sensor", "audit subsystem and self-protection", very_low, "1111", "an act of the sensor's own did not come back as a record, or does again") \
  X(sensor_clock_skew, 1875, "SensorClockSkewNix", "SensorClockSkew", "Sensor Clock Skew", "Sensor", "audit subsystem and self-protection", very_low, "1111", "the wall clock stepped by 2 s or more against the boot clock") \
  X(time_change, 1900, "TimeChangeNix", "TimeChange", "Time Change", "LinuxAudit", "time, host name, sysctl, system", very_low, "1111", "settimeofday, clock_settime, stime") \
  X(time_adjust, 1901, "TimeAdjustNix", "TimeAdjust", "Time Adjust", "LinuxAudit", "time, host name, sysctl, system", low, "0000", "adjtimex, clock_adjtime; TIME_ADJNTPVAL, TIME_INJOFFSET") \
  X(timezone_change, 1902, "TimezoneChangeNix", "TimezoneChange", "Timezone Change", "LinuxAudit", "time, host name, sysctl, system", very_low, "1111", "watch table: /etc/localtime, /etc/timezone written") \
  X(hostname_change, 1903, "HostnameChangeNix", "HostnameChange", "Hostname Change", "LinuxAudit", "time, host name, sysctl, system", very_low, "1111", "sethostname, setdomainname") \
  X(sysctl_change, 1904, "SysctlChangeNix", "SysctlChange", "Sysctl Change", "LinuxAudit", "time, host name, sysctl, system", low, "1111", "open* below /proc/sys to write; another value of a listed parameter") \
  X(sysctl_config_change, 1905, "SysctlConfigChangeNix", "SysctlConfigChange", "Sysctl Config Change", "LinuxAudit", "time, host name, sysctl, system", very_low, "1111", "watch table: sysctl.conf, sysctl.d written") \
  X(sysrq_trigger, 1906, "SysrqTriggerNix", "SysrqTrigger", "Sysrq Trigger", "LinuxAudit", "time, host name, sysctl, system", very_low, "1111", "open* of /proc/sysrq-trigger to write") \
  X(reboot_request, 1907, "RebootRequestNix", "RebootRequest", "Reboot Request", "LinuxAudit", "time, host name, sysctl, system", very_low, "1111", "call reboot") \
  X(accounting_change, 1908, "AccountingChangeNix", "AccountingChange", "Accounting Change", "LinuxAudit", "time, host name, sysctl, system", very_low, "1111", "call acct, also refused") \
  X(hosts_file_change, 1909, "HostsFileChangeNix", "HostsFileChange", "Hosts File Change", "LinuxAudit", "time, host name, sysctl, system", very_low, "1111", "watch table: /etc/hosts written") \
  X(resolver_change, 1910, "ResolverChangeNix", "ResolverChange", "Resolver Change", "LinuxAudit", "time, host name, sysctl, system", low, "1111", "watch table: resolv.conf, resolved.conf, resolvconf written") \
  X(repository_change, 1911, "RepositoryChangeNix", "RepositoryChange", "Repository Change", "LinuxAudit", "time, host name, sysctl, system", very_low, "1111", "watch table: sources of packages written: apt, yum, zypp, apk, pip, npm") \
  X(time_service_change, 1912, "TimeServiceChangeNix", "TimeServiceChange", "Time Service Change", "LinuxAudit", "time, host name, sysctl, system", very_low, "1111", "watch table: ntp, chrony, timesyncd configuration written") \
  X(disk_pressure, 1913, "DiskPressureNix", "DiskPressure", "Disk Pressure", "LinuxProc", "time, host name, sysctl, system", very_low, "1111", "a file system of observe.disks is 95 % full, of room or inodes") \
  X(selinux_denied, 1950, "SelinuxDeniedNix", "SelinuxAvcDenied", "Selinux Avc Denied", "LinuxAudit", "SELinux, AppArmor, other MAC", low, "1111", "record AVC: avc: denied") \
  X(selinux_mode, 1951, "SelinuxModeNix", "SelinuxMode", "Selinux Mode", "LinuxAudit", "SELinux, AppArmor, other MAC", very_low, "1111", "record MAC_STATUS") \
  X(selinux_policy_load, 1952, "SelinuxPolicyLoadNix", "SelinuxPolicyLoad", "Selinux Policy Load", "LinuxAudit", "SELinux, AppArmor, other MAC", very_low, "1111", "record MAC_POLICY_LOAD") \
  X(selinux_boolean, 1953, "SelinuxBooleanNix", "SelinuxBoolean", "Selinux Boolean", "LinuxAudit", "SELinux, AppArmor, other MAC", very_low, "1111", "record MAC_CONFIG_CHANGE") \
  X(selinux_error, 1954, "SelinuxErrorNix", "SelinuxError", "Selinux Error", "LinuxAudit", "SELinux, AppArmor, other MAC", very_low, "1111", "record SELINUX_ERR") \
  X(selinux_user_avc, 1955, "SelinuxUserAvcNix", "SelinuxUserAvc", "Selinux User Avc", "LinuxAudit", "SELinux, AppArmor, other MAC", low, "1111", "record USER_AVC: avc: denied") \
  X(apparmor_denied, 1956, "ApparmorDeniedNix", "ApparmorDenied", "Apparmor Denied", "LinuxAudit", "SELinux, AppArmor, other MAC", low, "1111", "record AVC or APPARMOR_DENIED: apparmor=DENIED") \
  X(apparmor_allowed, 1957, "ApparmorAllowedNix", "ApparmorComplain", "Apparmor Complain", "LinuxAudit", "SELinux, AppArmor, other MAC", medium, "0000", "record AVC or APPARMOR_ALLOWED: apparmor=ALLOWED") \
  X(apparmor_profile, 1958, "ApparmorProfileNix", "ApparmorProfile", "Apparmor Profile", "LinuxAudit", "SELinux, AppArmor, other MAC", very_low, "1111", "record AVC or APPARMOR_STATUS: apparmor=STATUS") \
  X(netlabel_change, 1959, "NetlabelChangeNix", "NetlabelChange", "Netlabel Change", "LinuxAudit", "SELinux, AppArmor, other MAC", very_low, "0000", "records MAC_UNLBL_*, MAC_CIPSOV4_*, MAC_MAP_*, MAC_CALIPSO_*") \
  X(ipsec_change, 1960, "IpsecChangeNix", "IpsecChange", "Ipsec Change", "LinuxAudit", "SELinux, AppArmor, other MAC", low, "1111", "records MAC_IPSEC_*") \
  X(role_change, 1961, "RoleChangeNix", "RoleChange", "Role Change", "LinuxAudit", "SELinux, AppArmor, other MAC", very_low, "1111", "records ROLE_ASSIGN, ROLE_REMOVE, USER_ROLE_CHANGE") \
  X(mac_config_file, 1962, "MacConfigFileNix", "MacConfigFile", "Mac Config File", "LinuxAudit", "SELinux, AppArmor, other MAC", very_low, "1111", "watch table: selinux, apparmor, smack, parsec configuration written") \
  X(fanotify_decision, 1963, "FanotifyDecisionNix", "FanotifyDecision", "Fanotify Decision", "LinuxAudit", "SELinux, AppArmor, other MAC", low, "0000", "record FANOTIFY (kernel 4.15)") \
  X(usb_attach, 1980, "UsbAttachNix", "UsbAttach", "Usb Attach", "LinuxNetlink", "USB and devices", very_low, "1111", "uevent add of a usb_device") \
  X(usb_detach, 1981, "UsbDetachNix", "UsbDetach", "Usb Detach", "LinuxNetlink", "USB and devices", very_low, "1111", "uevent remove of a usb_device") \
  X(block_device_add, 1982, "BlockDeviceAddNix", "BlockDeviceAdd", "Block Device Add", "LinuxNetlink", "USB and devices", very_low, "1111", "uevent add of a disk; change, where a medium came") \
  X(block_device_remove, 1983, "BlockDeviceRemoveNix", "BlockDeviceRemove", "Block Device Remove", "LinuxNetlink", "USB and devices", very_low, "1111", "uevent remove of a disk; change, where the medium went") \
  X(removable_mount, 1984, "RemovableMountNix", "RemovableMount", "Removable Mount", "LinuxProc", "USB and devices", very_low, "1111", "difference of mountinfo: the device is removable") \
  X(input_device_add, 1985, "InputDeviceAddNix", "InputDeviceAdd", "Input Device Add", "LinuxNetlink", "USB and devices", very_low, "1111", "uevent add of an input device with the keys of a keyboard") \
  X(input_device_read, 1986, "InputDeviceReadNix", "InputDeviceRead", "Input Device Read", "LinuxAudit", "USB and devices", very_low, "1111", "open* below /dev/input to read") \
  X(net_device_add, 1987, "NetDeviceAddNix", "NetDeviceAdd", "Net Device Add", "LinuxNetlink", "USB and devices", very_low, "1111", "uevent add of a network device that stands on hardware") \
  X(usb_guard_decision, 1988, "UsbGuardDecisionNix", "UserDevice", "User Device", "LinuxAudit", "USB and devices", very_low, "1111", "record USER_DEVICE of usbguard") \
  X(capture_device_open, 1989, "CaptureDeviceOpenNix", "CaptureDeviceOpen", "Capture Device Open", "LinuxAudit", "USB and devices", low, "1111", "open* of /dev/video*, /dev/snd/pcm*c") \
  X(serial_device_open, 1991, "SerialDeviceOpenNix", "SerialDeviceOpen", "Serial Device Open", "LinuxAudit", "USB and devices", very_low, "0000", "audit -p rw /dev/ttyUSB*, ttyACM*, ttyS*")

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
/// EventType::count_ when there is none of that number.
EventType event_by_id(uint64_t id);
std::string_view volume_name(Volume v);

}  // namespace aurochs::event
