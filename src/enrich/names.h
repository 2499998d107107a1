// SPDX-License-Identifier: Apache-2.0
// Names: users and groups by number on the core, remembered (also that there is none) until the host says that they
// may have changed. A direct-mapped table: a host with more users than slots asks again, and allocates nothing. One thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "state/proc_reader.h"

namespace aurochs::enrich {

class Names {
 public:
  explicit Names(state::ProcReader& reader) : reader_(reader) {}
  /// Empty: not known. The view lives until refresh().
  std::string_view user(uint32_t uid) { return look(users_, state::Ask::user, uid); }
  std::string_view group(uint32_t gid) { return look(groups_, state::Ask::group, gid); }
  /// Asks whether names may have changed, and says it; once a second is enough.
  bool refresh();

 private:
  struct Entry {
    uint32_t id = 0;
    bool used = false;
    std::string name;
  };
  using Table = std::vector<Entry>;
  std::string_view look(Table& table, state::Ask ask, uint32_t id);

  state::ProcReader& reader_;
  Table users_{limits::kNameCache}, groups_{limits::kNameCache};
  std::string token_;
};

}  // namespace aurochs::enrich
