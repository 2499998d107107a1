// SPDX-License-Identifier: Apache-2.0
#include "enrich/settings.h"

#include "base/text.h"

namespace aurochs::enrich {

bool Settings::set(std::string_view name, std::string_view value) {
  const event::FieldId field = event::field_by_name(name);
  if (field == event::FieldId::count_) return false;
  Row row{field, 0, rows_.size(), name.size() + 1};
  switch (event::field_row(field).type) {
    case event::Type::text: break;
    case event::Type::boolean:
      if (value != "true" && value != "false") return false;
      row.number = value == "true";
      break;
    default:
      if (!base::parse_u64(value, row.number)) return false;
  }
  std::string text = std::string(name) + '=' + std::string(value);
  for (Row& before : fields_) {
    if (before.field != field) continue;
    row.row = before.row;
    rows_[row.row] = std::move(text);
    before = row;
    return true;
  }
  rows_.push_back(std::move(text));
  fields_.push_back(row);
  return true;
}

void Settings::apply(event::Event& e) const {
  for (const Row& row : fields_) {
    if (event::field_row(row.field).type == event::Type::text)
      e.set_text(row.field, std::string_view(rows_[row.row]).substr(row.text_at));
    else
      e.set_number(row.field, row.number);
  }
}

}  // namespace aurochs::enrich
