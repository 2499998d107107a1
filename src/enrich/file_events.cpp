// SPDX-License-Identifier: Apache-2.0
#include "enrich/file_events.h"

#include <algorithm>

#include "audit/frame.h"
#include "base/limits.h"
#include "base/text.h"
#include "enrich/special_paths.h"
#include "event/pack.h"

namespace aurochs::enrich {

using event::Event;
using event::EventType;
using event::FieldId;
using event::FileDetails;
using event::FileOp;

namespace {

/// What an open gives where nothing more special is known of it.
bool is_plain_open(EventType t) { return t == EventType::file_create || t == EventType::file_modify || t == EventType::file_read; }

/// Types that say no more than the operation: a row of the watch table says more.
bool is_generic(EventType t) {
  switch (t) {
    case EventType::file_create:
    case EventType::file_modify:
    case EventType::file_read:
    case EventType::file_delete:
    case EventType::file_rename:
    case EventType::file_truncate:
    case EventType::file_hard_link:
    case EventType::file_symlink:
    case EventType::file_mode_change:
    case EventType::file_owner_change:
    case EventType::file_xattr_set:
    case EventType::file_xattr_remove:
    case EventType::file_time_change:
    case EventType::dir_create:
    case EventType::dir_delete: return true;
    default: return false;
  }
}

watch::Actor actor_of(const Event& e) { return {e.text(FieldId::proc_file_tgt_path), e.text(FieldId::proc_comm), e.text(FieldId::proc_p_file_path)}; }

bool is_absolute(std::string_view path) { return !path.empty() && path[0] == '/'; }

}  // namespace

FileEvents::FileEvents(state::ProcReader& reader, const watch::Table& watches, HashBook& hashes)
    : reader_(reader), watches_(watches), hashes_(hashes), held_(limits::kHeldFiles) {}

bool FileEvents::is_own(const Event& e) {
  // Our threads are named so; others who are have no such thread here. kernel < 4.x: pid= of a record is that of the thread.
  if (!base::starts_with(e.text(FieldId::proc_comm), "aurochs")) return false;
  scratch_.assign("/proc/self/task/").append(std::to_string(e.number(FieldId::proc_id)));
  return reader_.ask(state::Ask::file, 0, scratch_, answer_);
}

// --- where it is

bool FileEvents::below(Event& e, FieldId field, int32_t fd, uint64_t parent_inode) {
  const std::string_view relative = e.text(field);
  if (relative.empty() || is_absolute(relative)) return true;
  if (fd == event::kCwdDescriptor || fd < 0) return false;
  if (!reader_.ask(state::Ask::descriptor, e.integer(FieldId::proc_id), std::to_string(fd), answer_)) return false;
  const FileAnswer a = parse_file_answer(answer_);
  // The number may be another file's by now. The record knows the directory of the name itself.
  const bool is_direct = relative.find('/') == std::string_view::npos;
  if (is_direct && parent_inode && a.has_stat && a.stat.inode != parent_inode) return false;
  if (!is_absolute(a.link) || (a.has_stat && (a.stat.mode & 0170000) != 0040000)) return false;
  const std::string_view whole = base::absolute_path(relative, a.link, e.arena());
  if (field == FieldId::file_path)
    event::set_file_path(e, whole);
  else
    e.set_text(field, whole);
  return true;
}

bool FileEvents::by_descriptor(Event& e, const FileDetails& d) {
  if (!reader_.ask(state::Ask::descriptor, e.integer(FieldId::proc_id), std::to_string(d.file_fd), answer_)) return false;
  const FileAnswer a = parse_file_answer(answer_);
  if (d.inode && a.has_stat && a.stat.inode != d.inode) return false;
  if (!is_absolute(a.link)) return false;
  event::set_file_path(e, e.arena().copy(a.link));
  return true;
}

void FileEvents::locate(Event& e, const FileDetails& d) {
  bool found = below(e, FieldId::file_path, d.directory_fd, d.parent_inode);
  found &= below(e, FieldId::file_path_old, d.directory_fd_old, d.parent_inode_old);
  if (!e.has(FieldId::file_path)) found &= d.file_fd >= 0 && by_descriptor(e, d);
  if (!found) e.set_bool(FieldId::event_incomplete, true);
}

// --- what it is called

bool FileEvents::is_special(Event& e, const FileDetails& d, int64_t root, bool& is_kernels) {
  const SpecialPath s = special_path(e.text(FieldId::file_path), d.op, d.access);
  is_kernels = s.is_kernels;
  if (!s.is_special) return false;
  e.retype(s.type);
  if (!s.parameter.empty()) {
    // As sysctl(8) has it: a dot in a name becomes a slash.
    scratch_.assign(s.parameter.data(), s.parameter.size());
    for (char& c : scratch_) c = c == '/' ? '.' : c == '.' ? '/' : c;
    e.set_copy(FieldId::sysctl_name, scratch_);
  }
  uint64_t pid = 0;
  if (s.process == "self" || s.process == "thread-self")
    e.set_number(FieldId::tgt_proc_id, e.number(FieldId::proc_id));
  else if (!root && base::parse_u64(s.process, pid))  // in another PID name space the number is another process's
    e.set_number(FieldId::tgt_proc_id, pid);
  return true;
}

std::optional<watch::Match> FileEvents::row_of(const Event& e, const FileDetails& d) const {
  const watch::Actor actor = actor_of(e);
  const auto match = watches_.match(e.text(FieldId::file_path), d.op, actor);
  if (d.op != FileOp::rename || (match && !match->is_unwanted() && !match->is_generic)) return match;
  // Where it went says little: what it was counts.
  const auto old = watches_.match(e.text(FieldId::file_path_old), FileOp::remove, actor);
  return old && !old->is_unwanted() && (!match || match->is_unwanted() || !old->is_generic) ? old : match;
}

bool FileEvents::is_watched(Event& e, const FileDetails& d, int64_t root, bool& is_unwanted) {
  const std::string_view path = e.text(FieldId::file_path);
  auto match = row_of(e, d);
  // The kernel watches files, whatever they are called: a rule of ours that brought an unknown name was reached by a link.
  const bool is_ours = base::starts_with(e.text(FieldId::audit_key), "aurochs-");
  if (!match && is_ours && is_generic(e.type()) && reader_.ask(state::Ask::real_path, root, path, answer_) && answer_ != path)
    match = watches_.match(answer_, d.op, actor_of(e));
  is_unwanted = match && match->is_unwanted() && is_generic(e.type());
  if (!match || match->is_unwanted()) return false;
  e.set_text_if(FieldId::file_watch_group, match->group);
  if (is_generic(e.type()) && !match->is_generic) e.retype(match->type);
  return true;
}

bool FileEvents::give_type(Event& e, const FileDetails& d, int64_t root) {
  if (!is_absolute(e.text(FieldId::file_path))) return e.type() != EventType::file_read;
  bool is_kernels = false;
  const bool is_open = is_plain_open(e.type());
  if (is_open && is_special(e, d, root, is_kernels)) return true;
  bool is_unwanted = false;
  if (is_watched(e, d, root, is_unwanted)) return true;
  if (is_unwanted) return false;
  const bool is_device = e.text(FieldId::file_type) == "CharDevice";
  return !is_open || (e.type() != EventType::file_read && !is_kernels && !is_device);
}

// --- now or later

void FileEvents::note_rename(std::string_view from, std::string_view to) {
  if (!held_count_ || !is_absolute(from) || !is_absolute(to)) return;
  for (Held& h : held_)
    if (h.in_use && h.path == from) h.path.assign(to.data(), to.size());
}

bool FileEvents::ask_file(int64_t root, std::string_view path, FileAnswer& a) {
  if (!is_absolute(path) || !reader_.ask(state::Ask::file, root, path, answer_)) return false;
  a = parse_file_answer(answer_);
  return a.has_stat;
}

bool FileEvents::has_host() {
  if (!asked_host_) has_host_ = reader_.ask(state::Ask::file, 0, "/", answer_);
  asked_host_ = true;
  return has_host_;
}

bool FileEvents::hold(Event& e, const FileDetails& d, int64_t root, bool& is_complete) {
  const std::string_view path = e.text(FieldId::file_path);
  const bool is_parameter = e.has(FieldId::sysctl_name);
  bool knows_device = false;
  state::FileStat s;
  if (is_parameter) {
    // Whether it is our value at all is known only while the process lives.
    if (!reader_.ask(state::Ask::head, e.integer(FieldId::proc_id), path, answer_)) return false;
  } else {
    FileAnswer a;
    const bool is_there = ask_file(root, path, a);
    if (is_there) s = a.has_target ? a.target : a.stat;
    // It may have another name by now: the event that tells of it is still to come.
    if (!is_there && d.inode && has_host()) s.inode = d.inode;
    if (!s.inode || (d.inode && s.inode != d.inode)) return false;
    knows_device = is_there;
  }
  Held* h = nullptr;
  for (Held& place : held_)
    if (!place.in_use) h = &place;
    else if (held_count_ == held_.size() && (!h || place.order < h->order)) h = &place;
  const bool is_full = h->in_use;
  if (is_full) std::swap(*h, spare_);
  held_count_ += !is_full;
  h->in_use = true;
  h->is_hashing = false;
  h->order = order_++;
  h->root = root;
  h->due_ms = e.integer(FieldId::event_utc_time) + limits::kSettleMs;
  h->knows_device = knows_device;
  h->inode = s.inode;
  h->dev_major = s.dev_major;
  h->dev_minor = s.dev_minor;
  h->starts_empty = d.starts_empty;
  // What was written since the open has changed the time of the content: the size before is gone then.
  h->has_size_before = d.starts_empty || (knows_device && s.mtime_ms < e.integer(FieldId::event_utc_time));
  h->size_before = d.starts_empty ? 0 : s.size;
  h->path.assign(path.data(), path.size());
  h->event.clear();
  event::pack(e, h->event);
  if (!is_full) return true;
  ++held_early_;
  is_complete = event::unpack(spare_.event, e);
  if (is_complete && !spare_.is_hashing) look(e, spare_, false);
  return true;
}

void FileEvents::look_now(Event& e, const FileDetails& d, int64_t root) {
  if (d.op == FileOp::remove || d.op == FileOp::rmdir) return;
  FileAnswer a;
  if (!ask_file(root, e.text(FieldId::file_path), a)) return;
  const bool is_link_itself = d.op == FileOp::symlink || d.op == FileOp::rename || d.op == FileOp::link;
  const state::FileStat& s = a.has_target && !is_link_itself ? a.target : a.stat;
  if (d.inode && s.inode != d.inode) return;
  if (a.has_target && !e.has(FieldId::file_tgt_path)) e.set_copy(FieldId::file_tgt_path, a.target_path);
  write_stat(e, kFileBlock, s, true);
  if (d.may_set_caps) read_caps(e, d, root);
}

bool FileEvents::take(Event& e, const FileDetails& d, int64_t root) {
  if (is_own(e)) return false;
  if (!e.has(FieldId::file_op)) e.set_text_if(FieldId::file_op, event::file_op_name(d.op));
  locate(e, d);
  if (!give_type(e, d, root)) return false;
  if (d.op == FileOp::rename) note_rename(e.text(FieldId::file_path_old), e.text(FieldId::file_path));
  if (e.type() == EventType::file_access_denied) return true;
  bool is_complete = false;
  if ((d.wants_look || e.has(FieldId::sysctl_name)) && hold(e, d, root, is_complete)) return is_complete;
  if (!e.has(FieldId::sysctl_name)) look_now(e, d, root);
  return true;
}

bool FileEvents::next(Event& e, int64_t now_ms) {
  while (held_count_) {
    Held* h = nullptr;
    const Digests* digests = nullptr;
    bool must_order = false;
    for (Held& place : held_) {
      if (!place.in_use || (h && place.order > h->order)) continue;
      const Digests* known = place.is_hashing ? hashes_.find(place.key, must_order) : nullptr;
      if (now_ms < place.due_ms && !known) continue;
      h = &place;
      digests = known;
    }
    if (!h) return false;
    const bool is_good = event::unpack(h->event, e);
    if (is_good && !h->is_hashing) {
      look(e, *h, now_ms != INT64_MAX);
      if (h->is_hashing) {
        h->event.clear();
        event::pack(e, h->event);
        h->due_ms = now_ms + limits::kFileHashWaitMs;
        continue;
      }
    } else if (digests) {
      write_digests(e, *digests);
    }
    h->in_use = false;
    --held_count_;
    if (is_good) return true;
  }
  return false;
}

}  // namespace aurochs::enrich
