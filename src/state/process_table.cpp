// SPDX-License-Identifier: Apache-2.0
#include "state/process_table.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::state {
namespace {

constexpr size_t kShortTextBytes = 1024;  // of a path, a cwd, a cgroup list

size_t bucket_of(int32_t pid, size_t buckets) { return static_cast<uint32_t>(pid) * 0x9E3779B1u >> 7 & (buckets - 1); }

uint32_t login_number(std::string_view s) {
  uint64_t n = 0;
  return base::parse_u64(s, n) && n < Process::kUnset ? static_cast<uint32_t>(n) : Process::kUnset;
}

}  // namespace

ProcessTable::ProcessTable(const Identity& identity, size_t max_processes, size_t max_text_bytes)
    : identity_(identity),
      boot_id_(identity.boot_id),
      max_processes_(max_processes ? max_processes : limits::kProcesses),
      buckets_(32768),
      pool_(max_text_bytes ? max_text_bytes : limits::kProcessTextBytes) {
  if (!identity_.ticks_per_second) identity_.ticks_per_second = 100;
  entries_.reserve(max_processes_);  // entries never move; memory that is never touched costs nothing
}

void ProcessTable::set_node(std::string_view node) {
  // FNV-1a, written out: it goes into guids, so it must be the same everywhere.
  uint64_t h = 0xCBF29CE484222325u;
  for (const char c : node) h = (h ^ static_cast<uint8_t>(c)) * 0x100000001B3u;
  node_ = node.empty() ? 0 : h;
}

Process* ProcessTable::find(int32_t pid) {
  for (uint32_t i = buckets_[bucket_of(pid, buckets_.size())]; i; i = entries_[i - 1].next_same_pid)
    if (entries_[i - 1].pid == pid && entries_[i - 1].node == node_) return &entries_[i - 1];
  return nullptr;
}

Process* ProcessTable::get(Handle h) {
  if (!h.generation || h.index >= entries_.size()) return nullptr;
  Process& p = entries_[h.index];
  return p.used && p.self.generation == h.generation ? &p : nullptr;
}

void ProcessTable::enqueue(Order& o, Process& p) {
  const uint32_t i = p.self.index + 1;
  p.older = o.newest;
  p.newer = 0;
  (o.newest ? entries_[o.newest - 1].newer : o.oldest) = i;
  o.newest = i;
}

void ProcessTable::dequeue(Order& o, Process& p) {
  (p.older ? entries_[p.older - 1].newer : o.oldest) = p.newer;
  (p.newer ? entries_[p.newer - 1].older : o.newest) = p.older;
  p.older = p.newer = 0;
}

void ProcessTable::unlink_pid(Process& p) {
  uint32_t* at = &buckets_[bucket_of(p.pid, buckets_.size())];
  for (; *at; at = &entries_[*at - 1].next_same_pid) {
    if (*at != p.self.index + 1) continue;
    *at = p.next_same_pid;
    break;
  }
  p.next_same_pid = 0;
}

void ProcessTable::evict(uint32_t index) {
  Process& p = entries_[index];
  dequeue(p.exited_ms ? gone_ : live_, p);
  gone_count_ -= p.exited_ms != 0;
  unlink_pid(p);
  pool_.give_back(p.text, p.room);
  const uint32_t generation = p.self.generation;
  p = Process{};
  p.self = {index, generation};
  free_.push_back(index);
  --size_;
}

Process& ProcessTable::take_entry() {
  if (free_.empty() && entries_.size() >= max_processes_) {
    forgotten_ += !gone_.oldest;
    evict((gone_.oldest ? gone_.oldest : live_.oldest) - 1);
  }
  uint32_t index;
  if (free_.empty()) {
    index = static_cast<uint32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Process& p = entries_[index];
  const uint32_t generation = p.self.generation + 1 ? p.self.generation + 1 : 1;
  p = Process{};
  p.self = {index, generation};
  p.used = true;
  ++size_;
  return p;
}

Process& ProcessTable::add(int32_t pid, int32_t parent_pid, Process* parent, Origin origin) {
  const Handle parent_handle = parent ? parent->self : Handle{};
  if (Process* former = find(pid)) {
    if (!former->exited_ms) exit(*former, 1);
    unlink_pid(*former);
  }
  Process& p = take_entry();
  p.pid = pid;
  p.node = node_;
  p.parent_pid = parent_pid;
  p.parent = parent_handle;
  p.origin = origin;
  uint32_t& bucket = buckets_[bucket_of(pid, buckets_.size())];
  p.next_same_pid = bucket;
  bucket = p.self.index + 1;
  enqueue(live_, p);
  return p;
}

Process& ProcessTable::fork(Process* parent, int32_t parent_pid, int32_t pid) {
  Process& p = add(pid, parent_pid, parent, Origin::fork_event);
  Process* from = get(p.parent);
  if (!from) return p;
  p.uid_real = from->uid_real;
  p.uid_effective = from->uid_effective;
  p.gid_real = from->gid_real;
  p.gid_effective = from->gid_effective;
  p.uid_saved = from->uid_saved;
  p.gid_saved = from->gid_saved;
  p.login_uid = from->login_uid;
  p.login_session = from->login_session;
  p.session = from->session;
  p.cap_effective = from->cap_effective;
  p.cap_permitted = from->cap_permitted;
  p.has_caps = from->has_caps;
  p.chrooted = from->chrooted;
  p.rootless = from->rootless;
  p.exe_hash = from->exe_hash;
  p.is_stale = from->is_stale;
  p.image_exists = from->image_exists;
  p.image_exists_known = from->image_exists_known;
  set_text(p, from->path(), from->command_line(), from->cwd(), from->cgroups());
  return p;
}

void ProcessTable::forget_gone() {
  for (; gone_.oldest; ++forgotten_) evict(gone_.oldest - 1);
}

void ProcessTable::exit(Process& p, int64_t at_ms) {
  if (p.exited_ms) return;
  dequeue(live_, p);
  p.exited_ms = at_ms ? at_ms : 1;
  enqueue(gone_, p);
  if (++gone_count_ > limits::kGoneProcesses) evict(gone_.oldest - 1);
}

bool ProcessTable::learn_start(Process& p, uint64_t start_ticks) {
  if (p.start_ticks) return p.start_ticks != start_ticks;
  if (p.start_from_event) return false;  // its guid is out already
  p.start_ticks = start_ticks;
  p.start_ms = start_ms(start_ticks);
  return false;
}

void ProcessTable::name_process(Process& p, const char* start) {
  char name[160];
  int n = std::snprintf(name, sizeof name, "%.64s:%d:%s", boot_id_.c_str(), p.pid, start);
  if (p.node) n += std::snprintf(name + n, sizeof name - static_cast<size_t>(n), ":%llx", static_cast<unsigned long long>(p.node));
  (void)uuid5_.make(identity_.dev_id, {name, static_cast<size_t>(n)}, p.guid);
  p.has_guid = true;
}

void ProcessTable::assume_start(Process& p, int64_t event_ms, uint32_t serial) {
  if (p.start_ticks || p.start_from_event) return;
  p.start_from_event = true;
  p.start_ms = event_ms;
  char start[64];
  std::snprintf(start, sizeof start, "@%lld:%u", static_cast<long long>(event_ms), serial);
  name_process(p, start);
}

const base::Uuid& ProcessTable::guid(Process& p, int64_t event_ms, uint32_t serial) {
  if (p.has_guid) return p.guid;
  if (!p.start_ticks) {
    assume_start(p, event_ms, serial);
    return p.guid;
  }
  char start[32];
  std::snprintf(start, sizeof start, "%llu", static_cast<unsigned long long>(p.start_ticks));
  name_process(p, start);
  return p.guid;
}

void ProcessTable::set_text(Process& p, std::string_view path, std::string_view line, std::string_view cwd, std::string_view cgroups) {
  path = base::cut_utf8(path, kShortTextBytes);
  line = base::cut_utf8(line, limits::kTableCommandLineBytes);
  cwd = base::cut_utf8(cwd, kShortTextBytes);
  cgroups = base::cut_utf8(cgroups, kShortTextBytes);
  const size_t need = path.size() + line.size() + cwd.size() + cgroups.size();
  // The new strings may be views of the old ones, so the old block goes back last.
  char* const old_text = p.text;
  const uint32_t old_room = p.room;
  p.text = need ? pool_.take(need, p.room) : nullptr;
  auto is_source = [&](const Process& e) {
    for (const std::string_view s : {path, line, cwd, cgroups})
      if (e.text && s.data() >= e.text && s.data() < e.text + e.room) return true;
    return false;
  };
  while (need && !p.text && gone_.oldest && gone_.oldest - 1 != p.self.index && !is_source(entries_[gone_.oldest - 1])) {
    evict(gone_.oldest - 1);
    p.text = pool_.take(need, p.room);
  }
  if (!p.text) path = line = cwd = cgroups = {};
  char* at = p.text;
  for (const std::string_view s : {path, line, cwd, cgroups}) {
    if (s.empty()) continue;
    std::memcpy(at, s.data(), s.size());
    at += s.size();
  }
  p.path_size = static_cast<uint16_t>(path.size());
  p.line_size = static_cast<uint16_t>(line.size());
  p.cwd_size = static_cast<uint16_t>(cwd.size());
  p.cgroups_size = static_cast<uint16_t>(cgroups.size());
  if (!p.text) p.room = 0;
  pool_.give_back(old_text, old_room);
}

void ProcessTable::apply(Process& p, const ProcFacts& f) {
  if (f.has_stat) {
    (void)learn_start(p, f.start_ticks);
    p.session = f.session;
  }
  if (f.has_status) {
    p.uid_real = f.uid[0];
    p.uid_effective = f.uid[1];
    p.uid_saved = f.uid[2];
    p.gid_real = f.gid[0];
    p.gid_effective = f.gid[1];
    p.gid_saved = f.gid[2];
  }
  if (f.has_caps) {
    p.cap_effective = f.cap_effective;
    p.cap_permitted = f.cap_permitted;
    p.has_caps = true;
  }
  if (!f.login_uid.empty()) p.login_uid = login_number(f.login_uid);
  if (!f.login_session.empty()) p.login_session = login_number(f.login_session);
  if (f.chrooted >= 0) p.chrooted = static_cast<int8_t>(f.chrooted);
}

Process& ProcessTable::restore(const Process& saved, std::string_view path, std::string_view line, std::string_view cwd,
                               std::string_view cgroups, const base::Uuid& parent_guid) {
  Process* parent = nullptr;
  for (Process& e : entries_)
    if (e.used && !parent_guid.is_nil() && e.guid == parent_guid) parent = &e;
  Process& p = add(saved.pid, saved.parent_pid, parent, Origin::saved);
  Process kept = saved;
  kept.self = p.self;
  kept.parent = p.parent;
  kept.next_same_pid = p.next_same_pid;
  kept.older = p.older;
  kept.newer = p.newer;
  kept.text = nullptr;
  kept.room = 0;
  kept.exited_ms = 0;
  kept.used = kept.has_guid = true;
  kept.exit_waits = false;
  kept.execs_pending = 0;
  kept.origin = Origin::saved;
  p = kept;
  set_text(p, path, line, cwd, cgroups);
  if (saved.exited_ms) exit(p, saved.exited_ms);
  return p;
}

void ProcessTable::end_unconfirmed(int64_t at_ms) {
  for (Process& p : entries_)
    if (p.used && p.origin == Origin::saved && !p.exited_ms) exit(p, at_ms);
}

}  // namespace aurochs::state
