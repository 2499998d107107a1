// SPDX-License-Identifier: Apache-2.0
#include "enrich/file_block.h"

#include <cstdio>
#include <cstring>

#include "audit/frame.h"
#include "event/file_details.h"

namespace aurochs::enrich {

using event::Event;
using event::FieldId;

namespace {

struct FlagRow {
  uint32_t bit;  // include/uapi/linux/fs.h FS_*_FL
  char letter;
};
// In the order and with the letters of lsattr(1), e2fsprogs 1.45 and later.
constexpr FlagRow kInodeFlags[] = {{0x1, 's'},     {0x2, 'u'},      {0x8, 'S'},     {0x10000, 'D'},  {0x10, 'i'},      {0x20, 'a'},
                                   {0x40, 'd'},    {0x80, 'A'},     {0x4, 'c'},     {0x800, 'E'},    {0x4000, 'j'},    {0x1000, 'I'},
                                   {0x8000, 't'},  {0x20000, 'T'},  {0x80000, 'e'}, {0x800000, 'C'}, {0x2000000, 'x'}, {0x40000000, 'F'},
                                   {0x10000000, 'N'}, {0x20000000, 'P'}, {0x100000, 'V'}, {0x400, 'm'}};

uint64_t age(int64_t from_ms, int64_t to_ms) { return to_ms > from_ms ? static_cast<uint64_t>(to_ms - from_ms) / 1000 : 0; }

}  // namespace

#define AUROCHS_BLOCK(p)                                                                                                             \
  FieldId::p##exists, FieldId::p##type, FieldId::p##ace_mask, FieldId::p##size, FieldId::p##inode, FieldId::p##dev, FieldId::p##nlink, \
      FieldId::p##owner_id, FieldId::p##group_id, FieldId::p##atime, FieldId::p##mtime, FieldId::p##ctime, FieldId::p##mage,         \
      FieldId::p##crtime, FieldId::p##age, FieldId::p##inode_flags
const FileBlock kImageBlock = {AUROCHS_BLOCK(proc_file_), FieldId::proc_file_age_src};
const FileBlock kFileBlock = {AUROCHS_BLOCK(file_), FieldId::count_};
#undef AUROCHS_BLOCK

FileAnswer parse_file_answer(std::string_view sections) {
  FileAnswer a;
  audit::SectionReader reader(sections);
  audit::Tag tag;
  std::string_view bytes;
  auto read = [&](state::FileStat& out) {
    if (bytes.size() != sizeof out) return false;
    std::memcpy(&out, bytes.data(), sizeof out);
    return true;
  };
  while (reader.next(tag, bytes)) {
    if (tag == audit::Tag::file) a.has_stat = read(a.stat);
    if (tag == audit::Tag::file_link) a.link = bytes;
    if (tag == audit::Tag::file_target) a.has_target = read(a.target);
    if (tag == audit::Tag::file_target_path) a.target_path = bytes;
  }
  return a;
}

void write_stat(Event& e, const FileBlock& b, const state::FileStat& s, bool keeps_said) {
  const int64_t at_ms = e.integer(FieldId::event_utc_time);
  const auto may_set = [&](FieldId f) { return !keeps_said || !e.has(f); };
  auto said = [&](FieldId f, uint64_t v) {
    if (may_set(f)) e.set_number(f, v);
  };
  e.set_bool(b.exists, true);
  if (may_set(b.type)) e.set_text_if(b.type, event::file_type_name(s.mode));
  said(b.ace_mask, s.mode);
  e.set_number(b.size, s.size);
  said(b.inode, s.inode);
  if (may_set(b.dev)) {
    char dev[24];
    const int n = std::snprintf(dev, sizeof dev, "%02x:%02x", s.dev_major, s.dev_minor);
    e.set_copy(b.dev, {dev, static_cast<size_t>(n)});
  }
  e.set_number(b.nlink, s.nlink);
  said(b.owner_id, s.uid);
  said(b.group_id, s.gid);
  e.set_time(b.atime, s.atime_ms);
  e.set_time(b.mtime, s.mtime_ms);
  e.set_time(b.ctime, s.ctime_ms);
  e.set_number(b.mage, age(s.mtime_ms, at_ms));
  // A birth at the epoch is what image builders and some file systems write for "not known".
  const bool has_birth = s.has_btime && s.btime_ms > 0;
  if (has_birth) e.set_time(b.crtime, s.btime_ms);
  if (!has_birth && b.age_source != FieldId::count_) e.set_text(b.age_source, "ctime");
  if (has_birth || b.age_source != FieldId::count_) e.set_number(b.age, age(has_birth ? s.btime_ms : s.ctime_ms, at_ms));
  if (s.has_inode_flags) {
    char letters[sizeof kInodeFlags / sizeof *kInodeFlags];
    size_t i = 0;
    for (const FlagRow& row : kInodeFlags) letters[i++] = s.inode_flags & row.bit ? row.letter : '-';
    e.set_copy(b.inode_flags, {letters, sizeof letters});
  }
}

}  // namespace aurochs::enrich
