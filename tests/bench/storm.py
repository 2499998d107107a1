#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An exec storm beside auditd: what it costs the host, and what was seen of it. Run by hand, as root, on a quiet machine:

  tests/bench/storm.py --build BUILD [--rounds 3] [--spawns 20000] [--cases auditd,aurochs,...]

Cases, interleaved round by round, each with the rules that aurochs itself loads and an auditd of its own (private
configuration, its log in a temporary directory):
  auditd     auditd alone
  aurochs    aurochsd beside it, its events read and counted
  stalled    aurochsd whose standard output nobody reads
  stopped    aurochsd that is stopped (SIGSTOP) for the whole storm and goes on after it
  laurel     laurel as a plugin of auditd
The storm is spawns of the smallest program there is, by one process a core. Printed: its duration, CPU seconds of the readers,
execs in each log, losses told. The kernel's audit state is put back, also when this dies."""
import argparse
import fcntl
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests", "live"))
import audit_kernel  # noqa: E402
from live_test import Live  # noqa: E402
from sensor import Tap, wait_for  # noqa: E402

CASES = ("auditd", "aurochs", "stalled", "stopped", "laurel")
TICK = os.sysconf("SC_CLK_TCK")
AUDITD = """local_events = yes
write_logs = yes
log_file = {dir}/audit.log
log_format = ENRICHED
flush = INCREMENTAL_ASYNC
freq = 50
max_log_file = 4000
num_logs = 2
priority_boost = 4
name_format = NONE
max_log_file_action = IGNORE
space_left = 75
space_left_action = IGNORE
admin_space_left = 50
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
q_depth = 20000
plugin_dir = {dir}/plugins.d
"""
LAUREL = """directory = "{dir}/laurel"
[auditlog]
file = "audit.log"
size = 4000000000
generations = 2
[transform]
execve-argv = [ "array" ]
[translate]
universal = true
user-db = true
drop-raw = false
[enrich]
execve-env = [ "LD_PRELOAD", "LD_LIBRARY_PATH" ]
container = true
pid = true
parent-info = true
script = true
user-groups = true
"""


def cpu_of(pid):
    with open("/proc/%d/stat" % pid, "rb") as f:
        words = f.read().rsplit(b")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / TICK


def children_of(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        return [int(word) for word in f.read().split()]


def count(path, needle):
    found = 0
    try:
        with open(path, "rb") as f:
            for line in f:
                found += needle in line
    except OSError:
        pass
    return found


def settled(path, seconds=2.0, at_most=15.0):
    """Waits until a file has not grown for a while; other programs of the host may keep it growing."""
    size, since = -1, time.monotonic()
    deadline = since + at_most
    while time.monotonic() - since < seconds and time.monotonic() < deadline:
        now = os.path.getsize(path) if os.path.exists(path) else 0
        if now != size:
            size, since = now, time.monotonic()
        time.sleep(0.1)


class Storm(Live):
    def __init__(self, options):
        Live.__init__(self, options)
        self.config, self.rules = self.file("storm.conf", ""), []

    def auditd(self, name, with_laurel):
        home = self.path(name)
        os.makedirs(home + "/plugins.d")
        os.makedirs(home + "/laurel", exist_ok=True)
        for file_name, text in (("auditd.conf", AUDITD), ("laurel.toml", LAUREL)):
            with open(os.path.join(home, file_name), "w") as f:
                f.write(text.format(dir=home))
        if with_laurel:
            with open(home + "/plugins.d/laurel.conf", "w") as f:
                f.write("active = yes\ndirection = out\npath = %s\ntype = always\nargs = --config %s/laurel.toml\nformat = string\n" % (shutil.which("laurel"), home))
        for path in (home, home + "/plugins.d"):
            os.chmod(path, 0o750)
        child = subprocess.Popen(["auditd", "-n", "-c", home], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.guardian.started(child.pid)
        if not wait_for(lambda: self.kernel.status()["pid"] == child.pid, 20):
            raise RuntimeError("auditd does not register: is another one at work?")
        if with_laurel and not wait_for(lambda: children_of(child.pid), 20):
            raise RuntimeError("laurel does not start")
        return child, home

    def storm(self):
        """Seconds that the spawns took."""
        workers = os.cpu_count() or 1
        begin = time.monotonic()
        children = [subprocess.Popen([self.o.acts, "spawn", str(self.o.spawns // workers), self.o.tiny], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) for _ in range(workers)]
        for child in children:
            self.guardian.started(child.pid)
        for child in children:
            if child.wait():
                raise RuntimeError("a worker of the storm failed")
            self.guardian.ended(child.pid)
        return time.monotonic() - begin

    def own_rules(self):
        sensor = self.start()
        rules = [r for r in self.kernel.rules() if audit_kernel.key(r).startswith("aurochs-")]
        sensor.end()
        return rules

    def case(self, name, number):
        kernel, lost = self.kernel, self.kernel.status()["lost"]
        daemon, home = self.auditd("%s-%d" % (name, number), name == "laurel")
        sensor, result = None, {"case": name}
        if name in ("aurochs", "stalled", "stopped"):
            out = open(self.path("events-%d" % number), "wb")
            read_end, write_end = os.pipe()
            sensor = subprocess.Popen(self.arguments(), stdin=subprocess.DEVNULL, stdout=write_end if name == "stalled" else out, stderr=subprocess.PIPE)
            os.close(write_end)
            self.guardian.started(sensor.pid)
            wait_for(lambda: [r for r in kernel.rules() if audit_kernel.key(r).startswith("aurochs-")], 20)
            time.sleep(2)
        else:
            for rule in self.rules:
                kernel.add(rule)
        readers = [daemon.pid] + children_of(daemon.pid) + ([sensor.pid] if sensor else [])
        if name == "stopped":
            sensor.send_signal(signal.SIGSTOP)
        before = {pid: cpu_of(pid) for pid in readers}
        result["seconds"] = self.storm()
        if name == "stopped":
            sensor.send_signal(signal.SIGCONT)
        settled(home + "/audit.log")
        if name in ("aurochs", "stopped"):
            settled(self.path("events-%d" % number))
        time.sleep(1)
        spent = {pid: cpu_of(pid) - before[pid] for pid in readers}
        result["auditd_cpu"] = spent[daemon.pid]
        result["laurel_cpu"] = sum(spent[pid] for pid in readers[1:] if not sensor or pid != sensor.pid)
        needle = b'exe="%s"' % self.o.tiny.encode()
        result["auditd_execs"] = count(home + "/audit.log", needle)
        result["lost"] = kernel.status()["lost"] - lost
        if sensor:
            result["cpu"] = spent[sensor.pid]
            with open("/proc/%d/status" % sensor.pid) as f:
                result["rss_mib"] = next(int(line.split()[1]) for line in f if line.startswith("VmHWM:")) / 1024
            if name == "stalled":
                os.set_blocking(read_end, False)
                fcntl.fcntl(read_end, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
                drained, deadline = bytearray(), time.monotonic() + 90
                sensor.send_signal(signal.SIGTERM)
                while time.monotonic() < deadline:
                    try:
                        data = os.read(read_end, 1 << 20)
                        if not data:
                            break
                        drained += data
                    except BlockingIOError:
                        time.sleep(0.01)
                out.write(drained)
            else:
                sensor.send_signal(signal.SIGTERM)
            sensor.wait()
            self.guardian.ended(sensor.pid)
            os.close(read_end)
            out.close()
            self.read_events(self.path("events-%d" % number), result)
        else:
            for rule in self.rules:
                kernel.delete(rule)
        daemon.terminate()
        daemon.wait()
        self.guardian.ended(daemon.pid)
        shutil.rmtree(home, ignore_errors=True)
        return result

    def read_events(self, path, result):
        execs, losses, last = 0, {}, {}
        name = os.path.basename(self.o.tiny)
        with open(path, "rb") as f:
            for line in f:
                if b"ProcessCreateNix" in line and name.encode() in line:
                    e = json.loads(line)
                    execs += e["event_type"] == "ProcessCreateNix" and e.get("proc_file_name") == name
                elif b"SensorDrop" in line or b"AuditLost" in line:
                    e = json.loads(line)
                    cause = e.get("sensor_loss_cause", "kernel_lost")
                    losses[cause] = losses.get(cause, 0) + e["event_count"]
                elif b"SensorStopNix" in line:
                    last = json.loads(line)
        result.update(execs=execs, losses=losses, events=last.get("sensor_events"))
        os.unlink(path)


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", required=True, type=os.path.realpath)
    parser.add_argument("--rules-dir", default=os.path.join(TOP, "rules.d"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--spawns", type=int, default=20000)
    parser.add_argument("--cases", default=",".join(CASES))
    o = parser.parse_args()
    for name, place in (("aurochsd", "src daemon"), ("aurochsctl", "src cli"), ("acts", "tests live live_acts"), ("tiny", "tests live live_tiny")):
        words = place.split()
        setattr(o, name, os.path.join(o.build, *(words if len(words) == 3 else words + [name])))
    o.sanitized, o.again = False, sys.argv[1:]
    return o


def show(results, spawns):
    print("\n%-8s %8s %8s %8s %8s %8s %7s %9s %9s %7s  %s" % ("case", "seconds", "ratio", "auditd", "laurel", "aurochs", "RSS", "auditd's", "ours", "lost", "losses told"))
    base = {}
    for case in CASES:
        of = [r for r in results if r["case"] == case]
        if not of:
            continue
        middle = lambda key: statistics.median(r.get(key) or 0 for r in of)  # noqa: E731
        base.setdefault("seconds", middle("seconds"))
        print("%-8s %8.2f %8.3f %8.2f %8.2f %8.2f %7.1f %9s %9s %7d  %s" % (
            case, middle("seconds"), middle("seconds") / base["seconds"], middle("auditd_cpu"), middle("laurel_cpu"), middle("cpu"), middle("rss_mib"),
            "%d/%d" % (min(r["auditd_execs"] for r in of), spawns), "%d/%d" % (min(r.get("execs", 0) for r in of), spawns) if "execs" in of[0] else "",
            max(r["lost"] for r in of), [r["losses"] for r in of if r.get("losses")] or ""))
    print("CPU columns are seconds of user and system time over the storm; execs are the smallest of the rounds; ratio is of medians, to the first case")


def main():
    o = options()
    locks = audit_kernel.take_locks(Tap.say, 600)
    reason = "another test holds the lock" if locks is None else audit_kernel.obstacle()
    if reason:
        sys.exit(reason)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda n, _: sys.exit(128 + n))
    storm, results = Storm(o), []
    try:
        storm.rules = storm.own_rules()
        print("%d rules of ours, %d spawns, %d rounds, load %s" % (len(storm.rules), o.spawns, o.rounds, os.getloadavg()[0]), flush=True)
        for number in range(o.rounds):
            for case in o.cases.split(","):
                results.append(storm.case(case, number))
                print(json.dumps(results[-1]), flush=True)
        show(results, o.spawns)
    finally:
        storm.saved.restore(storm.kernel)
        wrong = storm.close()
        if wrong:
            print("audit is not as before:", *wrong)


if __name__ == "__main__":
    main()
