// SPDX-License-Identifier: Apache-2.0
#include "event/file_details.h"

namespace aurochs::event {

std::string_view file_op_name(FileOp op) {
  constexpr std::string_view kNames[] = {"create", "modify", "read",  "delete",   "rename", "link",  "symlink", "chmod",
                                         "chown",  "xattr",  "times", "truncate", "mknod",  "mkdir", "rmdir",   "flags"};
  static_assert(sizeof kNames / sizeof *kNames == static_cast<size_t>(FileOp::count_));
  return op < FileOp::count_ ? kNames[static_cast<size_t>(op)] : std::string_view();
}

std::string_view file_type_name(uint32_t mode) {
  switch (mode & 0170000) {
    case 0100000: return "File";
    case 0120000: return "Link";
    case 0040000: return "Directory";
    case 0010000: return "Fifo";
    case 0140000: return "Socket";
    case 0020000: return "CharDevice";
    case 0060000: return "BlockDevice";
    default: return {};
  }
}

void set_file_path(Event& e, std::string_view path) {
  e.set_text(FieldId::file_path, path);
  const size_t slash = path.rfind('/');
  const size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  e.remove(FieldId::file_name);
  e.remove(FieldId::file_dir);
  e.set_text_if(FieldId::file_name, path.substr(begin));
  if (!path.empty() && path[0] == '/') e.set_text(FieldId::file_dir, path.substr(0, slash ? slash : 1));
}

}  // namespace aurochs::event
