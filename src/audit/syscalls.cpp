// SPDX-License-Identifier: Apache-2.0
#include "audit/syscalls.h"

#include <array>
#include <cstddef>

namespace aurochs::audit {
namespace {

struct ArchRow {
  uint32_t arch;
  std::string_view name;
};
constexpr ArchRow kArches[] = {
    {arch::kX86_64, "x86_64"}, {arch::kI386, "i386"},      {arch::kAarch64, "aarch64"}, {arch::kArm, "arm"},
    {0x28, "armeb"},           {0xC0000015, "ppc64le"},    {0x80000015, "ppc64"},       {0x14, "ppc"},
    {0x80000016, "s390x"},     {0x16, "s390"},             {0xC00000F3, "riscv64"},     {0x400000F3, "riscv32"},
    {0xC0000102, "loongarch64"}, {0xC0000032, "ia64"},     {0x8, "mips"},               {0x40000008, "mipsel"},
    {0x80000008, "mips64"},    {0xC0000008, "mipsel64"},   {0x8000002B, "sparc64"}};

// Numbers per architecture, -1 where there is none (arch/*/entry/syscalls, asm-generic/unistd.h).
struct SyscallRow {
  Syscall syscall;
  std::string_view name;
  int16_t x86_64, i386, aarch64;
};
constexpr SyscallRow kSyscalls[] = {
    {Syscall::other, "", -1, -1, -1},
    {Syscall::execve, "execve", 59, 11, 221},
    {Syscall::execveat, "execveat", 322, 358, 281},
    {Syscall::fork, "fork", 57, 2, -1},
    {Syscall::vfork, "vfork", 58, 190, -1},
    {Syscall::clone, "clone", 56, 120, 220},
    {Syscall::clone3, "clone3", 435, 435, 435},
    {Syscall::exit_group, "exit_group", 231, 252, 94},
    {Syscall::exit, "exit", 60, 1, 93},
    {Syscall::setuid, "setuid", 105, 213, 146},
    {Syscall::setgid, "setgid", 106, 214, 144},
    {Syscall::setreuid, "setreuid", 113, 203, 145},
    {Syscall::setregid, "setregid", 114, 204, 143},
    {Syscall::setresuid, "setresuid", 117, 208, 147},
    {Syscall::setresgid, "setresgid", 119, 210, 149},
    {Syscall::setfsuid, "setfsuid", 122, 215, 151},
    {Syscall::setfsgid, "setfsgid", 123, 216, 152},
    {Syscall::setgroups, "setgroups", 116, 206, 159},
    {Syscall::capset, "capset", 126, 185, 91},
};
static_assert(sizeof kSyscalls / sizeof *kSyscalls == static_cast<size_t>(Syscall::count_));

constexpr size_t kNumbers = 512;
using Table = std::array<Syscall, kNumbers>;
constexpr Table make_table(int16_t SyscallRow::*column) {
  Table t{};
  for (const SyscallRow& row : kSyscalls)
    if (row.*column >= 0) t[static_cast<size_t>(row.*column)] = row.syscall;
  return t;
}
constexpr Table kX86_64 = make_table(&SyscallRow::x86_64);
constexpr Table kI386 = make_table(&SyscallRow::i386);
constexpr Table kAarch64 = make_table(&SyscallRow::aarch64);
constexpr uint32_t kX32Bit = 0x40000000;

}  // namespace

std::string_view arch_name(uint32_t a) {
  for (const ArchRow& row : kArches)
    if (row.arch == a) return row.name;
  return {};
}

Syscall syscall_of(uint32_t a, uint32_t number) {
  if (a == arch::kX86_64) number &= ~kX32Bit;
  if (number >= kNumbers) return Syscall::other;
  switch (a) {
    case arch::kX86_64: return kX86_64[number];
    case arch::kI386: return kI386[number];
    case arch::kAarch64: return kAarch64[number];
    default: return Syscall::other;
  }
}

std::string_view syscall_name(Syscall s) { return kSyscalls[static_cast<size_t>(s)].name; }

}  // namespace aurochs::audit
