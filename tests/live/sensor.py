# SPDX-License-Identifier: Apache-2.0
"""Claims in TAP, aurochsd as a child whose events can be waited for, and programs that live until they are let go."""
import fcntl
import json
import os
import signal
import subprocess
import threading
import time

import audit_kernel

PATIENCE = 30  # seconds until a thing that must come counts as missing; a busy machine is slow, not wrong
F_SETPIPE_SZ = 1031


class Tap:
    def __init__(self):
        self.count = self.failed = 0
        self.lock = threading.Lock()

    def claim(self, good, text, *details):
        self.count += 1
        print("%s %d - %s" % ("ok" if good else "not ok", self.count, text), flush=True)
        if not good:
            self.failed += 1
            for detail in details:
                for line in str(detail).split("\n"):
                    self.say(line[:2000])
        return bool(good)

    def skip(self, text, reason):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, text, reason), flush=True)

    @staticmethod
    def say(text):
        print("# " + text, flush=True)


def wait_for(condition, seconds=PATIENCE):
    """What `condition` returns, as soon as it is true; its last word when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(0.02)


class Held:
    """A program that waits on standard input, so that it lives while it is looked at."""

    def __init__(self, guardian, argv, **options):
        options.setdefault("stdout", subprocess.DEVNULL)
        options.setdefault("stderr", subprocess.DEVNULL)
        self.guardian = guardian
        self.child = subprocess.Popen(argv, stdin=subprocess.PIPE, **options)
        self.pid = self.child.pid
        guardian.started(self.pid)

    def let_go(self):
        self.child.stdin.close()
        try:
            status = self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            status = self.child.wait()
        self.guardian.ended(self.pid)
        if self.child.stdout:
            self.child.stdout.close()
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.let_go()


class Sensor:
    """aurochsd. Its standard output is read by a thread as fast as it comes, and parsed when somebody asks."""

    def __init__(self, guardian, argv, reads=True, **options):
        self.guardian, self.raw, self.parsed, self.events, self.bad = guardian, bytearray(), 0, [], []
        self.errors, self.lock, self.may_read = bytearray(), threading.Lock(), threading.Event()
        if reads:
            self.may_read.set()
        self.child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.pid = self.child.pid
        guardian.started(self.pid)
        if reads:
            try:
                fcntl.fcntl(self.child.stdout, F_SETPIPE_SZ, 1 << 20)
            except OSError:
                pass
        self.threads = [threading.Thread(target=self._read, args=a, daemon=True)
                        for a in ((self.child.stdout, self.raw, self.may_read), (self.child.stderr, self.errors, None))]
        for thread in self.threads:
            thread.start()

    def _read(self, pipe, into, may_read):
        if may_read:
            may_read.wait()
        try:  # a reader that starves on a busy machine would lose events of the sensor's, which is another test
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -15)
        except (AttributeError, OSError):
            pass
        while True:
            try:
                data = os.read(pipe.fileno(), 1 << 20)
            except (OSError, ValueError):
                return
            if not data:
                return
            with self.lock:
                into += data

    def said(self):
        with self.lock:
            return self.errors.decode("utf-8", "replace")

    def is_listening(self):
        return bool(wait_for(lambda: "listening" in self.said() or self.child.poll() is not None)) and "listening" in self.said()

    def lines(self):
        with self.lock:
            return bytes(self.raw)

    def all(self):
        """Every event so far, in the order of the lines."""
        with self.lock:
            end = self.raw.rfind(b"\n") + 1
            text = bytes(self.raw[self.parsed:end])
            self.parsed = max(end, self.parsed)
        for line in text.split(b"\n")[:-1]:
            try:
                event = json.loads(line.decode("utf-8"))
                if not isinstance(event, dict) or "event_type" not in event:
                    raise ValueError("no event")
                self.events.append(event)
            except ValueError as e:
                self.bad.append("%s: %r" % (e, line[:300]))
        return self.events

    def find(self, kind, **fields):
        """Events of that type with those values, so far."""
        return [e for e in self.all() if e["event_type"] == kind and all(e.get(k) == v for k, v in fields.items())]

    def wait(self, kind, seconds=PATIENCE, **fields):
        """The first such event, or {} when none comes."""
        at = [0]

        def look():
            events = self.all()
            while at[0] < len(events):
                e = events[at[0]]
                at[0] += 1
                if e["event_type"] == kind and all(e.get(k) == v for k, v in fields.items()):
                    return e
            return None
        return wait_for(look, seconds) or {}

    def end(self, number=signal.SIGINT):
        """Its exit status."""
        self.may_read.set()
        if self.child.poll() is None:
            self.child.send_signal(number)
        return self.ended()

    def ended(self, seconds=PATIENCE):
        """Its exit status when it ends by itself in time; then it is killed, and the status is -9."""
        try:
            status = self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            status = self.child.wait()
        self.guardian.ended(self.pid)
        for thread in self.threads:
            thread.join(PATIENCE)
        for pipe in (self.child.stdout, self.child.stderr):
            pipe.close()
        return status

    def memory_peak(self):
        with open("/proc/%d/status" % self.pid) as f:
            for line in f:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
        return 0


def run(guardian, argv, **options):
    """A program to its end: (status, standard output, standard error)."""
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    guardian.started(child.pid)
    try:
        out, err = child.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
    guardian.ended(child.pid)
    return child.returncode, out, err.decode("utf-8", "replace")


def same_state(saved, kernel, but=()):
    """What differs from `saved`, one line each; empty: nothing."""
    now, rules, found = kernel.status(), kernel.rules(), []
    for name in list(audit_kernel.KEPT) + ["pid"]:
        if name in now and name not in but and now[name] != saved.status[name]:
            found.append("%s: %d before, %d now" % (name, saved.status[name], now[name]))
    if rules != saved.rules:
        found.append("rules before: %s; now: %s" % ([audit_kernel.key(r) for r in saved.rules], [audit_kernel.key(r) for r in rules]))
    return found
