#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Types of event on this machine's kernel: each family (families/*.py) does real acts and waits for what must be told of them.

A claim of this test is "live TYPE: what was done"; tools/coverage-table counts them. One sensor serves all families; every
type is switched on. Needs root; changes the kernel's audit state and puts it back exactly, also when it is killed.

A family is a module with run(live), and where it needs them prepare(live) before the sensor starts, clean(live) after it
ended, CONFIG, lines for aurochs.conf (prepare may append such lines to live.config_lines), and WATCHES, rows of the watch
table, in which DIR is the test's own directory."""
import argparse
import fcntl
import importlib
import os
import signal
import sys
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import audit_kernel  # noqa: E402
from live_test import Live  # noqa: E402
from sensor import PATIENCE, Tap, wait_for  # noqa: E402

POLICY = "fold all 0\ncap all 0\n"  # each act is to be told, also when it is the same again
FAMILIES = os.path.join(os.path.dirname(os.path.realpath(__file__)), "families")


def matches(event, fields):
    for name, wanted in fields.items():
        value = event.get(name)
        if not (wanted(value) if callable(wanted) else value == wanted):
            return False
    return True


class Catalogue(Live):
    """What a family works with: path(), file(), run(), hold() of Live; sensor; proves() and skip()."""

    def __init__(self, options, modules):
        Live.__init__(self, options)
        self.modules, self.sensor, self.proven, self.config_lines, self.policy = modules, None, set(), [], ""

    def events(self, kind, **fields):
        """Events so far of that type; a wanted value may be a function of the value."""
        return [e for e in self.sensor.all() if e["event_type"] == kind and matches(e, fields)]

    def proves(self, kind, what, act, seconds=PATIENCE, vendor=None, **fields):
        """Does the act, then waits for an event of that type (and vendor type) that is newer and has those values; returns it, or {}."""
        begin = len(self.sensor.all())
        result = None
        try:
            result = act() if act else None
        except Exception:
            self.tap.claim(False, "live %s: %s" % (kind, what), traceback.format_exc())
            return {}
        if vendor:
            fields["event_type_vendor"] = vendor
        at = [begin if act else 0]

        def look():
            events = self.sensor.all()
            while at[0] < len(events):
                e = events[at[0]]
                at[0] += 1
                if e["event_type"] == kind and matches(e, fields):
                    return e
            return None
        found = wait_for(look, seconds) or {}
        shown = [] if found else [{k: v for k, v in e.items() if k[:4] not in ("dev_", "sens", "cust")}
                                  for e in self.sensor.all()[begin:] if e["event_type"] == kind][:4]
        named = kind + ("/" + vendor if vendor else "")
        if self.tap.claim(found, "live %s: %s" % (named, what), "wanted: %s" % fields, "result of the act: %r" % (result,), *shown):
            self.proven.add(found["event_type_vendor"])
        return found

    def cannot(self, kind, what, reason):
        self.tap.skip("live %s: %s" % (kind, what), reason)

    def all(self):
        rows = "".join(getattr(m, "WATCHES", "").replace("DIR", self.dir) for m in self.modules)
        if rows:
            with open(self.watches) as table:
                self.watches = self.file("catalogue-watches.conf", table.read() + rows)
        self.before = audit_kernel.Saved(self.kernel)
        ready = [m for m in self.modules if self.whole(m, "prepare")]
        lines = "".join(getattr(m, "CONFIG", "") for m in self.modules) + "".join(line + "\n" for line in self.config_lines)
        self.policy = self.file("policy.conf", POLICY + self.policy)
        self.config = self.file("catalogue.conf", "[profile]\nname = default\n[events]\non = all\npolicy = %s\n%s" % (self.policy, lines))
        try:
            self.sensor = self.start()
            for module in ready:
                begin = time.monotonic()
                self.whole(module, "run")
                self.say("%s: %.1f s" % (module.__name__, time.monotonic() - begin))
            self.ends_well(self.sensor, "after the acts")
            self.tap.claim(self.sensor.all()[-1]["event_type"] == "SensorStopNix", "live SensorStopNix: the sensor stops", self.sensor.all()[-1])
            self.tap.claim(not self.sensor.bad, "every line on standard output is an event", *self.sensor.bad[:5])
        finally:
            for module in self.modules:
                self.whole(module, "clean")
        self.say("%d types proven live" % len(self.proven))

    def whole(self, module, name):
        """Runs a part of a family; a failure must not take the others with it."""
        try:
            getattr(module, name, lambda _: None)(self)
            return True
        except Exception:
            self.tap.claim(False, "%s of %s runs to its end" % (name, module.__name__), traceback.format_exc())
            return False


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("aurochsd", "aurochsctl", "acts", "tiny", "rules-dir"):
        parser.add_argument("--" + name, required=True, type=os.path.realpath)
    parser.add_argument("--only", default="", help="families, joined by commas")
    parser.add_argument("--show", action="store_true", help="print every event of the session to standard error at the end")
    return parser.parse_args()


def main():
    wanted = options()
    wanted.sanitized, wanted.again = False, sys.argv[1:]
    names = sorted(n[:-3] for n in os.listdir(FAMILIES) if n.endswith(".py") and not n.startswith("_"))
    if wanted.only:
        names = [n for n in names if n in wanted.only.split(",")]
    sys.path.insert(0, FAMILIES)
    locks = audit_kernel.take_locks(Tap.say, 400)
    if locks is None:
        print("1..0 # SKIP another test holds the lock")
        return 0
    reason = audit_kernel.obstacle()
    if reason:
        print("1..0 # SKIP " + reason)
        return 0
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda n, _: sys.exit(128 + n))
    live = Catalogue(wanted, [importlib.import_module(n) for n in names])
    try:
        live.all()
    finally:
        wrong = live.close()
        live.tap.claim(not wrong, "at the end the kernel is exactly as before", *wrong)
        print("1..%d" % live.tap.count, flush=True)
        if wanted.show and live.sensor:
            sys.stderr.write(live.sensor.lines().decode("utf-8", "replace"))
    for fd in locks:
        fcntl.flock(fd, fcntl.LOCK_UN)
    return 1 if live.tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
