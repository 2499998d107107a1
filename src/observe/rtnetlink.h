// SPDX-License-Identifier: Apache-2.0
// rtnetlink messages as values: attributes, addresses, routes. Pure; views into the message. Bytes beyond a message's end
// are never read, an attribute that is shorter than its type is not there.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace aurochs::observe {

/// Attributes of one message, one after the other.
class Attributes {
 public:
  explicit Attributes(std::string_view bytes) : rest_(bytes) {}
  /// False: none is left, or the next is damaged.
  bool next(uint16_t& type, std::string_view& value);

 private:
  std::string_view rest_;
};

/// The last attribute of that type; without data when there is none.
std::string_view attribute(std::string_view attributes, uint16_t type);
/// Leading bytes as a number of the host's order; 0 where there are too few.
template <class Number>
Number number_at(std::string_view bytes, size_t offset = 0) {
  Number n{};
  if (bytes.size() >= offset + sizeof n) std::memcpy(&n, bytes.data() + offset, sizeof n);
  return n;
}
/// Text without the NUL at its end.
std::string_view text_of(std::string_view value);
/// "192.0.2.1", "2001:db8::1"; empty where the size does not fit the family.
std::string address_text(int family, std::string_view bytes);
/// "52:54:00:12:34:56"; empty for none or more than 32 bytes.
std::string mac_text(std::string_view bytes);

struct Route {
  std::string text;      ///< without names of interfaces where no `dev` is known
  uint32_t index = 0;    ///< of the interface; 0: none or several
  bool is_told = false;  ///< of the main table, made by somebody, not cached
};
/// Body of RTM_NEWROUTE or RTM_DELROUTE. name_of: interface by index.
template <class NameOf>
Route parse_route(std::string_view body, NameOf name_of);

// --- inside
struct RouteParts {
  std::string destination, gateway;
  std::string_view multipath;
  uint32_t out_index = 0;
  int family = 0;
  bool is_told = false;
};
RouteParts route_parts(std::string_view body);
/// One hop of RTA_MULTIPATH; false: no more.
bool next_hop(std::string_view& multipath, int family, std::string& gateway, uint32_t& index);

template <class NameOf>
Route parse_route(std::string_view body, NameOf name_of) {
  RouteParts p = route_parts(body);
  Route route;
  route.is_told = p.is_told;
  route.index = p.out_index;
  route.text = p.destination;
  const auto hop = [&](const std::string& gateway, uint32_t index) {
    if (!gateway.empty()) route.text.append(" via ").append(gateway);
    if (index) route.text.append(" dev ").append(name_of(index));
  };
  hop(p.gateway, p.out_index);
  std::string gateway;
  uint32_t index = 0;
  for (size_t hops = 0; next_hop(p.multipath, p.family, gateway, index); ++hops) {
    if (hops) route.text += ',';
    hop(gateway, index);
  }
  return route;
}

}  // namespace aurochs::observe
