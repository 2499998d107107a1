// SPDX-License-Identifier: Apache-2.0
// Users: names of users and groups by number, from /etc/passwd and /etc/group read by ourselves. Never asks NSS:
// a number that is not in the files is `unknown` once per kLearnedMs, for the worker to look up, and what the
// worker learned (a name, or that there is none) is kept that long. The files are read again only in
// names_token(), when they changed. At most limits::kUsers users, as many groups, as many learned answers.
// Core thread only.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aurochs::enrich {

enum class NameKind : uint8_t { user, group };

class Users {
 public:
  static constexpr int64_t kLearnedMs = 30 * 60 * 1000;  ///< a directory's answer is believed this long
  static constexpr int64_t kPendingMs = 60 * 1000;       ///< then a lookup without an answer is ordered again

  explicit Users(std::string passwd_path = "/etc/passwd", std::string group_path = "/etc/group");

  /// Changes whenever a name may have changed: of the files as of now, and of the number of lessons learned.
  std::string names_token();

  enum class Found : uint8_t { yes, no, unknown };
  /// `unknown`: not in the files and nothing learned; order a lookup, then call ordered().
  Found name(NameKind kind, uint32_t id, int64_t now_ms, std::string& out) const;
  void ordered(NameKind kind, uint32_t id, int64_t now_ms);
  /// The worker's answer; an empty name: there is none.
  void learn(NameKind kind, uint32_t id, std::string_view name, int64_t now_ms);

  uint64_t refused() const { return files_[0].refused + files_[1].refused; }  ///< lines beyond limits::kUsers

 private:
  struct Entry {
    uint32_t id, offset, size;  ///< name in NameFile::names
  };
  struct NameFile {
    std::string path, stamp, names;
    std::vector<Entry> entries;  ///< by id
    uint64_t refused = 0;
  };
  struct Lesson {
    std::string name;
    int64_t until_ms;
  };
  static void read(NameFile& file);
  void keep(NameKind kind, uint32_t id, Lesson lesson, int64_t now_ms);

  NameFile files_[2];                             ///< by NameKind
  std::unordered_map<uint64_t, Lesson> learned_;  ///< kind in bit 32, id below
  uint64_t lessons_ = 0;
};

}  // namespace aurochs::enrich
