// SPDX-License-Identifier: Apache-2.0
// FileFacts: what the core may ask of a file: its stat, what it links to, its first bytes, its package. A path is
// resolved inside the root of the process, one component after the other on O_PATH descriptors, so a link there
// never leads out to the host. Only regular files are opened to be read, never devices, pipes or sockets; what
// lies on a network or user-space file system is not touched, because a dead server would stop the line.
// Core thread only. Linux 2.6.39 (O_PATH).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "enrich/mount_table.h"
#include "enrich/package_index.h"
#include "state/proc_reader.h"

namespace aurochs::enrich {

class FileFacts {
 public:
  explicit FileFacts(base::Clock& clock) : mounts_(clock) {}

  /// Ask::file. pid 0: our own root.
  bool stat_file(int64_t pid, std::string_view path, std::string& sections);
  /// Ask::content. `packages` may be null: not known yet. Package literals are those of schema.md §1.
  bool content(int64_t pid, std::string_view path, const PackageIndex* packages, std::string& sections);
  /// Ask::script.
  bool script(int64_t pid, std::string_view path, std::string& bytes);
  /// Ask::head.
  bool head(int64_t pid, std::string_view path, std::string& sections);
  /// Ask::real_path.
  bool real_path(int64_t pid, std::string_view path, std::string& out);
  /// Ask::descriptor. The link's text is as seen from our root: for a process in another mount name space, from that one's.
  static bool descriptor(int64_t pid, std::string_view number, std::string& sections);

 private:
  enum class LastLink : uint8_t { keep, follow };
  struct Place {
    base::UniqueFd fd;  ///< O_PATH
    std::string path;   ///< as the process sees it, without links
    state::FileStat stat;
  };
  struct Root {
    base::UniqueFd fd;
    int64_t pid = 0;
    bool is_ours = false;  ///< the same directory as our own root
  };
  static bool open_root(int64_t pid, Root& out);
  bool walk(const Root& root, std::string_view path, LastLink last, Place& out);
  bool walk_links(const Root& root, std::string pending, LastLink last, Place& out);
  static bool open_plain(int root, std::string_view path, Place& out);
  bool enter(const Root& root, int directory, const std::string& component, Place& out);
  /// The regular file behind the path, place.fd open for reading.
  bool open_regular(const Root& root, std::string_view path, Place& place);

  /// A file that was seen before, on a path without links, in our own root and mounts. One statx tells whether it is as it was:
  /// what changes it, its flags included, changes its ctime.
  struct Known {
    state::FileStat stat;
    uint64_t ctime_ns = 0, mtime_ns = 0;
    std::string magic;
    bool has_magic = false;
  };
  Known* known(int64_t pid, std::string_view path);
  void remember(int64_t pid, std::string_view path, const Place& place);
  bool sees_as_we_do(int64_t pid);
  void set_key(std::string_view path);
  void forget_known();

  MountTable mounts_;
  std::unordered_map<std::string, Known> known_;  ///< at most limits::kKnownFiles
  uint64_t known_version_ = UINT64_MAX;           ///< of mounts_
  std::vector<std::pair<std::string, std::string>> top_links_;  ///< "/bin/" and what it leads to
  std::string path_;                              ///< scratch: the key of a look-up
  uint64_t own_root_dev_ = 0, own_root_ = 0, own_mounts_ = 0;  ///< of our root and mount name space; 0: not looked at yet
};

}  // namespace aurochs::enrich
