# SPDX-License-Identifier: Apache-2.0
"""The kernel's audit, spoken to directly, and the safety net around a test that changes it.

Kernel: AUDIT_GET, AUDIT_SET, rules (linux/audit.h). Saved: what stood there before, and the way back to it.
Guardian: a process of its own that goes that way when the test dies. Lock: one such test at a time."""
import errno
import fcntl
import os
import platform
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time

NETLINK_AUDIT = 9
GET, SET, ADD_RULE, DEL_RULE, LIST_RULES = 1000, 1001, 1011, 1012, 1013
NLMSG_ERROR, NLMSG_DONE, NLM_F_REQUEST, NLM_F_ACK = 2, 3, 1, 4
ENABLED, FAILURE, PID, RATE_LIMIT, BACKLOG_LIMIT, WAIT_TIME = 1, 2, 4, 8, 16, 32
STATUS = ("mask", "enabled", "failure", "pid", "rate_limit", "backlog_limit", "lost", "backlog", "features", "backlog_wait_time")
KEPT = {"enabled": ENABLED, "failure": FAILURE, "rate_limit": RATE_LIMIT, "backlog_limit": BACKLOG_LIMIT, "backlog_wait_time": WAIT_TIME}
RULE_HEAD = 12 + 4 * 64 * 4 + 4  # struct audit_rule_data before buf
FIELD_ARCH, FIELD_KEY, EQUAL = 11, 210, 0x40000000
ARCHES = {"x86_64": (0xC000003E, 135), "aarch64": (0xC00000B7, 92)}  # AUDIT_ARCH_*, number of personality(2)


class Kernel:
    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_AUDIT)
        self.socket.settimeout(10)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.serial = 0

    def close(self):
        self.socket.close()

    def ask(self, kind, payload=b"", until=None):
        """Answers of kind `until` (None: the acknowledgement alone); raises OSError as the kernel says."""
        self.serial += 1
        flags = NLM_F_REQUEST | NLM_F_ACK
        self.socket.sendto(struct.pack("=IHHII", 16 + len(payload), kind, flags, self.serial, 0) + payload, (0, 0))
        answers, acknowledged, done = [], False, until != LIST_RULES
        while not (acknowledged and done and (until is None or until == LIST_RULES or answers)):
            data = self.socket.recv(65536)
            if len(data) < 16:
                continue
            _, kind, _, serial, _ = struct.unpack_from("=IHHII", data)
            if serial != self.serial:
                continue
            if kind == NLMSG_ERROR:
                code = -struct.unpack_from("=i", data, 16)[0]
                if code:
                    raise OSError(code, os.strerror(code))
                acknowledged = True
            elif kind == NLMSG_DONE:
                done = True
            elif kind == until:
                answers.append(data[16:])
        return answers

    def status(self):
        data = self.ask(GET, until=GET)[0]
        n = min(len(data) // 4, len(STATUS))
        return dict(zip(STATUS, struct.unpack_from("=%dI" % n, data)))

    def set(self, **values):
        for name, value in values.items():
            words = [0] * 10
            words[0] = PID if name == "pid" else KEPT[name]
            words[STATUS.index(name)] = value
            self.ask(SET, struct.pack("=10I", *words))

    def rules(self):
        return [cut(rule) for rule in self.ask(LIST_RULES, until=LIST_RULES)]

    def add(self, rule):
        self.ask(ADD_RULE, rule)

    def delete(self, rule):
        self.ask(DEL_RULE, rule)


def cut(rule):
    """Without the padding behind buf."""
    return rule[:RULE_HEAD + struct.unpack_from("=I", rule, RULE_HEAD - 4)[0]]


def key(rule):
    count, at = struct.unpack_from("=I", rule, 8)[0], RULE_HEAD
    for i in range(min(count, 64)):
        field, value = (struct.unpack_from("=I", rule, 12 + 256 * block + 4 * i)[0] for block in (1, 2))
        if field == FIELD_KEY:
            return rule[at:at + value].decode("utf-8", "replace")
        if field in (13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 105, 107, 112):  # LSM labels, watch, dir, exe: text in buf
            at += value
    return ""


def harmless_rule(name):
    """always,exit on personality(2), with that key; None on a machine that we do not know."""
    arch, number = ARCHES.get(platform.machine(), (0, 0))
    if not arch:
        return None
    text = name.encode()
    mask, fields, values, flags = [0] * 64, [0] * 64, [0] * 64, [0] * 64
    mask[number // 32] = 1 << number % 32
    fields[:2], values[:2], flags[:2] = (FIELD_ARCH, FIELD_KEY), (arch, len(text)), (EQUAL, EQUAL)
    return struct.pack("=3I256I", 4, 2, 2, *(mask + fields + values + flags)) + struct.pack("=I", len(text)) + text


class Saved:
    """What was there before."""

    def __init__(self, kernel):
        self.status, self.rules = kernel.status(), kernel.rules()

    def restore(self, kernel):
        """Everything back; True when nothing had to be done."""
        now, clean = kernel.status(), True
        if now["enabled"] == 2:
            return False
        if now["pid"] != self.status["pid"] and self.status["pid"] == 0:
            try:
                kernel.set(pid=0)  # a registration whose holder is dead ends with the next one that tries
            except OSError:
                pass
        here = kernel.rules()
        for rule in here:
            if rule not in self.rules and (key(rule).startswith("aurochs-") or key(rule) == "foreign-test"):
                kernel.delete(rule)
                clean = False
        for rule in self.rules:
            if rule not in here:
                kernel.add(rule)
                clean = False
        for name in KEPT:
            if name in now and now[name] != self.status[name]:
                kernel.set(**{name: self.status[name]})
                clean = False
        return clean


def start_ticks(pid):
    try:
        with open("/proc/%d/stat" % pid, "rb") as f:
            return int(f.read().rsplit(b")", 1)[1].split()[19])
    except (OSError, IndexError, ValueError):
        return None


def end(pid, ticks, number=signal.SIGKILL):
    """Only if it is still the process that we started."""
    if ticks is not None and start_ticks(pid) == ticks:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


class Guardian:
    """A child that waits for our end: a farewell, or the closing of the pipe by our death. After a death it ends what we
    started and puts the kernel's state back. It shares the locks' descriptors, so a next test waits for it."""

    def __init__(self, saved, directory):
        read, self.pipe = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.pipe)
                self.guard(read, saved, directory)
            finally:
                os._exit(0)
        os.close(read)

    @staticmethod
    def guard(read, saved, directory):
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        text = b""
        while True:
            data = os.read(read, 4096)
            if not data:
                break
            text += data
        started = {}
        for line in text.decode().split("\n")[:-1]:
            word = line.split()
            if word[0] == "bye":
                return
            if word[0] == "+":
                started[int(word[1])] = int(word[2])
            else:
                started.pop(int(word[1]), None)
        for pid, ticks in started.items():
            end(pid, ticks)
        deadline = time.monotonic() + 10
        while any(start_ticks(p) == t and not is_zombie(p) for p, t in started.items()) and time.monotonic() < deadline:
            time.sleep(0.02)
        saved.restore(Kernel())
        shutil.rmtree(directory, ignore_errors=True)

    def say(self, text):
        os.write(self.pipe, text.encode() + b"\n")

    def started(self, pid):
        self.say("+ %d %d" % (pid, start_ticks(pid) or 0))

    def ended(self, pid):
        self.say("- %d" % pid)

    def farewell(self):
        self.say("bye")
        os.close(self.pipe)
        os.waitpid(self.pid, 0)


def is_zombie(pid):
    try:
        with open("/proc/%d/stat" % pid, "rb") as f:
            return f.read().rsplit(b")", 1)[1].split()[0] == b"Z"
    except (OSError, IndexError):
        return True


def take_locks(say, seconds):
    """Ours, and that of whoever else works on this machine's audit, where there is one. None: not to be had in time."""
    directory, held = tempfile.gettempdir(), []
    for name, flags in (("aurochs-audit-tests.lock", os.O_CREAT), ("aurochs-audit.lock", 0)):
        path = os.path.join(directory, name)
        try:
            fd = os.open(path, os.O_RDWR | os.O_NOFOLLOW | flags, 0o600)
        except OSError as e:
            if e.errno == errno.ENOENT:
                continue
            say("%s: %s" % (path, e.strerror))
            return None
        told, deadline = False, time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if not told:
                    say("waiting for %s" % path)
                    told = True
                if time.monotonic() > deadline:
                    return None
                time.sleep(0.2)
        held.append(fd)
    return held


def has_capability(number):
    with open("/proc/self/status") as f:
        for line in f:
            if line.startswith("CapEff:"):
                return bool(int(line.split()[1], 16) >> number & 1)
    return False


def is_initial(kind):
    """The inode of the first namespace of a kind is a constant of the kernel (since 3.8) for PIDs; that of the network is process 1's."""
    try:
        here = os.stat("/proc/self/ns/" + kind).st_ino
        return here == (0xEFFFFFFC if kind == "pid" else os.stat("/proc/1/ns/" + kind).st_ino)
    except OSError:
        return True  # a kernel that does not say


def obstacle():
    """Why this machine can not run such a test; None: it can."""
    if sys.platform != "linux":
        return "not Linux"
    if os.geteuid() != 0:
        return "needs root"
    if not has_capability(30):
        return "no CAP_AUDIT_CONTROL (a container?)"
    if not is_initial("net") or not is_initial("pid"):
        return "not in the initial network and PID namespaces (a container?)"
    try:
        kernel = Kernel()
        status, ours = kernel.status(), [key(r) for r in kernel.rules() if key(r).startswith("aurochs-")]
        kernel.close()
    except OSError as e:
        if e.errno == errno.EPROTONOSUPPORT:
            return "no audit in this kernel (%s)" % errno.errorcode[e.errno]
        return "audit can not be asked: %s (not the initial namespaces?)" % e
    if status["enabled"] == 2:
        return "audit is locked until the next boot (enabled=2)"
    if ours:
        return "rules of aurochs are in the kernel (%s): a sensor is at work, or was killed; stop it first" % ", ".join(ours)
    if status["pid"] and tuple(int(n) for n in platform.release().split(".")[:2] if n.isdigit()) < (3, 16):
        return "an audit daemon (pid %d) is registered, and this kernel has no multicast" % status["pid"]
    return None
