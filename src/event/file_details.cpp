// SPDX-License-Identifier: Apache-2.0
#include "event/file_details.h"

namespace aurochs::event {

std::string_view file_op_name(FileOp op) {
  constexpr std::string_view kNames[] = {"create", "modify", "read",  "delete",   "rename", "link",  "symlink", "chmod",
                                         "chown",  "xattr",  "times", "truncate", "mknod",  "mkdir", "rmdir",   "flags"};
  static_assert(sizeof kNames / sizeof *kNames == static_cast<size_t>(FileOp::count_));
  return op < FileOp::count_ ? kNames[static_cast<size_t>(op)] : std::string_view();
}

}  // namespace aurochs::event
