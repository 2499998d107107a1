// SPDX-License-Identifier: Apache-2.0
// Messages of the kernel about devices: any bytes; once more with blanks as the NULs that separate the keys.
#include <algorithm>
#include <string>

#include "observe/uevents.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  aurochs::observe::Options options;
  options.root = "/nonexistent";
  aurochs::observe::Uevents uevents;
  uevents.look(options);
  const aurochs::observe::Sink sink = [](const aurochs::event::Event&) {};
  uevents.hear(bytes, sink);
  std::replace(bytes.begin(), bytes.end(), ' ', '\0');
  uevents.hear(bytes, sink);
  for (const char* head : {"add@/d/x", "remove@/d/x", "change@/d/x"}) {
    const std::string h = head, action = h.substr(0, h.find('@'));
    for (const char* subsystem : {"usb", "block", "input", "net"})
      uevents.hear(h + '\0' + "ACTION=" + action + '\0' + "DEVPATH=/d/x" + '\0' + "SUBSYSTEM=" + subsystem + '\0' +
                       (subsystem[0] == 'u' ? "DEVTYPE=usb_device" : "DEVTYPE=disk") + '\0' + bytes, sink);
  }
  (void)aurochs::observe::is_keyboard(bytes);
  return 0;
}
