// SPDX-License-Identifier: Apache-2.0
// Enricher: facts from outside the records onto an event: the host, the process and its parent out of the lineage, the
// image's file, names of users and groups, digests. What is not known stays absent; nothing that a record said is
// overwritten. It asks the host through ProcReader only; slow answers (digests) come later as facts. One thread (core).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/digest.h"
#include "enrich/hash_book.h"
#include "enrich/names.h"
#include "enrich/settings.h"
#include "event/event.h"
#include "event/exec_details.h"
#include "state/lineage.h"

namespace aurochs::enrich {

class Enricher {
 public:
  Enricher(Settings settings, state::Lineage& lineage, state::ProcReader& reader)
      : settings_(std::move(settings)), lineage_(lineage), reader_(reader), names_(reader) {}

  /// A process_create (or process_info of a sweep) event, after state knows the process.
  void exec(event::Event& e, const state::ExecView& view, const event::ExecDetails& details);
  /// An event about a process of which only the table knows (exit, crash, late digest).
  void from_table(event::Event& e, state::Process& p, state::Process* parent);
  /// cmdline_fingerprint of its cmdline, unless it has one.
  void fingerprint(event::Event& e);
  /// Before anybody keeps it: secrets of the command line are hidden.
  void mask(event::Event& e, event::FieldId text);
  /// Every event: constants, names of the ids that are there.
  void finish(event::Event& e);

  /// The worker's answer. True: digests of `key` came, and those who wait for them can be asked for.
  bool learn(std::string_view sections, FileKey& key);
  /// Next event about an image whose digests came late. False: none left.
  bool next_hashed(const FileKey& key, event::Event& e);
  /// CPU time and memory of the sensor itself, as the host says; what it took since the last call as a share of the time since.
  void own_cost(event::Event& e, int64_t now_ms);
  /// A constant field that changes.
  void set(std::string_view wire_name, std::string_view value) { (void)settings_.set(wire_name, value); }
  bool refresh_names() { return names_.refresh(); }
  uint64_t hashes_refused() const { return hashes_refused_; }
  HashBook& hashes() { return hashes_; }

 private:
  void process_fields(event::Event& e, const state::ExecView& view);
  void proc_facts(event::Event& e, const state::ProcFacts& f);
  void parent_fields(event::Event& e, state::Process& parent);
  void ancestors(event::Event& e, state::Process& p);
  void image_fields(event::Event& e, const state::ExecView& view, const event::ExecDetails& details);
  void target_fields(event::Event& e, const state::FileStat& s);
  void content_fields(event::Event& e, int64_t root, std::string_view path);
  void hash_fields(event::Event& e, const state::ExecView& view, const state::FileStat& image, std::string_view path);
  void write_digests(event::Event& e, const Digests& d);
  std::string_view guid_text(event::Event& e, const base::Uuid& u);

  Settings settings_;
  uint64_t cpu_ms_ = 0;
  int64_t cpu_at_ms_ = 0;
  state::Lineage& lineage_;
  state::ProcReader& reader_;
  Names names_;
  HashBook hashes_;
  crypto::Md5 md5_;
  std::string answer_, content_, scratch_;
  uint64_t hashes_refused_ = 0;
};

}  // namespace aurochs::enrich
