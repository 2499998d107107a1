// SPDX-License-Identifier: Apache-2.0
// Field names that the code looks for, as numbers: the splitter interns them once, and everybody after it
// compares numbers. A name that nobody looks for is Key::other and keeps its text in the Field.
#pragma once
#include <cstdint>
#include <string_view>

namespace aurochs::audit {

// name on the wire, enumerator, and whether the writer passes it through audit_log_untrustedstring() or
// libaudit's audit_encode_nv_string(): only such values may be hex (kernel/audit*.c, lsm_audit.c, apparmor,
// ima, tty_audit 2.6.32 to 6.x; pam, shadow, sudo, libvirt).
#define AUROCHS_KEYS(X)                                                                                              \
  X(acct, acct, 1) X(argc, argc, 0) X(arch, arch, 0) X(auid, auid, 0) X(addr, addr, 0) X(a0, a0, 0) X(a1, a1, 0)     \
  X(a2, a2, 0) X(a3, a3, 0) X(comm, comm, 1) X(cwd, cwd, 1) X(data, data, 1) X(dev, dev, 0) X(egid, egid, 0)         \
  X(euid, euid, 0) X(exe, exe, 1) X(exit, exit, 0) X(fsgid, fsgid, 0) X(fsuid, fsuid, 0) X(gid, gid, 0)              \
  X(hostname, hostname, 0) X(id, id, 0) X(inode, inode, 0) X(item, item, 0) X(items, items, 0) X(key, key, 1)        \
  X(mode, mode, 0) X(msg, msg, 1) X(name, name, 1) X(nametype, nametype, 0) X(objtype, objtype, 0) X(new_, new, 1)   \
  X(obj, obj, 0) X(ocomm, ocomm, 1) X(ogid, ogid, 0) X(old, old, 1) X(op, op, 0) X(opid, opid, 0) X(ouid, ouid, 0)   \
  X(oauid, oauid, 0) X(oses, oses, 0) X(pid, pid, 0) X(ppid, ppid, 0) X(per, per, 0) X(proctitle, proctitle, 1)      \
  X(rdev, rdev, 0) X(res, res, 0) X(saddr, saddr, 0) X(ses, ses, 0) X(sgid, sgid, 0) X(sig, sig, 0) X(subj, subj, 0) \
  X(success, success, 0) X(suid, suid, 0) X(syscall, syscall, 0) X(terminal, terminal, 0) X(tty, tty, 0)             \
  X(uid, uid, 0) X(unit, unit, 0) X(fver, fver, 0) X(fp, fp, 0) X(fi, fi, 0) X(fe, fe, 0) X(old_pp, old_pp, 0)       \
  X(old_pi, old_pi, 0) X(old_pe, old_pe, 0) X(old_pa, old_pa, 0) X(pp, pp, 0) X(pi, pi, 0) X(pe, pe, 0) X(pa, pa, 0) \
  X(new_pp, new_pp, 0) X(new_pi, new_pi, 0) X(new_pe, new_pe, 0) X(cap_fp, cap_fp, 0) X(cap_fe, cap_fe, 0)           \
  X(audit_enabled, audit_enabled, 0) X(audit_pid, audit_pid, 0) X(list, list, 0) X(path, path, 1) X(dir, dir, 1)     \
  X(watch, watch, 1) X(file, file, 1) X(kmod, kmod, 1) X(key_desc, key_desc, 1)                                      \
  X(invalid_context, invalid_context, 1) X(srawcon, srawcon, 1) X(trawcon, trawcon, 1) X(profile, profile, 1)        \
  X(namespace_, namespace, 1) X(target, target, 1) X(peer, peer, 1) X(label, label, 1) X(capname, capname, 1)        \
  X(srcname, srcname, 1) X(trans, trans, 1) X(fstype, fstype, 1) X(ns, ns, 1) X(peer_label, peer_label, 1)           \
  X(cmd, cmd, 1) X(vm, vm, 1) X(grp, grp, 1) X(new_group, new_group, 1) X(device, device, 1) X(cgroup, cgroup, 1)    \
  X(sw, sw, 1) X(root_dir, root_dir, 1) X(old_disk, old-disk, 1) X(new_disk, new-disk, 1) X(old_fs, old-fs, 1)       \
  X(new_fs, new-fs, 1) X(old_net, old-net, 1) X(new_net, new-net, 1) X(old_rng, old-rng, 1) X(new_rng, new-rng, 1)   \
  X(old_chardev, old-chardev, 1) X(new_chardev, new-chardev, 1)

enum class Key : uint8_t {
  other,
#define AUROCHS_KEY(enumerator, wire, untrusted) enumerator,
  AUROCHS_KEYS(AUROCHS_KEY)
#undef AUROCHS_KEY
      count_
};

/// Key of a field name, Key::other when nobody looks for it. Constant time.
Key key_of(std::string_view name);
/// Values of this field may be the kernel's hex encoding.
bool is_untrusted(Key key);

}  // namespace aurochs::audit
