// SPDX-License-Identifier: Apache-2.0
// DNS: any bytes as a packet, as a message, and as a message inside a good packet, asked and answered.
#include <string>

#include "observe/dns.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  using aurochs::observe::Dns;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static aurochs::base::SystemClock clock;
  aurochs::observe::Options options;
  options.root = "/nonexistent";
  options.clock = &clock;
  options.dns_multicast = size % 2;
  static Dns dns;
  dns.prepare(options);
  const aurochs::observe::Sink sink = [](const aurochs::event::Event&) {};
  for (const Dns::Way way : {Dns::Way::sent, Dns::Way::received}) dns.hear(bytes, way, 1000, sink);
  for (const char* ports : {"\x9C\x40\x00\x35", "\x00\x35\x9C\x40", "\x14\xE9\x14\xE9"})
    for (const char protocol : {'\x11', '\x06'}) {
      std::string packet("\x45\0\0\0\0\0\0\0\x40\0\0\0\xC0\0\x02\x01\xC0\0\x02\x01", 20);
      packet[9] = protocol;
      packet.append(ports, 4);
      packet += protocol == '\x06' ? std::string("\0\0\0\0\0\0\0\0\x50\0\0\0\0\0\0\0", 16) : std::string("\0\0\0\0", 4);
      packet.append(bytes);
      dns.hear(packet, Dns::Way::sent, 1000, sink);
    }
  (void)dns.poll(1000000, sink);
  (void)aurochs::observe::registered_domain(bytes);
  return 0;
}
