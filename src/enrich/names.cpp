// SPDX-License-Identifier: Apache-2.0
#include "enrich/names.h"

namespace aurochs::enrich {

std::string_view Names::look(Table& table, state::Ask ask, uint32_t id) {
  Entry& e = table[id % table.size()];
  if (e.used && e.id == id) return e.name;
  e.used = true;
  e.id = id;
  if (!reader_.ask(ask, id, {}, e.name)) e.name.clear();
  return e.name;
}

bool Names::refresh() {
  std::string token;
  if (!reader_.ask(state::Ask::names, 0, {}, token) || token == token_) return false;
  token_ = token;
  for (Table* table : {&users_, &groups_})
    for (Entry& e : *table) e.used = false;
  return true;
}

}  // namespace aurochs::enrich
