#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every way to get records, beside a real auditd with our plugin, its af_unix plugin and a log that it rotates. TAP.

Four sensors at once see the same acts: by multicast, relay, socket and log; what they tell must be the same. Then a relay whose
sensor stands still, and a sensor that is the audit daemon when auditd comes. Needs root and auditd; puts everything back."""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import audit_kernel  # noqa: E402
from live_test import Live  # noqa: E402
from sensor import PATIENCE, Tap, wait_for  # noqa: E402

MODES = ("multicast", "relay", "socket", "log")
SPAWNS, STORM = 60, 2500
# What records and connector say of a process. What a look at /proc says as well: a short process may be gone before a look.
SAME = ("event_utc_time", "cmdline", "proc_id", "proc_p_id", "proc_cwd", "proc_file_path", "proc_usr_r_id", "proc_usr_e_id", "proc_group_e_id", "op_func_name")
FROM_PROC = ("proc_env", "proc_cgroups", "proc_session_id", "proc_start_time", "proc_p_cmdline", "proc_p_file_path")
AUDITD = """log_file = %(log)s
log_format = %(format)s
log_group = root
flush = NONE
num_logs = 5
max_log_file = 100
max_log_file_action = ROTATE
plugin_dir = %(etc)s/plugins.d
q_depth = 8000
overflow_action = IGNORE
space_left = 2
admin_space_left = 1
space_left_action = IGNORE
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
priority_boost = 0
"""


class Modes(Live):
    def config_of(self, mode):
        rules = "yes" if mode in ("multicast", "unicast") else "no"  # one sensor of a host has rules
        return self.file(mode + ".conf", CONFIG % {"mode": mode, "dir": self.dir, "rules": rules})

    def start_auditd(self, daemon, log_format="ENRICHED"):
        etc, log = self.path("auditd"), self.path("auditd/audit.log")
        shutil.rmtree(etc, ignore_errors=True)
        os.makedirs(etc + "/plugins.d")
        os.chmod(etc, 0o750)
        program = self.path("aurochs-audisp")
        if not os.path.exists(program):
            self.copy(self.o.audisp, "aurochs-audisp")
        self.file("auditd/auditd.conf", AUDITD % {"log": log, "etc": etc, "format": log_format}, 0o640)
        for name, lines in (("aurochs", "path = %s\ntype = always\nargs = %s/relay\n" % (program, self.dir)),
                            ("af_unix", "path = builtin_af_unix\ntype = builtin\nargs = 0640 %s/socket\n" % self.dir)):
            self.file("auditd/plugins.d/%s.conf" % name, "active = yes\ndirection = out\nformat = string\n" + lines, 0o640)
        child = subprocess.Popen([daemon, "-n", "-s", "enable", "-c", etc], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.guardian.started(child.pid)
        return child, log

    def end_auditd(self, auditd):
        if auditd.poll() is None:
            auditd.terminate()
        try:
            auditd.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            auditd.kill()
            auditd.wait()
        self.guardian.ended(auditd.pid)

    def is_registered(self, auditd):
        return wait_for(lambda: auditd.poll() is not None or self.kernel.status()["pid"] == auditd.pid) and auditd.poll() is None

    def told_of(self, sensor, program):
        """Starts and ends of that program, one line each."""
        starts = sorted(tuple(str(e.get(f)) for f in SAME) for e in sensor.find("ProcessCreateNix", proc_file_path=program))
        return starts, len(sensor.find("ProcessExitNix", proc_file_path=program))

    def spawn(self, program, count):
        self.run(self.o.acts, "spawn", str(count), program)

    def same_acts(self, auditd):
        sensors = {}
        for mode in MODES:
            sensors[mode] = self.start(config=self.config_of(mode), state="state-" + mode)
        for mode in MODES:
            how = sensors[mode].wait("SensorStartNix").get("sensor_capture")
            self.tap.claim(how == mode, "%s: that is how it captures" % mode, how, sensors[mode].said())
        # The relay and the socket are connected to when both sides are there.
        program, marker = self.copy(self.o.tiny, "live-modes"), 0
        with self.hold(self.o.tiny, "connected", env={"AUROCHS_MODES": "yes", "PATH": "/bin"}) as p:
            first = {mode: sensors[mode].wait("ProcessCreateNix", proc_id=p.pid) for mode in MODES}
        for mode in MODES:
            self.tap.claim(first[mode], "%s: the first act is told" % mode, sensors[mode].said())
        for turn in range(3):
            self.spawn(program, SPAWNS)
            marker += SPAWNS
            if turn < 2:
                auditd.send_signal(signal.SIGUSR1)
                rotated = wait_for(lambda t=turn: os.path.exists(self.path("auditd/audit.log.%d" % (t + 1))))
                self.tap.claim(rotated, "auditd has rotated its log, %d" % (turn + 1))
        wanted = None
        for mode in MODES:
            sensor = sensors[mode]
            wait_for(lambda s=sensor: len(self.told_of(s, program)[0]) >= marker and self.told_of(s, program)[1] >= marker)
            starts, ends = self.told_of(sensor, program)
            self.tap.claim(len(starts) == marker and ends == marker, "%s: all %d starts and ends are told, once each" % (mode, marker), len(starts), ends)
            if wanted is None:
                wanted = starts
            else:
                odd = [(a, b) for a, b in zip(wanted, starts) if a != b][:3]
                self.tap.claim(starts == wanted, "%s: the same as by multicast, field by field" % mode, *odd)
        reference = first["multicast"]
        for mode in MODES[1:]:
            wrong = [(f, reference.get(f), first[mode].get(f)) for f in FROM_PROC if reference.get(f) != first[mode].get(f)]
            self.tap.claim(not wrong, "%s: /proc was read at the connector's message, though the record came later" % mode, *wrong)
            with_environment = sum(1 for e in sensors[mode].find("ProcessCreateNix", proc_file_path=program) if e.get("proc_env"))
            self.say("%s: environment of %d of %d short processes" % (mode, with_environment, marker))
        lost = {mode: [(e.get("sensor_loss_cause"), e.get("event_count")) for e in sensors[mode].find("SensorDropNix")] for mode in MODES}
        self.say("losses told: %s" % lost)
        return sensors

    def over_a_restart(self, sensor):
        """The log goes on where the sensor stopped."""
        self.tap.claim(sensor.end() == 0, "log: ends well")
        program = self.copy(self.o.tiny, "live-modes-between")
        self.spawn(program, 20)
        again = self.start(config=self.config_of("log"), state="state-log")
        wait_for(lambda: len(again.find("ProcessCreateNix", proc_file_path=program)) >= 20)
        starts = len(again.find("ProcessCreateNix", proc_file_path=program))
        old = len(again.find("ProcessCreateNix", proc_file_path=self.path("live-modes")))
        self.tap.claim(starts == 20 and old == 0, "log: after a restart what was logged meanwhile is told, and nothing twice", starts, old)
        again.end()

    def stands_still(self, sensor, log):
        program = self.copy(self.o.tiny, "live-still")
        os.kill(sensor.pid, signal.SIGSTOP)
        try:
            self.spawn(program, STORM)
            name = ('exe="%s"' % program).encode()

            def logged():
                with open(log, "rb") as f:
                    return sum(1 for line in f if line.startswith(b"type=SYSCALL") and name in line and b"SYSCALL=execve " in line) >= STORM
            complete = wait_for(logged)
        finally:
            os.kill(sensor.pid, signal.SIGCONT)
        self.tap.claim(complete, "the sensor stands still: auditd's own log is complete")
        with self.hold(self.o.tiny, "after") as p:
            self.tap.claim(sensor.wait("ProcessCreateNix", proc_id=p.pid), "relay: it goes on when the sensor does", sensor.said())
        told = len(sensor.find("ProcessCreateNix", proc_file_path=program))
        status = sensor.end()
        dropped = sum(e.get("event_count", 0) for e in sensor.find("SensorDropNix", sensor_loss_cause="relay_drops"))
        self.tap.claim(status == 0 and told < STORM and dropped > STORM - told, "relay: what it could not hand on is counted", status, told, dropped)
        self.say("relay: %d of %d starts told, %d records dropped" % (told, STORM, dropped))

    def beside(self):
        auditd, log = self.start_auditd(self.o.auditd)
        try:
            if not self.is_registered(auditd):
                return self.tap.skip("beside auditd", "it does not start here: status %s" % auditd.poll())
            sensors = self.same_acts(auditd)
            sensors["socket"].end()
            self.over_a_restart(sensors["log"])
            self.stands_still(sensors["relay"], log)
            self.tap.claim(self.kernel.status()["pid"] == auditd.pid, "auditd has kept the stream all the time")
            self.tap.claim(sensors["multicast"].end() == 0, "multicast: ends well", sensors["multicast"].said())
        finally:
            self.end_auditd(auditd)
            self.put_back()

    def gives_way(self):
        """We are the audit daemon, and auditd is started."""
        sensor = self.start(config=self.config_of("unicast"), state="state-unicast")
        self.tap.claim(self.kernel.status()["pid"] == sensor.pid, "unicast: registered")
        auditd, _ = self.start_auditd(self.o.auditd)
        try:
            self.tap.claim(wait_for(lambda: "wants the audit stream" in sensor.said() or self.kernel.status()["pid"] == auditd.pid), "auditd's question is noticed", sensor.said())
            self.tap.claim(wait_for(lambda: "multicast from now on" in sensor.said()), "unicast: the sensor lets go, and listens beside", sensor.said())
            if not self.is_registered(auditd):
                self.end_auditd(auditd)
                auditd, _ = self.start_auditd(self.o.auditd)
            self.tap.claim(self.is_registered(auditd), "auditd has the stream at its next attempt", auditd.poll(), sensor.said())
            with self.hold(self.o.tiny, "beside") as p:
                self.created(sensor, p, "events come all the same")
            self.tap.claim(sensor.end() == 0 and self.kernel.status()["pid"] == auditd.pid, "the sensor ends, auditd stays registered", sensor.said())
        finally:
            self.end_auditd(auditd)
            self.put_back()

    def all(self):
        self.before = self.saved
        self.file("policy.conf", "fold all 0\ncap all 0\n")
        for part in (self.beside, self.gives_way):
            begin = time.monotonic()
            self.guarded(part)
            self.put_back()
            self.say("%s: %.1f s" % (part.__name__, time.monotonic() - begin))


CONFIG = """[capture]
mode = %(mode)s
rules = %(rules)s
relay = %(dir)s/relay
socket = %(dir)s/socket
log = %(dir)s/auditd/audit.log
[profile]
name = default
[events]
policy = %(dir)s/policy.conf
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("aurochsd", "audisp", "acts", "tiny", "rules-dir"):
        parser.add_argument("--" + name, required=True, type=os.path.realpath)
    wanted = parser.parse_args()
    wanted.auditd = next((p for p in ("/sbin/auditd", "/usr/sbin/auditd") if os.access(p, os.X_OK)), None)
    # First the lock: the rules of another test's sensor are no obstacle but a reason to wait.
    if os.geteuid() == 0 and audit_kernel.take_locks(Tap.say, 400) is None:
        print("1..0 # SKIP another test holds the lock")
        return 0
    reason = audit_kernel.obstacle() or (None if wanted.auditd else "no auditd installed")
    if not reason and audit_kernel.Kernel().status()["pid"]:
        reason = "the machine's own audit daemon is registered"
    if reason:
        print("1..0 # SKIP " + reason)
        return 0
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda n, _: sys.exit(128 + n))
    modes = Modes(wanted)
    try:
        modes.all()
    finally:
        wrong = modes.close()
        modes.tap.claim(not wrong, "at the end the kernel is exactly as before", *wrong)
        print("1..%d" % modes.tap.count, flush=True)
    return 1 if modes.tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
