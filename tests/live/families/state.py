# SPDX-License-Identifier: Apache-2.0
"""Accounts, kernel parameters, room on a file system, processes: what is seen as a difference between two looks. One account
and one group are made with the tools of the host and are gone at the end; one kernel parameter of the loopback device's
kind is changed and put back."""
import os
import time

NAME = "aurochs-livst"
GROUP = "aurochs-livstg"
RATELIMIT = "/proc/sys/kernel/printk_ratelimit"
SUDOERS = "/etc/sudoers.d/aurochs-livst"
DISK = "/tmp/aurochs-livst-disk"
CONFIG = "[observe]\nscan_s = 1\ndisks = /|%s\n" % DISK

RWX = """
import mmap, sys
m = mmap.mmap(-1, 8192, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
sys.stdin.read()
"""
MEMFD = """
import mmap, os, sys
fd = os.memfd_create("aurochs-livst")
os.write(fd, b"x" * 4096)
m = mmap.mmap(fd, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)
sys.stdin.read()
"""
# SCHED_RR: 90 % of a core also on a busy machine; the kernel leaves 5 % of it to others.
BUSY = "import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))\nwhile True: pass"


def prepare(live):
    clean(live)
    os.mkdir(DISK)
    live.run("mount", "-t", "tmpfs", "-o", "size=1m", "none", DISK)


def apart():
    """The files rest: what was done before is a look of its own."""
    time.sleep(1.2)


def accounts(live):
    about = {"usr_tgt_name": NAME}
    live.proves("UserAccountCreateNix", "useradd", lambda: live.run("useradd", "-M", "-s", "/bin/sh", "-c", "live test", "-d", "/nonexistent/livst", NAME),
                usr_tgt_id=lambda i: i and i >= 1000, usr_tgt_shell="/bin/sh", usr_tgt_home_dir="/nonexistent/livst", usr_tgt_attrib="BlockedPassword", **about)
    apart()
    live.proves("GroupCreateNix", "groupadd", lambda: live.run("groupadd", GROUP), group_name=GROUP, group_id=lambda i: i and i >= 1000)
    apart()
    live.proves("UserAccountModifyNix", "usermod -s", lambda: live.run("usermod", "-s", "/usr/sbin/nologin", NAME),
                usr_tgt_shell="/usr/sbin/nologin", usr_tgt_shell_old="/bin/sh", op_name="shell", **about)
    apart()
    hashed = "$6$livetest$" + "a" * 86
    changed = live.proves("UserPasswordChangeNix", "usermod -p", lambda: live.run("usermod", "-p", hashed, NAME), usr_tgt_pwd_algo="sha512crypt", **about)
    live.tap.claim(not any("livetest" in str(v) for k, v in changed.items() if k not in ("cmdline", "proc_p_cmdline", "proc_anc_cmdlines")), "live: no part of a hash in the event", changed)
    apart()
    live.proves("UserAccountLockNix", "passwd -l", lambda: live.run("passwd", "-l", NAME), usr_tgt_attrib="BlockedPassword", **about)
    apart()
    live.proves("UserAccountUnlockNix", "passwd -u", lambda: live.run("passwd", "-u", NAME), usr_tgt_attrib=None, **about)
    apart()
    live.proves("UserPasswordPolicyNix", "chage -M 60 -W 9", lambda: live.run("chage", "-M", "60", "-W", "9", NAME), usr_tgt_pwd_age_max=60, usr_tgt_pwd_age_warn=9, **about)
    apart()
    live.proves("UserEmptyPasswordNix", "passwd -d", lambda: live.run("passwd", "-d", NAME), usr_tgt_attrib="EmptyPassword", **about)
    apart()
    live.run("usermod", "-p", "!", NAME)
    apart()


def groups(live):
    about = {"group_name": GROUP}
    live.proves("GroupMemberAddNix", "gpasswd -a", lambda: live.run("gpasswd", "-a", NAME, GROUP), usr_tgt_name=NAME, **about)
    apart()
    live.proves("GroupMemberRemoveNix", "gpasswd -d", lambda: live.run("gpasswd", "-d", NAME, GROUP), usr_tgt_name=NAME, **about)
    apart()
    live.proves("GroupModifyNix", "groupmod -g", lambda: live.run("groupmod", "-g", "3998", GROUP), group_id=3998, group_id_old=lambda i: i and i >= 1000, **about)
    apart()
    live.proves("GroupPasswordNix", "groupmod -p", lambda: live.run("groupmod", "-p", "$6$livetest$" + "a" * 86, GROUP), group_pwd_exists=True, **about)
    apart()
    live.proves("GroupDeleteNix", "groupdel", lambda: live.run("groupdel", GROUP), **about)
    apart()
    live.proves("UserUidZeroNix", "usermod -o -u 0", lambda: live.run("usermod", "-o", "-u", "0", NAME), usr_tgt_name=NAME, usr_tgt_id=0,
                usr_tgt_id_old=lambda i: i and i >= 1000)
    apart()
    live.proves("UserAccountDeleteNix", "userdel", lambda: live.run("userdel", "-f", NAME), usr_tgt_name=NAME, usr_tgt_id=0)


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


def sudoers(live):
    rule = "Defaults:%s !lecture" % NAME
    if not os.path.isdir(os.path.dirname(SUDOERS)):
        return live.cannot("SudoersChangeNix", "a rule in sudoers.d", "no sudo on this host")
    live.proves("SudoersChangeNix", "a rule that came", lambda: write(SUDOERS, rule + "\n"), file_path=SUDOERS, sudoers_rule="+" + rule)


def kernel(live):
    with open(RATELIMIT) as f:
        before = f.read().strip()
    try:
        live.proves("SysctlChangeNix", "kernel.printk_ratelimit", lambda: write(RATELIMIT, str(int(before) + 2)), sysctl_name="kernel.printk_ratelimit",
                    sysctl_value=str(int(before) + 2), sysctl_value_old=before)
    finally:
        write(RATELIMIT, before)
    live.proves("DiskPressureNix", "a tmpfs that fills up", lambda: write(os.path.join(DISK, "full"), "x" * 1040000), mnt_dst=DISK, op_name="room")


def processes(live):
    for kind, program, protection in (("anonymous", RWX, "rwx"), ("memfd", MEMFD, "r-x")):
        held = []
        live.proves("MemoryAnomalyNix", kind, lambda: held.append(live.hold("python3", "-c", program)), seconds=90, op_name=kind, mem_prot=protection,
                    proc_id=lambda pid: held and pid == held[0].pid, proc_file_name=lambda n: n and n.startswith("python3"))
        held[0].let_go()
    busy = []
    if os.getloadavg()[0] > os.cpu_count() * 0.75:  # nobody has a core for himself
        return live.cannot("ProcessResourceAnomalyNix", "a loop without end", "the machine is busy")
    live.proves("ProcessResourceAnomalyNix", "a loop without end", lambda: busy.append(live.hold("python3", "-c", BUSY)), seconds=45,
                proc_id=lambda pid: busy and pid == busy[0].pid, proc_cpu_pct=lambda p: p and p >= 90, proc_rss=lambda r: r and r > 1000000)
    os.kill(busy[0].pid, 9)
    busy[0].let_go()


def run(live):
    kernel(live)
    processes(live)
    sudoers(live)
    accounts(live)
    groups(live)


def clean(live):
    for path in (SUDOERS,):
        if os.path.exists(path):
            os.unlink(path)
    with open("/etc/passwd") as f:
        if NAME + ":" in f.read():
            live.run("userdel", "-f", NAME)
    with open("/etc/group") as f:
        text = f.read()
    for name in (GROUP, NAME):
        if name + ":" in text:
            live.run("groupdel", name)
    while os.path.ismount(DISK):
        live.run("umount", DISK)
    if os.path.isdir(DISK):
        os.rmdir(DISK)
