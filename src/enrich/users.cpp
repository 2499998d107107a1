// SPDX-License-Identifier: Apache-2.0
#include "enrich/users.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::enrich {
namespace {
constexpr size_t kFileBytes = 16u << 20;  // 65536 lines of 256 bytes

std::string stamp_of(const std::string& path) {
  struct stat st;
  if (::stat(path.c_str(), &st) < 0) return "-";
  return std::to_string(st.st_mtim.tv_sec) + '.' + std::to_string(st.st_mtim.tv_nsec) + ':' + std::to_string(st.st_size) +
         ':' + std::to_string(st.st_ino);
}

uint64_t key_of(NameKind kind, uint32_t id) { return static_cast<uint64_t>(kind) << 32 | id; }

// passwd and group agree on the first three columns: name, password, number.
bool parse_line(std::string_view line, std::string_view& name, uint32_t& id) {
  name = base::next_piece(line, ':');
  base::next_piece(line, ':');
  uint64_t number;
  // + and - begin the lines of NIS compatibility.
  if (name.empty() || name[0] == '+' || name[0] == '-' || name[0] == '#') return false;
  if (!base::parse_u64(base::next_piece(line, ':'), number) || number >= UINT32_MAX) return false;
  id = static_cast<uint32_t>(number);
  return true;
}
}  // namespace

Users::Users(std::string passwd_path, std::string group_path) {
  files_[0].path = std::move(passwd_path);
  files_[1].path = std::move(group_path);
  names_token();
}

void Users::read(NameFile& file) {
  file.entries.clear();
  file.names.clear();
  file.refused = 0;
  const auto text = base::read_file(file.path, kFileBytes);
  if (!text) return;
  std::string_view rest = *text, name;
  uint32_t id;
  while (!rest.empty()) {
    if (!parse_line(base::next_piece(rest, '\n'), name, id)) continue;
    if (file.entries.size() == limits::kUsers) {
      ++file.refused;
      continue;
    }
    file.entries.push_back({id, static_cast<uint32_t>(file.names.size()), static_cast<uint32_t>(name.size())});
    file.names.append(name.data(), name.size());
  }
  // Stable: of two names for one number the first line wins, as in getpwuid(3).
  std::stable_sort(file.entries.begin(), file.entries.end(), [](const Entry& a, const Entry& b) { return a.id < b.id; });
}

std::string Users::names_token() {
  std::string token;
  for (NameFile& file : files_) {
    std::string stamp = stamp_of(file.path);
    if (stamp != file.stamp) {
      read(file);
      file.stamp = std::move(stamp);
    }
    token += file.stamp + ' ';
  }
  return token + std::to_string(lessons_);
}

Users::Found Users::name(NameKind kind, uint32_t id, int64_t now_ms, std::string& out) const {
  out.clear();
  const NameFile& file = files_[static_cast<size_t>(kind)];
  const auto at = std::lower_bound(file.entries.begin(), file.entries.end(), id,
                                   [](const Entry& e, uint32_t wanted) { return e.id < wanted; });
  if (at != file.entries.end() && at->id == id) {
    out.assign(file.names, at->offset, at->size);
    return Found::yes;
  }
  if (id == UINT32_MAX) return Found::no;  // "unset", no user
  const auto lesson = learned_.find(key_of(kind, id));
  if (lesson == learned_.end() || lesson->second.until_ms <= now_ms) return Found::unknown;
  out = lesson->second.name;
  return out.empty() ? Found::no : Found::yes;
}

void Users::ordered(NameKind kind, uint32_t id, int64_t now_ms) { keep(kind, id, {"", now_ms + kPendingMs}, now_ms); }

void Users::learn(NameKind kind, uint32_t id, std::string_view name, int64_t now_ms) {
  keep(kind, id, {std::string(name), now_ms + kLearnedMs}, now_ms);
  ++lessons_;
}

void Users::keep(NameKind kind, uint32_t id, Lesson lesson, int64_t now_ms) {
  if (learned_.size() >= limits::kUsers) {
    for (auto it = learned_.begin(); it != learned_.end();) it = it->second.until_ms <= now_ms ? learned_.erase(it) : ++it;
    if (learned_.size() >= limits::kUsers) learned_.clear();
  }
  learned_[key_of(kind, id)] = std::move(lesson);
}

}  // namespace aurochs::enrich
