// SPDX-License-Identifier: Apache-2.0
// DNS messages and the packets around them, as bytes.
#pragma once
#include <arpa/inet.h>

#include <string>
#include <vector>

namespace dns {

inline std::string n16(unsigned n) { return {static_cast<char>(n >> 8), static_cast<char>(n)}; }
inline std::string name(const std::string& dotted) {
  std::string out;
  for (size_t at = 0; at < dotted.size();) {
    const size_t dot = std::min(dotted.find('.', at), dotted.size());
    out += static_cast<char>(dot - at);
    out += dotted.substr(at, dot - at);
    at = dot + 1;
  }
  return out + '\0';
}
inline std::string head(unsigned id, unsigned flags, unsigned questions, unsigned answers = 0, unsigned authorities = 0, unsigned additional = 0) {
  return n16(id) + n16(flags) + n16(questions) + n16(answers) + n16(authorities) + n16(additional);
}
inline std::string query(unsigned id, const std::string& asked, unsigned type) { return head(id, 0x0100, 1) + name(asked) + n16(type) + n16(1); }
/// owner: bytes of a name.
inline std::string record(const std::string& owner, unsigned type, const std::string& data, unsigned klass = 1, unsigned ttl_high = 0) {
  return owner + n16(type) + n16(klass) + n16(ttl_high) + n16(60) + n16(static_cast<unsigned>(data.size())) + data;
}
inline std::string address(const char* text) {
  std::string bytes(std::string(text).find(':') == std::string::npos ? 4 : 16, '\0');
  ::inet_pton(bytes.size() == 4 ? AF_INET : AF_INET6, text, &bytes[0]);
  return bytes;
}
inline std::string answer(unsigned id, const std::string& asked, unsigned type, unsigned rcode, const std::vector<std::string>& records = {}) {
  std::string out = head(id, 0x8180 | rcode, 1, static_cast<unsigned>(records.size())) + name(asked) + n16(type) + n16(1);
  for (const std::string& r : records) out += r;
  return out;
}

struct Ends {
  const char *src, *dst;
  unsigned src_port, dst_port;
  Ends back() const { return {dst, src, dst_port, src_port}; }
};
inline std::string ip(const Ends& ends, unsigned protocol, const std::string& rest) {
  const std::string src = address(ends.src), dst = address(ends.dst);
  if (src.size() == 16) return std::string("\x60\0\0\0", 4) + n16(static_cast<unsigned>(rest.size())) + static_cast<char>(protocol) + '\x40' + src + dst + rest;
  return std::string("\x45\0", 2) + n16(static_cast<unsigned>(20 + rest.size())) + n16(7) + n16(0) + '\x40' + static_cast<char>(protocol) + n16(0) + src + dst + rest;
}
inline std::string udp(const Ends& ends, const std::string& payload) {
  return ip(ends, 17, n16(ends.src_port) + n16(ends.dst_port) + n16(static_cast<unsigned>(8 + payload.size())) + n16(0) + payload);
}
inline std::string tcp(const Ends& ends, const std::string& payload) {
  return ip(ends, 6, n16(ends.src_port) + n16(ends.dst_port) + std::string(8, '\0') + "\x50\x18" + std::string(6, '\0') + payload);
}

}  // namespace dns
