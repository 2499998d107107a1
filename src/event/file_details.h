// SPDX-License-Identifier: Apache-2.0
// What the records of a file operation say beyond the fields of its event: what enrichment needs to find the file.
#pragma once
#include <cstdint>
#include <string_view>

namespace aurochs::event {

/// Row of the table of operations; the name is the value of file_op.
enum class FileOp : uint8_t { create, modify, read, remove, rename, link, symlink, mode, owner, xattr, times, truncate, mknod, mkdir, rmdir, flags, count_ };
std::string_view file_op_name(FileOp op);

enum class FileAccess : uint8_t { none, read, write, both };

struct FileDetails {
  bool is_file = false;          ///< the event is about a file: file_path is set, or directory_fd says below what it lies
  FileOp op = FileOp::count_;
  FileAccess access = FileAccess::none;
  int32_t directory_fd = -100;   ///< AT_FDCWD: file_path is whole; else file_path is relative to that descriptor of the process
  int32_t file_fd = -1;          ///< descriptor of the process that the call was about, or that it returned
  bool wants_look = false;       ///< its content will be written after the record: look when it has settled
};

}  // namespace aurochs::event
