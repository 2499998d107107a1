# SPDX-License-Identifier: Apache-2.0
"""Changes of a process's own credentials."""
import ctypes
import os

from _acts import call, in_child


def capabilities(mask):
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    call("capget", header, data)
    for i in (0, 1):  # effective and permitted; 3 and 4 are their upper halves
        data[i] &= mask
        data[i + 3] = 0
    return call("capset", header, data)


def run(live):
    kind = "ProcessPrivChangeNix"
    e = live.proves(kind, "setresuid of root to another", lambda: in_child(lambda: os.setresuid(4242, 4243, 4244)), vendor="ProcessUIDChange",
                    proc_usr_r_id=4242, proc_usr_e_id=4243, proc_usr_s_id=4244, proc_usr_r_id_old=0, proc_usr_e_id_old=0, proc_priv_how="setresuid")
    live.tap.claim(e.get("proc_usr_s_id_old") in (0, None), "the saved id before is root's, or not known", e)

    def to_and_fro():
        os.setresuid(-1, 4245, 0)
        os.setresuid(0, 0, 0)
    live.proves(kind, "seteuid and back: the first", lambda: in_child(to_and_fro), vendor="ProcessUIDChange", proc_usr_e_id=4245, proc_usr_e_id_old=0,
                proc_usr_r_id_old=lambda v: v is None)
    live.proves(kind, "seteuid and back: the second", None, vendor="ProcessUIDChange", proc_usr_e_id=0, proc_usr_e_id_old=4245)
    live.proves(kind, "setfsuid", lambda: in_child(lambda: call("setfsuid", 4246)), vendor="ProcessUIDChange", proc_usr_fs_id=4246,
                op_value="4246", op_value_old="0")
    live.proves(kind, "setresgid", lambda: in_child(lambda: os.setresgid(4247, 4247, 4247)), vendor="ProcessGIDChange", proc_group_e_id=4247,
                proc_group_e_id_old=0)
    live.proves(kind, "setgroups", lambda: in_child(lambda: os.setgroups([1, 2, 3])), vendor="ProcessGroupsChange", op_value="3")
    live.proves(kind, "capset", lambda: in_child(lambda: capabilities(0x3)), vendor="ProcessCapSet", proc_cap_pe=3, proc_cap_pp=3)
    live.proves(kind, "prctl PR_CAPBSET_DROP", lambda: in_child(lambda: call("prctl", 24, 21)), vendor="ProcessCapDrop", op_value="CAP_SYS_ADMIN")
    live.proves(kind, "prctl PR_SET_SECUREBITS", lambda: in_child(lambda: call("prctl", 28, 1)), vendor="ProcessSecurebits", op_value="NOROOT")
    live.proves(kind, "prctl PR_SET_NO_NEW_PRIVS", lambda: in_child(lambda: call("prctl", 38, 1, 0, 0, 0)), vendor="ProcessNoNewPrivs", op_value="1")

    def same():
        os.setresuid(0, 0, 0)
        return os.getpid()
    pid = in_child(same)[0]
    live.run("true")
    live.proves("ProcessCreateNix", "a program, so that what came before has come", lambda: live.run("true"), proc_file_name="true")
    told = live.events(kind, proc_id=pid)
    live.tap.claim(not told, "setresuid to the ids that it has is not told", *told[:2])
