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
    {Syscall::open, "open", 2, 5, -1},
    {Syscall::openat, "openat", 257, 295, 56},
    {Syscall::openat2, "openat2", 437, 437, 437},
    {Syscall::creat, "creat", 85, 8, -1},
    {Syscall::truncate, "truncate", 76, 92, 45},
    {Syscall::ftruncate, "ftruncate", 77, 93, 46},
    {Syscall::rename, "rename", 82, 38, -1},
    {Syscall::renameat, "renameat", 264, 302, 38},
    {Syscall::renameat2, "renameat2", 316, 353, 276},
    {Syscall::unlink, "unlink", 87, 10, -1},
    {Syscall::unlinkat, "unlinkat", 263, 301, 35},
    {Syscall::rmdir, "rmdir", 84, 40, -1},
    {Syscall::mkdir, "mkdir", 83, 39, -1},
    {Syscall::mkdirat, "mkdirat", 258, 296, 34},
    {Syscall::link, "link", 86, 9, -1},
    {Syscall::linkat, "linkat", 265, 303, 37},
    {Syscall::symlink, "symlink", 88, 83, -1},
    {Syscall::symlinkat, "symlinkat", 266, 304, 36},
    {Syscall::mknod, "mknod", 133, 14, -1},
    {Syscall::mknodat, "mknodat", 259, 297, 33},
    {Syscall::chmod, "chmod", 90, 15, -1},
    {Syscall::fchmod, "fchmod", 91, 94, 52},
    {Syscall::fchmodat, "fchmodat", 268, 306, 53},
    {Syscall::fchmodat2, "fchmodat2", 452, 452, 452},
    {Syscall::chown, "chown", 92, 212, -1},
    {Syscall::fchown, "fchown", 93, 207, 55},
    {Syscall::lchown, "lchown", 94, 198, -1},
    {Syscall::fchownat, "fchownat", 260, 298, 54},
    {Syscall::setxattr, "setxattr", 188, 226, 5},
    {Syscall::lsetxattr, "lsetxattr", 189, 227, 6},
    {Syscall::fsetxattr, "fsetxattr", 190, 228, 7},
    {Syscall::removexattr, "removexattr", 197, 235, 14},
    {Syscall::lremovexattr, "lremovexattr", 198, 236, 15},
    {Syscall::fremovexattr, "fremovexattr", 199, 237, 16},
    {Syscall::utime, "utime", 132, 30, -1},
    {Syscall::utimes, "utimes", 235, 271, -1},
    {Syscall::futimesat, "futimesat", 261, 299, -1},
    {Syscall::utimensat, "utimensat", 280, 320, 88},
    {Syscall::ioctl, "ioctl", 16, 54, 29},
    {Syscall::open_by_handle_at, "open_by_handle_at", 304, 342, 265},
    {Syscall::name_to_handle_at, "name_to_handle_at", 303, 341, 264},
    {Syscall::kill, "kill", 62, 37, 129},
    {Syscall::tkill, "tkill", 200, 238, 130},
    {Syscall::tgkill, "tgkill", 234, 270, 131},
    {Syscall::pidfd_send_signal, "pidfd_send_signal", 424, 424, 424},
    {Syscall::chroot, "chroot", 161, 61, 51},
    {Syscall::pivot_root, "pivot_root", 155, 217, 41},
    {Syscall::setpriority, "setpriority", 141, 97, 140},
    {Syscall::sched_setscheduler, "sched_setscheduler", 144, 156, 119},
    {Syscall::prlimit64, "prlimit64", 302, 340, 261},
    {Syscall::setrlimit, "setrlimit", 160, 75, 164},
    {Syscall::personality, "personality", 135, 136, 92},
    {Syscall::prctl, "prctl", 157, 172, 167},
    {Syscall::setsid, "setsid", 112, 66, 157},
    {Syscall::connect, "connect", 42, 362, 203},
    {Syscall::accept, "accept", 43, -1, 202},
    {Syscall::accept4, "accept4", 288, 364, 242},
    {Syscall::bind, "bind", 49, 361, 200},
    {Syscall::listen, "listen", 50, 363, 201},
    {Syscall::socket, "socket", 41, 359, 198},
    {Syscall::socketcall, "socketcall", -1, 102, -1},
    {Syscall::setsockopt, "setsockopt", 54, 366, 208},
    {Syscall::sendto, "sendto", 44, 369, 206},
    {Syscall::sendmsg, "sendmsg", 46, 370, 211},
    {Syscall::socketpair, "socketpair", 53, 360, 199},
    {Syscall::ptrace, "ptrace", 101, 26, 117},
    {Syscall::process_vm_writev, "process_vm_writev", 311, 348, 271},
    {Syscall::process_vm_readv, "process_vm_readv", 310, 347, 270},
    {Syscall::memfd_create, "memfd_create", 319, 356, 279},
    {Syscall::mprotect, "mprotect", 10, 125, 226},
    {Syscall::mmap, "mmap", 9, 192, 222},
    {Syscall::userfaultfd, "userfaultfd", 323, 374, 282},
    {Syscall::perf_event_open, "perf_event_open", 298, 336, 241},
    {Syscall::pidfd_getfd, "pidfd_getfd", 438, 438, 438},
    {Syscall::io_uring_setup, "io_uring_setup", 425, 425, 425},
    {Syscall::splice, "splice", 275, 313, 76},
    {Syscall::shmat, "shmat", 30, 397, 196},
    {Syscall::memfd_secret, "memfd_secret", 447, 447, 447},
    {Syscall::shmget, "shmget", 29, 395, 194},
    {Syscall::ipc, "ipc", -1, 117, -1},
    {Syscall::mq_open, "mq_open", 240, 277, 180},
    {Syscall::init_module, "init_module", 175, 128, 105},
    {Syscall::finit_module, "finit_module", 313, 350, 273},
    {Syscall::delete_module, "delete_module", 176, 129, 106},
    {Syscall::bpf, "bpf", 321, 357, 280},
    {Syscall::kexec_load, "kexec_load", 246, 283, 104},
    {Syscall::kexec_file_load, "kexec_file_load", 320, -1, 294},
    {Syscall::syslog, "syslog", 103, 103, 116},
    {Syscall::iopl, "iopl", 172, 110, -1},
    {Syscall::ioperm, "ioperm", 173, 101, -1},
    {Syscall::mount, "mount", 165, 21, 40},
    {Syscall::umount2, "umount2", 166, 52, 39},
    {Syscall::move_mount, "move_mount", 429, 429, 429},
    {Syscall::fsmount, "fsmount", 432, 432, 432},
    {Syscall::open_tree, "open_tree", 428, 428, 428},
    {Syscall::unshare, "unshare", 272, 310, 97},
    {Syscall::setns, "setns", 308, 346, 268},
    {Syscall::swapon, "swapon", 167, 87, 224},
    {Syscall::swapoff, "swapoff", 168, 115, 225},
    {Syscall::settimeofday, "settimeofday", 164, 79, 170},
    {Syscall::clock_settime, "clock_settime", 227, 264, 112},
    {Syscall::stime, "stime", -1, 25, -1},
    {Syscall::adjtimex, "adjtimex", 159, 124, 171},
    {Syscall::clock_adjtime, "clock_adjtime", 305, 343, 266},
    {Syscall::sethostname, "sethostname", 170, 74, 161},
    {Syscall::setdomainname, "setdomainname", 171, 121, 162},
    {Syscall::reboot, "reboot", 169, 88, 142},
    {Syscall::acct, "acct", 163, 51, 89},
    {Syscall::quotactl, "quotactl", 179, 131, 60},
    {Syscall::add_key, "add_key", 248, 286, 217},
    {Syscall::request_key, "request_key", 249, 287, 218},
    {Syscall::keyctl, "keyctl", 250, 288, 219},
    {Syscall::fanotify_init, "fanotify_init", 300, 338, 262},
    {Syscall::fanotify_mark, "fanotify_mark", 301, 339, 263},
    {Syscall::shmctl, "shmctl", 31, 396, 195},
    {Syscall::msgctl, "msgctl", 71, 402, 187},
    {Syscall::semctl, "semctl", 66, 394, 191},
    {Syscall::pkey_mprotect, "pkey_mprotect", 329, 380, 288},
    {Syscall::mount_setattr, "mount_setattr", 442, 442, 442},
};
static_assert(sizeof kSyscalls / sizeof *kSyscalls == static_cast<size_t>(Syscall::count_));

/// i386 has two numbers for some: the 16-bit or 32-bit ancestor of the call above.
struct OlderNumber {
  Syscall syscall;
  int16_t i386;
};
constexpr OlderNumber kOlder[] = {
    {Syscall::setuid, 23},     {Syscall::setgid, 46},    {Syscall::setreuid, 70},  {Syscall::setregid, 71},  {Syscall::setresuid, 164},
    {Syscall::setresgid, 170}, {Syscall::setfsuid, 138}, {Syscall::setfsgid, 139}, {Syscall::setgroups, 81}, {Syscall::chown, 182},
    {Syscall::fchown, 95},     {Syscall::lchown, 16},    {Syscall::truncate, 193}, {Syscall::ftruncate, 194}, {Syscall::mmap, 90},
    {Syscall::umount2, 22},    {Syscall::clock_settime, 404}, {Syscall::clock_adjtime, 405}, {Syscall::utimensat, 412}};

constexpr size_t kNumbers = 512;
using Table = std::array<Syscall, kNumbers>;
constexpr Table make_table(int16_t SyscallRow::*column) {
  Table t{};
  for (const SyscallRow& row : kSyscalls)
    if (row.*column >= 0) t[static_cast<size_t>(row.*column)] = row.syscall;
  return t;
}
constexpr Table kX86_64 = make_table(&SyscallRow::x86_64);
constexpr Table make_i386() {
  Table t = make_table(&SyscallRow::i386);
  for (const OlderNumber& row : kOlder) t[static_cast<size_t>(row.i386)] = row.syscall;
  return t;
}
constexpr Table kI386 = make_i386();
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
