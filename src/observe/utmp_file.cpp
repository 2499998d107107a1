// SPDX-License-Identifier: Apache-2.0
#include "observe/utmp_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <vector>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

constexpr size_t kTailBytes = 4096, kChunkBytes = 384 * 400;  // whole records of both layouts
constexpr int64_t kRotationS = 600;                           // so long may logrotate take from the copy to the truncation
constexpr int64_t kAgeMs = 2000;
constexpr uint64_t kHashBegin = 0xcbf29ce484222325u;

/// FNV-1a: it goes on where it stopped, and whoever can write the file gains nothing by a collision that he has not got.
uint64_t hash_on(uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  return hash;
}

/// Hash of [from, to); false when it cannot be read whole.
bool hash_range(int fd, uint64_t from, uint64_t to, uint64_t& hash) {
  std::vector<char> chunk(std::min<uint64_t>(kChunkBytes, to - from));
  for (hash = kHashBegin; from < to;) {
    const ssize_t n = ::pread(fd, chunk.data(), std::min<uint64_t>(chunk.size(), to - from), static_cast<off_t>(from));
    if (n <= 0) return false;
    hash = hash_on(hash, {chunk.data(), static_cast<size_t>(n)});
    from += static_cast<uint64_t>(n);
  }
  return true;
}

bool is_same_time(const timespec& a, const timespec& b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

}  // namespace

void UtmpFile::poll(int64_t now_ms, const Visit& visit) {
  looked_ms_ = now_ms_ ? now_ms_ : now_ms;
  now_ms_ = now_ms;
  struct stat now {};
  const bool is_there = ::stat(path_.c_str(), &now) == 0 && S_ISREG(now.st_mode);
  if (fd_ && (!is_there || now.st_ino != last_.st_ino || now.st_dev != last_.st_dev)) {
    struct stat old {};
    if (::fstat(fd_.get(), &old) == 0) check(old, visit);  // what was written to it last
    if (old.st_nlink == 0 && at_ > 0 && !has_older_copy()) visit.tampered(Tamper::removed, at_, is_there ? static_cast<uint64_t>(now.st_size) : 0);
    fd_.reset();
  }
  if (!fd_ && is_there && open(has_looked_ ? Reading::fresh : Reading::old, visit)) now = last_;
  if (fd_) check(now, visit);
  has_looked_ = true;
}

bool UtmpFile::open(Reading reading, const Visit& visit) {
  fd_.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd_ || ::fstat(fd_.get(), &last_) < 0) return false;
  begin(static_cast<uint64_t>(last_.st_size), visit);
  read_on(static_cast<uint64_t>(last_.st_size), reading, visit);
  return true;
}

/// From the start, or from where the newest records begin that are worth reading.
void UtmpFile::begin(uint64_t size, const Visit& visit) {
  has_layout_ = false;
  begin_ = size > limits::kUtmpBytes ? (size - limits::kUtmpBytes) / kChunkBytes * kChunkBytes : 0;
  at_ = begin_;
  hash_ = tail_hash_ = kHashBegin;
  visit.restart(last_.st_ino);
}

void UtmpFile::check(const struct stat& now, const Visit& visit) {
  const auto size = static_cast<uint64_t>(now.st_size);
  const bool is_changed = now.st_size != last_.st_size || !is_same_time(now.st_ctim, last_.st_ctim);
  last_ = now;
  if (!is_changed) return;
  const bool has_grown = has_layout_ ? size >= at_ + stride(layout_) : size > at_;
  if (size < at_) {
    if (!has_older_copy()) visit.tampered(Tamper::truncated, at_, size);
    begin(size, visit);
    read_on(size, Reading::by_age, visit);
  } else if (has_grown ? !is_tail_as_read() : !is_all_as_read()) {
    visit.tampered(Tamper::rewritten, at_, size);
    begin(size, visit);
    read_on(size, Reading::by_age, visit);
  } else if (has_grown) {
    read_on(size, Reading::fresh, visit);
  }
}

void UtmpFile::read_on(uint64_t size, Reading reading, const Visit& visit) {
  std::vector<char> chunk(std::min<uint64_t>(kChunkBytes, size - std::min(size, at_)));
  while (at_ < size) {
    const ssize_t n = ::pread(fd_.get(), chunk.data(), std::min<uint64_t>(chunk.size(), size - at_), static_cast<off_t>(at_));
    if (n <= 0) break;
    std::string_view rest(chunk.data(), static_cast<size_t>(n));
    if (!has_layout_) {
      if (rest.size() < stride(UtmpLayout::narrow)) break;
      layout_ = utmp_layout(rest);
      has_layout_ = true;
    }
    const size_t step = stride(layout_);
    if (rest.size() < step) break;
    rest = rest.substr(0, rest.size() / step * step);
    at_ += rest.size();
    hash_ = hash_on(hash_, rest);
    for (; !rest.empty(); rest.remove_prefix(step)) {
      UtmpRecord record;
      if (read_utmp(rest.substr(0, step), layout_, record))
        visit.record(record, reading == Reading::old || (reading == Reading::by_age && record.time_ms < looked_ms_ - kAgeMs));
      else
        ++rubbish_;
    }
  }
  (void)hash_range(fd_.get(), at_ - std::min<uint64_t>(at_ - begin_, kTailBytes), at_, tail_hash_);
}

bool UtmpFile::is_tail_as_read() const {
  uint64_t hash = 0;
  return hash_range(fd_.get(), at_ - std::min<uint64_t>(at_ - begin_, kTailBytes), at_, hash) && hash == tail_hash_;
}

bool UtmpFile::is_all_as_read() const {
  uint64_t hash = 0;
  return hash_range(fd_.get(), begin_, at_, hash) && hash == hash_;
}

/// wtmp.1, wtmp-20240131.gz and the like that changed just now: a rotation made it.
bool UtmpFile::has_older_copy() const {
  const std::string directory = path_.substr(0, path_.rfind('/') + 1);
  const std::string_view name = base::base_name(path_);
  DIR* d = ::opendir(directory.c_str());
  if (!d) return false;
  bool found = false;
  while (const dirent* entry = ::readdir(d)) {
    const std::string_view other = entry->d_name;
    if (other.size() <= name.size() + 1 || !base::starts_with(other, name) || (other[name.size()] != '.' && other[name.size()] != '-')) continue;
    struct stat s {};
    if (::stat((directory + entry->d_name).c_str(), &s) == 0 && s.st_size > 0 && s.st_ctim.tv_sec >= now_ms_ / 1000 - kRotationS) found = true;
  }
  ::closedir(d);
  return found;
}

}  // namespace aurochs::observe
