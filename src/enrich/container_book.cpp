// SPDX-License-Identifier: Apache-2.0
#include "enrich/container_book.h"

#include <algorithm>

#include "base/limits.h"

namespace aurochs::enrich {

ContainerBook::Entry* ContainerBook::find(std::string_view id) {
  const auto it = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.id == id; });
  return it == entries_.end() ? nullptr : &*it;
}

void ContainerBook::add(const Container& container, const state::Process& p) {
  Entry* entry = nullptr;
  if (entries_.size() < limits::kContainers) {
    entry = &entries_.emplace_back();
  } else {
    entry = &entries_[oldest_];
    oldest_ = (oldest_ + 1) % entries_.size();
  }
  entry->id.assign(container.id);
  entry->first = p.self;
}

ContainerBook::Word ContainerBook::exec(const Container& container, const state::Process& p, const state::Process* parent) {
  if (container.id.empty()) return Word::nothing;
  if (!find(container.id)) {
    add(container, p);
    return Word::started;
  }
  return parent && container_of(parent->cgroups()).id != container.id ? Word::entered : Word::nothing;
}

void ContainerBook::found(const Container& container, const state::Process& p) {
  if (!container.id.empty() && !find(container.id)) add(container, p);
}

bool ContainerBook::ended(const Container& container, const state::Process& p) {
  if (container.id.empty()) return false;
  Entry* entry = find(container.id);
  if (!entry || entry->first.index != p.self.index || entry->first.generation != p.self.generation) return false;
  *entry = std::move(entries_.back());
  entries_.pop_back();
  oldest_ = 0;
  return true;
}

}  // namespace aurochs::enrich
