# SPDX-License-Identifier: Apache-2.0
"""Acts of the test in the guest of tools/vm-test, and what must be told of each: type of event and values of fields.

A wanted value may be a function of the value. An act gets nothing and returns anything; None: the act of the row before is
meant. The guest is thrown away, so an act may do what a test on a machine may not."""
import os
import signal
import socket
import subprocess
import sys

import _acts

MARK = "vm-marker-%d" % os.getpid()
TMP = "/var/tmp/aurochs-vm"


def run(*argv, **options):
    options.setdefault("stdout", subprocess.DEVNULL)
    options.setdefault("stderr", subprocess.DEVNULL)
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(argv, timeout=120, **options).returncode


def shell(text, **options):
    return run("sh", "-c", text, **options)


def write(path, text, mode="w"):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, mode) as f:
        f.write(text)


def has(part):
    return lambda value: bool(value) and part in value


def ends(part):
    return lambda value: bool(value) and value.endswith(part)


def as_user(number):
    def become():
        os.setgroups([])
        os.setgid(number)
        os.setuid(number)
    return become


def serve_and_connect():
    """A server and a client of one process: bind, listen, connect and accept."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 40404))
        server.listen(1)
        with socket.create_connection(("127.0.0.1", 40404)):
            server.accept()[0].close()


def refused():
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", 40405))


def attach():
    pid = _acts.sleeper()
    try:
        return _acts.in_child(lambda: _acts.call("ptrace", 16, pid, 0, 0))
    finally:
        _acts.done(pid)


def crash():
    return _acts.in_child(lambda: os.kill(os.getpid(), signal.SIGSEGV), 0)


def from_memory():
    fd = os.memfd_create("aurochs-vm", 0)
    with open("/bin/true", "rb") as f:
        os.write(fd, f.read())
    return run("/proc/self/fd/%d" % fd, pass_fds=[fd])


def raw_socket():
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()


def packet_socket():
    socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM).close()


def failed_open():
    """By somebody who logged in: the rule leaves services out."""
    def act():
        with open("/proc/self/loginuid", "w") as f:
            f.write("1000")
        as_user(1000)()
        try:
            os.open("/etc/shadow", os.O_RDONLY)
        except OSError as e:
            return e.errno
        return 0
    return _acts.in_child(act)


ACTS = [
    ("ProcessCreateNix", "a program", lambda: run("/bin/echo", MARK), dict(cmdline=has(MARK), proc_file_path=ends("/bin/echo"), proc_usr_r_id=0,
                                                                          proc_p_id=os.getpid(), proc_guid=bool, proc_p_guid=bool, op_status=1)),
    ("ProcessExitNix", "its end", None, dict(proc_file_path=ends("/bin/echo"))),
    ("ProcessCreateNix", "a program of another user", lambda: run("/bin/echo", MARK + "-user", preexec_fn=as_user(1000)),
     dict(cmdline=has(MARK + "-user"), proc_usr_r_id=1000, proc_usr_r_name="tester")),
    ("ProcessCreateNix", "a password on a command line", lambda: run("/bin/true", "--password=" + MARK), dict(cmdline=has("--password=***"))),
    ("ProcessCreateFailNix", "a file without the x bit", lambda: (write(TMP + "/no-x", "#!/bin/sh\n"), shell(TMP + "/no-x")), dict(op_exit=-13)),
    ("ScriptExecNix", "a script", lambda: (write(TMP + "/script", "#!/bin/sh\nexit 0\n"), os.chmod(TMP + "/script", 0o755), shell(TMP + "/script")),
     dict(script_path=TMP + "/script")),
    ("FileExecutableDropNix", "it was written", None, dict(file_path=TMP + "/script")),
    ("ScriptInlineNix", "code on a command line", lambda: shell("exit 4"), dict(script_text="exit 4")),
    ("ProcessExecFilelessNix", "a program without a file", from_memory, {}),
    ("MemfdCreateNix", "its memory", None, dict(file_path="/memfd:aurochs-vm")),
    ("ProcessEnvHijackNix", "LD_PRELOAD", lambda: run("/bin/true", env={"LD_PRELOAD": "/tmp/none.so"}), dict(op_text=has("LD_PRELOAD"))),
    ("ProcessSignalDeathNix", "a death by SIGKILL", lambda: shell("kill -KILL $$"), dict(op_signal=9)),
    ("ProcessCrashNix", "a crash", crash, dict(op_signal=11)),
    ("ProcessPtraceAttachNix", "ptrace", attach, dict(op_name="PTRACE_ATTACH", tgt_proc_id=bool)),
    ("ProcessChrootNix", "chroot", lambda: _acts.in_child(lambda: os.chroot(TMP)), dict(file_path=TMP, op_status=1)),
    ("NetworkConnectNix", "a connection", serve_and_connect, dict(net_dst_ipv4="127.0.0.1", net_dst_port=40404, net_proto="TCP", proc_id=os.getpid())),
    ("NetworkAcceptNix", "its other end", None, dict(net_src_ipv4="127.0.0.1", proc_id=os.getpid())),
    ("NetworkBindNix", "its port", None, dict(net_src_port=40404)),
    ("NetworkListenNix", "its server", None, dict(net_src_port=40404)),
    ("NetworkConnectFailNix", "a connection that is refused", refused, dict(net_dst_port=40405, net_op_status=-111)),
    ("NetworkRawSocketNix", "a raw socket", raw_socket, dict(net_proto="ICMP")),
    ("NetworkPacketSocketNix", "a packet socket", packet_socket, dict(net_family="packet")),
    ("NetworkInterfaceCreateNix", "an interface", lambda: run("ip", "link", "add", "vmtest0", "type", "dummy"), dict(dev_iface="vmtest0")),
    ("KernelModuleLoadNix", "the module of it", None, {}),
    ("NetworkInterfaceDeleteNix", "it goes", lambda: run("ip", "link", "del", "vmtest0"), dict(dev_iface="vmtest0")),
    ("KernelModuleUnloadNix", "the module goes", lambda: run("rmmod", "dummy"), dict(op_status=1)),
    ("KernelModuleLoadNix", "another by hand", lambda: run("modprobe", "loop"), {}),
    ("MountAddNix", "a tmpfs", lambda: (os.makedirs(TMP + "/mnt", exist_ok=True), run("mount", "-t", "tmpfs", "vmtest", TMP + "/mnt")),
     dict(mnt_dst=TMP + "/mnt", mnt_type="tmpfs")),
    ("MountRemoveNix", "it goes", lambda: run("umount", TMP + "/mnt"), dict(mnt_dst=TMP + "/mnt")),
    ("NamespaceUnshareNix", "a namespace", lambda: run("unshare", "--uts", "true"), dict(ns_flags=has("uts"))),
    ("HostnameChangeNix", "a name of the host, by a rule of the site", lambda: run("unshare", "--uts", "hostname", "vmtest"), dict(op_name="hostname", op_status=1)),
    ("SysctlChangeNix", "a parameter of the kernel", lambda: run("sysctl", "-w", "kernel.sysrq=1"), dict(sysctl_name="kernel.sysrq", sysctl_value="1")),
    ("CronJobChangeNix", "a job of cron", lambda: write("/etc/cron.d/vmtest", "# none\n"), dict(file_path="/etc/cron.d/vmtest", file_watch_group="persistence.cron")),
    ("SystemdUnitCreateNix", "a unit", lambda: write("/etc/systemd/system/vmtest.service", "[Unit]\n"), dict(file_path="/etc/systemd/system/vmtest.service")),
    ("SshAuthorizedKeysNix", "a key", lambda: write("/root/.ssh/authorized_keys", "# none\n"), dict(file_path="/root/.ssh/authorized_keys")),
    ("LdPreloadChangeNix", "ld.so.preload", lambda: (write("/etc/ld.so.preload", ""), os.unlink("/etc/ld.so.preload")), dict(file_path="/etc/ld.so.preload")),
    ("SystemBinaryModifyNix", "a program of the system", lambda: write("/usr/bin/vmtest", "none\n"), dict(file_path="/usr/bin/vmtest")),
    ("ShadowReadNix", "the passwords", lambda: run("cat", "/etc/shadow"), dict(file_path="/etc/shadow", proc_file_path=ends("/bin/cat"))),
    ("FileAccessDeniedNix", "the passwords by somebody who may not", failed_open, dict(file_path="/etc/shadow", proc_usr_r_id=1000)),
    ("FileSuidSetNix", "the bit of set-user-ID", lambda: os.chmod(TMP + "/no-x", 0o4755), dict(file_path=TMP + "/no-x")),
    ("NamedPipeCreateNix", "a named pipe", lambda: os.mkfifo(TMP + "/fifo"), dict(file_path=TMP + "/fifo")),
    ("LogFileTamperNix", "a log goes", lambda: (write("/var/log/vmtest.log", "x\n"), os.unlink("/var/log/vmtest.log")), dict(file_path="/var/log/vmtest.log")),
    ("UserAccountCreateNix", "useradd", lambda: run("useradd", "-m", "vmuser"), dict(usr_tgt_name="vmuser")),
    ("UserPasswordChangeNix", "chpasswd", lambda: shell("echo vmuser:Wrench-battery-7 | chpasswd"), dict(usr_tgt_name="vmuser")),
    ("AuthFailureNix", "su with a wrong password", lambda: shell("echo wrong | su vmuser -c true", preexec_fn=as_user(1000)),
     dict(usr_tgt_name="vmuser", auth_service="su", proc_usr_r_id=1000)),
    ("UserSwitchNix", "su by root", lambda: run("su", "vmuser", "-c", "true"), dict(usr_tgt_name="vmuser", auth_service="su")),
    ("GroupMemberAddNix", "a member of a group", lambda: run("gpasswd", "-a", "vmuser", "adm"), dict(usr_tgt_name="vmuser", group_name="adm")),
    ("UserAccountDeleteNix", "userdel", lambda: run("userdel", "-r", "-f", "vmuser"), {}),
    ("ServiceStartNix", "a service", lambda: run("systemctl", "start", "systemd-tmpfiles-clean.service"), dict(audit_unit=has("systemd-tmpfiles-clean"))),
    ("AuditConfigChangeNix", "a rule of somebody else", lambda: run("auditctl", "-w", "/etc/vmtest", "-p", "wa", "-k", "vm-foreign"), dict(audit_key="vm-foreign")),
    ("AuditRuleRemovedNix", "it goes", lambda: run("auditctl", "-W", "/etc/vmtest", "-p", "wa", "-k", "vm-foreign"), dict(audit_key="vm-foreign")),
    ("AuditConfigFileNix", "a file of auditd's configuration", lambda: write("/etc/audit/rules.d/vmtest.rules", "## none\n"),
     dict(file_path="/etc/audit/rules.d/vmtest.rules")),
    ("ProcessCreateNix", "Python below this test", lambda: run(sys.executable, "-c", "pass"), dict(proc_p_id=os.getpid(), proc_file_path=has("python3"))),
]
