// SPDX-License-Identifier: Apache-2.0
// SELinux, AppArmor, labelled networking. One record type, AVC, serves several modules: apparmor= is AppArmor's, lsm=SMACK is Smack's
// (no type of event, so none is made), "avc:  denied  { ... }" is SELinux's. Object managers of user space (dbus, systemd) write the
// same words into msg='...'.
#include "normalize/message.h"

#include "audit/record_types.h"
#include "base/text.h"
#include "decode/fields.h"

namespace aurochs::normalize {

using audit::Field;
using audit::Key;
using audit::Record;
using event::EventType;
using event::FieldId;

namespace {

constexpr uint16_t kSelinuxErr = 1401, kPolicyLoad = 1403, kStatus = 1404, kConfigChange = 1405, kUnlblAllow = 1406, kIpsecFirst = 1411,
                   kIpsecLast = 1415, kUnlblStaticAdd = 1416, kCalipsoDel = 1419, kApparmorAllowed = 1502, kApparmorDenied = 1503,
                   kApparmorStatus = 1505, kApparmorKill = 1507, kRoleFirst = 2300, kRoleLast = 2302;
constexpr EventType kNoEvent = EventType::count_;

/// A record, and whether its words stand in msg='...'.
struct Words {
  const Record& r;
  bool in_message;
  base::Arena& arena;
  const Field* find(Key key) const { return in_message ? r.find_in_message(key) : r.find(key); }
  std::string_view text(Key key) const { return value_or_none(r, find(key), arena); }
  std::string_view text(std::string_view name) const { return value_or_none(r, named(r, name, in_message), arena); }
};

/// "avc:  denied  { read write } for ...": the verdict and what stands in the braces.
struct Avc {
  std::string_view verdict, permissions;
};
Avc avc_of(std::string_view body) {
  Avc avc;
  const size_t begin = body.find("avc:");
  if (begin == std::string_view::npos) return avc;
  std::string_view rest = base::trim(body.substr(begin + 4));
  avc.verdict = rest.substr(0, rest.find(' '));
  const size_t open = rest.find('{'), close = rest.find('}');
  if (open != std::string_view::npos && close != std::string_view::npos && open < close) avc.permissions = base::trim(rest.substr(open + 1, close - open - 1));
  return avc;
}

bool is_file_class(std::string_view name) {
  for (const std::string_view known : {"file", "dir", "lnk_file", "chr_file", "blk_file", "sock_file", "fifo_file", "filesystem"})
    if (name == known) return true;
  return false;
}

void write_object_file(const Words& w, Source& in, event::Event& out) {
  std::string_view path = w.text(Key::path);
  const std::string_view name = w.text(Key::name);
  if (path.empty() && !name.empty() && name[0] == '/' && name.size() > 1) path = name;
  if (!path.empty()) path = absolute_path(path, working_directory(in.audit), w.arena);
  out.set_text_if(FieldId::file_path, path);
  out.set_text_if(FieldId::file_name, path.empty() ? name : base::base_name(path));
  uint64_t inode = 0;
  if (decode::number_of(named(w.r, "ino", w.in_message), inode)) out.set_number(FieldId::file_inode, inode);
}

void write_labels(const Words& w, event::Event& out) {
  out.set_text_if(FieldId::mac_source, w.text("scontext"));
  std::string_view target = w.text("tcontext");
  if (target.empty()) target = w.text(Key::invalid_context);
  out.set_text_if(FieldId::mac_target, target);
  out.set_text_if(FieldId::mac_class, w.text("tclass"));
}

void begin(const Words& w, Source& in, event::Event& out, Result& result, EventType type) {
  if (w.in_message)
    begin_record_act(w.r, in, out, result, type);
  else
    begin_kernel_act(w.r, in, out, result, type);
  if (!in.syscall) out.remove(FieldId::audit_key);  // key= of an AVC is that of a SysV IPC object
  write_outcome(w.r, out);
}

void selinux(const Words& w, Source& in, event::Event& out, Result& result) {
  const Avc avc = avc_of(w.r.body);
  if (avc.verdict != "denied") return;  // granted: auditallow; received: a notice of what the kernel tells itself
  begin(w, in, out, result, w.in_message ? EventType::selinux_user_avc : EventType::selinux_denied);
  out.set_text_if(FieldId::mac_op, avc.permissions);
  write_labels(w, out);
  if (is_file_class(out.text(FieldId::mac_class)))
    write_object_file(w, in, out);
  else
    out.set_text_if(FieldId::op_value, w.in_message ? w.text("member") : w.text(Key::capname));
  // permissive=1: logged and let through (kernel 3.17).
  const Field* permissive = named(w.r, "permissive", w.in_message);
  const bool passed = permissive && permissive->raw == "1";
  out.set_number(FieldId::op_status, passed);
  if (passed) out.set_text(FieldId::op_name, "permissive");
  uint64_t port = 0;
  if (decode::number_of(named(w.r, "dest", w.in_message), port) && port < 65536) out.set_number(FieldId::net_dst_port, port);
}

EventType apparmor_type(const Record& r, std::string_view verdict) {
  if (verdict == "DENIED" || verdict == "KILLED") return EventType::apparmor_denied;
  if (verdict == "ALLOWED") return EventType::apparmor_allowed;
  if (verdict == "STATUS") return EventType::apparmor_profile;
  if (!verdict.empty()) return kNoEvent;  // AUDIT, HINT, ERROR
  switch (r.type) {  // kernel < 3.0 and SUSE: a type each
    case kApparmorDenied:
    case kApparmorKill: return EventType::apparmor_denied;
    case kApparmorAllowed: return EventType::apparmor_allowed;
    case kApparmorStatus: return EventType::apparmor_profile;
    default: return kNoEvent;
  }
}

void apparmor(const Words& w, Source& in, event::Event& out, Result& result) {
  const EventType type = apparmor_type(w.r, w.text("apparmor"));
  const std::string_view operation = w.text("operation");
  if (type == kNoEvent || operation.empty()) return;
  begin(w, in, out, result, type);
  out.set_text(FieldId::mac_op, operation);
  std::string_view profile = w.text(Key::profile);
  if (profile.empty()) profile = w.text(Key::label);  // dbus
  out.set_text_if(FieldId::mac_source, profile);
  out.set_text_if(FieldId::mac_class, w.text("class"));
  if (type == EventType::apparmor_profile) {
    out.set_text_if(FieldId::mac_target, w.text(Key::name));
    return;
  }
  out.set_number(FieldId::op_status, type == EventType::apparmor_allowed);
  for (const Key key : {Key::peer, Key::peer_label, Key::target})
    if (!out.has(FieldId::mac_target)) out.set_text_if(FieldId::mac_target, w.text(key));
  std::string_view mask;
  for (const std::string_view name : {"denied_mask", "requested_mask", "mask", "capname"})
    if (mask.empty()) mask = w.text(name);
  out.set_text_if(FieldId::op_value, mask);
  const std::string_view name = w.text(Key::name);
  if (!name.empty() && name[0] == '/' && !w.in_message) write_object_file(w, in, out);
}

void avc(const Record& r, Source& in, event::Event& out, Result& result) {
  const Words w{r, r.type == audit::type::kUserAvc, in.audit.arena};
  if (named(r, "lsm", w.in_message)) return;  // Smack
  if (named(r, "apparmor", w.in_message) || r.type >= 1500) return apparmor(w, in, out, result);
  selinux(w, in, out, result);
}

/// name=value old_name=value, where the name itself says what it is: enforcing, selinux, unlbl_accept.
void write_setting(const Words& w, std::string_view name, std::string_view old, event::Event& out) {
  const Field* f = named(w.r, name, false);
  if (!f || out.has(FieldId::op_name)) return;
  out.set_text(FieldId::op_name, f->name);
  out.set_text(FieldId::op_value, f->raw);
  out.set_text_if(FieldId::op_value_old, w.text(old));
}

void selinux_state(const Words& w, Source& in, event::Event& out, Result& result) {
  switch (w.r.type) {
    case kSelinuxErr:
      begin(w, in, out, result, EventType::selinux_error);
      out.set_text_if(FieldId::mac_op, w.text(Key::op));
      out.set_text_if(FieldId::op_value, w.text("reason"));
      return write_labels(w, out);
    case kPolicyLoad:
      begin(w, in, out, result, EventType::selinux_policy_load);
      return out.set_text(FieldId::mac_op, "policy_load");
    case kStatus:
      begin(w, in, out, result, EventType::selinux_mode);
      // kernel >= 4.16 writes enforcing and enabled, whichever changed.
      if (w.text("enabled") != w.text("old-enabled")) write_setting(w, "enabled", "old-enabled", out);
      write_setting(w, "enforcing", "old_enforcing", out);
      return write_setting(w, "selinux", "", out);
    default:
      begin(w, in, out, result, EventType::selinux_boolean);
      out.set_text_if(FieldId::op_name, w.text("bool"));
      out.set_text_if(FieldId::op_value, w.text("val"));
      out.set_text_if(FieldId::op_value_old, w.text("old_val"));
  }
}

void ipsec(const Words& w, Source& in, event::Event& out, Result& result) {
  begin(w, in, out, result, EventType::ipsec_change);
  out.set_text_if(FieldId::audit_op, w.text(Key::op));
  (void)write_address(w.text("src"), FieldId::net_src_ipv4, FieldId::net_src_ipv6, out);
  (void)write_address(w.text("dst"), FieldId::net_dst_ipv4, FieldId::net_dst_ipv6, out);
  const std::string_view spi = w.text("spi");
  out.set_text_if(FieldId::op_value, spi.substr(0, spi.find('(')));
}

void netlabel(const Words& w, Source& in, event::Event& out, Result& result) {
  begin(w, in, out, result, EventType::netlabel_change);
  out.set_text(FieldId::audit_op, audit::record_type_name(w.r.type));
  for (const std::string_view name : {"unlbl_accept", "cipso_doi", "calipso_doi", "nlbl_domain", "netif"}) write_setting(w, name, "old", out);
  out.set_text_if(FieldId::mac_target, w.text("sec_obj"));
}

void role(const Words& w, Source& in, event::Event& out, Result& result) {
  std::string_view now, old;
  for (const std::string_view name : {"selected-context", "new-context", "new-seuser"})
    if (now.empty()) now = w.text(name);
  for (const std::string_view name : {"default-context", "old-context", "old-seuser"})
    if (old.empty()) old = w.text(name);
  // pam_selinux says so at every logon; a role that is the usual one did not change.
  if (!now.empty() && now == old) return;
  begin_user_act(w.r, in, out, result, EventType::role_change);
  write_account(w.r, w.arena, out);
  out.set_text_if(FieldId::op_value, now);
  out.set_text_if(FieldId::op_value_old, old);
}

}  // namespace

void mac_family(Source& in, event::Event& out, Result& result) {
  for (const Record& r : in.audit.records) {
    const Words w{r, false, in.audit.arena};
    if (r.type == audit::type::kAvc || r.type == audit::type::kUserAvc || (r.type >= kApparmorAllowed && r.type <= kApparmorKill)) {
      avc(r, in, out, result);
    } else if (r.type == kSelinuxErr || (r.type >= kPolicyLoad && r.type <= kConfigChange)) {
      selinux_state(w, in, out, result);
    } else if (r.type >= kIpsecFirst && r.type <= kIpsecLast) {
      ipsec(w, in, out, result);
    } else if ((r.type >= kUnlblAllow && r.type < kIpsecFirst) || (r.type >= kUnlblStaticAdd && r.type <= kCalipsoDel)) {
      netlabel(w, in, out, result);
    } else if (r.type >= kRoleFirst && r.type <= kRoleLast) {
      role({r, true, in.audit.arena}, in, out, result);
    }
    if (result.has_event) return;
  }
}

}  // namespace aurochs::normalize
