// SPDX-License-Identifier: Apache-2.0
// Answers of sock_diag and lines of /proc/net of any bytes.
#include "base/text.h"
#include "net/socket.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aurochs::net;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  uint64_t sum = 0;
  const auto read_all = [&](std::string_view payload) {
    Socket s;
    UnixSocket u;
    if (parse_inet_diag(payload, 6, s)) sum += s.inode + s.sent + s.received + state_name(s.state).size();
    if (parse_unix_diag(payload, u))
      for (const char c : u.name) sum += static_cast<uint8_t>(c);
    return true;
  };
  read_all(bytes);
  walk_messages(bytes, 0, read_all);
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::string_view line = aurochs::base::next_piece(rest, '\n');
    Socket s;
    for (const bool is_ipv6 : {false, true}) sum += parse_proc_net(line, is_ipv6, 17, s);
    Address a;
    char text[Address::kTextBytes];
    if (parse_address(line, a)) sum += a.text(text);
  }
  return sum == 0xFFFFFFFFFFFFFFFFu;  // what was read is looked at
}
