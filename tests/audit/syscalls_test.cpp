// SPDX-License-Identifier: Apache-2.0
#include "audit/syscalls.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace aurochs::audit;

TEST_SUITE("audit") {
  TEST_CASE("syscall numbers belong to an architecture") {
    const struct {
      uint32_t arch, number;
      Syscall syscall;
    } rows[] = {
        {arch::kX86_64, 59, Syscall::execve},     {arch::kX86_64, 322, Syscall::execveat},   {arch::kX86_64, 231, Syscall::exit_group},
        {arch::kX86_64, 11, Syscall::other},      {arch::kI386, 11, Syscall::execve},        {arch::kI386, 358, Syscall::execveat},
        {arch::kI386, 59, Syscall::other},        {arch::kAarch64, 221, Syscall::execve},    {arch::kAarch64, 281, Syscall::execveat},
        {arch::kAarch64, 59, Syscall::other},     {arch::kX86_64, 435, Syscall::clone3},     {arch::kAarch64, 220, Syscall::clone},
        {arch::kX86_64, 511, Syscall::other},     {arch::kX86_64, 512, Syscall::other},      {arch::kX86_64, 0xFFFFFFFF, Syscall::other},
        {0, 59, Syscall::other},                  {0x80000016, 11, Syscall::other},
    };
    for (const auto& row : rows) {
      CAPTURE(row.arch);
      CAPTURE(row.number);
      CHECK(syscall_of(row.arch, row.number) == row.syscall);
    }
  }
  TEST_CASE("x32 calls of x86_64 are the calls without their mark") {
    CHECK(syscall_of(arch::kX86_64, 0x40000000u | 57) == Syscall::fork);
    CHECK(syscall_of(arch::kI386, 0x40000000u | 11) == Syscall::other);
  }
  TEST_CASE("every syscall but other has a name of its own") {
    std::set<std::string> names;
    CHECK(syscall_name(Syscall::other).empty());
    for (size_t i = 1; i < static_cast<size_t>(Syscall::count_); ++i) CHECK(names.insert(std::string(syscall_name(static_cast<Syscall>(i)))).second);
    CHECK(names.count("execveat") == 1);
    CHECK(names.count("") == 0);
  }
  TEST_CASE("architectures by number, and their byte order") {
    CHECK(arch_name(0xC000003E) == "x86_64");
    CHECK(arch_name(0x40000003) == "i386");
    CHECK(arch_name(0xC00000B7) == "aarch64");
    CHECK(arch_name(0x80000016) == "s390x");
    CHECK(arch_name(0).empty());
    CHECK(arch_is_little_endian(0xC000003E));
    CHECK(arch_is_little_endian(0xC0000015));
    CHECK_FALSE(arch_is_little_endian(0x80000016));
    CHECK_FALSE(arch_is_little_endian(0x80000015));
  }
}
