# SPDX-License-Identifier: Apache-2.0
"""Accounts, groups, sudo, su and PAM sessions, by the programs of this distribution, on an account and a group that go again."""
import os
import pty
import pwd
import shutil
import sys
import time

from live_test import become_nobody

USER, GROUP, GROUP2 = "aurochs-luser", "aurochs-lgrp", "aurochs-lgrp2"
SUDOERS = "/etc/sudoers.d/aurochs-live"
TOOLS = ("useradd", "usermod", "userdel", "groupadd", "groupmod", "groupdel", "gpasswd", "chage", "chpasswd", "su")
# A PAM session of a program that logs nobody on, step by step: setcred, open_session, close_session, setcred.
SESSION = """
import ctypes, sys
pam = ctypes.CDLL("libpam.so.0")
talk = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
class Conversation(ctypes.Structure):
    _fields_ = [("talk", talk), ("data", ctypes.c_void_p)]
conversation, handle = Conversation(talk(lambda *_: 19), None), ctypes.c_void_p()
assert pam.pam_start(b"other", sys.argv[1].encode(), ctypes.byref(conversation), ctypes.byref(handle)) == 0
print([f(handle, n) for f, n in ((pam.pam_setcred, 2), (pam.pam_open_session, 0), (pam.pam_close_session, 0), (pam.pam_setcred, 4))])
pam.pam_end(handle, 0)
"""


def by_audit(sources):
    """Told by a record, or by that and by what the files say after it."""
    return sources in ("audit", "audit|diff")


def missing():
    return [t for t in TOOLS if not shutil.which(t)]


def clean(live):
    for command in (["userdel", "-r", "-f", USER], ["groupdel", GROUP], ["groupdel", GROUP2]):
        if shutil.which(command[0]):
            live.run(*command)
    if os.path.exists(SUDOERS):
        os.unlink(SUDOERS)


def prepare(live):
    clean(live)


def in_terminal(*argv):
    """Runs a program on a terminal of its own, types exit, and returns what it wrote."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(argv[0], list(argv))
    time.sleep(1)
    text = b""
    try:
        os.write(fd, b"exit\n")
        while True:
            data = os.read(fd, 4096)
            if not data:
                break
            text += data
    except OSError:
        pass
    os.close(fd)
    return os.waitpid(pid, 0)[1], text[-400:]


def of_accounts(live):
    shell = lambda text: live.run("sh", "-c", text)  # noqa: E731
    live.proves("UserAccountCreateNix", "useradd", lambda: live.run("useradd", "-m", USER), auth_service="useradd", auth_sources=by_audit, op_status=1)
    uid = pwd.getpwnam(USER).pw_uid
    live.proves("UserAccountCreateNix", "the new account by its number", None, usr_tgt_id=uid, auth_sources=by_audit)
    live.proves("GroupCreateNix", "the group that useradd makes", None, group_name=USER, auth_sources=by_audit)
    live.proves("UserPasswordChangeNix", "chpasswd", lambda: shell("echo %s:Wrench-battery-7 | chpasswd" % USER), usr_tgt_name=USER, auth_result="success")
    live.proves("UserAccountModifyNix", "usermod -c", lambda: live.run("usermod", "-c", "of a test", USER), usr_tgt_id=uid, auth_op="changing comment")
    live.proves("UserAccountLockNix", "usermod -L", lambda: live.run("usermod", "-L", USER), usr_tgt_id=uid, auth_sources=by_audit)
    live.proves("UserAccountUnlockNix", "usermod -U", lambda: live.run("usermod", "-U", USER), usr_tgt_id=uid, auth_sources=by_audit)
    live.proves("UserPasswordPolicyNix", "chage -M", lambda: live.run("chage", "-M", "90", USER), usr_tgt_id=uid, auth_op="change max age")
    live.proves("GroupCreateNix", "groupadd", lambda: live.run("groupadd", GROUP), auth_service="groupadd", group_id=lambda g: g is not None)
    live.proves("GroupModifyNix", "groupmod -n", lambda: live.run("groupmod", "-n", GROUP2, GROUP), group_name=GROUP2, op_value_old=GROUP, auth_service="groupmod")
    live.proves("GroupMemberAddNix", "gpasswd -a", lambda: live.run("gpasswd", "-a", USER, GROUP2), usr_tgt_name=USER, group_name=GROUP2, auth_sources=by_audit)
    live.proves("GroupMemberRemoveNix", "gpasswd -d", lambda: live.run("gpasswd", "-d", USER, GROUP2), usr_tgt_name=USER, group_name=GROUP2, auth_sources=by_audit)
    live.proves("GroupPasswordNix", "gpasswd -r", lambda: live.run("gpasswd", "-r", GROUP2), group_name=GROUP2, auth_sources=by_audit)
    live.proves("GroupDeleteNix", "groupdel", lambda: live.run("groupdel", GROUP2), auth_service="groupdel", op_status=1)
    return uid


def of_privileges(live, uid):
    live.proves("UserSwitchNix", "su by root", lambda: live.run("su", USER, "-c", "true"), usr_tgt_name=USER, auth_service="su", proc_file_name="su")
    live.proves("AuthSuccessNix", "its authentication", None, usr_tgt_name=USER, auth_service="su")
    live.proves("AuthFailureNix", "su by nobody with a wrong password",
                lambda: live.run("sh", "-c", "echo wrong | su %s -c true" % USER, preexec_fn=become_nobody), usr_tgt_name=USER, auth_service="su", proc_usr_r_id=65534)
    if not shutil.which("sudo"):
        return live.cannot("SudoCommandNix", "sudo", "sudo is not installed")
    with open(SUDOERS, "w") as f:
        f.write("%s ALL=(root) NOPASSWD: /usr/bin/true\n" % USER)
    os.chmod(SUDOERS, 0o440)
    live.proves("SudoCommandNix", "sudo of an allowed command", lambda: live.run("su", USER, "-c", "sudo -n /usr/bin/true 'a b' c"),
                tgt_cmdline=lambda c: c and c.startswith("/usr/bin/true a"), auth_service="sudo", op_status=1, proc_usr_r_id=uid)
    live.proves("SudoCommandNix", "sudo of a forbidden one", lambda: live.run("su", USER, "-c", "sudo -n /usr/bin/id"), tgt_cmdline="/usr/bin/id", op_status=0)


def of_sessions(live):
    live.proves("SessionOpenNix", "a PAM session of a program that is no logon", lambda: live.run(sys.executable, "-c", SESSION, USER),
                usr_tgt_name=USER, auth_op="PAM:session_open", proc_file_name=lambda n: n and n.startswith("python"))
    live.proves("SessionCloseNix", "its end", None, usr_tgt_name=USER, auth_op="PAM:session_close", auth_service=lambda s: s and s.startswith("python"))
    live.proves("CredentialAcquireNix", "its credentials", None, usr_tgt_name=USER, auth_service=lambda s: s and s.startswith("python"))
    live.proves("CredentialDisposeNix", "their end", None, usr_tgt_name=USER, auth_service=lambda s: s and s.startswith("python"))
    login = shutil.which("login")
    if login:
        live.proves("LogonSuccessNix", "login -f on a terminal", lambda: in_terminal(login, "-f", USER), usr_tgt_name=USER, auth_service="login")
        live.proves("LogoffNix", "its end", None, usr_tgt_name=USER, auth_service="login")
    live.run("usermod", "-e", "1", USER)
    live.proves("AccountDeniedNix", "su to an account that has expired", lambda: live.run("su", USER, "-c", "true"), usr_tgt_name=USER, auth_service="su")


def run(live):
    if missing():
        return live.cannot("UserAccountCreateNix", "accounts", "not here: " + ", ".join(missing()))
    uid = of_accounts(live)
    of_privileges(live, uid)
    of_sessions(live)
    live.proves("UserAccountDeleteNix", "userdel -r", lambda: live.run("userdel", "-r", "-f", USER), usr_tgt_id=uid, auth_service="userdel")
