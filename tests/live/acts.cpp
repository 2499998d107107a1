// SPDX-License-Identifier: Apache-2.0
// What live_test.py can not do well itself, one subcommand each. A program that is started gets the argument "hold".
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr int kNotHere = 77;  ///< this kernel can not do it

int fail(const char* what) {
  const int e = errno;
  std::fprintf(stderr, "live_acts: %s: %s\n", what, std::strerror(e));
  return e == ENOSYS || e == EINVAL || e == EPERM ? kNotHere : 1;
}

bool copy_to(const char* from, int to) {
  const int in = open(from, O_RDONLY | O_CLOEXEC);
  if (in < 0) return false;
  char buffer[65536];
  ssize_t n;
  while ((n = read(in, buffer, sizeof buffer)) > 0)
    if (write(to, buffer, static_cast<size_t>(n)) != n) return false;
  close(in);
  return n == 0;
}

int exec_descriptor(int fd, const char* name) {
  const char* argv[] = {name, "hold", nullptr};
  syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
  return fail("execveat");
}

/// N times PROGRAM without arguments, one after the other; says how many ran to their end.
int spawn(long count, char* program) {
  long ran = 0;
  char* argv[] = {program, nullptr};
  for (long i = 0; i < count; ++i) {
    pid_t pid;
    int status = 0;
    if (posix_spawn(&pid, program, nullptr, nullptr, argv, environ) != 0) continue;
    ran += waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  std::printf("%ld\n", ran);
  return 0;
}

int memfd(const char* program) {
  const auto fd = static_cast<int>(syscall(SYS_memfd_create, "live-payload", 1u /* MFD_CLOEXEC */));
  if (fd < 0) return fail("memfd_create");
  if (!copy_to(program, fd)) return fail(program);
  return exec_descriptor(fd, "live-memfd");
}

/// Makes COPY of PROGRAM, unlinks it and executes what has no name any more.
int deleted(const char* program, const char* copy) {
  const int out = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
  if (out < 0 || !copy_to(program, out)) return fail(copy);
  close(out);
  const int fd = open(copy, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || unlink(copy) < 0) return fail(copy);
  return exec_descriptor(fd, copy);
}

/// PROGRAM as process 1 of a new PID namespace; prints its pid out here.
int pid_namespace(const char* program) {
  if (unshare(CLONE_NEWPID) < 0) return fail("unshare");
  const pid_t pid = fork();
  if (pid < 0) return fail("fork");
  if (pid == 0) {
    execl(program, program, "hold", static_cast<char*>(nullptr));
    _exit(fail(program));
  }
  std::printf("%d\n", static_cast<int>(pid));
  std::fflush(stdout);
  waitpid(pid, nullptr, 0);
  return 0;
}

int crash() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  std::signal(SIGSEGV, SIG_DFL);
  return raise(SIGSEGV);
}

}  // namespace

int main(int argc, char** argv) {
  const auto is = [&](const char* verb, int count) { return argc == count && !std::strcmp(argv[1], verb); };
  if (is("spawn", 4)) return spawn(std::atol(argv[2]), argv[3]);
  if (is("memfd", 3)) return memfd(argv[2]);
  if (is("deleted", 4)) return deleted(argv[2], argv[3]);
  if (is("pidns", 3)) return pid_namespace(argv[2]);
  if (is("crash", 2)) return crash();
  if (is("exit", 3)) return std::atoi(argv[2]);
  std::fprintf(stderr, "usage: live_acts spawn N PROGRAM | memfd PROGRAM | deleted PROGRAM COPY | pidns PROGRAM | crash | exit STATUS\n");
  return 2;
}
