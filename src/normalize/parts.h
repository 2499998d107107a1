// SPDX-License-Identifier: Apache-2.0
// Parts of records that several families read, and the fields that every act has.
#pragma once
#include <cstdint>
#include <string_view>

#include "normalize/family.h"

namespace aurochs::normalize {

inline constexpr std::string_view kDeleted = " (deleted)";  ///< behind a path whose name is gone (fs/d_path.c)

/// PATH record with that item number; old kernels (2.6.32) number them too.
const audit::Record* path_item(const audit::AuditEvent& e, std::string_view item);
/// First PATH record of that nametype= (objtype= on RHEL 7): NORMAL, CREATE, DELETE, PARENT, UNKNOWN.
const audit::Record* path_of_type(const audit::AuditEvent& e, std::string_view nametype);
std::string_view nametype_of(const audit::Record& path);
/// name= decoded; empty for a missing record and for (null).
std::string_view path_name(const audit::Record* path, base::Arena& arena);
bool octal_of(const audit::Field* f, uint32_t& out);
/// cwd= of the CWD record, decoded.
std::string_view working_directory(audit::AuditEvent& e);

/// What the SYSCALL record says of the call itself: name, ABI, exit, success, pid, parent, comm.
void write_operation(const SyscallFacts& s, event::Event& out);
/// Begins the event of an act told by a syscall: clears it, marks the result, writes operation, subject and the image.
void begin_act(Source& in, event::Event& out, Result& result, event::EventType type);
/// Begins the event of an act told by the record `r` alone: its pid, ids, comm and exe are the actor's.
void begin_record_act(const audit::Record& r, Source& in, event::Event& out, Result& result, event::EventType type);
/// Begins the event of an act told by the kernel's record `r`, with or without the SYSCALL of the same event: begin_act where there is
/// one, else begin_record_act. The record stays the one that told it.
void begin_kernel_act(const audit::Record& r, Source& in, event::Event& out, Result& result, event::EventType type);

}  // namespace aurochs::normalize
