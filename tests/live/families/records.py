# SPDX-License-Identifier: Apache-2.0
"""What the kernel and user space tell without a rule. Where the program that writes a record is not here (systemd, RHEL's sshd, usbguard),
its record is sent to the kernel as that program sends it; the claim then says "as ... writes it"."""
import ctypes
import os
import shutil
import select
import socket
import struct
import subprocess
import sys
import tempfile

import audit_kernel
from live_test import become_nobody

SECCOMP = "import ctypes; ctypes.CDLL(None).prctl(22, 1, 0, 0, 0); open('/')"
LOGINUID = "open('/proc/self/loginuid', 'w').write('4321'); import sys; sys.stdin.read()"
# A process that has its terminal audited reads a line of it.
TTY = """
import os, pty, socket, struct, time
pid, fd = pty.fork()
if pid == 0:
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9)
    s.sendto(struct.pack("=IHHII2I", 24, 1017, 5, 1, 0, 1, 0), (0, 0))
    s.recv(4096)
    os.write(1, b"ready\\n")
    os.read(0, 100)
    os._exit(0)
os.read(fd, 100)
os.write(fd, b"aurochs-live-keys\\n")
os.waitpid(pid, 0)
"""
AUDIT_GET_FEATURE, AUDIT_SET_FEATURE = 1019, 1018
FAN_CLASS_CONTENT, FAN_ENABLE_AUDIT, FAN_CLOEXEC = 4, 0x40, 1
FAN_MARK_ADD, FAN_OPEN_PERM, FAN_ALLOW, FAN_DENY, FAN_AUDIT = 1, 0x10000, 1, 2, 0x10
libc = ctypes.CDLL(None, use_errno=True)

# type of event, record type, who writes it, message, fields
SENT = (
    ("ServiceStartNix", 1130, "systemd", "unit=aurochs-live comm=\"systemd\" exe=\"/usr/lib/systemd/systemd\" hostname=? addr=? terminal=? res=success", {"audit_unit": "aurochs-live"}),
    ("ServiceStopNix", 1131, "systemd", "unit=aurochs-live comm=\"systemd\" exe=\"/usr/lib/systemd/systemd\" hostname=? addr=? terminal=? res=success", {"audit_unit": "aurochs-live"}),
    ("ServiceFailNix", 1130, "systemd", "unit=aurochs-live comm=\"systemd\" exe=\"/usr/lib/systemd/systemd\" hostname=? addr=? terminal=? res=failed", {"op_status": 0}),
    ("SystemBootNix", 1127, "systemd", " comm=\"systemd-update-utmp\" exe=\"/usr/lib/systemd/systemd-update-utmp\" hostname=? addr=? terminal=? res=success", {"audit_record": "SYSTEM_BOOT"}),
    ("SystemShutdownNix", 1128, "systemd", " comm=\"systemd-update-utmp\" exe=\"/usr/lib/systemd/systemd-update-utmp\" hostname=? addr=? terminal=? res=success", {"audit_record": "SYSTEM_SHUTDOWN"}),
    ("RunLevelChangeNix", 1129, "systemd", "old-level=3 new-level=5 comm=\"systemd-update-utmp\" exe=\"/usr/lib/systemd/systemd-update-utmp\" hostname=? addr=? terminal=? res=success", {"op_value": "5", "op_value_old": "3"}),
    ("UserAccountLockNix", 1135, "passwd of RHEL", "op=locked-password id=4242 exe=\"/usr/bin/passwd\" hostname=? addr=? terminal=pts/0 res=success", {"usr_tgt_id": 4242, "op_status": 1}),
    ("UserAccountUnlockNix", 1136, "passwd of RHEL", "op=unlocked-password id=4242 exe=\"/usr/bin/passwd\" hostname=? addr=? terminal=pts/0 res=success", {"usr_tgt_id": 4242, "op_status": 1}),
    ("GroupPasswordNix", 1133, "gpasswd of RHEL", "op=change-password grp=\"aurochs-live\" exe=\"/usr/bin/gpasswd\" hostname=? addr=? terminal=pts/0 res=success", {"group_name": "aurochs-live"}),
    ("LogonFailureNix", 1112, "login", "op=login acct=28756E6B6E6F776E207573657229 exe=\"/bin/login\" hostname=? addr=192.0.2.77 terminal=ssh res=failed", {"net_src_ipv4": "192.0.2.77"}),
    ("LogonAnomalyNix", 2100, "pam_faillock", "pam_faillock uid=4242 exe=\"/usr/sbin/sshd\" hostname=? addr=2001:db8::77 terminal=ssh res=success", {"net_src_ipv6": "2001:db8::77", "usr_tgt_id": 4242}),
    ("SshSessionKeyNix", 2407, "sshd of RHEL", "op=start direction=from-client cipher=aes256-ctr ksize=256 mac=umac-128@openssh.com pfs=curve25519-sha256 spid=1 suid=74 rport=40022 laddr=192.0.2.1 lport=22  exe=\"/usr/sbin/sshd\" hostname=? addr=192.0.2.77 terminal=? res=success", {"auth_cipher": "aes256-ctr", "net_src_port": 40022}),
    ("PolkitAuthNix", 1105, "pkexec", "op=PAM:session_open grantors=pam_unix acct=\"root\" exe=\"/usr/bin/pkexec\" hostname=? addr=? terminal=pts/0 res=success", {"usr_tgt_name": "root"}),
    ("SelinuxUserAvcNix", 1107, "dbus", "avc:  denied  { send_msg } for msgtype=method_call member=Stop dest=org.example.A spid=1 tpid=2 scontext=u:r:a_t:s0 tcontext=u:r:b_t:s0 tclass=dbus  exe=\"/usr/bin/dbus-daemon\" sauid=81 hostname=? addr=? terminal=?", {"mac_op": "send_msg", "mac_class": "dbus"}),
    ("ApparmorDeniedNix", 1107, "dbus of Ubuntu", "apparmor=\"DENIED\" operation=\"dbus_method_call\" bus=\"system\" path=\"/a\" member=\"Stop\" mask=\"send\" label=\"snap.demo\" peer_label=\"unconfined\" exe=\"/usr/bin/dbus-daemon\"", {"mac_op": "dbus_method_call"}),
    ("RoleChangeNix", 2300, "newrole", "newrole: old-context=staff_u:staff_r:staff_t:s0 new-context=staff_u:sysadm_r:sysadm_t:s0: exe=\"/usr/bin/newrole\" hostname=? addr=? terminal=/dev/pts/1 res=success", {"op_value": "staff_u:sysadm_r:sysadm_t:s0"}),
    ("UsbGuardDecisionNix", 1137, "usbguard", "op=\"changed-authorization-state-for\" device=\"/sys/devices/usb1/live\" target=\"block\" exe=\"/usr/sbin/usbguard-daemon\" hostname=? addr=? terminal=? res=success", {"dev_path": "/sys/devices/usb1/live", "op_value": "block"}),
)


def own_network(*commands):
    """Runs the commands in a network namespace that ends with them."""
    return subprocess.run(["unshare", "-n", "sh", "-c", "; ".join(commands)], stdin=subprocess.DEVNULL, capture_output=True, timeout=30)


def of_user_space(live):
    for kind, record, who, message, fields in SENT:
        live.proves(kind, "record as %s writes it" % who, lambda r=record, m=message: live.kernel.ask(r, m.encode() + b"\0"), proc_id=os.getpid(), **fields)
    live.proves("TtyInputNix", "a line typed on an audited terminal", lambda: live.run(sys.executable, "-c", TTY), script_text=lambda t: t and "aurochs-live-keys" in t)


def of_audit(live):
    rule = audit_kernel.harmless_rule("live-foreign")
    live.proves("AuditConfigChangeNix", "a foreign rule is added", lambda: live.kernel.add(rule), audit_key="live-foreign", audit_op="add_rule", proc_id=os.getpid())
    live.proves("AuditRuleRemovedNix", "and deleted", lambda: live.kernel.delete(rule), audit_key="live-foreign", audit_op="remove_rule", proc_id=os.getpid())

    def feature(bit):
        version, _, features, lock = struct.unpack_from("=4I", live.kernel.ask(AUDIT_GET_FEATURE, until=AUDIT_GET_FEATURE)[0])
        if lock & bit:
            return "locked"
        for value in (features ^ bit, features):  # there and back
            live.kernel.ask(AUDIT_SET_FEATURE, struct.pack("=4I", version, bit, value, 0))
        return features
    live.proves("AuditFeatureChangeNix", "only_unset_loginuid there and back", lambda: feature(1), op_name="only_unset_loginuid", audit_res=1)

    def takeover():
        try:
            live.kernel.set(pid=os.getpid())
        finally:
            live.kernel.set(pid=0)
    if live.kernel.status()["pid"]:
        live.cannot("AuditPidTakeoverNix", "a process becomes the audit daemon", "there is one already")
    else:
        live.proves("AuditPidTakeoverNix", "a process becomes the audit daemon and leaves", takeover, op_value=str(os.getpid()), tgt_proc_id=os.getpid())

    def disable():
        try:
            live.kernel.set(enabled=0)
        finally:
            live.kernel.set(enabled=1)
    live.proves("AuditDisabledNix", "audit is switched off and on", disable, op_name="audit_enabled", op_value="0", proc_id=os.getpid())


def of_network(live):
    if not shutil.which("ip"):
        return live.cannot("NetworkPromiscuousNix", "an interface of an own namespace", "no ip(8)")
    live.proves("NetworkPromiscuousNix", "a veth of an own namespace is set promiscuous",
                lambda: own_network("ip link add alive0 type veth peer name alive1", "ip link set alive0 promisc on"),
                dev_iface="alive0", dev_iface_ispromiscuous=True, audit_record="ANOM_PROMISCUOUS")
    live.proves("IpsecChangeNix", "a policy of IPsec comes in an own namespace", lambda: own_network("ip xfrm policy add src 10.9.0.0/24 dst 10.8.0.0/24 dir out"),
                audit_op="SPD-add", net_src_ipv4="10.9.0.0", proc_comm="ip")
    if shutil.which("nft"):
        live.proves("NetworkFirewallChangeNix", "nft adds a table in an own namespace", lambda: own_network("nft add table inet alive"), audit_table="inet alive", proc_comm="nft")
    if shutil.which("iptables-legacy"):
        live.proves("NetworkFirewallChangeNix", "iptables in an own namespace", lambda: own_network("iptables-legacy -P FORWARD DROP"), audit_table="ip filter", audit_op="xt_replace")
    family = netlabel_family()
    if not family:
        return live.cannot("NetlabelChangeNix", "unlabelled traffic", "kernel without NetLabel")
    live.proves("NetlabelChangeNix", "unlabelled traffic stays as allowed as it is", lambda: netlabel_again(family), op_name="unlbl_accept", audit_record="MAC_UNLBL_ALLOW")


def generic(kind, command, version, payload):
    """One request of generic netlink; the bytes of the first answer behind its header."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as s:
        body = struct.pack("=BBH", command, version, 0) + payload
        s.sendto(struct.pack("=IHHII", 16 + len(body), kind, 5, 1, 0) + body, (0, 0))
        data = s.recv(65536)
    return struct.unpack_from("=H", data, 4)[0], data[20:]


def attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


def attributes(data):
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        if size < 4:
            break
        found[kind] = data[4:size]
        data = data[(size + 3) & ~3:]
    return found


def netlabel_family():
    kind, data = generic(16, 3, 1, attribute(2, b"NLBL_UNLBL\0"))  # CTRL_CMD_GETFAMILY
    return struct.unpack("=H", attributes(data)[1])[0] if kind == 16 else 0


def netlabel_again(family):
    accepts = attributes(generic(family, 2, 3, b"")[1]).get(1, b"\1")  # NLBL_UNLABEL_C_LIST, _A_ACPTFLG
    return generic(family, 1, 3, attribute(1, accepts))  # NLBL_UNLABEL_C_ACCEPT


def refused_fifo(live):
    """protected_fifos: root opens another's fifo in a sticky directory with O_CREAT."""
    setting = "/proc/sys/fs/protected_fifos"
    with open(setting) as f:
        before = f.read()
    place = tempfile.mkdtemp(dir=live.dir)
    os.chmod(place, 0o1777)
    try:
        with open(setting, "w") as f:
            f.write("1")
        os.mkfifo(place + "/fifo")
        os.chown(place + "/fifo", 65534, 65534)
        try:
            os.close(os.open(place + "/fifo", os.O_CREAT | os.O_RDWR | os.O_NONBLOCK))
        except PermissionError as e:
            return str(e)
    finally:
        with open(setting, "w") as f:
            f.write(before)


def refused_link(live):
    os.chmod(live.dir, 0o1777)
    target = live.file("roots-own", "x", 0o600)
    try:
        return live.run("ln", target, live.path("nobodys-link"), preexec_fn=become_nobody)
    finally:
        os.chmod(live.dir, 0o755)


def denied_by_fanotify(live):
    path = live.file("watched", "x")
    fd = libc.fanotify_init(FAN_CLASS_CONTENT | FAN_ENABLE_AUDIT | FAN_CLOEXEC, os.O_RDONLY)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "fanotify_init")
    try:
        if libc.fanotify_mark(fd, FAN_MARK_ADD, ctypes.c_uint64(FAN_OPEN_PERM), -100, path.encode()) < 0:
            raise OSError(ctypes.get_errno(), "fanotify_mark")
        child = subprocess.Popen(["cat", path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while child.poll() is None:  # others may open the file too, the sensor for one: they must not wait for ever
            if not select.select([fd], [], [], 0.1)[0]:
                continue
            _, _, _, _, _, opened, pid = struct.unpack_from("=IBBHQii", os.read(fd, 24))
            os.write(fd, struct.pack("=iI", opened, FAN_DENY | FAN_AUDIT if pid == child.pid else FAN_ALLOW))
            os.close(opened)
        return child.returncode
    finally:
        os.close(fd)


def of_kernel(live):
    live.proves("ProcessSeccompViolationNix", "a call that strict seccomp forbids", lambda: live.run(sys.executable, "-c", SECCOMP), op_signal=9, op_name="kill_thread")
    live.proves("FileLinkAnomalyNix", "nobody links a file of root's", lambda: refused_link(live), audit_op="linkat", proc_usr_r_id=65534, file_path=live.path("roots-own"))
    live.proves("FileCreateAnomalyNix", "root opens another's fifo in a sticky directory", lambda: refused_fifo(live), audit_op=lambda o: o and o.startswith("sticky_create"),
                file_name="fifo")
    live.proves("FanotifyDecisionNix", "an open that fanotify denies", lambda: denied_by_fanotify(live), op_value="deny", file_path=live.path("watched"))
    with live.hold(sys.executable, "-c", LOGINUID) as held:
        live.proves("LoginUidSetNix", "a process is given a login user", None, usr_tgt_id=4321, proc_id=held.pid)


def run(live):
    of_kernel(live)
    of_network(live)
    of_user_space(live)
    of_audit(live)
