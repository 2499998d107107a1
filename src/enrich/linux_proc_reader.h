// SPDX-License-Identifier: Apache-2.0
// LinuxProcReader: the door to the host as it is. Answers from /proc, from files and from what it has cached;
// what takes longer goes to the worker, whose facts it must be shown (learn). Without a worker nothing is hashed,
// no name service is asked and no package is known. Core thread only.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "enrich/file_facts.h"
#include "enrich/host_sockets.h"
#include "enrich/users.h"
#include "enrich/worker.h"
#include "state/proc_reader.h"

namespace aurochs::enrich {

class LinuxProcReader final : public state::ProcReader {
 public:
  using ReadProcess = bool (*)(int pid, std::string& sections);

  /// read_process answers Ask::process (capture has it); worker may be null. All must outlive the reader.
  LinuxProcReader(ReadProcess read_process, Worker* worker, base::Clock& clock, Users users = Users())
      : read_process_(read_process), worker_(worker), clock_(clock), files_(clock), users_(std::move(users)) {}

  bool ask(state::Ask what, int64_t id, std::string_view path, std::string& answer) override;
  /// To be called with the payload of every fact frame of the worker; keeps names, passes over the rest.
  void learn(std::string_view fact);
  /// Any thread: records in the kernel's queue, as it said last.
  void set_backlog(uint32_t records) { backlog_.store(records, std::memory_order_relaxed); }
  /// Before the first question: the answers of Ask::logon_settings and Ask::logon_book.
  void set_logons(std::string settings, std::string book) {
    logon_settings_ = std::move(settings);
    logon_book_ = std::move(book);
  }

 private:
  bool name(NameKind kind, int64_t id, std::string& answer);

  ReadProcess read_process_;
  Worker* worker_;
  base::Clock& clock_;
  FileFacts files_;
  HostSockets sockets_;
  Users users_;
  std::string logon_settings_, logon_book_;
  std::atomic<uint32_t> backlog_{0};
};

}  // namespace aurochs::enrich
