// SPDX-License-Identifier: Apache-2.0
#include "daemon/state_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/text.h"
#include "crypto/digest.h"

namespace aurochs::daemon {
namespace {

std::string machine_id() {
  for (const char* path : {"/etc/machine-id", "/var/lib/dbus/machine-id"})
    if (auto text = base::read_file(path, 4096)) return std::string(base::trim(*text));
  return "none";
}

base::Status make_directories(const std::string& path) {
  for (size_t at = 1; at != std::string::npos;) {
    at = path.find('/', at + 1);
    const std::string part = path.substr(0, at);
    if (::mkdir(part.c_str(), at == std::string::npos ? 0700 : 0755) < 0 && errno != EEXIST)
      return base::errno_error("state directory " + part, errno);
  }
  return base::Ok{};
}

}  // namespace

void random_bits(uint64_t& high, uint64_t& low) {
  uint64_t bits[2] = {0, 0};
  // The raw call: getrandom(2) is in the kernel from 3.17, its wrapper in glibc 2.25; /dev/urandom is everywhere.
  if (::syscall(SYS_getrandom, bits, sizeof bits, 0) != sizeof bits) {
    const base::UniqueFd fd(::open("/dev/urandom", O_RDONLY | O_CLOEXEC));
    if (!fd || ::read(fd.get(), bits, sizeof bits) != sizeof bits) bits[0] = static_cast<uint64_t>(::getpid());
  }
  high = bits[0];
  low = bits[1];
}

namespace {

/// Of the disk, not of the configuration: another start would find the same.
bool is_of_disk(int code) { return code == EROFS || code == ENOSPC || code == EDQUOT || code == EIO; }

std::string trouble_of(const std::string& path, int code) {
  return base::errno_error("state directory " + path, code).message +
         "; the sensor works, but after a restart it has forgotten the processes, the counts of logons and what it made of audit; make room, or make it writable";
}

/// 0, or errno of a file that is written there and goes again. Without room a file can be made, but not filled.
int try_to_write(const std::string& path) {
  const std::string probe = path + "/.probe";
  auto written = base::write_file_atomically(probe, std::string(4096, '\n'), 0600);
  ::unlink(probe.c_str());
  ::unlink((probe + ".tmp").c_str());
  return written ? 0 : written.error().code;
}

}  // namespace

base::Result<StateDir> StateDir::open(const std::string& path) {
  if (path.empty() || path[0] != '/') return base::Error{EINVAL, "state directory \"" + path + "\": not an absolute path; give one with --state-dir"};
  if (auto made = make_directories(path); !made) {
    if (!is_of_disk(made.error().code)) return made.error();
    return StateDir(path, base::UniqueFd(), trouble_of(path, made.error().code));
  }
  struct stat s {};
  if (::lstat(path.c_str(), &s) < 0) return base::errno_error("state directory " + path, errno);
  if (!S_ISDIR(s.st_mode) || s.st_uid != ::geteuid() || s.st_mode & 022)
    return base::Error{EPERM, "state directory " + path + ": not a directory of ours that only we may write; set owner and mode 0700"};
  const std::string lock_path = path + "/lock";
  base::UniqueFd lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  const int code = errno;
  if (!lock && !is_of_disk(code)) return base::errno_error(lock_path, code);
  if (!lock) lock.reset(::open(lock_path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));  // that of an earlier run holds as well
  if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) < 0) {
    const auto holder = base::read_file(lock_path, 64);
    return base::Error{EBUSY, "state directory " + path + ": in use by another aurochsd (pid " +
                                  (holder ? std::string(base::trim(*holder)) : std::string("unknown")) +
                                  "); that one goes on working; stop it first, or give this one another --state-dir"};
  }
  // The pid is for the message above only; the lock holds without it.
  if (lock && ::ftruncate(lock.get(), 0) == 0) (void)base::write_all(lock.get(), std::to_string(::getpid()) + '\n');
  const int unwritable = try_to_write(path);
  return StateDir(path, std::move(lock), unwritable ? trouble_of(path, unwritable) : std::string());
}

std::string StateDir::file_of_boot(const char* name) const {
  if (trouble_.empty()) return file(name);
  return std::string(::access("/run", F_OK) == 0 ? "/run" : "/var/run") + "/aurochs-" + name;
}

base::Uuid StateDir::dev_id() const {
  const std::string path = file("dev_id"), machine = machine_id();
  base::Uuid id;
  if (auto text = base::read_file(path, 4096)) {
    std::string_view rest = *text;
    const bool ok = base::parse_uuid(base::next_piece(rest, '\n'), id);
    if (ok && base::trim(rest) == machine) return id;
  }
  uint64_t high = 0, low = 0;
  random_bits(high, low);
  id = base::uuid_v4(high, low);
  if (trouble_.empty() && base::write_file_atomically(path, base::to_string(id) + '\n' + machine + '\n', 0600)) return id;
  constexpr base::Uuid kOfMachine = {{0x0e, 0x5d, 0x3c, 0x52, 0x9b, 0x1f, 0x4e, 0x0c, 0xa7, 0x61, 0x64, 0x2d, 0x1c, 0x90, 0x6f, 0x35}};
  (void)crypto::UuidV5().make(kOfMachine, machine, id);
  return id;
}

}  // namespace aurochs::daemon
