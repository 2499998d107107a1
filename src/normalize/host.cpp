// SPDX-License-Identifier: Apache-2.0
// Acts on the host as a whole: clock, name, reboot, accounting, keys; and the requests of ioctl that stand for an act.
#include <cstdio>

#include "decode/fields.h"
#include "normalize/file_parts.h"
#include "normalize/target.h"

namespace aurochs::normalize {

using audit::Key;
using audit::Syscall;
using event::EventType;
using event::FieldId;

namespace {

constexpr uint16_t kTimeInjectOffset = 1332, kTimeAdjust = 1333;

// include/uapi/linux/time.h
constexpr Word kClocks[] = {{0, "CLOCK_REALTIME"}, {1, "CLOCK_MONOTONIC"}, {7, "CLOCK_BOOTTIME"}, {11, "CLOCK_TAI"}};

// include/uapi/linux/reboot.h
constexpr Word kReboot[] = {{0x01234567, "RESTART"},  {0xCDEF0123, "HALT"},       {0x89ABCDEF, "CAD_ON"}, {0, "CAD_OFF"}, {0x4321FEDC, "POWER_OFF"},
                            {0xA1B2C3D4, "RESTART2"}, {0xD000FCE2, "SW_SUSPEND"}, {0x45584543, "KEXEC"}};

// include/uapi/linux/keyctl.h
constexpr Word kKeyctl[] = {
    {0, "GET_KEYRING_ID"}, {1, "JOIN_SESSION_KEYRING"}, {2, "UPDATE"},        {3, "REVOKE"},          {4, "CHOWN"},           {5, "SETPERM"},
    {6, "DESCRIBE"},       {7, "CLEAR"},                {8, "LINK"},          {9, "UNLINK"},          {10, "SEARCH"},         {11, "READ"},
    {12, "INSTANTIATE"},   {13, "NEGATE"},              {14, "SET_REQKEY_KEYRING"}, {15, "SET_TIMEOUT"}, {16, "ASSUME_AUTHORITY"}, {17, "GET_SECURITY"},
    {18, "SESSION_TO_PARENT"}, {19, "REJECT"},          {20, "INSTANTIATE_IOV"}, {21, "INVALIDATE"},  {22, "GET_PERSISTENT"}, {23, "DH_COMPUTE"},
    {24, "PKEY_QUERY"},    {25, "PKEY_ENCRYPT"},        {26, "PKEY_DECRYPT"}, {27, "PKEY_SIGN"},      {28, "PKEY_VERIFY"},    {29, "RESTRICT_KEYRING"},
    {30, "MOVE"},          {31, "CAPABILITIES"},        {32, "WATCH_KEY"}};

// include/uapi/linux/{fs,loop,if_tun}.h; FS_IOC_SETFLAGS is another number for 32-bit programs.
constexpr Word kRequests[] = {{0x4C00, "LOOP_SET_FD"},         {0x4C0A, "LOOP_CONFIGURE"},     {0x400454CA, "TUNSETIFF"},
                              {0x40086602, "FS_IOC_SETFLAGS"}, {0x40046602, "FS_IOC_SETFLAGS"}, {0x401C5820, "FS_IOC_FSSETXATTR"}};

/// Since 5.2 the kernel tells what adjtimex changed, also that it changed nothing of weight; a question for the time has no such record.
void adjust(Source& in, event::Event& out, Result& result) {
  const audit::Record* offset = in.audit.find(kTimeInjectOffset);
  const audit::Record* value = in.audit.find(kTimeAdjust);
  if (!offset && !value) return;
  begin_act(in, out, result, EventType::time_adjust);
  if (value) {
    for (const auto& [key, field] : {std::pair{Key::op, FieldId::op_name}, {Key::old, FieldId::op_value_old}, {Key::new_, FieldId::op_value}})
      if (const audit::Field* f = value->find(key)) out.set_text_if(field, f->raw);
    return;
  }
  out.set_text(FieldId::op_name, "offset");
  int64_t seconds = 0, nanoseconds = 0;
  if (!decode::integer_of(field_named(*offset, "sec"), seconds) || !decode::integer_of(field_named(*offset, "nsec"), nanoseconds)) return;
  char text[48];
  const int n = std::snprintf(text, sizeof text, "%lld.%09lld", static_cast<long long>(seconds), static_cast<long long>(nanoseconds));
  out.set_copy(FieldId::op_value, {text, static_cast<size_t>(n)});
}

}  // namespace

void clock_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  if (call.syscall == Syscall::adjtimex || call.syscall == Syscall::clock_adjtime) return adjust(in, out, result);
  begin_act(in, out, result, EventType::time_change);
  if (call.syscall == Syscall::clock_settime) return set_word(out, FieldId::op_value, kClocks, word32(call.a0));
  // settimeofday without a time sets the kernel's time zone only.
  out.set_text(FieldId::op_value, call.syscall == Syscall::settimeofday && !call.a0 ? "timezone" : "CLOCK_REALTIME");
}

void host_name_family(Source& in, event::Event& out, Result& result) {
  begin_act(in, out, result, EventType::hostname_change);
  out.set_text(FieldId::op_name, result.syscall.syscall == Syscall::sethostname ? "hostname" : "domainname");
}

void reboot_family(Source& in, event::Event& out, Result& result) {
  begin_act(in, out, result, EventType::reboot_request);
  set_word(out, FieldId::op_value, kReboot, word32(result.syscall.a2));
}

void accounting_family(Source& in, event::Event& out, Result& result) {
  begin_act(in, out, result, EventType::accounting_change);
  out.set_text(FieldId::op_value, result.syscall.a0 ? "on" : "off");
  if (result.syscall.a0) write_path(in, out);
}

void kernel_key_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  begin_act(in, out, result, EventType::kernel_keyring);
  if (call.syscall != Syscall::keyctl) return out.set_text(FieldId::op_name, audit::syscall_name(call.syscall));
  out.set_number(FieldId::op_id, word32(call.a0));
  set_word(out, FieldId::op_name, kKeyctl, word32(call.a0));
}

void ioctl_family(Source& in, event::Event& out, Result& result) {
  const uint32_t request = word32(result.syscall.a1);
  const std::string_view name = word_of(kRequests, request);
  if (name.empty()) return;
  const bool tun = request == 0x400454CA, loop = request == 0x4C00 || request == 0x4C0A;
  if (tun || loop) {
    begin_act(in, out, result, tun ? EventType::network_tun_device : EventType::loop_attach);
    result.file.file_fd = int_of(result.syscall.a0);
  } else {
    if (!result.syscall.success) return;
    by_descriptor(result.syscall.a0, begin_file(in, out, result, EventType::file_immutable_change, FileOp::flags));  // ioctl has no PATH record
  }
  out.set_number(FieldId::op_id, request);
  out.set_text(FieldId::op_name, name);
}

}  // namespace aurochs::normalize
