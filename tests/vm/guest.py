#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inside the guest of tools/vm-test, as a service: starts the sensor beside auditd, does the acts of acts.py and compares, kills,
stops and reloads the sensor, and looks at what is left. TAP on the second serial line."""
import collections
import json
import os
import re
import signal
import subprocess
import sys
import time
import traceback

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
LIVE = os.path.join(os.path.dirname(HERE), "live")
sys.path += [LIVE, os.path.join(LIVE, "families")]  # behind our own acts
from sensor import Tap, wait_for  # noqa: E402
import acts  # noqa: E402

EVENTS, AUDIT_LOG, UNIT = "/var/log/aurochs/events.json", "/var/log/audit/audit.log", "aurochsd.service"
PATIENCE = 60  # an emulated guest on a busy machine is slow, not wrong
STORM = 300


def output(*argv):
    return subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300).stdout.decode("utf-8", "replace")


def audit_status():
    """Of auditctl -s, as numbers."""
    return {k: int(v) for k, v in re.findall(r"^(\w+) (\d+)$", output("auditctl", "-s"), re.M)}


def rules(ours):
    return [line for line in output("auditctl", "-l").split("\n") if line.startswith("-") and (re.search(r"(-k |key=)aurochs-", line) is not None) == ours]


def unit(name):
    return output("systemctl", "show", "-p", name, "--value", UNIT).strip()


class Events:
    """The file that the unit appends to, read as it grows."""

    def __init__(self):
        self.events, self.bad, self.at = [], [], 0

    def all(self):
        try:
            with open(EVENTS, "rb") as f:
                f.seek(self.at)
                text = f.read()
        except FileNotFoundError:
            return self.events
        text = text[:text.rfind(b"\n") + 1]
        self.at += len(text)
        for line in text.split(b"\n")[:-1]:
            try:
                self.events.append(json.loads(line.decode("utf-8")))
            except ValueError:
                self.bad.append(line[:300])
        return self.events

    def find(self, kind, begin=0, **fields):
        def fits(e):
            return all(w(e.get(n)) if callable(w) else e.get(n) == w for n, w in fields.items())
        return [e for e in self.all()[begin:] if e.get("event_type") == kind and fits(e)]

    def wait(self, kind, begin=0, seconds=PATIENCE, **fields):
        return wait_for(lambda: self.find(kind, begin, **fields), seconds) or []


class Guest:
    def __init__(self):
        self.tap, self.events, self.pid = Tap(), Events(), 0

    def listens(self, what):
        """Active with a main process that is another than before."""
        def ready():
            pid = int(unit("MainPID") or 0)
            return pid if pid not in (0, self.pid) and unit("ActiveState") == "active" else 0
        pid = wait_for(ready, PATIENCE * 2)
        self.tap.claim(pid, what, unit("ActiveState"), output("journalctl", "-u", UNIT, "-n", "20", "--no-pager"))
        self.pid = pid or self.pid
        return pid

    def before(self):
        self.status, self.site = audit_status(), rules(False)
        systemd, auditctl = (output(*call).split("\n")[0] for call in (("systemctl", "--version"), ("auditctl", "-v")))
        self.tap.say("Linux %s, %s, %s, Python %s" % (os.uname().release, systemd, auditctl, sys.version.split()[0]))
        active = output("systemctl", "is-active", "auditd").strip() == "active"
        self.tap.claim(active and self.status.get("pid") and self.status.get("enabled") == 1, "auditd runs and is the kernel's", self.status)
        self.tap.claim(len(self.site) == 3, "it has loaded the rules of the site", *self.site)

    def starts(self):
        begin = time.monotonic()
        said = output("systemctl", "start", UNIT)
        self.tap.claim(not said, "systemctl start ends when the sensor says that it is ready", said)
        self.tap.say("start until ready: %.1f s" % (time.monotonic() - begin))
        self.listens("the sensor runs as a service")
        status = audit_status()
        self.tap.claim(status.get("pid") == self.status["pid"], "auditd is still the kernel's audit daemon", status)
        self.tap.claim(status.get("backlog_limit", 0) >= 8192 and status.get("enabled") == 1, "backlog_limit is raised from that of the site", status)
        listed = output("auditctl", "-l").split("\n")
        self.ours = rules(True)
        self.tap.claim(len(self.ours) > 50 and rules(False) == self.site, "our rules are loaded, those of the site are as before", len(self.ours), *rules(False))
        self.tap.say("%d rules of ours" % len(self.ours))
        exits = [line for line in listed if "-S execve" in line]
        self.tap.claim(exits and "site-exec" in exits[0], "the site's rule for exec stands before ours", *exits)
        self.hardened()

    def hardened(self):
        with open("/proc/%d/status" % self.pid) as f:
            about = dict(re.findall(r"^(\w+):\s*(\S+)", f.read(), re.M))
        self.tap.claim(about.get("NoNewPrivs") == "1" and about.get("Seccomp") == "2", "no new privileges, and a filter of system calls", about)
        bound, permitted, effective = (int(about[name], 16) for name in ("CapBnd", "CapPrm", "CapEff"))
        self.tap.claim(bound == permitted == effective and bin(effective).count("1") == 10, "ten capabilities are left", about)
        self.tap.claim(os.readlink("/proc/%d/ns/mnt" % self.pid) == os.readlink("/proc/1/ns/mnt"), "it sees the mounts of the host")
        said = [line for line in output("journalctl", "-u", UNIT, "-o", "cat", "--no-pager").split("\n") if "hardening" in line]
        self.tap.claim(not said, "nothing of that failed", *said)

    def does(self):
        os.makedirs(acts.TMP, exist_ok=True)
        begin = time.monotonic()
        for kind, what, act, fields in acts.ACTS:
            if act:
                start = len(self.events.all())
                try:
                    result = act()
                except Exception:
                    self.tap.claim(False, "%s: %s" % (kind, what), traceback.format_exc())
                    continue
            found = self.events.wait(kind, start, **fields)
            near = [] if found else [{k: v for k, v in e.items() if k[:4] not in ("dev_", "sens")} for e in self.events.find(kind, start)][:3]
            self.tap.claim(found, "%s: %s" % (kind, what), "wanted %s" % sorted(fields), "the act gave %r" % (result,), *near)
        self.tap.say("%d acts in %.0f s" % (len(acts.ACTS), time.monotonic() - begin))
        self.tap.claim(int(unit("MainPID")) == self.pid and unit("NRestarts") == "0", "the sensor was not started again meanwhile", unit("NRestarts"))

    def storm(self):
        """Programs as fast as they come: both have every one, or what is missing is accounted."""
        mark, begin, start = "vm-storm-%d" % os.getpid(), time.monotonic(), len(self.events.all())
        for i in range(STORM):
            acts.run("/bin/true", "%s-%d." % (mark, i))
        self.tap.say("%d programs in %.1f s" % (STORM, time.monotonic() - begin))

        def seen():
            return {m for e in self.events.find("ProcessCreateNix", start, cmdline=acts.has(mark)) for m in re.findall(mark + r"-(\d+)\.", e["cmdline"])}
        wait_for(lambda: len(seen()) == STORM, PATIENCE)
        lost = sum(e.get("event_count", 0) for e in self.events.find("SensorDropNix", start) + self.events.find("AuditLostNix", start))
        self.tap.claim(len(seen()) == STORM or lost, "every program of a storm is told, or its loss is", "%d of %d, %d lost" % (len(seen()), STORM, lost))
        self.tap.say("the storm: %d of %d told, %d accounted as lost" % (len(seen()), STORM, lost))

        def logged():
            with open(AUDIT_LOG, errors="replace") as f:
                return set(re.findall(mark + r"-(\d+)\.", f.read()))
        wait_for(lambda: len(logged()) == STORM, PATIENCE)
        self.tap.claim(len(logged()) == STORM, "auditd's log has every program of the storm", len(logged()))

    def compares(self):
        """Every audit event that we told is in auditd's log, with the site's key where that rule was first."""
        with open(AUDIT_LOG, errors="replace") as f:
            log = f.read()
        logged = set(map(int, re.findall(r"msg=audit\([\d.]+:(\d+)\)", log)))
        ours = {e["event_serial"] for e in self.events.all() if e.get("event_log_source") == "LinuxAudit" and e.get("event_serial")}
        missing = sorted(ours - logged)
        self.tap.claim(ours and not missing, "auditd's log has every audit event that we tell of", "%d of %d" % (len(missing), len(ours)), missing[:20])
        own = [e for e in self.events.find("ProcessCreateNix", cmdline=acts.has(acts.MARK)) if e.get("event_serial")]
        key = {e["event_serial"] for e in own}
        keyed = {int(s) for s in re.findall(r"type=SYSCALL msg=audit\([\d.]+:(\d+)\).*key=\"site-exec\"", log)}
        self.tap.claim(key and key & keyed, "an exec that a rule of the site took is told all the same", len(key), len(key & keyed))
        gaps = self.events.find("SensorDropNix")
        self.tap.claim(not gaps, "nothing was lost", *gaps[:5])
        self.tap.say("%d audit events told, %d in auditd's log" % (len(ours), len(logged)))

    def reloads(self):
        policy, config, start = "/etc/aurochs/policy.conf", "/etc/aurochs/aurochs.conf", len(self.events.all())
        acts.write(policy, "drop Nothing\n")
        acts.write(config, "[events]\npolicy = %s\n" % policy)
        acts.run("systemctl", "reload", UNIT)
        self.tap.claim(self.events.wait("SensorConfigRejectNix", start), "systemctl reload with a policy that is wrong is refused")
        acts.write(policy, "")
        acts.run("systemctl", "reload", UNIT)
        self.tap.claim(self.events.wait("SensorConfigApplyNix", start), "and with a good one is taken")
        self.tap.claim(int(unit("MainPID")) == self.pid, "by the same process")

    def guid(self, start):
        """Of this test, as the parent of a program."""
        acts.run("/bin/echo", "guid")
        found = self.events.wait("ProcessCreateNix", start, proc_p_id=os.getpid(), cmdline=acts.has("echo guid"))
        return found[-1].get("proc_p_guid") if found else None

    def comes_again(self, how, act):
        start = len(self.events.all())
        guid = self.guid(start)
        begin = len(self.events.all())
        act()
        if not self.listens("%s: systemd starts the sensor again" % how):
            return
        told = self.events.wait("SensorStartNix", begin)
        self.tap.claim(told, "%s: it tells its start" % how)
        again = self.guid(self.events.all().index(told[0]) if told else begin)
        self.tap.claim(guid and guid == again, "%s: a process has the same guid after it" % how, guid, again)
        count = collections.Counter(rules(True))
        self.tap.claim(set(count) == set(self.ours) and max(count.values()) == 1, "%s: our rules are there once, not twice" % how, sorted(set(count) ^ set(self.ours))[:10])
        self.tap.claim(rules(False) == self.site, "%s: those of the site are as before" % how, *rules(False))
        self.tap.claim(self.events.wait("SensorRestartNix", begin), "%s: it tells that its last run ended badly" % how)

    def ours_again(self, what, start):
        found = wait_for(lambda: set(rules(True)) == set(self.ours) and rules(False) == self.site, PATIENCE)
        self.tap.claim(found, "%s: our rules come back, those of the site are as before" % what, len(rules(True)), *rules(False))
        self.tap.claim(self.events.wait("SensorRulesUpdateNix", start), "%s: that is told" % what)

    def site_reloads(self):
        """What an administrator's tools do: the first line of the site's rules is -D."""
        start = len(self.events.all())
        output("auditctl", "-R", "/etc/audit/audit.rules")  # augenrules --load does nothing where nothing changed
        self.ours_again("the rules of the site loaded again", start)

    def auditd_restarts(self):
        start, old = len(self.events.all()), self.status["pid"]
        os.kill(old, signal.SIGTERM)
        self.tap.claim(wait_for(lambda: audit_status().get("pid") == 0, PATIENCE), "auditd stops", audit_status())
        acts.run("/bin/echo", "no-auditd")
        self.tap.claim(self.events.wait("ProcessCreateNix", start, cmdline=acts.has("no-auditd")), "without auditd: a program is told")
        output("systemctl", "start", "auditd")
        wait_for(lambda: audit_status().get("pid") not in (0, old), PATIENCE)
        self.status["pid"] = audit_status().get("pid")
        self.tap.claim(self.status["pid"] not in (0, old, self.pid), "auditd starts beside us", audit_status())
        self.ours_again("auditd started again", start)
        acts.run("/bin/echo", "with-auditd")
        self.tap.claim(self.events.wait("ProcessCreateNix", start, cmdline=acts.has("with-auditd")), "and a program is told")

    def figures(self):
        def seconds(path):
            with open(path) as f:
                name, rest = f.read().split("(", 1)[1].rsplit(")", 1)
            return name, sum(map(int, rest.split()[11:13])) / os.sysconf("SC_CLK_TCK")
        with open("/proc/%d/status" % self.pid) as f:
            about = dict(re.findall(r"^(\w+):\s*(\d+)", f.read(), re.M))
        threads = [seconds("/proc/%d/task/%s/stat" % (self.pid, t)) for t in os.listdir("/proc/%d/task" % self.pid)]
        self.tap.say("RSS %d KiB, peak %d KiB, CPU %.1f s" % (int(about["VmRSS"]), int(about["VmHWM"]), seconds("/proc/%d/stat" % self.pid)[1]))
        self.tap.say("CPU by thread: " + ", ".join("%s %.1f s" % t for t in sorted(threads, key=lambda t: -t[1])))

    def stops(self):
        begin = time.monotonic()
        acts.run("systemctl", "stop", UNIT)
        took = time.monotonic() - begin
        self.tap.say("stop: %.1f s" % took)
        said = output("journalctl", "-u", UNIT, "-n", "10", "--no-pager")
        self.tap.claim(unit("Result") == "success" and unit("ActiveState") == "inactive", "systemctl stop: ends well", unit("Result"), unit("ExecMainStatus"), said)
        self.tap.claim(self.events.all()[-1].get("event_type") == "SensorStopNix", "its last word is its stop", self.events.all()[-1])
        self.tap.claim(not rules(True), "none of our rules is left", *rules(True)[:5])
        self.tap.claim(rules(False) == self.site, "the rules of the site are those of before", *rules(False))
        status = audit_status()
        kept = ("enabled", "failure", "rate_limit", "backlog_limit", "pid", "backlog_wait_time")
        self.tap.claim(all(status.get(k) == self.status.get(k) for k in kept), "the settings of audit are those of before", self.status, status)
        self.tap.claim(status.get("lost") == self.status.get("lost"), "the kernel lost no record", status)
        self.tap.claim(not self.events.bad, "every line is an event", *self.events.bad[:5])

    def catalogue(self):
        """Every act of the live tests: their claims are ours."""
        base = os.path.dirname(HERE)
        text = output(sys.executable, LIVE + "/catalogue_test.py", "--aurochsd", "/usr/sbin/aurochsd", "--aurochsctl", "/usr/bin/aurochsctl",
                      "--acts", base + "/live_acts", "--tiny", base + "/live_tiny", "--rules-dir", base + "/rules.d")
        for line in text.split("\n"):
            claim = re.match(r"(not )?ok \d+ - (.*?)(?: # SKIP (.*))?$", line)
            if claim and claim.group(3):
                self.tap.skip(claim.group(2), claim.group(3))
            elif claim:
                self.tap.claim(not claim.group(1), claim.group(2))
            elif line.strip() and not line.startswith("1.."):
                self.tap.say(line[:1000])


def main():
    # Where the TAP goes; and no terminal of ours, so that a hang-up ends nothing.
    os.dup2(os.open("/dev/ttyS1", os.O_WRONLY | os.O_NOCTTY), 1)
    guest = Guest()
    parts = [guest.before, guest.starts, guest.does, guest.figures, guest.storm, guest.compares, guest.reloads, guest.site_reloads, guest.auditd_restarts,
             lambda: guest.comes_again("after SIGKILL", lambda: acts.run("systemctl", "kill", "-s", "KILL", UNIT)),
             lambda: guest.comes_again("after it stood still", lambda: os.kill(guest.pid, signal.SIGSTOP)), guest.figures, guest.stops]
    if "aurochs.catalogue" in open("/proc/cmdline").read().split():
        parts.append(guest.catalogue)
    for part in parts:
        try:
            part()
        except Exception:
            guest.tap.claim(False, "%s runs to its end" % getattr(part, "__name__", part), traceback.format_exc())
    print("1..%d" % guest.tap.count, flush=True)


main()
