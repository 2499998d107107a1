// SPDX-License-Identifier: Apache-2.0
// PackageLog: new lines of the logs of package managers: dpkg.log, dnf.rpm.log, yum.log and zypper's history (which calls
// an upgrade an install). Looked at every second; a rotated log is read to its end first. dpkg tells what is done when it is
// done ("status installed"); dnf tells the old version of an upgrade when it cleans it up, waited for two minutes.
#pragma once
#include <string>
#include <vector>

#include "base/fd.h"
#include "observe/package_lines.h"
#include "observe/source.h"

namespace aurochs::observe {

class PackageLog {
 public:
  base::Status open(const Options& options);
  int fd() const { return -1; }
  void take(const Sink&) {}
  int64_t poll(int64_t now_ms, const Sink& sink);

 private:
  struct Log {
    std::string path;
    PackageLines lines;
    base::UniqueFd file;
    uint64_t inode = 0;
    int64_t offset = 0;
    std::string part;  ///< of a line whose end is not written yet
    bool is_too_long = false;
    Log(std::string p, PackageFormat f) : path(std::move(p)), lines(f) {}
  };

  void follow(Log& log, const Sink& sink);
  /// False: there is more.
  bool read(Log& log, const Sink& sink);
  void take_bytes(Log& log, std::string_view bytes, const Sink& sink);
  void tell(const PackageAct& act, const Sink& sink);

  base::Clock* clock_ = nullptr;
  std::vector<Log> logs_;
  std::string block_;
  event::Event event_;
};

}  // namespace aurochs::observe
