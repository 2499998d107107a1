// SPDX-License-Identifier: Apache-2.0
// Normalized: one audit event out of "TYPE body" lines, and what normalize made of it: the first event, more by again().
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "audit/record_types.h"
#include "normalize/normalize.h"

using Lines = std::vector<std::string>;

class Normalized {
  using F = aurochs::event::FieldId;

 public:
  explicit Normalized(Lines lines, uint8_t notes = 0) : lines_(std::move(lines)) {
    in_.stamp = {1700000000123, 77};
    in_.notes = notes;
    for (const std::string& line : lines_) {
      aurochs::audit::Record r;
      std::string_view text = line;
      const size_t space = text.find(' ');
      r.type = aurochs::audit::record_type_number(text.substr(0, space));
      text.remove_prefix(space + 1);
      const size_t separator = text.find('\x1d');
      r.body = text.substr(0, separator);
      if (separator != std::string_view::npos) r.enriched = text.substr(separator + 1);
      in_.records.push_back(r);
    }
    result = normalizer_.event(in_, *event);
  }
  Normalized(const Normalized&) = delete;
  Normalized& operator=(const Normalized&) = delete;

  /// The next event of the same audit event. False: none.
  bool again() { return normalizer_.next(*event, result); }
  std::string text(F f) const { return std::string(event->text(f)); }
  uint64_t number(F f) const { return event->number(f); }
  int64_t integer(F f) const { return event->integer(f); }
  bool has(F f) const { return event->has(f); }
  aurochs::event::EventType type() const { return event->type(); }

  std::unique_ptr<aurochs::event::Event> event = std::make_unique<aurochs::event::Event>();
  aurochs::normalize::Result result;

 private:
  Lines lines_;
  aurochs::audit::AuditEvent in_;
  aurochs::normalize::Normalizer normalizer_;
};
