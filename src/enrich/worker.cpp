// SPDX-License-Identifier: Apache-2.0
#include "enrich/worker.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <vector>

#include "audit/frame.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "enrich/hash_book.h"

namespace aurochs::enrich {

struct WorkerShared {
  explicit WorkerShared(const Worker::Options& o) : options(o), wake_fd(o.wake_fd < 0 ? -1 : ::fcntl(o.wake_fd, F_DUPFD_CLOEXEC, 0)) {}
  const Worker::Options options;
  const base::UniqueFd job_fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  const base::UniqueFd done_fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  const base::UniqueFd wake_fd;
  base::Ring jobs{64u << 10}, facts{64u << 10};
  std::atomic<uint32_t> waiting{0};  ///< jobs put and not finished
  std::atomic<bool> stopping{false};
  std::shared_ptr<const PackageIndex> packages;  ///< by std::atomic_load and std::atomic_store only, as the next
  std::shared_ptr<const base::Error> packages_error;
};

namespace {
constexpr int64_t kFullRingWaitMs = 5;
constexpr size_t kReadBytes = 128u << 10;
constexpr size_t kNssBytes = 1u << 20;  // a group entry with 60 000 members

void raise_event(int fd) {
  const uint64_t one = 1;
  if (fd >= 0) (void)!::write(fd, &one, sizeof one);  // fails only when the counter is full: raised already
}

bool wait_for_event(int fd, int64_t timeout_ms) {
  pollfd p = {fd, POLLIN, 0};
  int ready;
  do ready = ::poll(&p, 1, static_cast<int>(timeout_ms));
  while (ready < 0 && errno == EINTR);
  if (ready <= 0) return false;
  uint64_t count;
  return ::read(fd, &count, sizeof count) == sizeof count;
}

void step_back() {
  ::pthread_setname_np(::pthread_self(), "aurochs-worker");
  ::setpriority(PRIO_PROCESS, 0, 19);  // 0 is the calling thread on Linux
  constexpr int kWhoProcess = 1, kIdleClass = 3 << 13;  // linux/ioprio.h, absent before 5.15
  ::syscall(SYS_ioprio_set, kWhoProcess, 0, kIdleClass);
}

// A file that differs from what it was when the hash was ordered is another one.
bool is_same(int fd, const FileKey& key) {
  struct stat s;
  if (::fstat(fd, &s) < 0 || !S_ISREG(s.st_mode)) return false;
  FileKey now;
  now.dev_major = major(s.st_dev);
  now.dev_minor = minor(s.st_dev);
  now.inode = s.st_ino;
  now.size = static_cast<uint64_t>(s.st_size);
  now.ctime_ms = int64_t{s.st_ctim.tv_sec} * 1000 + s.st_ctim.tv_nsec / 1000000;
  return now == key;
}

// Held by O_PATH first: opening a device to see that it is one would be too late.
base::UniqueFd open_same(const std::string& path, const FileKey& key) {
  const base::UniqueFd held(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!held || !is_same(held.get(), key)) return {};
  const std::string again = "/proc/self/fd/" + std::to_string(held.get());
  base::UniqueFd fd(::open(again.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOATIME));
  if (!fd) fd.reset(::open(again.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  return fd;
}

base::UniqueFd open_image(std::string_view pid, std::string_view path, const FileKey& key) {
  if (pid == "0") return open_same(std::string(path), key);
  const std::string process = "/proc/" + std::string(pid);
  base::UniqueFd fd = open_same(process + "/exe", key);  // deleted images and other roots, too
  if (!fd) fd = open_same(process + "/root" + std::string(path), key);
  if (!fd) fd = open_same(std::string(path), key);
  return fd;
}

template <class Entry, class Get>
std::string nss_name(uint32_t id, Get get, char* Entry::*name) {
  std::vector<char> buffer(16384);
  Entry entry, *found = nullptr;
  int code;
  while ((code = get(id, &entry, buffer.data(), buffer.size(), &found)) == ERANGE && buffer.size() < kNssBytes)
    buffer.resize(buffer.size() * 4);
  return code == 0 && found ? std::string(entry.*name) : std::string();
}

// --- on the worker thread
class WorkerThread {
 public:
  explicit WorkerThread(WorkerShared& shared) : s_(shared), buffer_(kReadBytes) {}

  void run() {
    step_back();
    while (!s_.stopping) {
      const int64_t now_ms = clock_.monotonic_ms();
      if (now_ms >= next_look_ms_) {
        look_at_packages();
        next_look_ms_ = now_ms + s_.options.packages_every_ms;
      }
      const std::string_view job = s_.jobs.front();
      if (job.data()) {
        do_job(job);
        s_.jobs.release();
        --s_.waiting;
      } else if (s_.jobs.prepare_sleep()) {
        wait_for_event(s_.job_fd.get(), std::max<int64_t>(0, next_look_ms_ - clock_.monotonic_ms()));
        s_.jobs.awake();
      }
    }
    raise_event(s_.done_fd.get());
  }

 private:
  void look_at_packages() {
    std::string stamp = package_databases_stamp(s_.options.root);
    if (stamp == stamp_) return;
    auto built = build_package_index(s_.options.root);
    std::shared_ptr<const base::Error> error;
    if (built) std::atomic_store(&s_.packages, *built);
    else error = std::make_shared<const base::Error>(built.error());
    std::atomic_store(&s_.packages_error, error);
    stamp_ = std::move(stamp);  // taken before: what changed while we read is read at the next look
  }

  void do_job(std::string_view job) {
    fact_.clear();
    std::string_view rest = job;
    const std::string_view kind = base::next_piece(rest, ' ');
    if (kind == "h") {
      hash(rest);
    } else {
      uint64_t id = 0;
      base::parse_u64(rest, id);
      const auto number = static_cast<uint32_t>(id);
      const std::string name = kind == "u" ? nss_name(number, ::getpwuid_r, &passwd::pw_name)
                                           : nss_name(number, ::getgrgid_r, &group::gr_name);
      writer_.put(audit::Tag::key, std::string(kind) + ':' + std::string(rest));
      if (!name.empty()) writer_.put(audit::Tag::name, name);
    }
    post();
  }

  void hash(std::string_view rest) {
    const std::string_view pid = base::next_piece(rest, ' ');
    const std::string_view key_text = base::next_piece(rest, ' ');
    FileKey key;
    writer_.put(audit::Tag::key, key_text);
    if (!parse_key(key_text, key)) return;
    const base::UniqueFd fd = open_image(pid, rest, key);
    if (!fd) return;
    const bool is_small = key.size <= limits::kHashFileBytes;
    if (is_small && !read_all(fd.get(), key)) return;
    writer_.put(audit::Tag::size, std::to_string(key.size));
    if (!is_small) return;
    const auto values = digests_.finish();
    if (!values.md5.empty()) writer_.put(audit::Tag::md5, values.md5);
    if (!values.sha1.empty()) writer_.put(audit::Tag::sha1, values.sha1);
    if (!values.sha256.empty()) writer_.put(audit::Tag::sha256, values.sha256);
  }

  bool read_all(int fd, const FileKey& key) {
    digests_.start();
    for (uint64_t left = key.size; left > 0 && !s_.stopping;) {
      const ssize_t n = ::read(fd, buffer_.data(), buffer_.size());
      if (n <= 0 || static_cast<uint64_t>(n) > left) return false;
      left -= static_cast<uint64_t>(n);
      digests_.update({buffer_.data(), static_cast<size_t>(n)});
    }
    return !s_.stopping && is_same(fd, key);  // not written to while we read
  }

  // Waits where the ring of facts is full: jobs then wait too, and their ring refuses.
  void post() {
    audit::Frame frame;
    frame.kind = audit::FrameKind::fact;
    frame.received_ms = clock_.unix_ms();
    frame.payload = fact_;
    char* room;
    while (!(room = s_.facts.reserve(audit::kFrameHeadBytes + fact_.size()))) {
      if (s_.stopping) return;
      ::poll(nullptr, 0, kFullRingWaitMs);
    }
    audit::encode_frame_head(frame, room);
    std::memcpy(room + audit::kFrameHeadBytes, fact_.data(), fact_.size());
    if (s_.facts.commit(audit::kFrameHeadBytes + fact_.size())) raise_event(s_.wake_fd.get());
  }

  WorkerShared& s_;
  base::SystemClock clock_;  // its own: the thread may outlive every other clock
  crypto::FileDigests digests_;
  std::vector<char> buffer_;
  std::string fact_, stamp_;
  audit::SectionWriter writer_{fact_};
  int64_t next_look_ms_ = 0;
};
}  // namespace

// --- on the other threads
Worker::Worker(const Options& options) : shared_(std::make_shared<WorkerShared>(options)) {}

base::Status Worker::start() {
  if (!shared_->job_fd || !shared_->done_fd) return base::errno_error("worker: eventfd", errno);
  // Signals are for the main thread: the new thread inherits a mask of all of them.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([shared = shared_] { WorkerThread(*shared).run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return base::Ok{};
}

bool Worker::stop() {
  if (!thread_.joinable()) return true;
  shared_->stopping = true;
  raise_event(shared_->job_fd.get());
  const bool ended = wait_for_event(shared_->done_fd.get(), kStopMs);
  if (ended) thread_.join();
  else thread_.detach();
  return ended;
}

bool Worker::put(std::string_view job) {
  WorkerShared& s = *shared_;
  char* room = s.waiting < limits::kJobs ? s.jobs.reserve(job.size()) : nullptr;
  if (!room) return false;
  std::memcpy(room, job.data(), job.size());
  ++s.waiting;
  if (s.jobs.commit(job.size())) raise_event(s.job_fd.get());
  return true;
}

bool Worker::hash(int64_t pid, std::string_view key_and_path) {
  return put("h " + std::to_string(pid) + ' ' + std::string(key_and_path));
}

bool Worker::look_up(NameKind kind, uint32_t id) {
  return put((kind == NameKind::user ? "u " : "g ") + std::to_string(id));
}

base::Ring& Worker::facts() { return shared_->facts; }
std::shared_ptr<const PackageIndex> Worker::packages() const { return std::atomic_load(&shared_->packages); }
std::shared_ptr<const base::Error> Worker::packages_error() const { return std::atomic_load(&shared_->packages_error); }

}  // namespace aurochs::enrich
