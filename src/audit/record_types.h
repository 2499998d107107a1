// SPDX-License-Identifier: Apache-2.0
// Record types: number and name. Ours, not libaudit's: output must not depend on which libaudit a host has.
#pragma once
#include <cstdint>
#include <string_view>

namespace aurochs::audit {

namespace type {
inline constexpr uint16_t kLogin = 1006, kUserAvc = 1107, kUserTty = 1124, kTrustedApp = 1121, kSyscall = 1300, kPath = 1302,
                          kConfigChange = 1305, kSockaddr = 1306, kSocketcall = 1304, kCwd = 1307, kExecve = 1309, kObjPid = 1318, kEoe = 1320,
                          kBprmFcaps = 1321, kCapset = 1322, kProctitle = 1327, kReplace = 1329, kAvc = 1400,
                          kAnomAbend = 1701;
}  // namespace type

/// "SYSCALL" for 1300; empty for a number without a name.
std::string_view record_type_name(uint16_t number);
/// 1300 for "SYSCALL"; also "UNKNOWN[n]" and a bare number; 0 for an unknown name.
uint16_t record_type_number(std::string_view name);
/// An event of this type is complete with its one record.
bool is_single_record_type(uint16_t number);

}  // namespace aurochs::audit
