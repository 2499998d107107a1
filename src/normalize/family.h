// SPDX-License-Identifier: Apache-2.0
// What the family files of normalize share: the source of one event, and the functions of the dispatch table.
#pragma once
#include "base/text.h"
#include "normalize/normalize.h"

namespace aurochs::normalize {

struct Source {
  audit::AuditEvent& audit;
  const audit::Record* syscall;  ///< nullptr where the event has no SYSCALL record
  decode::Argv& argv;
};

/// A family's function: sets fields and result; result.has_event says whether it made an event.
using Family = void (*)(Source& in, event::Event& out, Result& result);

// process.cpp
void exec_family(Source& in, event::Event& out, Result& result);
void fork_family(Source& in, event::Event& out, Result& result);
void exit_family(Source& in, event::Event& out, Result& result);
void crash_family(Source& in, event::Event& out, Result& result);

// file.cpp, file_names.cpp, file_attributes.cpp
void open_family(Source& in, event::Event& out, Result& result);
void truncate_family(Source& in, event::Event& out, Result& result);
void rename_family(Source& in, event::Event& out, Result& result);
void unlink_family(Source& in, event::Event& out, Result& result);
void link_family(Source& in, event::Event& out, Result& result);
void symlink_family(Source& in, event::Event& out, Result& result);
void mknod_family(Source& in, event::Event& out, Result& result);
void mkdir_family(Source& in, event::Event& out, Result& result);
void mode_family(Source& in, event::Event& out, Result& result);
void owner_family(Source& in, event::Event& out, Result& result);
void xattr_family(Source& in, event::Event& out, Result& result);
void times_family(Source& in, event::Event& out, Result& result);
void handle_family(Source& in, event::Event& out, Result& result);

// process_acts.cpp
void signal_family(Source& in, event::Event& out, Result& result);
void root_family(Source& in, event::Event& out, Result& result);
void priority_family(Source& in, event::Event& out, Result& result);
void limit_family(Source& in, event::Event& out, Result& result);
void personality_family(Source& in, event::Event& out, Result& result);
void prctl_family(Source& in, event::Event& out, Result& result);
void setsid_family(Source& in, event::Event& out, Result& result);

// credentials.cpp
void setuid_family(Source& in, event::Event& out, Result& result);
void setgid_family(Source& in, event::Event& out, Result& result);
void groups_family(Source& in, event::Event& out, Result& result);
void capset_family(Source& in, event::Event& out, Result& result);

// network.cpp
void connect_family(Source& in, event::Event& out, Result& result);
void accept_family(Source& in, event::Event& out, Result& result);
void bind_family(Source& in, event::Event& out, Result& result);
void listen_family(Source& in, event::Event& out, Result& result);
void socket_family(Source& in, event::Event& out, Result& result);
void socketcall_family(Source& in, event::Event& out, Result& result);
void sockopt_family(Source& in, event::Event& out, Result& result);
void send_family(Source& in, event::Event& out, Result& result);

// memory.cpp
void ptrace_family(Source& in, event::Event& out, Result& result);
void vm_family(Source& in, event::Event& out, Result& result);
void memfd_family(Source& in, event::Event& out, Result& result);
void protect_family(Source& in, event::Event& out, Result& result);
void map_family(Source& in, event::Event& out, Result& result);
void memory_misc_family(Source& in, event::Event& out, Result& result);

// ipc.cpp
void ipc_family(Source& in, event::Event& out, Result& result);

// kernel.cpp
void module_family(Source& in, event::Event& out, Result& result);
void bpf_family(Source& in, event::Event& out, Result& result);
void kexec_family(Source& in, event::Event& out, Result& result);
void kernel_log_family(Source& in, event::Event& out, Result& result);
void io_port_family(Source& in, event::Event& out, Result& result);

// mount.cpp
void mount_family(Source& in, event::Event& out, Result& result);
void clone_family(Source& in, event::Event& out, Result& result);
void namespace_family(Source& in, event::Event& out, Result& result);
void swap_family(Source& in, event::Event& out, Result& result);

// host.cpp
void clock_family(Source& in, event::Event& out, Result& result);
void host_name_family(Source& in, event::Event& out, Result& result);
void reboot_family(Source& in, event::Event& out, Result& result);
void accounting_family(Source& in, event::Event& out, Result& result);
void kernel_key_family(Source& in, event::Event& out, Result& result);
void ioctl_family(Source& in, event::Event& out, Result& result);

// user_records.cpp
void logon_family(Source& in, event::Event& out, Result& result);
void session_family(Source& in, event::Event& out, Result& result);
void privileged_command_family(Source& in, event::Event& out, Result& result);
void login_uid_family(Source& in, event::Event& out, Result& result);
void user_anomaly_family(Source& in, event::Event& out, Result& result);
void crypto_session_family(Source& in, event::Event& out, Result& result);
void tty_family(Source& in, event::Event& out, Result& result);

// account_records.cpp
void account_family(Source& in, event::Event& out, Result& result);

// audit_records.cpp
void config_change_family(Source& in, event::Event& out, Result& result);
void daemon_family(Source& in, event::Event& out, Result& result);
void service_family(Source& in, event::Event& out, Result& result);
void power_family(Source& in, event::Event& out, Result& result);

// mac_records.cpp
void mac_family(Source& in, event::Event& out, Result& result);

// kernel_records.cpp
void seccomp_family(Source& in, event::Event& out, Result& result);
void kernel_anomaly_family(Source& in, event::Event& out, Result& result);
void firewall_family(Source& in, event::Event& out, Result& result);
void integrity_family(Source& in, event::Event& out, Result& result);
void bpf_record_family(Source& in, event::Event& out, Result& result);
void kernel_module_record_family(Source& in, event::Event& out, Result& result);
void time_record_family(Source& in, event::Event& out, Result& result);
void device_record_family(Source& in, event::Event& out, Result& result);
void feature_family(Source& in, event::Event& out, Result& result);

/// Ids, session, terminal, label and key of a SYSCALL (or ANOM_ABEND) record as the process's own fields.
void write_subject(const audit::Record& r, base::Arena& arena, event::Event& out);
using base::absolute_path;

}  // namespace aurochs::normalize
