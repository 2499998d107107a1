# SPDX-License-Identifier: Apache-2.0
"""Acts on processes and on the host by syscalls: signals, roots, priorities, limits, prctl; clock, name, reboot, accounting, keys."""
import os

import _acts
from _acts import call, in_child

NOBODY = 65534


def as_nobody(act):
    """What act returns to a process without rights: the call is seen, and refused."""
    def run():
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        return act()
    return lambda: in_child(run)


def signals(live):
    pid = _acts.sleeper()
    try:
        live.proves("ProcessSignalSendNix", "SIGSTOP by kill", lambda: call("kill", pid, 19), op_signal=19, op_name="SIGSTOP", tgt_proc_id=pid,
                    tgt_proc_guid=bool, proc_id=os.getpid())
        live.proves("ProcessSignalSendNix", "SIGINT by pidfd_send_signal, refused", as_nobody(
            lambda: call("pidfd_send_signal", call("pidfd_open", pid, 0), 2, 0, 0)), op_signal=2, tgt_proc_id=pid, op_status=0, op_exit=-1)
        live.proves("ProcessSignalSendNix", "SIGTERM by tgkill", lambda: call("tgkill", pid, pid, 15), op_signal=15, tgt_proc_id=pid)
    finally:
        _acts.done(pid)


def processes(live):
    root = live.path("root")
    os.mkdir(root)
    live.proves("ProcessChrootNix", "chroot of a child", lambda: in_child(lambda: os.chroot(root)), file_path=root, op_status=1)
    live.proves("ProcessPivotRootNix", "pivot_root that fails", lambda: in_child(lambda: call("pivot_root", root.encode(), root.encode())),
                file_path=root, op_value=root, op_status=0)
    live.proves("ProcessPriorityChangeNix", "setpriority to 5", lambda: in_child(lambda: os.setpriority(os.PRIO_PROCESS, 0, 5)),
                op_name="PRIO_PROCESS", op_value="5")
    live.proves("ProcessPriorityChangeNix", "sched_setscheduler to batch", lambda: in_child(
        lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))), op_value="SCHED_BATCH")
    limit = (_acts.ctypes.c_ulong * 2)(64, 64)
    live.proves("ProcessLimitChangeNix", "prlimit64 of open files", lambda: in_child(lambda: call("prlimit64", 0, 7, limit, 0)), op_value="RLIMIT_NOFILE")
    live.proves("ProcessPersonalityNix", "personality without random addresses", lambda: in_child(lambda: call("personality", 0x40000)),
                op_value="ADDR_NO_RANDOMIZE")
    live.proves("ProcessDumpableNix", "prctl PR_SET_DUMPABLE", lambda: in_child(lambda: call("prctl", 4, 0)), op_name="PR_SET_DUMPABLE", op_value="0")


def host(live):
    time = (_acts.ctypes.c_long * 2)(1000000000, 0)
    live.proves("TimeChangeNix", "clock_settime, refused", as_nobody(lambda: call("clock_settime", 0, time)), op_value="CLOCK_REALTIME", op_status=0)
    live.proves("TimeChangeNix", "settimeofday, refused", as_nobody(lambda: call("settimeofday", time, 0)), op_value="CLOCK_REALTIME", op_exit=-1)
    name = b"aurochs-live"

    def rename():
        call("unshare", 0x04000000)
        return call("sethostname", name, len(name))
    live.proves("HostnameChangeNix", "sethostname in a namespace of its own", lambda: in_child(rename), op_name="hostname", op_status=1,
                op_value=lambda v: v is None)
    live.proves("RebootRequestNix", "reboot with numbers that it refuses", lambda: in_child(lambda: call("reboot", 1, 2, 0x4321FEDC, 0)),
                op_value="POWER_OFF", op_status=0)
    live.proves("AccountingChangeNix", "acct to a file that is not there", lambda: in_child(lambda: call("acct", b"/nonexistent/acct")),
                op_value="on", file_path="/nonexistent/acct", op_status=0)
    live.proves("KernelKeyringNix", "add_key", lambda: in_child(lambda: call("add_key", b"user", b"aurochs:live", b"x", 1, -1)), op_name="add_key")
    live.proves("KernelKeyringNix", "keyctl", lambda: in_child(lambda: call("keyctl", 0, -1, 0)), op_name="GET_KEYRING_ID")

    def adjust():  # the rate by 2^-16 of a millionth, and back; a call that changes nothing has no record
        timex = (_acts.ctypes.c_long * 26)()
        call("adjtimex", timex)
        timex[0] = 2  # ADJ_FREQUENCY; its value is the third word
        timex[2] += 1
        done = call("adjtimex", timex)
        timex[2] -= 1
        return done, call("adjtimex", timex)
    live.proves("TimeAdjustNix", "adjtimex of the rate", lambda: in_child(adjust), op_name="freq", op_value=bool, op_value_old=bool)


def run(live):
    signals(live)
    processes(live)
    host(live)
