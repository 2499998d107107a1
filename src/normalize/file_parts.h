// SPDX-License-Identifier: Apache-2.0
// What the families of file operations share: the PATH records of an audit event by their part in it, and the fields that
// one of them fills. A relative name is made whole by the CWD record only where the call was relative to the working
// directory; below a descriptor it stays relative, and FileDetails says which descriptor.
#pragma once
#include "event/file_details.h"
#include "normalize/parts.h"

namespace aurochs::normalize {

using event::EventType;
using event::FileAccess;
using event::FileDetails;
using event::FileOp;

/// PATH records by nametype= (objtype= on RHEL 7), first of each; kernel 3.10 to 3.13 wrote no type, only an order.
struct Items {
  explicit Items(const audit::AuditEvent& e);

  const audit::Record* parents[2] = {};
  const audit::Record* normal = nullptr;
  const audit::Record* create = nullptr;
  const audit::Record* removed = nullptr;  ///< nametype=DELETE
  const audit::Record* unknown = nullptr;
  const audit::Record* last = nullptr;
  size_t count = 0;
  bool typed = false;

  /// What a call that makes nothing was about.
  const audit::Record* subject() const;
};

int32_t descriptor_of(uint64_t argument);
/// Descriptor that the first name of the call is relative to; kCwdDescriptor for calls that have none.
int32_t directory_of(const SyscallFacts& s);

/// Begins the event of a file operation: type, file_op, and the records' word that it is about a file.
FileDetails& begin_file(Source& in, event::Event& out, Result& result, EventType type, FileOp op);
/// file_path by the name of `item`; false: it has none.
bool write_path(Source& in, const audit::Record* item, const audit::Record* parent, int32_t directory_fd, event::Event& out, FileDetails& d);
/// file_path_old; of an operation with two names.
void write_old_path(Source& in, const audit::Record* item, const audit::Record* parent, int32_t directory_fd, event::Event& out, FileDetails& d);
/// Inode, device, type, mode and owner as `item` has them. The mode, 0 where it is not said.
uint32_t write_inode(const audit::Record* item, event::Event& out, FileDetails& d);
/// The file is named by a descriptor alone.
void by_descriptor(uint64_t argument, FileDetails& d);
/// New permission bits that let the file run as somebody else.
bool gains_suid(uint32_t before, uint32_t after);

}  // namespace aurochs::normalize
