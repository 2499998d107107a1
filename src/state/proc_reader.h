// SPDX-License-Identifier: Apache-2.0
// ProcReader: the line's one door to the host (/proc, files, users, packages). It asks; the answer is bytes,
// so that a recording can keep them and a replay can give them back in the same order, whatever they are.
// Called on the core thread only; an implementation answers within microseconds, never waits for a network
// or a name service, and never throws.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace aurochs::state {

enum class Ask : uint16_t {
  process = 1,   ///< id = pid: Sections as of a snapshot frame (audit/frame.h), cmdline included
  file = 2,      ///< id = pid whose root counts (0: ours), path: Sections file, file_link, file_target, file_target_path
  content = 3,   ///< as file: Sections magic, package, package_version of what the path resolves to
  user = 4,      ///< id = uid: the name
  group = 5,     ///< id = gid: the name
  names = 6,     ///< a token that changes when users or groups may have changed
  hash = 7,      ///< id = pid, path = FileKey of the image + path: "" ; orders a hash from the worker (answer by a fact frame)
  start = 8,     ///< id = pid: /proc/PID/stat text only (start ticks of a forked process)
  script = 9,    ///< as file: first bytes of a script (for its hash and text), at most 4 KiB
  self = 10,    ///< the sensor's own cost so far: "CPU_MS RSS_BYTES BACKLOG", the last: records in the kernel's queue
  mount = 25,   ///< id = pid, path = mount point as it sees it: the newest line of its mountinfo about that
  link = 26,    ///< id = pid, path below its /proc directory; id = 0, path in /proc or /sys: what the link says, or the file's text
  socket = 29,  ///< id = pid, path = "FD TABLES [PEER_ADDRESS PEER_PORT]": SocketFacts of the socket behind that descriptor; False: it is
                ///< closed, or no socket. TABLES, in the order in which to look: t TCP, u UDP, l listening TCP, o all others.
                ///< With a peer only sockets that talk to it count: a descriptor used anew is no answer.
  dns_servers = 30,  ///< addresses of the name servers that the host uses, separated by blanks
  hosts = 31,   ///< text of /etc/hosts, its first kHostsBytes
  descriptor = 20, ///< id = pid, path = number of one of its descriptors: Sections file and file_link of what it refers to
  head = 21,     ///< as file: Sections magic (kHeadBytes) and capability of a regular file; value of what lies below /proc/sys
  real_path = 22, ///< as file: the path without links
  logon_settings = 27,  ///< "WINDOW_S BURST" of the configuration
  logon_book = 28,      ///< what an earlier run of the sensor counted: state/logon_store.h
  homes = 23,   ///< home directories of accounts (watch/homes.h), one a line
};

/// A file's facts as asked for, in the answer of Ask::file. Plain bytes: it is stored in recordings.
struct FileStat {
  uint64_t inode = 0, size = 0;
  int64_t atime_ms = 0, mtime_ms = 0, ctime_ms = 0, btime_ms = 0;
  uint32_t mode = 0, uid = 0, gid = 0, nlink = 0;
  uint32_t dev_major = 0, dev_minor = 0;
  uint32_t has_btime = 0;
  uint32_t inode_flags = 0;      ///< FS_IOC_GETFLAGS
  uint32_t has_inode_flags = 0;
  uint32_t reserved = 0;
};

/// Where a socket was looked for and found, in the answer of Ask::socket. Plain bytes, as FileStat.
struct SocketFacts {
  uint64_t inode = 0;
  uint32_t family = 0;       ///< AF_*; 0: in none of the tables asked for
  uint32_t protocol = 0;     ///< IPPROTO_* of inet and inet6
  uint32_t state = 0;        ///< TCP's numbers
  uint32_t uid = 0;
  uint8_t local[16] = {}, remote[16] = {};  ///< IPv4 as ::ffff:a.b.c.d
  uint16_t local_port = 0, remote_port = 0;
  uint32_t reserved = 0;
};

class ProcReader {
 public:
  virtual ~ProcReader() = default;
  /// False: not there (process gone, no such file or user); `answer` is then empty.
  virtual bool ask(Ask what, int64_t id, std::string_view path, std::string& answer) = 0;
};

/// Knows nothing: replay of foreign logs.
class NoProcReader final : public ProcReader {
 public:
  bool ask(Ask, int64_t, std::string_view, std::string& answer) override {
    answer.clear();
    return false;
  }
};

}  // namespace aurochs::state
