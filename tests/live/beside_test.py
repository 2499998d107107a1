#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""aurochsd beside others who use the kernel's audit: auditd that comes and goes, a site that reloads its rules, somebody who
removes ours, a second aurochsd, and SIGKILL at any moment. TAP on standard output.

Needs root, auditd and auditctl. Changes the kernel's audit state and puts it back exactly, also when it is killed (Guardian).
Rules of the site have the key foreign-test. --rounds N: so many SIGKILLs (200 take about two minutes)."""
import argparse
import fcntl
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import audit_kernel  # noqa: E402
from live_test import Live  # noqa: E402
from sensor import PATIENCE, Sensor, Tap, wait_for  # noqa: E402

EXECS = 200
RESTORES = 6  # limits::kRestores
SEIZE = "import ctypes,sys;p=ctypes.CDLL(None,use_errno=True).ptrace;p.argtypes=[ctypes.c_long]*4;sys.exit(p(0x4206,int(sys.argv[1]),0,0) != 0)"


class Beside(Live):
    def __init__(self, options):
        Live.__init__(self, options)
        os.mkdir(self.path("few"))
        for name in ("10-exec.rules", "40-acts.rules"):
            shutil.copy(os.path.join(options.rules_dir, name), self.path("few"))
        self.few, self.all_watches = self.path("few"), self.watches
        self.watches = self.file("few-watches.conf", "version 1\nw CronJobChangeNix a /etc/crontab\n")

    def site(self, *words):
        status, out, err = self.run(self.o.auditctl, *words)
        if status:
            raise RuntimeError("auditctl %s: %s %s" % (words, out, err))

    def ours(self):
        """Without the one that keeps our threads out of audit while they start."""
        return [r for r in self.kernel.rules() if audit_kernel.key(r).startswith("aurochs-") and audit_kernel.key(r) != "aurochs-quiet"]

    def theirs(self):
        return [r for r in self.kernel.rules() if audit_kernel.key(r) == "foreign-test"]

    def spawned(self, name):
        """A program of its own, started EXECS times."""
        program = self.copy(self.o.tiny, name)
        status, out, _ = self.run(self.o.acts, "spawn", str(EXECS), program)
        self.tap.claim(status == 0 and int(out) == EXECS, "%s: %d starts" % (name, EXECS), out)
        return program

    def seen(self, sensor, program):
        def count():
            return sum(1 for e in sensor.find("ProcessCreateNix", proc_file_path=program)) >= EXECS
        wait_for(count)
        return len(sensor.find("ProcessCreateNix", proc_file_path=program))

    # --- rules that somebody takes away
    def removed(self):
        self.kernel.add(self.foreign)
        sensor = self.start(watches=self.all_watches)
        ours, took = len(self.ours()), []
        self.told(sensor, "live SensorRulesUpdateNix: the load of our rules is told", "SensorRulesUpdateNix", op_name="loaded", event_count=ours)
        for i in range(3):
            self.site("-D")
            begin = time.monotonic()
            wait_for(lambda: [r for r in self.ours() if audit_kernel.key(r) == "aurochs-exec"])
            took.append(time.monotonic() - begin)
            self.tap.claim(wait_for(lambda: len(self.ours()) == ours), "auditctl -D, time %d: ours are back" % (i + 1), len(self.ours()), sensor.said())
            took.append(time.monotonic() - begin)
            wait_for(lambda n=i + 1: len(sensor.find("SensorRulesUpdateNix", op_name="put_back")) == n)
        self.say("%d rules; seconds until those for execs, and all, were back: %s" % (ours, " ".join("%.2f" % t for t in took)))
        self.tap.claim(not self.theirs(), "auditctl -D: the site's own rule stays gone")
        back = sensor.find("SensorRulesUpdateNix", op_name="put_back")
        self.tap.claim([e.get("event_count") for e in back] == [ours] * 3, "each return is told with its number of rules", back)
        self.before.rules = [r for r in self.before.rules if r != self.foreign]
        self.reloaded(sensor, ours)
        self.ends_well(sensor, "after auditctl -D and a reload")
        gone = [e for e in sensor.find("AuditRuleRemovedNix") if e.get("audit_key", "").startswith("aurochs-")]
        self.tap.claim(gone and all(e.get("proc_file_tgt_name") == "auditctl" and e.get("proc_id") for e in gone), "who removed ours is told", gone[:3])
        self.tap.claim(sum(e.get("event_count", 0) for e in gone) == 4 * ours and len(gone) <= 8, "each removal is counted, and told once or twice",
                       "%d events for %d rules" % (len(gone), 4 * ours))
        self.tap.claim(not [e for e in sensor.all() if e["event_type"][:9] == "AuditRule" and e.get("proc_id") == sensor.pid], "what the sensor does itself is no event")

    def reloaded(self, sensor, ours):
        """As augenrules --load does it: one file that begins with -D."""
        self.site("-R", self.file("site.rules", "-D\n-w %s -p wa -k foreign-test\n-a always,exit -F arch=b64 -S personality -k foreign-test\n" % self.path("few")))
        self.tap.claim(wait_for(lambda: len(self.ours()) == ours and len(self.theirs()) == 2), "a reload of the site's rules: both are there", sensor.said())
        wait_for(lambda: len(sensor.find("SensorRulesUpdateNix", op_name="put_back")) == 4)
        for rule in self.theirs():
            self.kernel.delete(rule)

    def turned_off(self):
        sensor = self.start(rules=self.few)
        self.site("-e", "0")
        self.tap.claim(wait_for(lambda: self.kernel.status()["enabled"] == 1), "auditctl -e 0: on again", sensor.said())
        self.told(sensor, "auditctl -e 0: told with who did it", "AuditDisabledNix", lambda e: e.get("proc_file_tgt_name") == "auditctl")
        self.told(sensor, "auditctl -e 0: that it is on again is told", "SensorRulesUpdateNix", op_name="turned_on")
        with self.hold(self.o.tiny, "hold") as p:
            self.created(sensor, p, "auditctl -e 0: events come after it")
        self.site("-b", "512")
        self.tap.claim(wait_for(lambda: "backlog_limit to 512" in sensor.said()), "a lowered backlog_limit is said", sensor.said())
        status = sensor.end()
        now = self.kernel.status()
        self.tap.claim(status == 0 and now["enabled"] == 0 and now["backlog_limit"] == 512, "a lowered backlog_limit stays as its owner set it", status, now)
        self.kernel.set(backlog_limit=self.before.status["backlog_limit"])

    def fight(self):
        sensor = self.start(rules=self.few)
        deadline = time.monotonic() + PATIENCE
        while not sensor.find("SensorRulesUpdateNix", op_name="given_up") and time.monotonic() < deadline:
            self.site("-D")
            time.sleep(0.05)
        self.told(sensor, "a fight: given up, and told", "SensorRulesUpdateNix", op_name="given_up")
        self.tap.claim(len(sensor.find("SensorRulesUpdateNix", op_name="put_back")) == RESTORES, "a fight: put back %d times before" % RESTORES)
        self.site("-D")
        time.sleep(1.5)  # a time in which they would have come back
        self.tap.claim(not self.ours(), "a fight: left alone then", len(self.ours()))
        self.tap.claim("again and again" in sensor.said(), "a fight: the log says so", sensor.said())
        self.ends_well(sensor, "after a fight")

    # --- rules of the site that come before ours
    def site_first(self):
        hidden = self.copy(self.o.tiny, "live-hidden")
        self.site("-a", "never,exit", "-F", "arch=b64", "-S", "execve", "-F", "exe=" + hidden, "-k", "foreign-test")
        self.site("-a", "always,exit", "-F", "arch=b64", "-S", "execve,kill", "-k", "foreign-test")
        self.before = audit_kernel.Saved(self.kernel)
        sensor = self.start(rules=self.few)
        with self.hold(self.o.tiny, "hold") as p:
            self.created(sensor, p, "a rule of the site takes the exec: told all the same", audit_key="foreign-test", op_syscall="execve")
        os.kill(sensor.pid, signal.SIGCONT)
        self.told(sensor, "a rule of the site takes the signal: told all the same", "SensorSignalNix", op_name="SIGCONT", audit_key="foreign-test")
        with self.hold(hidden, "hold") as p, self.hold(self.o.tiny, "hold") as q:
            self.created(sensor, q, "beside a never rule the others are told")
            self.tap.claim(not sensor.find("ProcessCreateNix", proc_id=p.pid), "a never rule of the site is kept")
        self.ends_well(sensor, "with rules of the site before ours")
        for rule in self.theirs():
            self.kernel.delete(rule)

    # --- acts on the sensor
    def on_itself(self):
        sensor = self.start(rules=self.few)
        os.kill(sensor.pid, 0)
        os.kill(sensor.pid, signal.SIGCONT)
        self.told(sensor, "live SensorSignalNix: a signal to the sensor, with who sent it", "SensorSignalNix", op_name="SIGCONT", op_signal=int(signal.SIGCONT),
                  proc_id=os.getpid(), tgt_proc_id=sensor.pid)
        status, _, err = self.run(sys.executable, "-c", SEIZE, str(sensor.pid))
        if status:
            self.tap.skip("a tracer of the sensor is told", "not permitted here")
        else:
            self.told(sensor, "a tracer of the sensor is told", "SensorSignalNix", op_name="PTRACE_SEIZE", tgt_proc_id=sensor.pid)
        self.ends_well(sensor, "after acts on the sensor", signal.SIGTERM)
        signals = [(e.get("op_name"), e.get("proc_id")) for e in sensor.find("SensorSignalNix")]
        self.tap.claim(all(pid != sensor.pid for _, pid in signals) and ("SIGTERM", os.getpid()) in signals, "the SIGTERM is told, signals of its own are not", signals)
        self.tap.claim("from pid %d" % os.getpid() in sensor.find("SensorStopNix")[0].get("op_text", ""), "the stop says who asked for it")

    def second(self):
        sensor = self.start(rules=self.few)
        status, out, err = self.run(*self.arguments(rules=self.few, state="state-2"))
        self.tap.claim(status == 3 and "pid %d" % sensor.pid in err and not out, "a second sensor with rules is refused, the first one named", status, err)
        rules = self.kernel.rules()
        other = self.start(rules=self.few, state="state-2", config=self.file("no-rules.conf", "[capture]\nrules = no\n"))
        with self.hold(self.o.tiny, "hold") as p:
            self.created(sensor, p, "beside one without rules the first one goes on")
            self.created(other, p, "a second one with capture.rules = no runs beside it")
        self.tap.claim(other.end() == 0 and self.kernel.rules() == rules and self.kernel.status()["enabled"] == 1, "its end changes nothing for the first one")
        self.ends_well(sensor, "after a second sensor")

    # --- auditd
    def daemon_runs(self, child):
        if not wait_for(lambda: child.poll() is not None or self.kernel.status()["pid"] == child.pid) or child.poll() is not None:
            raise RuntimeError("auditd does not start here: status %s" % child.poll())

    def daemon_ends(self, child):
        if child.poll() is None:
            child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        self.guardian.ended(child.pid)
        wait_for(lambda: self.kernel.status()["pid"] == 0)

    def again(self, daemon, etc):
        child = subprocess.Popen([daemon, "-n", "-s", "enable", "-c", etc], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.guardian.started(child.pid)
        self.daemon_runs(child)
        return child

    def both(self, sensor, log, name):
        program = self.spawned(name)

        def logged():
            with open(log, "rb") as f:
                return f.read().count(b'exe="%s"' % program.encode())
        wait_for(lambda: logged() >= EXECS)
        self.tap.claim(logged() == EXECS, "%s: auditd's log has all" % name, "%d of %d" % (logged(), EXECS))
        self.tap.claim(self.seen(sensor, program) == EXECS, "%s: we tell all" % name, "%d of %d" % (self.seen(sensor, program), EXECS))

    def auditd(self):
        child, log = self.start_auditd(self.o.auditd)
        alone, children = self.before, [child]
        try:
            self.daemon_runs(child)
            self.kernel.add(self.foreign)
            self.before = audit_kernel.Saved(self.kernel)
            sensor = self.start(rules=self.few)
            self.both(sensor, log, "auditd-before-us")
            self.daemon_ends(children.pop())
            program = self.spawned("auditd-stopped")
            self.tap.claim(self.seen(sensor, program) == EXECS, "auditd-stopped: we tell all")
            children.append(self.again(self.o.auditd, self.path("auditd")))
            self.both(sensor, log, "auditd-restarted")
            self.before.status["pid"] = children[0].pid
            self.ends_well(sensor, "beside auditd, which was restarted")
            self.daemon_ends(children.pop())
            self.kernel.set(enabled=0)
            sensor = self.start(rules=self.few)
            children.append(self.again(self.o.auditd, self.path("auditd")))
            self.both(sensor, log, "auditd-after-us")
            self.before.status["pid"] = children[0].pid
            self.ends_well(sensor, "with auditd that came after us")
        finally:
            for child in children:
                self.daemon_ends(child)
            if self.foreign in self.kernel.rules():
                self.kernel.delete(self.foreign)
            self.before = alone
            self.put_back()

    # --- SIGKILL
    def one_round(self, i, dice):
        """Kills a sensor at a random moment: of its start, under a storm, of its stop. Its pid when it listened before."""
        sensor = Sensor(self.guardian, self.arguments(rules=self.few))
        how = i % 3
        if how == 0:
            time.sleep(dice.random() * 0.15)
        elif sensor.is_listening():
            storm = subprocess.Popen([self.o.acts, "spawn", "30", self.o.tiny], stdout=subprocess.DEVNULL)
            self.guardian.started(storm.pid)
            time.sleep(dice.random() * 0.05)
            if how == 2:
                sensor.child.send_signal(signal.SIGTERM)
                time.sleep(dice.random() * 0.05)
            if sensor.child.poll() is None:
                sensor.child.send_signal(signal.SIGKILL)
            storm.wait()
            self.guardian.ended(storm.pid)
        listened = "listening" in sensor.said()
        status = sensor.end(signal.SIGKILL)
        return sensor.pid if listened and status == -signal.SIGKILL else None

    def broken_state(self):
        if not os.path.exists(self.path("state/state.db")):
            return None
        base = sqlite3.connect(self.path("state/state.db"))
        try:
            word = base.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            base.close()
        return None if word == "ok" else word

    def killed(self):
        dice, wrong, last = random.Random(4), [], None
        with self.hold("sleep", "1000") as sleeper:
            first = self.start(rules=self.few)
            guid = first.wait("ProcessInfoNix", proc_id=sleeper.pid).get("proc_guid")
            count = len(self.ours())
            self.ends_well(first, "before the SIGKILLs")
            self.tap.claim(not first.find("SensorRestartNix"), "no restart is told where the last run ended in order")
            for i in range(self.o.rounds):
                last = self.one_round(i, dice) or last
                rules = self.kernel.rules()
                if len(set(rules)) != len(rules) or len(self.ours()) > 2 * count:
                    wrong.append("round %d: %d rules, %d different" % (i, len(rules), len(set(rules))))
                if self.broken_state():
                    wrong.append("round %d: %s" % (i, self.broken_state()))
            self.tap.claim(not wrong, "%d times SIGKILL: no rule twice, state.db is whole" % self.o.rounds, *wrong[:5])
            sensor = self.start(rules=self.few)
            self.tap.claim(len(self.ours()) == count, "the next start has its rules and no others", len(self.ours()))
            self.tap.claim(guid and sensor.wait("ProcessInfoNix", proc_id=sleeper.pid).get("proc_guid") == guid, "identities of processes go on", guid)
            self.ends_well(sensor, "after %d SIGKILLs" % self.o.rounds)
            sensor = self.start(rules=self.few)
            sensor.wait("ProcessInfoNix", proc_id=sleeper.pid)
            sensor.end(signal.SIGKILL)
            after = self.start(rules=self.few)
            self.told(after, "live SensorRestartNix: names the run that was killed", "SensorRestartNix",
                      lambda e: "not end in order" in e.get("op_text", "") and e.get("sensor_loss_since"), tgt_proc_id=sensor.pid)
            self.ends_well(after, "after the restart that was told")
            sleeper.child.kill()

    def all(self):
        parts = (self.removed, self.turned_off, self.fight, self.site_first, self.on_itself, self.second, self.auditd, self.killed)
        wanted = self.o.only.split(",") if self.o.only else []
        for part in parts:
            if wanted and part.__name__ not in wanted:
                continue
            self.before = audit_kernel.Saved(self.kernel)
            begin = time.monotonic()
            self.guarded(part)
            self.put_back()
            self.say("%s: %.1f s" % (part.__name__, time.monotonic() - begin))


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("aurochsd", "aurochsctl", "acts", "tiny", "rules-dir"):
        parser.add_argument("--" + name, required=True, type=os.path.realpath)
    parser.add_argument("--only", default="", help="parts, joined by commas")
    parser.add_argument("--rounds", type=int, default=40, help="SIGKILLs")
    result = parser.parse_args()
    result.sanitized, result.again = False, sys.argv[1:]
    result.auditd, result.auditctl = (shutil.which(n, path="/sbin:/usr/sbin") for n in ("auditd", "auditctl"))
    return result


def main():
    wanted = options()
    if not wanted.auditd or not wanted.auditctl:
        print("1..0 # SKIP no auditd and auditctl installed")
        return 0
    locks = audit_kernel.take_locks(Tap.say, 400)
    if locks is None:
        print("1..0 # SKIP another test holds the lock")
        return 0
    reason = audit_kernel.obstacle()
    if not reason and (audit_kernel.Kernel().status()["pid"] or audit_kernel.Kernel().rules()):
        reason = "this machine's own auditd or rules are there: auditctl -D would remove them"
    if reason or not audit_kernel.harmless_rule("x"):
        print("1..0 # SKIP " + (reason or "unknown machine"))
        return 0
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda n, _: sys.exit(128 + n))
    live = Beside(wanted)
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
