# SPDX-License-Identifier: Apache-2.0
"""Logons through a real sshd on the loopback interface, with an account of our own. Where no syslog daemon listens at /dev/log,
a thread of this test does its work and writes auth.log. What sshd writes to btmp, wtmp, lastlog and utmp is put back."""
import json
import os
import shutil
import socket
import stat
import struct
import subprocess
import threading
import time

from sensor import wait_for

CONFIG = "[logon]\nwindow_s = 300\nburst = 6\n"
USER, PASSWORD = "aurochs-logon", "Rot-lisch7"
STRANGER = "nobody-like-this"
FILES = {"/var/log/btmp": (0o660, "utmp"), "/var/log/wtmp": (0o664, "utmp"), "/var/log/lastlog": (0o664, "utmp"),
         "/var/log/auth.log": (0o640, "adm"), "/run/utmp": (0o664, "utmp")}
UTMP = struct.Struct("=hxxi32s4s32s256shhiii16s20x")


class Kept:
    """Files as they are now, to be put back: content, owner, mode and times, or that there is none. A copy lies on disk until
    then, so that the next run puts back what one left that was killed."""

    def __init__(self, paths, store="/var/tmp/aurochs-live-logons"):
        self.store = store
        self.put_back()
        self.paths = [p for p in paths if not os.path.exists(p) or os.path.getsize(p) <= 64 << 20]  # a lastlog may be huge and empty
        os.mkdir(store, 0o700)
        facts = {}
        for number, path in enumerate(self.paths):
            facts[path] = None
            if os.path.exists(path):
                s = os.stat(path)
                facts[path] = [number, s.st_uid, s.st_gid, stat.S_IMODE(s.st_mode), s.st_atime_ns, s.st_mtime_ns]
                shutil.copyfile(path, os.path.join(store, str(number)))
        with open(os.path.join(store, "new"), "w") as f:
            json.dump(facts, f)
        os.rename(os.path.join(store, "new"), os.path.join(store, "facts"))  # from here on the copies are whole

    def put_back(self):
        try:
            with open(os.path.join(self.store, "facts")) as f:
                facts = json.load(f)
        except OSError:
            facts = {}
        for path, was in facts.items():
            if was is None:
                if os.path.exists(path):
                    os.unlink(path)
                continue
            with open(os.path.join(self.store, str(was[0])), "rb") as copy, open(path, "wb") as f:
                shutil.copyfileobj(copy, f)
            os.chown(path, was[1], was[2])
            os.chmod(path, was[3])
            os.utime(path, ns=(was[4], was[5]))
        shutil.rmtree(self.store, ignore_errors=True)


class Syslog:
    """What a syslog daemon does with the messages of /dev/log."""

    def __init__(self, path="/dev/log", log="/var/log/auth.log"):
        self.socket, self.path, self.log = None, path, log
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        if os.path.exists(path):
            try:
                self.socket.connect(path)
                self.socket.close()
                self.socket = None
                return
            except ConnectionRefusedError:  # left behind by a daemon, or a test, that was killed
                os.unlink(path)
        self.socket.bind(path)
        os.chmod(path, 0o666)
        threading.Thread(target=self.work, daemon=True).start()

    def work(self):
        while True:
            try:
                message = self.socket.recv(65536)
            except OSError:
                return
            if not message:
                return
            text = message.split(b">", 1)[-1].rstrip(b"\0\n")
            with open(self.log, "ab") as f:  # "Nov 24 14:45:51 " has 16 bytes, the host comes behind it
                f.write(text[:16] + b"host " + text[16:] + b"\n")

    def close(self):
        if self.socket:
            self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()
            os.unlink(self.path)


class Rig:
    def __init__(self, live):
        self.live, self.sshd, self.syslog = live, None, None
        self.kept = Kept(FILES)
        self.made_run = self.made_user = False

    def set_up(self):
        live = self.live
        for path in self.kept.paths:
            mode, group = FILES[path]
            with open(path, "wb"):  # the counts begin at nothing
                pass
            os.chmod(path, mode)
            shutil.chown(path, "root", group)
        self.syslog = Syslog()
        if not os.path.isdir("/run/sshd"):
            os.mkdir("/run/sshd", 0o755)
            self.made_run = True
        self.made_user = True
        live.run("useradd", "--no-create-home", "--home-dir", "/", "--shell", "/bin/sh", USER)
        subprocess.run(["chpasswd"], input="%s:%s\n" % (USER, PASSWORD), universal_newlines=True, check=True)
        for name in ("host", "client"):
            live.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", live.path("logon-" + name))
        shutil.copy(live.path("logon-client.pub"), live.path("logon-keys"))
        for name, word in (("good", PASSWORD), ("bad", "wrong")):
            live.file("logon-" + name, "#!/bin/sh\necho %s\n" % word, 0o755)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        config = live.file("logon-sshd", "Port %d\nListenAddress 127.0.0.1\nHostKey %s\nPidFile none\nUsePAM yes\nStrictModes no\nUseDNS no\n"
                           "PasswordAuthentication yes\nKbdInteractiveAuthentication no\nAuthorizedKeysFile %s\nMaxAuthTries 6\n"
                           % (self.port, live.path("logon-host"), live.path("logon-keys")))
        self.sshd = live.hold(shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-f", config)
        if not wait_for(self.answers, 10):
            raise RuntimeError("sshd does not listen")

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as s:
                return s.recv(4) == b"SSH-"
        except OSError:
            return False

    def ssh(self, *options, user=USER, word="good", command="true"):
        """Status of ssh; a password comes from a program."""
        env = dict(os.environ, SSH_ASKPASS=self.live.path("logon-" + word), SSH_ASKPASS_REQUIRE="force", DISPLAY=":0")
        argv = ["ssh", "-F", "none", "-p", str(self.port), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                "-o", "ControlPath=none", "-o", "IdentityAgent=none"] + list(options) + ["%s@127.0.0.1" % user, command]
        return self.live.run(*argv, env=env)[0]

    def fail(self, user=USER, tries=1):
        return self.ssh("-o", "PreferredAuthentications=password", "-o", "NumberOfPasswordPrompts=%d" % tries, user=user, word="bad")

    def tear_down(self):
        if self.sshd:
            self.sshd.child.terminate()
            self.sshd.let_go()
        if self.syslog:
            self.syslog.close()
        if self.made_user:
            self.live.run("userdel", USER)
        self.kept.put_back()
        if self.made_run:
            os.rmdir("/run/sshd")


def utmp(kind, pid=0, line="", user="", host=""):
    now = time.time()
    return UTMP.pack(kind, pid, line.encode(), b"", user.encode(), host.encode(), 0, 0, 0, int(now), int(now % 1 * 1e6), b"")


def append(path, record):
    with open(path, "ab") as f:
        f.write(record)


def shorten(path):
    os.truncate(path, os.path.getsize(path) - UTMP.size)


def prepare(live):
    live.logons = None
    if not shutil.which("ssh") or not os.path.exists("/usr/sbin/sshd"):
        return
    live.logons = Rig(live)
    live.logons.set_up()


def failures(live, rig):
    """Counted over an end and a start of the sensor, and over a failure between the two."""
    for n in (1, 2):
        live.proves("LogonFailureNix", "wrong password, the %d. within the window" % n, rig.fail, usr_tgt_name=USER, net_src_ipv4="127.0.0.1",
                    auth_btmp_usr_count=n, auth_btmp_ip_count=n, auth_btmp_time_window=300, auth_sources="audit|btmp|log", auth_type="Password")
    live.ends_well(live.sensor, "between two failed logons")
    rig.fail()
    live.sensor = live.start()
    live.proves("LogonFailureNix", "wrong password after a restart: those before it and one while no sensor ran are counted, each once", rig.fail,
                usr_tgt_name=USER, auth_btmp_usr_count=4, auth_btmp_ip_count=4)
    begin = len(live.events("LogonFailureNix"))
    live.proves("LogonFailureNix", "three wrong passwords in one connection", lambda: rig.fail(tries=3), usr_tgt_name=USER, auth_btmp_usr_count=7, auth_btmp_ip_count=7)
    live.tap.claim(len(live.events("LogonFailureNix")) == begin + 3, "three wrong passwords in one connection are three events",
                   *live.events("LogonFailureNix"))
    live.proves("LogonFailBurstNix", "as many as logon.burst within the window", None, net_src_ipv4="127.0.0.1", op_name="address", event_count=6)


def nonsense(rig):
    with socket.create_connection(("127.0.0.1", rig.port), 5) as s:
        s.sendall(b"GET / HTTP/1.0\r\n\r\n")
        try:
            s.settimeout(2)
            while s.recv(4096):
                pass
        except OSError:  # it hangs up without reading the rest
            pass


def all_at_once(live, rig):
    # A failure that nobody told would be there by now.
    failures = live.events("LogonFailureNix")
    live.tap.claim(len(failures) == 5 and not live.events("LogonFailureNix", auth_sources="audit"),
                   "as many LogonFailureNix as wrong passwords: a key that is tried first, a name that is none add nothing",
                   *[{k: e.get(k) for k in ("event_utc_time", "auth_sources", "usr_tgt_name", "auth_btmp_ip_count", "audit_record")} for e in failures])


def logons(live, rig):
    live.proves("LogonSuccessNix", "right password and a terminal", lambda: rig.ssh("-tt", "-o", "PreferredAuthentications=password"), usr_tgt_name=USER,
                auth_type="Password", auth_btmp_usr_count=7, auth_wtmp_usr_count=1, auth_wtmp_ip_count=1, net_src_ipv4="127.0.0.1", auth_sources="audit|wtmp|log")
    shown = live.run("ssh-keygen", "-l", "-f", rig.live.path("logon-client.pub"))[1].decode().split()
    live.proves("LogonSuccessNix", "a key and no terminal", lambda: rig.ssh("-i", live.path("logon-client"), "-o", "PreferredAuthentications=publickey"), usr_tgt_name=USER,
                auth_type="PublicKey", auth_key_algo="ED25519", auth_key_fingerprint=shown[1], auth_wtmp_usr_count=2)
    live.proves("LogonFailureNix", "a user that is none", lambda: rig.fail(user=STRANGER), usr_tgt_name=STRANGER, auth_btmp_usr_count=1, auth_btmp_ip_count=8)
    live.proves("SshErrorNix", "a client that speaks HTTP", lambda: nonsense(rig), net_src_ipv4="127.0.0.1", op_text=lambda t: "HTTP" in t)
    found = live.events("SshInvalidUserNix", usr_tgt_name=STRANGER, net_src_ipv4="127.0.0.1")
    if live.tap.claim(found, "live SshInvalidUserNix: a user that is none"):
        live.proven.add(found[0]["event_type_vendor"])


def files(live):
    pid = os.getpid()
    live.proves("LogonSuccessNix", "a record in wtmp alone", lambda: append("/var/log/wtmp", utmp(7, pid, "tty9", "root")), usr_tgt_name="root", auth_sources="wtmp",
                auth_term_name="tty9")
    live.proves("LogoffNix", "its end in wtmp", lambda: append("/var/log/wtmp", utmp(8, pid, "tty9")), usr_tgt_name="root", auth_term_name="tty9",
                usr_tgt_logon_time=lambda t: t, usr_tgt_logon_uptime=lambda s: s is not None and s < 60, auth_sources="wtmp")
    live.proves("RunLevelChangeNix", "RUN_LVL in wtmp", lambda: append("/var/log/wtmp", utmp(1, ord("5") + 256 * ord("3"), "~", "runlevel", "6.1.0")), op_value="5", op_value_old="3")
    live.proves("SystemShutdownNix", "RUN_LVL of shutdown in wtmp", lambda: append("/var/log/wtmp", utmp(1, 0, "~", "shutdown", "6.1.0")), auth_sources="wtmp")
    live.proves("SystemBootNix", "BOOT_TIME in wtmp", lambda: append("/var/log/wtmp", utmp(2, 0, "~", "reboot", "6.1.0")), auth_sources="wtmp")
    live.proves("UtmpTamperNix", "the last record of wtmp cut off", lambda: shorten("/var/log/wtmp"), file_path="/var/log/wtmp", op_name="truncated")

    def erase():
        with open("/var/log/btmp", "r+b") as f:
            f.write(bytes(UTMP.size))
    live.proves("UtmpTamperNix", "a record of btmp overwritten", erase, file_path="/var/log/btmp", op_name="rewritten")


def run(live):
    rig = live.logons
    if not rig:
        return live.cannot("LogonFailureNix", "logons through sshd", "no ssh client and server here (tools/install-deps test)")
    failures(live, rig)
    logons(live, rig)
    all_at_once(live, rig)
    files(live)


def clean(live):
    if getattr(live, "logons", None):
        live.logons.tear_down()
