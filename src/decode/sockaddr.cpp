// SPDX-License-Identifier: Apache-2.0
#include "decode/sockaddr.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstring>

#include "base/text.h"

namespace aurochs::decode {
namespace {

struct Family {
  uint16_t number;
  std::string_view name;
};
// Names as auparse spells them.
constexpr Family kFamilies[] = {
    {0, "unspec"},  {1, "local"},      {2, "inet"},    {3, "ax25"},     {4, "ipx"},    {5, "appletalk"}, {6, "netrom"},
    {7, "bridge"},  {8, "atmpvc"},     {9, "x25"},     {10, "inet6"},   {11, "rose"},  {12, "decnet"},   {13, "netbeui"},
    {14, "security"}, {15, "key"},     {16, "netlink"}, {17, "packet"}, {18, "ash"},   {19, "econet"},   {20, "atmsvc"},
    {21, "rds"},    {22, "sna"},       {23, "irda"},   {24, "pppox"},   {25, "wanpipe"}, {26, "llc"},    {27, "ib"},
    {28, "mpls"},   {29, "can"},       {30, "tipc"},   {31, "bluetooth"}, {32, "iucv"}, {33, "rxrpc"},   {34, "isdn"},
    {35, "phonet"}, {36, "ieee802154"}, {37, "caif"},  {38, "alg"},     {39, "nfc"},   {40, "vsock"},    {41, "kcm"},
    {42, "qipcrtr"}, {43, "smc"},      {44, "xdp"},    {45, "mctp"}};
constexpr uint16_t kInet = 2, kInet6 = 10, kLocal = 1, kNetlink = 16, kPacket = 17, kVsock = 40, kAlg = 38;

class Bytes {
 public:
  Bytes(std::string_view b, bool little_endian) : b_(b), little_(little_endian) {}
  size_t size() const { return b_.size(); }
  uint32_t host(size_t at, size_t n) const { return read(at, n, little_); }
  uint32_t network(size_t at, size_t n) const { return read(at, n, false); }
  std::string_view c_string(size_t at, size_t max) const {
    const std::string_view s = b_.substr(at, max);
    return s.substr(0, s.find('\0'));
  }

 private:
  uint32_t read(size_t at, size_t n, bool little) const {
    uint32_t v = 0;
    for (size_t i = 0; i < n; ++i) v = v << 8 | static_cast<uint8_t>(b_[little ? at + n - 1 - i : at + i]);
    return v;
  }
  std::string_view b_;
  bool little_;
};

std::string_view address_text(int family, const char* bytes, base::Arena& arena) {
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(family, bytes, text, sizeof text) ? arena.copy(text) : std::string_view();
}

void parse_internet(const Bytes& b, std::string_view raw, base::Arena& arena, SocketAddress& out) {
  const bool six = out.family == kInet6;
  out.is_short = b.size() < (six ? 24u : 8u);
  if (out.is_short) return;
  out.port = b.network(2, 2);
  out.address = address_text(six ? AF_INET6 : AF_INET, raw.data() + (six ? 8 : 4), arena);
  out.has_address = out.has_port = true;
}

void parse_local(std::string_view raw, const Bytes& b, SocketAddress& out) {
  if (raw.size() <= 2) return;
  // Abstract names begin with NUL; what follows the next NUL is padding or stack garbage.
  out.is_abstract = raw[2] == '\0';
  out.address = b.c_string(out.is_abstract ? 3 : 2, raw.size());
  out.has_address = true;
}

}  // namespace

std::string_view address_family_name(uint16_t family) {
  for (const Family& f : kFamilies)
    if (f.number == family) return f.name;
  return {};
}

bool parse_sockaddr(std::string_view hex, bool little_endian, base::Arena& arena, SocketAddress& out) {
  out = {};
  if (hex.size() < 4 || !base::is_kernel_hex(hex)) return false;
  const std::string_view raw = base::unhex(hex, arena);
  const Bytes b(raw, little_endian);
  out.family = static_cast<uint16_t>(b.host(0, 2));
  out.name = address_family_name(out.family);
  if (out.name.empty()) {
    char digits[8];
    out.name = arena.copy({digits, static_cast<size_t>(std::snprintf(digits, sizeof digits, "%u", out.family))});
  }
  switch (out.family) {
    case kInet:
    case kInet6: parse_internet(b, raw, arena, out); break;
    case kLocal: parse_local(raw, b, out); break;
    case kNetlink:
      out.is_short = b.size() < 8;
      if (b.size() >= 8) out.port = b.host(4, 4);
      if (b.size() >= 12) out.cid = b.host(8, 4);
      out.has_port = !out.is_short;
      break;
    case kPacket:
    case kVsock:
      out.is_short = b.size() < 12;
      if (out.is_short) break;
      out.port = b.host(4, 4);
      out.cid = out.family == kPacket ? b.network(2, 2) : b.host(8, 4);
      out.has_port = true;
      break;
    case kAlg:
      out.is_short = b.size() < 88;
      if (!out.is_short) out.address = b.c_string(24, 64);
      out.has_address = !out.is_short;
      break;
    default: break;
  }
  return true;
}

}  // namespace aurochs::decode
