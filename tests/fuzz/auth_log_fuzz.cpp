// SPDX-License-Identifier: Apache-2.0
// Log lines of any bytes: as one line, and cut where they are cut; with a head that is right, so that the rest is reached. logind's files.
#include "base/limits.h"
#include "base/line_tail.h"
#include "event/pack.h"
#include "observe/auth_log_line.h"
#include "observe/logind.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aurochs;
  static event::Event event;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::string packed;
  const auto read = [&](std::string_view line) {
    if (observe::read_auth_line(line, event)) event::pack(event, packed);
  };
  base::LineCutter lines(limits::kLogLineBytes);
  lines.add(bytes.substr(0, size / 2), read);
  lines.add(bytes.substr(size / 2), read);
  read(bytes);
  event.clear(event::EventType::logind_session);
  observe::read_logind_session(bytes, event);
  for (const char* head : {"Nov 24 14:45:51 host sshd[1]: ", "Nov 24 14:45:51 host login[1]: ", "2026-11-24T14:45:51Z host su[1]: ", "Nov 24 14:45:51 host x: pam_unix"})
    read(head + std::string(bytes.substr(0, 4096)));
  return 0;
}
