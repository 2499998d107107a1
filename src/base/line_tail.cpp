// SPDX-License-Identifier: Apache-2.0
#include "base/line_tail.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace aurochs::base {
namespace {

constexpr int kRotated = 999;  // the most that auditd keeps (num_logs)

int64_t written_ns(const struct stat& st) { return int64_t{st.st_mtim.tv_sec} * 1000000000 + st.st_mtim.tv_nsec; }

bool is_file(const std::string& path, struct stat& st) {
  if (::stat(path.c_str(), &st) < 0) return false;
  if (S_ISREG(st.st_mode)) return true;
  errno = EINVAL;
  return false;
}

bool is_line_start(int fd, uint64_t at) {
  char before = 0;
  return at == 0 || (::pread(fd, &before, 1, static_cast<off_t>(at - 1)) == 1 && before == '\n');
}

}  // namespace

// --- LineCutter

void LineCutter::clear() {
  rest_.clear();
  begun_ = 0;
  is_passing_ = false;
}

void LineCutter::keep(std::string_view piece) {
  begun_ += piece.size();
  if (is_passing_) return;
  if (rest_.size() + piece.size() <= max_bytes_) {
    rest_.append(piece.data(), piece.size());
    return;
  }
  is_passing_ = true;
  ++over_long_;
  rest_.clear();
}

void LineCutter::add(std::string_view bytes, const Visit& visit) {
  for (size_t end; (end = bytes.find('\n')) != std::string_view::npos; bytes.remove_prefix(end + 1)) {
    const std::string_view piece = bytes.substr(0, end);
    if (rest_.empty() && !is_passing_ && piece.size() <= max_bytes_) {
      visit(piece);
    } else {
      keep(piece);
      if (!is_passing_) visit(rest_);
    }
    clear();
  }
  if (!bytes.empty()) keep(bytes);
}

// --- LineTail

bool LineTail::is_ours(const struct stat& st) const { return st.st_ino == inode_ && st.st_dev == dev_; }

void LineTail::note(const struct stat& st) {
  size_ = static_cast<uint64_t>(st.st_size);
  written_ns_ = written_ns(st);
}

bool LineTail::open(const std::string& path, UniqueFd& fd, struct stat& st) {
  fd.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  const bool is_good = fd && ::fstat(fd.get(), &st) == 0;
  error_ = is_good ? 0 : errno;
  return is_good;
}

void LineTail::adopt(UniqueFd fd, const struct stat& st, uint64_t offset) {
  fd_ = std::move(fd);
  dev_ = st.st_dev;
  inode_ = st.st_ino;
  note(st);
  at_ = std::min(offset, size_);
  lines_.clear();
  if (!is_line_start(fd_.get(), at_)) lines_.skip_line();
}

/// N of PATH.N (0: PATH itself) with that inode; -1: none has it.
int LineTail::find(uint64_t dev, uint64_t inode) const {
  struct stat st {};
  for (int n = 0; n <= kRotated; ++n) {
    if (is_file(name(n), st)) {
      if (st.st_ino == inode && st.st_dev == dev) return n;
    } else if (n > 0) {
      break;
    }
  }
  return -1;
}

/// N of the oldest file that was written to since then, ours not counted.
int LineTail::oldest_since(int64_t since_ns) const {
  struct stat st {};
  int oldest = 0;
  for (int n = 1; n <= kRotated && is_file(name(n), st); ++n)
    if (!is_ours(st) && written_ns(st) >= since_ns) oldest = n;
  return oldest;
}

/// The first look. False: there is no file yet, or it can not be read (error()).
bool LineTail::begin() {
  UniqueFd fd;
  struct stat st {};
  if (resume_.inode) {
    const TailPosition from = std::exchange(resume_, {});
    has_looked_ = true;
    const int n = find(from.dev, from.inode);
    // An inode number is given again: a file that is shorter, or has no end of a line there, is another one.
    const bool is_the_same = n >= 0 && open(name(n), fd, st) && static_cast<uint64_t>(st.st_size) >= from.offset && is_line_start(fd.get(), from.offset);
    if (!is_the_same) ++missed_;
    if (!is_the_same && !open(name(oldest_since(from.written_ns)), fd, st)) return false;
    adopt(std::move(fd), st, is_the_same ? from.offset : 0);
    return true;
  }
  if (!is_file(path_, st)) {
    error_ = errno;
    has_looked_ = true;  // what comes is new
    return false;
  }
  if (!open(path_, fd, st)) return false;
  adopt(std::move(fd), st, has_looked_ ? 0 : UINT64_MAX);
  has_looked_ = true;
  return true;
}

/// At the end of ours. True: another one is open now.
bool LineTail::follow() {
  struct stat ours {}, st {};
  const bool is_there = is_file(path_, st);
  if (::fstat(fd_.get(), &ours) < 0) return false;
  if (is_there && is_ours(st)) {
    if (static_cast<uint64_t>(ours.st_size) < at_) {
      missed_ += size_ > at_ ? size_ - at_ : 0;
      at_ = 0;
      lines_.clear();
      note(ours);
      return true;
    }
    note(ours);
    return false;
  }
  if (static_cast<uint64_t>(ours.st_size) > at_) return true;  // written before it was renamed
  note(ours);
  const int n = find(dev_, inode_);
  int next = n - 1;
  if (n < 0) {
    // Gone: too old for whoever rotates, or moved under another name.
    next = oldest_since(written_ns_);
    if (next > 0) ++missed_;
  }
  if (next == 0 && !is_there) return false;  // the new one is about to come
  UniqueFd fd;
  if (!open(name(next), fd, st)) return false;
  // Renamed once more while we looked: what is open now may stand one too far on.
  if (n > 0 && find(dev_, inode_) != n) return false;
  adopt(std::move(fd), st, 0);
  return true;
}

bool LineTail::poll(const LineCutter::Visit& visit) {
  if (!fd_) return begin() && read_on(visit);
  if (read_on(visit)) return true;
  return follow() && read_on(visit);
}

bool LineTail::read_on(const LineCutter::Visit& visit) {
  const ssize_t n = ::pread(fd_.get(), chunk_.get(), read_bytes_, static_cast<off_t>(at_));
  error_ = n < 0 ? errno : 0;
  if (n <= 0) return false;
  at_ += static_cast<uint64_t>(n);
  size_ = std::max(size_, at_);
  lines_.add({chunk_.get(), static_cast<size_t>(n)}, visit);
  return true;
}

}  // namespace aurochs::base
