// SPDX-License-Identifier: Apache-2.0
// The image of a process: its file, its package, its digests.
#include <cstring>

#include "audit/frame.h"
#include "base/limits.h"
#include "base/text.h"
#include "enrich/enricher.h"
#include "enrich/file_block.h"
#include "event/file_details.h"

namespace aurochs::enrich {

using event::Event;
using event::FieldId;

void Enricher::target_fields(Event& e, const state::FileStat& s) {
  e.set_number(FieldId::proc_file_tgt_size, s.size);
  e.set_number(FieldId::proc_file_tgt_ace_mask, s.mode);
}

void Enricher::content_fields(Event& e, int64_t root, std::string_view path) {
  if (!reader_.ask(state::Ask::content, root, path, content_)) return;
  audit::SectionReader reader(content_);
  audit::Tag tag;
  std::string_view bytes;
  while (reader.next(tag, bytes)) {
    if (tag == audit::Tag::package) e.set_copy(FieldId::proc_file_app_productname, bytes);
    if (tag == audit::Tag::package_version && !bytes.empty()) e.set_copy(FieldId::proc_file_app_version, bytes);
    if (tag != audit::Tag::magic || bytes.empty()) continue;
    scratch_.clear();
    base::append_hex(scratch_, bytes);
    e.set_copy(FieldId::proc_file_magic, scratch_);
  }
}

void Enricher::write_digests(Event& e, const Digests& d) {
  auto set = [&](FieldId field, bool has, const uint8_t* bytes, size_t size) {
    if (!has) return;
    scratch_.clear();
    base::append_hex(scratch_, {reinterpret_cast<const char*>(bytes), size});
    e.set_copy(field, scratch_);
  };
  set(FieldId::proc_file_md5, d.has_md5, d.md5, sizeof d.md5);
  set(FieldId::proc_file_sha1, d.has_sha1, d.sha1, sizeof d.sha1);
  set(FieldId::proc_file_sha256, d.has_sha256, d.sha256, sizeof d.sha256);
}

void Enricher::hash_fields(Event& e, const state::ExecView& view, const state::FileStat& image, std::string_view path) {
  const FileKey key = key_of(image);
  bool must_order = false;
  if (const Digests* known = hashes_.find(key, must_order)) {
    write_digests(e, *known);
    return;
  }
  if (must_order) {
    char text[128];
    scratch_.assign(text, format_key(key, text));
    scratch_ += ' ';
    scratch_.append(path.data(), path.size());
    if (!reader_.ask(state::Ask::hash, view.process->pid, scratch_, answer_)) {
      ++hashes_refused_;
      return;
    }
    hashes_.ordered(key);
  }
  Waiting who;
  who.process = view.process->self;
  who.event_ms = e.integer(FieldId::event_utc_time);
  who.serial = static_cast<uint32_t>(e.number(FieldId::event_serial));
  hashes_.wait(key, who);
}

void Enricher::image_fields(Event& e, const state::ExecView& view, const event::ExecDetails& d) {
  state::Process& p = *view.process;
  const int64_t root = p.chrooted == 1 ? p.pid : 0;
  const std::string_view path = e.text(FieldId::proc_file_path);
  const bool looked = !path.empty() && !d.image_deleted && reader_.ask(state::Ask::file, root, path, answer_);
  if (looked) {
    const FileAnswer a = parse_file_answer(answer_);
    if (a.has_stat) write_stat(e, kImageBlock, a.stat, false);
    const state::FileStat image = a.has_target ? a.target : a.stat;
    if (a.has_target || a.has_stat) target_fields(e, image);
    if (!e.has(FieldId::proc_file_tgt_path) && !a.target_path.empty()) e.set_copy(FieldId::proc_file_tgt_path, a.target_path);
    content_fields(e, root, path);
    if ((image.mode & 0170000) == 0100000) hash_fields(e, view, image, e.text(FieldId::proc_file_tgt_path));
    p.image_exists = p.image_exists_known = true;
    return;
  }
  if (d.image_deleted) {
    e.set_bool(FieldId::proc_file_exists, false);
    p.image_exists = false;
    p.image_exists_known = true;
  }
  // The record describes the resolved file: it speaks of proc_file_* only where the name is no link.
  if (!d.has_inode) return;
  e.set_number(FieldId::proc_file_tgt_ace_mask, d.mode);
  if (path != e.text(FieldId::proc_file_tgt_path)) return;
  e.set_number(FieldId::proc_file_ace_mask, d.mode);
  e.set_text_if(FieldId::proc_file_type, event::file_type_name(d.mode));
  e.set_number(FieldId::proc_file_inode, d.inode);
  e.set_text_if(FieldId::proc_file_dev, d.dev);
  e.set_number(FieldId::proc_file_owner_id, d.owner);
  e.set_number(FieldId::proc_file_group_id, d.group);
}

bool Enricher::learn(std::string_view sections, FileKey& key) {
  audit::SectionReader reader(sections);
  audit::Tag tag;
  std::string_view bytes, key_text;
  Digests d{};
  auto take = [&](uint8_t* out, size_t size, bool& has) {
    has = bytes.size() == size;
    if (has) std::memcpy(out, bytes.data(), size);
  };
  while (reader.next(tag, bytes)) {
    if (tag == audit::Tag::key) key_text = bytes;
    if (tag == audit::Tag::md5) take(d.md5, sizeof d.md5, d.has_md5);
    if (tag == audit::Tag::sha1) take(d.sha1, sizeof d.sha1, d.has_sha1);
    if (tag == audit::Tag::sha256) take(d.sha256, sizeof d.sha256, d.has_sha256);
  }
  if (!parse_key(key_text, key)) return false;
  if (!d.has_md5 && !d.has_sha1 && !d.has_sha256) return false;
  hashes_.learn(key, d);
  return true;
}

bool Enricher::next_hashed(const FileKey& key, Event& e) {
  Waiting who;
  while (hashes_.next_waiting(key, who)) {
    state::Process* p = lineage_.table().get(who.process);
    bool must_order = false;
    const Digests* d = hashes_.find(key, must_order);
    if (!p || !d) continue;
    e.clear(event::EventType::process_image_hash);
    e.set_time(FieldId::event_utc_time, who.event_ms);
    e.set_number(FieldId::event_serial, who.serial);
    from_table(e, *p, lineage_.parent_of(*p));
    write_digests(e, *d);
    return true;
  }
  return false;
}

}  // namespace aurochs::enrich
