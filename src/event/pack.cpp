// SPDX-License-Identifier: Apache-2.0
#include "event/pack.h"

#include <cstring>

namespace aurochs::event {
namespace {

template <class Number>
void put(std::string& out, Number n) {
  char bytes[sizeof n];
  std::memcpy(bytes, &n, sizeof n);
  out.append(bytes, sizeof n);
}

template <class Number>
bool take(std::string_view& in, Number& n) {
  if (in.size() < sizeof n) return false;
  std::memcpy(&n, in.data(), sizeof n);
  in.remove_prefix(sizeof n);
  return true;
}

bool take(std::string_view& in, size_t size, std::string_view& bytes) {
  if (in.size() < size) return false;
  bytes = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

}  // namespace

void pack(const Event& e, std::string& out) {
  put<uint16_t>(out, event_row(e.type()).id);
  e.each([&](FieldId f) {
    const FieldRow& row = field_row(f);
    put<uint8_t>(out, static_cast<uint8_t>(row.name.size()));
    out += row.name;
    if (row.type == Type::text) {
      const std::string_view text = e.text(f);
      put<uint32_t>(out, static_cast<uint32_t>(text.size()));
      out += text;
    } else {
      put<uint32_t>(out, sizeof(uint64_t));
      put<uint64_t>(out, e.number(f));
    }
  });
}

bool unpack(std::string_view in, Event& e) {
  uint16_t id = 0;
  if (!take(in, id)) return false;
  const EventType type = event_by_id(id);
  if (type == EventType::count_) return false;
  e.clear(type);
  while (!in.empty()) {
    uint8_t name_size = 0;
    uint32_t size = 0;
    uint64_t number = 0;
    std::string_view name, value;
    if (!take(in, name_size) || !take(in, name_size, name) || !take(in, size) || !take(in, size, value)) return false;
    const FieldId f = field_by_name(name);
    if (f == FieldId::count_) continue;
    if (field_row(f).type == Type::text)
      e.set_copy(f, value);
    else if (value.size() == sizeof number && take(value, number))
      e.set_number(f, number);
    else
      return false;
  }
  return true;
}

}  // namespace aurochs::event
