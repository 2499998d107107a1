// SPDX-License-Identifier: Apache-2.0
// Worker: one thread, "aurochs-worker", for what takes long: digests of files, names from NSS, the package index.
// Jobs go in through one ring and answers come back as fact frames through another; the thread holds no reference
// into anybody, so that one that hangs in a name service or on a dead disk can be left behind by stop(). It runs
// at nice 19 with idle disk priority. A full queue refuses; the caller counts the loss.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"
#include "base/ring.h"
#include "enrich/package_index.h"
#include "enrich/users.h"

namespace aurochs::enrich {

struct WorkerShared;  ///< what both sides use: queues, events, the index

class Worker {
 public:
  struct Options {
    std::string root;                   ///< put before the paths of the package databases: "" for this host
    int wake_fd = -1;                   ///< eventfd written when a fact comes while the core sleeps; duplicated
    int64_t packages_every_ms = 30000;  ///< how often the package databases are looked at
  };
  static constexpr int kStopMs = 2000;

  explicit Worker(const Options& options);
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // --- the thread that owns the Worker
  base::Status start();
  /// Ends the thread within kStopMs. False: it hangs in a system call and was left behind, owning all it uses.
  bool stop();

  // --- core thread. False: the queue is full.
  /// key_and_path: FileKey text "major:minor:inode:ctime_ms:size", a blank, the path as the process sees it. The
  /// fact has Tag::key; Tag::size too when the file was there; digests unless it exceeds limits::kHashFileBytes.
  bool hash(int64_t pid, std::string_view key_and_path);
  /// The fact has Tag::key "u:UID" or "g:GID", and Tag::name when there is one.
  bool look_up(NameKind kind, uint32_t id);
  /// Frames of FrameKind::fact; the core is the consumer.
  base::Ring& facts();

  // --- any thread; null: not known yet
  std::shared_ptr<const PackageIndex> packages() const;
  std::shared_ptr<const base::Error> packages_error() const;  ///< why the newest attempt failed

 private:
  bool put(std::string_view job);

  std::shared_ptr<WorkerShared> shared_;
  std::thread thread_;
};

}  // namespace aurochs::enrich
