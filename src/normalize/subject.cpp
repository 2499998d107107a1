// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "base/text.h"
#include "decode/fields.h"
#include "normalize/family.h"

namespace aurochs::normalize {

using audit::Key;
using event::FieldId;

namespace {

constexpr uint64_t kUnset = 4294967295u;  // (uid_t)-1, the kernel's "never set"

struct IdRow {
  Key key;
  FieldId field, name;
  std::string_view enriched;  ///< auditd's ENRICHED log has the name under this key
};
constexpr FieldId kNone = FieldId::count_;
constexpr IdRow kIds[] = {
    {Key::uid, FieldId::proc_usr_r_id, FieldId::proc_usr_r_name, "UID"},
    {Key::euid, FieldId::proc_usr_e_id, FieldId::proc_usr_e_name, "EUID"},
    {Key::suid, FieldId::proc_usr_s_id, kNone, {}},
    {Key::fsuid, FieldId::proc_usr_fs_id, kNone, {}},
    {Key::auid, FieldId::proc_usr_audit_id, FieldId::proc_usr_audit_name, "AUID"},
    {Key::gid, FieldId::proc_group_r_id, FieldId::proc_group_r_name, "GID"},
    {Key::egid, FieldId::proc_group_e_id, FieldId::proc_group_e_name, "EGID"},
    {Key::ses, FieldId::proc_term_session_id, kNone, {}},
};

const IdRow* id_row(Key key) {
  for (const IdRow& row : kIds)
    if (row.key == key) return &row;
  return nullptr;
}

void write_id(const audit::Field& f, const audit::Record& r, event::Event& out) {
  const IdRow* row = id_row(f.key);
  uint64_t n = 0;
  if (!row || !decode::number_of(&f, n) || n == kUnset) return;
  out.set_number(row->field, n);
  if (row->name != kNone && !r.enriched.empty()) out.set_text_if(row->name, decode::enriched_value(r.enriched, row->enriched));
}

void write_key(const audit::Field& f, const audit::Record& r, base::Arena& arena, event::Event& out) {
  const decode::Value v = decode::value_of(r, f, arena);
  if (v.is_null || v.text.empty()) return;
  char* joined = arena.allocate(v.text.size(), 1);
  for (size_t i = 0; i < v.text.size(); ++i) joined[i] = v.text[i] == '\x01' ? '|' : v.text[i];
  out.set_text(FieldId::audit_key, {joined, v.text.size()});
}

/// The kernel writes pts7 for /dev/pts/7 (tty_name), everybody else pts/7.
std::string_view terminal_name(std::string_view tty, base::Arena& arena) {
  if (tty.size() < 4 || !base::starts_with(tty, "pts") || tty[3] < '0' || tty[3] > '9') return tty;
  char* out = arena.allocate(tty.size() + 1, 1);
  std::memcpy(out, "pts/", 4);
  std::memcpy(out + 4, tty.data() + 3, tty.size() - 3);
  return {out, tty.size() + 1};
}

}  // namespace

void write_subject(const audit::Record& r, base::Arena& arena, event::Event& out) {
  for (uint32_t i = 0; i < r.field_count; ++i) {
    const audit::Field& f = r.fields[i];
    if (f.flags & audit::Field::kInMessage) continue;
    switch (f.key) {
      case Key::uid:
      case Key::euid:
      case Key::suid:
      case Key::fsuid:
      case Key::auid:
      case Key::gid:
      case Key::egid:
      case Key::ses: write_id(f, r, out); break;
      case Key::tty:
        if (f.raw != "(none)" && f.raw != "?") out.set_text_if(FieldId::proc_term_name, terminal_name(f.raw, arena));
        break;
      case Key::subj: out.set_text_if(FieldId::proc_mac_label, f.raw); break;
      case Key::key: write_key(f, r, arena, out); break;
      default: break;
    }
  }
}

}  // namespace aurochs::normalize
