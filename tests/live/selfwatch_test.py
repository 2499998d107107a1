#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does aurochsd know when it is blind, and does it account for every event that it did not tell?

Marked acts: personality(ADDR_NO_RANDOMIZE) of one uid that nobody has, by a rule of their own, so that nothing else of this
machine is in the count. A second reader of the kernel's group says what was sent. Needs root; puts the kernel's state back."""
import argparse
import ctypes
import json
import os
import platform
import re
import signal
import socket
import struct
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import audit_kernel  # noqa: E402
from live_test import Live  # noqa: E402
from sensor import Tap, wait_for  # noqa: E402

UID, ACTS, AFTER, NO_RANDOMIZE = 54321, 20000, 50, 0x40000
POLICY = "fold all 0\ncap all 0\n"
RULE = "-a always,exit -F arch=b64 -S personality -F a0=0x40000 -F uid=%d -k aurochs-kernel\n" % UID
CONFIG = """[sensor]
canary_s = %d
[capture]
guard = no
[control]
socket = %s
[profile]
name = default
[events]
policy = %s
"""
SO_RCVBUFFORCE, AUDIT_LISTENERS = 33, 1


class Listener:
    """Another reader of the group: records and audit events that the kernel sent, without a loss."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, audit_kernel.NETLINK_AUDIT)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 256 << 20)
        self.socket.bind((0, AUDIT_LISTENERS))
        self.socket.settimeout(0.2)
        self.records, self.marked, self.serials, self.stop = 0, set(), set(), False
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while not self.stop:
            try:
                data = self.socket.recv(16384)
            except socket.timeout:
                continue
            except OSError:
                return
            kind = struct.unpack_from("=H", data, 4)[0]
            serial = re.match(rb"audit\([0-9.]+:(\d+)\)", data[16:48])
            if not serial or kind < 1100:
                continue
            self.records += 1
            self.serials.add(int(serial.group(1)))
            if kind == 1300 and b" uid=%d " % UID in data:
                self.marked.add(int(serial.group(1)))

    def end(self):
        self.stop = True
        self.thread.join()
        self.socket.close()


def quiet(value, seconds=1.5):
    """Waits until value() has not changed for so long; returns it."""
    last, since = value(), time.monotonic()
    deadline = since + 60
    while time.monotonic() - since < seconds and time.monotonic() < deadline:
        time.sleep(0.1)
        now = value()
        if now != last:
            last, since = now, time.monotonic()
    return last


def all_syscalls(list_and_flags, action):
    """A rule on every system call, with a key that the safety net knows."""
    mask, fields, values, flags, text = [0xFFFFFFFF] * 63 + [0], [0] * 64, [0] * 64, [0] * 64, b"foreign-test"
    fields[0], values[0], flags[0] = audit_kernel.FIELD_KEY, len(text), audit_kernel.EQUAL
    return struct.pack("=3I256I", list_and_flags, action, 1, *(mask + fields + values + flags)) + struct.pack("=I", len(text)) + text


class SelfWatch(Live):
    def __init__(self, options):
        Live.__init__(self, options)
        self.before = self.saved
        os.mkdir(self.path("rules"))
        self.file("rules/10-marked.rules", RULE)
        self.policy = self.file("policy.conf", POLICY)
        self.no_watches = self.file("no-watches.conf", "version 1\n")
        self.socket = self.path("control.sock")

    def begin(self, canary_s, **more):
        self.file("aurochs.conf", CONFIG % (canary_s, self.socket, self.policy))
        return self.start(rules=self.path("rules"), watches=self.no_watches, **more)

    def status(self):
        code, out, _ = self.run(self.o.aurochsctl, "status", "--json", "--socket", self.socket)
        return json.loads(out.decode()) if code == 0 else {}

    def storm(self, acts=ACTS):
        """Its acts, by a child of that uid."""
        number, call = audit_kernel.ARCHES[platform.machine()][1], ctypes.CDLL(None).syscall
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setgid(UID)
                os.setuid(UID)
                for _ in range(acts):
                    call(number, NO_RANDOMIZE)
            finally:
                os._exit(0)
        self.guardian.started(child)
        os.waitpid(child, 0)
        self.guardian.ended(child)

    # --- blind and seeing again
    def canary(self):
        sensor = self.begin(2)
        start = sensor.wait("SensorStartNix")
        self.tap.claim(start.get("sensor_blind"), "the start says what is not seen here", start)
        seen = wait_for(lambda: self.status().get("canary") == "sees")
        self.tap.claim(seen, "an act of the sensor's own comes back", self.status(), sensor.said())
        self.kernel.add(all_syscalls(4 | 0x10, 0))  # list exit, before all others
        self.told(sensor, "live SensorSelfTestNix: a never rule of the site: blind, and why", "SensorSelfTestNix", op_status=0,
                  good=lambda e: "come first" in e.get("op_text", ""))
        self.tap.claim(str(self.status().get("canary")).startswith("blind: rules of the site come first"), "the status says so", self.status())
        self.kernel.delete(all_syscalls(4, 0))
        self.told(sensor, "removed: it sees again", "SensorSelfTestNix", op_status=1)
        self.kernel.set(enabled=0)
        told = wait_for(lambda: [e for e in sensor.find("SensorSelfTestNix", op_status=0) if "audit is off" in e.get("op_text", "")])
        self.tap.claim(told, "audit turned off: blind, and why", sensor.find("SensorSelfTestNix"))
        self.kernel.set(enabled=1)
        self.tap.claim(wait_for(lambda: len(sensor.find("SensorSelfTestNix", op_status=1)) == 2), "turned on: it sees again", sensor.said())
        self.tap.claim(len(sensor.find("SensorSelfTestNix")) == 4, "each change is told once", sensor.find("SensorSelfTestNix"))
        self.tap.claim(not sensor.find("ProcessPersonalityNix"), "the acts themselves are no events")
        self.questions(sensor)
        self.ends_well(sensor, "after blindness")

    def questions(self, sensor):
        status = self.status()
        ours = len([r for r in self.kernel.rules() if audit_kernel.key(r).startswith("aurochs-")])
        self.tap.claim(status.get("pid") == sensor.pid and status.get("rules") == ours and status.get("mode") == "multicast", "status: pid, mode, rules", status)
        code, out, _ = self.run(self.o.aurochsctl, "status", "--socket", self.socket)
        self.tap.claim(code == 0 and b"canary" in out and b"\033" not in out, "status for people, without colours in a pipe", out)
        held = []
        for _ in range(20):  # who connects and says nothing stops nobody
            s = socket.socket(socket.AF_UNIX)
            s.connect(self.socket)
            held.append(s)
        self.tap.claim(wait_for(self.status), "silent clients are dropped, the next one is answered")
        for s in held:
            s.close()
        code, out, _ = self.run(self.o.aurochsctl, "check", "--json")
        check = json.loads(out.decode())
        self.tap.claim(check["checks"] and all(b["name"] and b["found"] and b["unseen"] and b["remedy"] for b in check["blind"]), "check --json", out[:2000])

    # --- every event told or accounted for
    def stopped_sensor(self):
        sensor = self.begin(0)
        listener = Listener()
        self.tap.claim(wait_for(self.status), "the sensor answers")
        quiet(lambda: listener.records)
        time.sleep(2.5)  # the sensor's figures are a second old at most
        taken, sent, others = self.status()["records"], listener.records, len(listener.serials)
        os.kill(sensor.pid, signal.SIGSTOP)
        self.storm()
        quiet(lambda: listener.records)
        os.kill(sensor.pid, signal.SIGCONT)
        quiet(lambda: self.status().get("records"), 2.5)
        self.storm(AFTER)  # what was lost last is known by the next serial; on a host at rest that is the canary's
        quiet(lambda: self.status().get("records"), 2.5)
        taken, sent = self.status()["records"] - taken, listener.records - sent
        done, foreign = len(listener.marked), len(listener.serials) - others - len(listener.marked)
        status = sensor.end()
        told = len(sensor.find("ProcessPersonalityNix"))
        lost = lambda cause: sum(e.get("event_count", 0) for e in sensor.find("SensorDropNix", sensor_loss_cause=cause))  # noqa: E731
        listener.end()
        gaps, drops = lost("serial_gap"), lost("socket_drops")
        self.say("stopped sensor: %d acts, %d told, %d serials never whole; %d records sent, %d taken, %d dropped; %d foreign audit events"
                 % (done, told, gaps, sent, taken, drops, foreign))
        self.tap.claim(status == 0 and done == ACTS + AFTER, "the kernel sent every act to another reader", done, sensor.said())
        self.tap.claim(gaps > 0 and drops > 0, "a stopped sensor loses, and says so", gaps, drops)
        self.tap.claim(done <= told + gaps <= done + foreign, "audit events: told and accounted for are what was done", told, gaps, foreign)
        self.tap.claim(taken + drops == sent, "records: taken in and dropped are what was sent", taken, drops, sent)
        since = [e.get("sensor_loss_since") for e in sensor.find("SensorDropNix")]
        self.tap.claim(all(since), "each loss says since when", since)
        self.tap.claim(not sensor.find("AuditLostNix"), "the kernel itself lost nothing")
        self.is_as_before("after a sensor that was stopped")

    def stopped_reader(self):
        sensor = self.begin(0, reads=False)
        self.storm()
        wait_for(lambda: self.status().get("records", 0) >= 3 * ACTS)
        full = self.status()
        status = sensor.end()  # lets its output be read; a stop is patient
        lines = len(sensor.all())
        lost = sum(e.get("event_count", 0) for e in sensor.find("SensorDropNix", sensor_loss_cause="outbox_full"))
        stop = (sensor.find("SensorStopNix") or [{}])[-1]
        self.say("stopped reader: %d lines told, %d refused, %d events made; outbox at most %d of %d bytes"
                 % (lines, lost, stop.get("sensor_events", 0) + 1, full.get("outbox_peak_bytes", 0), full.get("outbox_bytes", 0)))
        self.tap.claim(status == 0 and full.get("lost_outbox_full", 0) > 0, "nobody reads: the outbox fills, the status counts it", full)
        self.tap.claim(lines + lost == stop.get("sensor_events", 0) + 1, "events: told and refused are what was made", lines, lost, stop.get("sensor_events"))
        self.tap.claim(not sensor.bad, "no line is torn", *sensor.bad[:3])
        self.is_as_before("after a reader that was stopped")

    def all(self):
        for part in (self.canary, self.stopped_sensor, self.stopped_reader):
            begin = time.monotonic()
            self.guarded(part)
            self.put_back()
            self.say("%s: %.1f s" % (part.__name__, time.monotonic() - begin))


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("aurochsd", "aurochsctl", "rules-dir"):
        parser.add_argument("--" + name, required=True, type=os.path.realpath)
    return parser.parse_args()


def main():
    wanted = options()
    locks = audit_kernel.take_locks(Tap.say, 900) if os.geteuid() == 0 else []  # first: a sensor of another test is no obstacle then
    reason = "another test holds the lock" if locks is None else audit_kernel.obstacle()
    if not reason and platform.machine() not in audit_kernel.ARCHES:
        reason = "the number of personality(2) is not known here"
    if reason:
        print("1..0 # SKIP " + reason)
        return 0
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda n, _: sys.exit(128 + n))
    live = SelfWatch(wanted)
    try:
        live.all()
    finally:
        wrong = live.close()
        live.tap.claim(not wrong, "at the end the kernel is exactly as before", *wrong)
        print("1..%d" % live.tap.count, flush=True)
    return 1 if live.tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
