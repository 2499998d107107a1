// SPDX-License-Identifier: Apache-2.0
// ContainerBook: the containers that run, each with the process that was first in it: when that one ends, so does the
// container (PID 1 of its namespace). Bounded by limits::kContainers; the one longest known is forgotten. One thread (core).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "enrich/container.h"
#include "state/process_table.h"

namespace aurochs::enrich {

class ContainerBook {
 public:
  enum class Word { nothing, started, entered };

  /// An exec of `p`: the first one in a container that nobody knew starts it; one whose parent is outside enters it.
  Word exec(const Container& container, const state::Process& p, const state::Process* parent);
  /// Found running at start.
  void found(const Container& container, const state::Process& p);
  /// True: the first process of a container ended, and the container is forgotten.
  bool ended(const Container& container, const state::Process& p);

 private:
  struct Entry {
    std::string id;
    state::Handle first;
  };
  Entry* find(std::string_view id);
  void add(const Container& container, const state::Process& p);

  std::vector<Entry> entries_;
  size_t oldest_ = 0;
};

}  // namespace aurochs::enrich
