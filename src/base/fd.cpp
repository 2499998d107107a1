// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace aurochs::base {

void UniqueFd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Error errno_error(std::string what, int code) { return Error{code, std::move(what) + ": " + std::strerror(code)}; }

Result<std::string> read_file(const std::string& path, size_t max_bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error(path, errno);
  std::string out;
  char chunk[16384];
  for (;;) {
    const ssize_t n = ::read(fd.get(), chunk, sizeof chunk);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error(path, errno);
    if (n == 0) return out;
    out.append(chunk, static_cast<size_t>(n));
    if (out.size() > max_bytes) return Error{EFBIG, path + ": larger than " + std::to_string(max_bytes) + " bytes"};
  }
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

Status write_file_atomically(const std::string& path, std::string_view content, unsigned mode) {
  const std::string temporary = path + ".tmp";
  const UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!fd) return errno_error(temporary, errno);
  if (!write_all(fd.get(), content) || ::fsync(fd.get()) < 0) return errno_error(temporary, errno);
  if (::rename(temporary.c_str(), path.c_str()) < 0) return errno_error(path, errno);
  return Ok{};
}

}  // namespace aurochs::base
