// SPDX-License-Identifier: Apache-2.0
#include "enrich/file_caps.h"

#include <cstring>

namespace aurochs::enrich {
namespace {

// By number (include/uapi/linux/capability.h, Linux 6.x); a later one is written as its number.
constexpr std::string_view kNames[] = {
    "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap", "linux_immutable",
    "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot",
    "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod", "lease",
    "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read",
    "perfmon", "bpf", "checkpoint_restore"};
constexpr size_t kNameCount = sizeof kNames / sizeof *kNames;

uint64_t word_at(std::string_view value, size_t index) {
  uint8_t b[4];
  std::memcpy(b, value.data() + index * 4, 4);  // little endian on every machine
  return uint64_t{b[0]} | uint64_t{b[1]} << 8 | uint64_t{b[2]} << 16 | uint64_t{b[3]} << 24;
}

void append_group(std::string& out, uint64_t caps, std::string_view letters) {
  if (!caps) return;
  if (!out.empty()) out += ' ';
  bool first = true;
  for (size_t i = 0; i < 64; ++i) {
    if (!(caps >> i & 1)) continue;
    if (!first) out += ',';
    first = false;
    out += "cap_";
    if (i < kNameCount)
      out += kNames[i];
    else
      out += std::to_string(i);
  }
  out += '=';
  out += letters;
}

}  // namespace

bool parse_file_caps(std::string_view value, FileCaps& out) {
  if (value.size() < 4) return false;
  const uint64_t head = word_at(value, 0), revision = head >> 24;
  constexpr size_t kBytes[] = {0, 12, 20, 24};
  if (revision < 1 || revision > 3 || value.size() != kBytes[revision]) return false;
  out = {};
  out.effective = head & 1;
  out.permitted = word_at(value, 1);
  out.inheritable = word_at(value, 2);
  if (revision == 1) return true;
  out.permitted |= word_at(value, 3) << 32;
  out.inheritable |= word_at(value, 4) << 32;
  return true;
}

void append_caps(std::string& out, const FileCaps& c) {
  append_group(out, c.permitted & c.inheritable, c.effective ? "eip" : "ip");
  append_group(out, c.permitted & ~c.inheritable, c.effective ? "ep" : "p");
  append_group(out, c.inheritable & ~c.permitted, c.effective ? "ei" : "i");
}

}  // namespace aurochs::enrich
