// SPDX-License-Identifier: Apache-2.0
// Names: users and groups by number on the core, remembered (also that there is none) until the host says that they
// may have changed. At most one question a number and token. One thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "state/proc_reader.h"

namespace aurochs::enrich {

class Names {
 public:
  explicit Names(state::ProcReader& reader) : reader_(reader) {}
  /// Empty: not known. The view lives until refresh().
  std::string_view user(uint32_t uid) { return look(users_, state::Ask::user, uid); }
  std::string_view group(uint32_t gid) { return look(groups_, state::Ask::group, gid); }
  /// Asks whether names may have changed; once a second is enough.
  void refresh();

 private:
  using Map = std::unordered_map<uint32_t, std::string>;
  std::string_view look(Map& map, state::Ask ask, uint32_t id);

  state::ProcReader& reader_;
  Map users_, groups_;
  std::string token_, answer_;
};

}  // namespace aurochs::enrich
