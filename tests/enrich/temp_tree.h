// SPDX-License-Identifier: Apache-2.0
// A directory that is gone, with all in it, when the test ends.
#pragma once
#include <doctest/doctest.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "base/fd.h"

class TempTree {
 public:
  TempTree() {
    REQUIRE(::mkdtemp(&root_[0]));
    ::chmod(root_.c_str(), 0755);
  }
  ~TempTree() {
    ::nftw(root_.c_str(), [](const char* p, const struct stat*, int, FTW*) { return ::remove(p); }, 16, FTW_DEPTH | FTW_PHYS);
  }
  const std::string& root() const { return root_; }
  std::string path(const std::string& inside) const { return root_ + inside; }
  void dir(const std::string& inside) {
    for (size_t at = 1; at != std::string::npos;) {
      at = inside.find('/', at + 1);
      ::mkdir((root_ + inside.substr(0, at)).c_str(), 0755);
    }
  }
  /// Writes the file with the directories above it.
  void file(const std::string& inside, std::string_view content) {
    const size_t slash = inside.rfind('/');
    if (slash > 0) dir(inside.substr(0, slash));
    REQUIRE(aurochs::base::write_file_atomically(root_ + inside, content, 0755));
  }
  void link(const std::string& inside, const std::string& target) {
    REQUIRE(::symlink(target.c_str(), (root_ + inside).c_str()) == 0);
  }

 private:
  std::string root_ = "/tmp/aurochs-test-XXXXXX";
};
