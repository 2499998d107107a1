// SPDX-License-Identifier: Apache-2.0
#include "capture/rule_names.h"

#include <libaudit.h>

#include "audit/syscalls.h"
#include "base/text.h"

namespace aurochs::capture {

namespace {

struct Architecture {
  std::string_view name;
  uint32_t number;
  std::string_view compat;  ///< what b32 means on such a machine; empty when it runs no 32-bit code
};
constexpr Architecture kArchitectures[] = {
    {"x86_64", audit::arch::kX86_64, "i386"},
    {"i386", audit::arch::kI386, "i386"},
    {"aarch64", audit::arch::kAarch64, "arm"},
    {"arm", audit::arch::kArm, "arm"},
    {"ppc64le", 0xC0000015, ""},
    {"ppc64", 0x80000015, "ppc"},
    {"ppc", 0x00000014, "ppc"},
    {"s390x", 0x80000016, "s390"},
    {"s390", 0x00000016, "s390"},
    {"riscv64", 0xC00000F3, ""},
};
constexpr uint32_t k64Bit = 0x80000000;

const Architecture* architecture(std::string_view name) {
  if (name.size() == 4 && name[0] == 'i' && base::ends_with(name, "86")) name = "i386";
  if (base::starts_with(name, "armv")) name = "arm";
  for (const Architecture& a : kArchitectures)
    if (a.name == name) return &a;
  return nullptr;
}

// From 424 on (kernel 5.1) a new syscall has one number on every architecture that we know. Tables of libaudit
// that are older than the kernel do not have it, and the kernel takes any bit.
constexpr uint32_t kFirstCommon = 424;
constexpr std::string_view kCommonSyscalls[] = {"pidfd_send_signal",
                                                "io_uring_setup",
                                                "io_uring_enter",
                                                "io_uring_register",
                                                "open_tree",
                                                "move_mount",
                                                "fsopen",
                                                "fsconfig",
                                                "fsmount",
                                                "fspick",
                                                "pidfd_open",
                                                "clone3",
                                                "close_range",
                                                "openat2",
                                                "pidfd_getfd",
                                                "faccessat2",
                                                "process_madvise",
                                                "epoll_pwait2",
                                                "mount_setattr",
                                                "quotactl_fd",
                                                "landlock_create_ruleset",
                                                "landlock_add_rule",
                                                "landlock_restrict_self",
                                                "memfd_secret",
                                                "process_mrelease",
                                                "futex_waitv",
                                                "set_mempolicy_home_node",
                                                "cachestat",
                                                "fchmodat2",
                                                "map_shadow_stack",
                                                "futex_wake",
                                                "futex_wait",
                                                "futex_requeue",
                                                "statmount",
                                                "listmount",
                                                "lsm_get_self_attr",
                                                "lsm_set_self_attr",
                                                "lsm_list_modules",
                                                "mseal",
                                                "setxattrat",
                                                "getxattrat",
                                                "listxattrat",
                                                "removexattrat",
                                                "open_tree_attr",
                                                "file_getattr",
                                                "file_setattr"};
constexpr uint32_t kCommonCount = sizeof kCommonSyscalls / sizeof kCommonSyscalls[0];

constexpr size_t kNameBytes = 64;  // libaudit's lookups copy the name to the stack

std::string_view table_name(uint32_t number, int machine) {
  const char* name = machine < 0 ? nullptr : audit_syscall_to_name(static_cast<int>(number), machine);
  if (name) return name;
  return number >= kFirstCommon && number < kFirstCommon + kCommonCount ? kCommonSyscalls[number - kFirstCommon]
                                                                        : std::string_view();
}

}  // namespace

uint32_t arch_number(std::string_view text, std::string_view machine) {
  const Architecture* host = architecture(machine);
  if (!host) return 0;
  const Architecture* compat = architecture(host->compat);
  const Architecture* named = architecture(text);
  if (text == "b64") named = host->number & k64Bit ? host : nullptr;
  if (text == "b32") named = compat;
  return named && (named == host || named == compat) ? named->number : 0;
}

bool is_arch_name(std::string_view text) { return text == "b64" || text == "b32" || architecture(text); }

int syscall_number(std::string_view name, uint32_t arch) {
  for (uint32_t i = 0; i < kCommonCount; ++i)
    if (kCommonSyscalls[i] == name) return static_cast<int>(kFirstCommon + i);
  const int machine = audit_elf_to_machine(arch);
  if (machine < 0 || name.size() > kNameBytes) return -1;
  return audit_name_to_syscall(std::string(name).c_str(), machine);
}

std::string syscall_text(uint32_t number, uint32_t arch) {
  const std::string_view name = table_name(number, audit_elf_to_machine(arch));
  return name.empty() ? std::to_string(number) : std::string(name);
}

bool is_syscall_of_another_arch(std::string_view name, uint32_t arch) {
  for (const Architecture& a : kArchitectures)
    if (a.number != arch && syscall_number(name, a.number) >= 0) return true;
  return false;
}

std::string nearest_syscall(std::string_view name, uint32_t arch) {
  if (name.size() > kNameBytes) return {};
  const int machine = audit_elf_to_machine(arch);
  const auto name_at = [machine](size_t i) { return table_name(static_cast<uint32_t>(i), machine); };
  return std::string(base::nearest_name(name, kFirstCommon + kCommonCount, name_at));
}

std::string suggestion(std::string_view nearest) {
  return nearest.empty() ? std::string() : " (did you mean " + std::string(nearest) + "?)";
}

}  // namespace aurochs::capture
