#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Load profiles (aurochs-profiles(7)) on this machine's kernel: each is switched to by hand; the kernel's rules, what is told of one act
of each family, and what polling finds are those of the profile. All is recorded, and the replay must say the same. TAP.

Needs root; changes the kernel's audit state and puts it back exactly, also when it is killed."""
import fcntl
import os
import shutil
import signal
import socket
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import audit_kernel  # noqa: E402
from live_test import Live, become_nobody, options  # noqa: E402
from sensor import Tap, wait_for  # noqa: E402

NUMBERS = {"default": "1", "highnet": "2", "highproc": "3", "highfile": "4"}
CONFIG = "[profile]\nname = %s\npoll_s = 1\n[events]\npolicy = %s\n"


class Profiles(Live):
    def configure(self, name):
        policy = self.file("policy", "fold all 0\ncap all 0\n")
        self.config = self.file("aurochs.conf", CONFIG % (name, policy))

    def keys(self):
        found = set()
        for rule in self.kernel.rules():
            found.update(audit_kernel.key(rule).split("\x01"))
        return found

    def watched(self, directory):
        return any(directory.encode() + b"aurochs-watch" in rule for rule in self.kernel.rules())

    def switch(self, name):
        before, at = self.profile, len(self.sensor.all())
        self.configure(name)
        self.sensor.child.send_signal(signal.SIGHUP)
        told = wait_for(lambda: [e for e in self.sensor.all()[at:] if e["event_type"] == "SensorProfileSwitchNix"])
        e = told[0] if told else {}
        good = e.get("sensor_cfg_profile") == name and e.get("op_value_old") == before and e.get("sensor_cfg_profile_id") == NUMBERS[name] and e.get("op_text")
        self.tap.claim(good, "live SensorProfileSwitchNix: to %s, with old, new and why" % name, e)
        self.profile = name
        if self.foreign:
            self.tap.claim(self.foreign in self.kernel.rules(), "%s: a rule of somebody else stays" % name)
        self.say("%s: %d rules" % (name, len(self.kernel.rules())))

    def rules_are(self, there, gone):
        ok = wait_for(lambda: there <= self.keys() and not gone & self.keys(), 10)
        if not ok:
            self.say(self.run(self.o.aurochsctl, "rules", "list")[1].decode()[:4000])
        self.tap.claim(ok, "%s: the kernel's rules are those of the profile" % self.profile, "missing %s, too many %s" % (there - self.keys(), gone & self.keys()))

    # --- one act of each family; each returns what was told of it
    def program(self, path=None):
        """(its start as audit told it, as polling told it, its end)"""
        with self.hold(path or self.o.tiny, "hold") as p:
            kinds = ("ProcessCreateNix", "ProcessInfoNix")
            wait_for(lambda: any(self.sensor.find(k, proc_id=p.pid) for k in kinds), 10)
            created, found = (self.sensor.find(k, proc_id=p.pid) for k in kinds)
        wait_for(lambda: self.sensor.find("ProcessExitNix", proc_id=p.pid), 5)
        return created, found, self.sensor.find("ProcessExitNix", proc_id=p.pid)

    def connection(self, wait_kind):
        """Events about a connection of our own, while it stands and after it."""
        server = socket.create_server(("127.0.0.1", 0))
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        taken, _ = server.accept()  # before that nobody holds that end
        e = self.sensor.wait(wait_kind, 10, net_dst_port=port)
        taken.close()
        client.close()
        server.close()
        return port, e

    def file_made(self, name):
        path = self.file(name, "x")
        return wait_for(lambda: self.sensor.find("FileCreateNix", file_path=path), 3)

    # --- profiles
    def in_default(self, again=""):
        self.rules_are({"aurochs-exec", "aurochs-connect", "aurochs-file-denied", "aurochs-watch"}, {"aurochs-exec-setid"})
        created, found, ended = self.program()
        self.tap.claim(created and not found and ended, "default%s: a program's start and end are told by audit" % again, created, found, ended)
        _, e = self.connection("NetworkConnectNix")
        self.tap.claim(e, "default%s: a connection is told" % again)
        wait_for(lambda: self.watched("/tmp"), 10)
        self.tap.claim(self.file_made("in-default" + again.strip()), "default%s: a file is told" % again)

    def in_highnet(self):
        self.switch("highnet")
        self.rules_are({"aurochs-exec", "aurochs-bind", "aurochs-file-denied"}, {"aurochs-connect", "aurochs-accept"})
        port, e = self.connection("NetworkConnectionInfoNix")
        self.tap.claim(e.get("inventory_op_type") in ("Added", "Snapshot") and e.get("net_dst_ipv4") == "127.0.0.1", "live NetworkConnectionInfoNix: polling finds a connection", e)
        self.tap.claim(e.get("proc_id") == os.getpid(), "highnet: and whose it is", e)
        gone = self.sensor.wait("NetworkConnectionInfoNix", 10, net_dst_port=port, inventory_op_type="Removed")
        self.tap.claim(gone, "highnet: polling finds that it is gone")
        opened = self.sensor.find("NetworkPortOpenInfoNix", net_src_port=port)
        self.tap.claim({e["inventory_op_type"] for e in opened} & {"Added", "Snapshot"}, "live NetworkPortOpenInfoNix: polling finds the port", opened)
        self.tap.claim(not self.sensor.find("NetworkConnectNix", net_dst_port=port), "highnet: no connect is told")
        created, _, _ = self.program()
        self.tap.claim(created, "highnet: a program is told")
        self.tap.claim(self.file_made("in-highnet"), "highnet: a file is told")

    def in_highproc(self):
        self.switch("highproc")
        self.rules_are({"aurochs-exec-setid", "aurochs-exec-memory", "aurochs-connect", "aurochs-file-denied"}, {"aurochs-exec"})
        created, found, ended = self.program()
        e = found[0] if found else {}
        self.tap.claim(e.get("proc_issnapshot") is True and not created, "highproc: polling finds a program, audit does not tell it", e, created)
        self.tap.claim(e.get("cmdline") == self.o.tiny + " hold" and e.get("proc_p_id") == os.getpid() and e.get("proc_guid"), "highproc: with line, parent, identity", e)
        self.tap.claim(ended and ended[0].get("proc_guid") == e.get("proc_guid"), "highproc: the end of what was found is told", ended)
        pids = []
        for _ in range(100):
            p = os.posix_spawn("/bin/true", ["/bin/true"], {})
            os.waitpid(p, 0)
            pids.append(p)
        program = self.copy(self.o.tiny, "suid", 0o4755)
        if os.statvfs(self.dir).f_flag & os.ST_NOSUID:
            self.tap.skip("highproc: a setuid program is told by audit", "%s is mounted nosuid" % self.dir)
        else:
            with self.hold(program, "hold", preexec_fn=become_nobody) as p:
                self.told(self.sensor, "highproc: a setuid program is told by audit", "ProcessCreateNix", lambda e: e.get("proc_usr_e_id") == 0, proc_id=p.pid)
        memory = "/dev/shm/aurochs-profile-%d" % os.getpid()
        shutil.copyfile(self.o.tiny, memory)
        os.chmod(memory, 0o755)
        try:
            created, _, _ = self.program(memory)
            self.tap.claim(created, "highproc: a program in memory is told by audit")
        finally:
            os.unlink(memory)
        seen = {e["proc_id"] for kind in ("ProcessCreateNix", "ProcessExitNix") for e in self.sensor.find(kind)}
        self.tap.claim(len(seen & set(pids)) < 10, "highproc: short programs are not told one by one", len(seen & set(pids)))
        _, e = self.connection("NetworkConnectNix")
        self.tap.claim(e, "highproc: a connection is told")
        self.tap.claim(self.file_made("in-highproc"), "highproc: a file is told")

    def in_highfile(self):
        self.switch("highfile")
        self.rules_are({"aurochs-exec", "aurochs-connect", "aurochs-watch"}, {"aurochs-file-denied", "aurochs-file-times"})
        self.tap.claim(wait_for(lambda: not self.watched("/tmp"), 10), "highfile: /tmp is not watched any more")
        self.tap.claim(not self.file_made("in-highfile"), "highfile: a file is not told")
        created, _, _ = self.program()
        self.tap.claim(created, "highfile: a program is told")
        path = self.path("marked")
        shutil.copyfile(self.o.tiny, path)
        os.chmod(path, 0o4755)
        self.told(self.sensor, "highfile: what matters of files is told", "FileSuidSetNix", file_path=path)
        self.say("highfile: %d rules" % len(self.kernel.rules()))

    def storm(self):
        """auto with a budget of 1 %: its readings are taken, and a storm of seconds switches nothing."""
        at = len(self.sensor.all())
        self.config = self.file("aurochs.conf", (CONFIG % ("auto", self.path("policy"))).replace("poll_s", "cpu_percent = 1\npoll_s"))
        self.sensor.child.send_signal(signal.SIGHUP)
        end = time.monotonic() + 3
        while time.monotonic() < end:
            os.waitpid(os.posix_spawn("/bin/true", ["/bin/true"], {}), 0)
        self.program()
        switched = [e for e in self.sensor.all()[at:] if e["event_type"] == "SensorProfileSwitchNix"]
        lost = [e for e in self.sensor.all()[at:] if e["event_type"] in ("SensorDropNix", "AuditLostNix")]
        self.tap.claim(not switched or lost, "auto: a storm of seconds without a loss is no reason to switch", *switched)

    def all(self):
        if self.foreign:
            self.kernel.add(self.foreign)
        self.before = audit_kernel.Saved(self.kernel)
        self.configure("default")
        self.profile = "default"
        record = self.path("recording")
        self.sensor = self.start("--record", record)
        for part in (self.in_default, self.in_highnet, self.in_highproc, self.in_highfile):
            self.guarded(part)
        self.switch("default")
        self.guarded(self.in_default, " again")
        self.guarded(self.storm)
        self.ends_well(self.sensor, "after all profiles")
        status, again, err = self.run(self.o.aurochsctl, "replay", record)
        lines = self.sensor.lines()
        differ = [(a, b) for a, b in zip(lines.split(b"\n"), again.split(b"\n")) if a != b][:1]
        self.tap.claim(status == 0 and lines == again, "the replay of the recording says the same, byte for byte",
                       "%d lines live, %d replayed" % (lines.count(b"\n"), again.count(b"\n")), err, *differ)
        self.sensor = self.start(config=self.file("started.conf", CONFIG % ("highproc", self.path("policy"))))
        self.profile = "highproc"
        self.rules_are({"aurochs-exec-setid"}, {"aurochs-exec"})
        self.told(self.sensor, "a start in a profile", "SensorStartNix", sensor_cfg_profile="highproc")
        self.ends_well(self.sensor, "after a start in highproc")


def main():
    wanted = options()
    reason = audit_kernel.obstacle()
    if reason:
        print("1..0 # SKIP " + reason)
        return 0
    locks = audit_kernel.take_locks(Tap.say, 400)
    if locks is None:
        print("1..0 # SKIP another test holds the lock")
        return 0
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda n, _: sys.exit(128 + n))
    live = Profiles(wanted)
    try:
        live.all()
    finally:
        wrong = live.close()
        live.tap.claim(not wrong, "at the end the kernel is exactly as before", *wrong)
        print("1..%d" % live.tap.count, flush=True)
    for fd in locks:
        fcntl.flock(fd, fcntl.LOCK_UN)
    return 1 if live.tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
