// SPDX-License-Identifier: Apache-2.0
// DNS messages (RFC 1035) of any bytes. Pure. Names are as asked: case kept, no dot at the end, "." for the root; bytes of a label
// that are not printable, blanks, dots and backslashes as \xNN. A compression pointer must point before the name it is
// in, so none loops; a name has at most 255 bytes on the wire. A question that is damaged refuses the message; a damaged record
// behind it ends the reading, and what came before stays.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aurochs::observe {

struct DnsQuestion {
  std::string name;
  uint16_t type = 0;
};

struct DnsMessage {
  uint16_t id = 0;
  bool is_response = false;
  uint8_t opcode = 0;
  uint16_t rcode = 0;                  ///< with the upper bits of EDNS
  std::vector<DnsQuestion> questions;  ///< the first limits::kDnsQuestions
  std::string addresses, names;        ///< answered A and AAAA, and CNAME; joined by the bar
};

/// Reuses what `out` holds. False: no DNS message.
bool parse_dns(std::string_view bytes, DnsMessage& out);
/// "A", "AAAA", ...; "TYPE65280" for those without a name here (RFC 3597).
std::string dns_type_name(uint16_t type);
/// "NOERROR", "NXDOMAIN", ...; "RCODE3841".
std::string dns_rcode_name(uint16_t rcode);
/// Names are the same in either case.
std::string lower_name(std::string_view name);
/// The domain that somebody registered: two labels, three where the second of a country's domain is a category
/// ("example.co.uk"). By form, not by a list of suffixes. Empty: a single label, or the names of addresses (arpa).
std::string_view registered_domain(std::string_view name);

}  // namespace aurochs::observe
