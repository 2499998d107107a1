// SPDX-License-Identifier: Apache-2.0
// What the records of a file operation say beyond the fields of its event: what enrichment needs to find the file, and to
// know whether the file it finds is the one that was meant.
#pragma once
#include <cstdint>
#include <string_view>

#include "event/event.h"

namespace aurochs::event {

/// Row of the table of operations; the name is the value of file_op.
enum class FileOp : uint8_t { create, modify, read, remove, rename, link, symlink, mode, owner, xattr, times, truncate, mknod, mkdir, rmdir, flags, count_ };
std::string_view file_op_name(FileOp op);

/// File, Link, Directory, Fifo, Socket, CharDevice, BlockDevice; empty for a mode without a type.
std::string_view file_type_name(uint32_t mode);

/// file_path, and by it file_name and file_dir; `path` lives as long as the event needs it.
void set_file_path(Event& e, std::string_view path);

enum class FileAccess : uint8_t { none, read, write, both };

inline constexpr int32_t kNoDescriptor = -1;
inline constexpr int32_t kCwdDescriptor = -100;  ///< AT_FDCWD

struct FileDetails {
  bool is_file = false;          ///< the event is about a file: file_path is set, or a descriptor below says where it lies
  FileOp op = FileOp::count_;
  FileAccess access = FileAccess::none;
  /// kCwdDescriptor: file_path is whole; else it is relative to that descriptor of the process.
  int32_t directory_fd = kCwdDescriptor;
  int32_t directory_fd_old = kCwdDescriptor;  ///< the same of file_path_old
  int32_t file_fd = kNoDescriptor;  ///< there is no name: descriptor of the process that the call was about, or that it returned
  uint64_t inode = 0;            ///< of the file; 0: not said
  uint64_t parent_inode = 0, parent_inode_old = 0;  ///< of the directory that holds the name
  bool starts_empty = false;     ///< the call made it, or cut it to nothing
  bool wants_look = false;       ///< its content will be written after the record: look when it has settled
  bool may_set_caps = false;     ///< setxattr with the size of security.capability
  bool has_caps_before = false;  ///< the record says what capabilities the file had: caps_before, permitted ones
  uint64_t caps_before = 0;
};

}  // namespace aurochs::event
