// SPDX-License-Identifier: Apache-2.0
// A block of fields that describes a file: of the image (proc_file_*) or of what an operation was about (file_*); one
// place where a stat becomes fields. Pure.
#pragma once
#include <string_view>

#include "event/event.h"
#include "state/proc_reader.h"

namespace aurochs::enrich {

/// Ask::file or Ask::descriptor, taken apart. Views into the answer.
struct FileAnswer {
  state::FileStat stat, target;
  bool has_stat = false, has_target = false;
  std::string_view target_path;
  std::string_view link;  ///< text of the link, of a descriptor too
};
FileAnswer parse_file_answer(std::string_view sections);

struct FileBlock {
  event::FieldId exists, type, ace_mask, size, inode, dev, nlink, owner_id, group_id, atime, mtime, ctime, mage, crtime, age, inode_flags;
  event::FieldId age_source;  ///< count_: without a birth there is no age
};
extern const FileBlock kImageBlock;
extern const FileBlock kFileBlock;

/// Every field of the block. `keeps_said`: what the record said of the inode, its mode and its owner stands.
void write_stat(event::Event& e, const FileBlock& block, const state::FileStat& s, bool keeps_said);

}  // namespace aurochs::enrich
