// SPDX-License-Identifier: Apache-2.0
// LineTail: whole lines that are appended to a file, from its end on at the first look, over rotation and truncation. A line
// longer than the bound is passed over. One thread.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/fd.h"

namespace aurochs::observe {

/// Cuts bytes into lines.
class LineCutter {
 public:
  using Visit = std::function<void(std::string_view line)>;
  void add(std::string_view bytes, const Visit& visit);
  void clear();

 private:
  std::string rest_;
  bool is_too_long_ = false;
};

class LineTail {
 public:
  void set_path(std::string path) { path_ = std::move(path); }
  const std::string& path() const { return path_; }
  /// The file is read from its begin: it was not there before.
  void set_fresh() { has_looked_ = true; }
  void poll(const LineCutter::Visit& visit);

 private:
  void read_on(const LineCutter::Visit& visit);

  std::string path_;
  base::UniqueFd fd_;
  uint64_t at_ = 0, dev_ = 0, inode_ = 0;
  bool has_looked_ = false;
  LineCutter lines_;
  std::string chunk_;
};

}  // namespace aurochs::observe
