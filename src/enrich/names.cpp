// SPDX-License-Identifier: Apache-2.0
#include "enrich/names.h"

#include "base/limits.h"

namespace aurochs::enrich {

std::string_view Names::look(Map& map, state::Ask ask, uint32_t id) {
  const auto known = map.find(id);
  if (known != map.end()) return known->second;
  if (map.size() >= limits::kUsers) map.clear();
  (void)reader_.ask(ask, id, {}, answer_);
  return map.emplace(id, answer_).first->second;
}

void Names::refresh() {
  if (!reader_.ask(state::Ask::names, 0, {}, answer_) || answer_ == token_) return;
  token_ = answer_;
  users_.clear();
  groups_.clear();
}

}  // namespace aurochs::enrich
