#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs readers of audit logs on the same log and prints one table: measure.py PLAN.json

The plan names the log, its tenth for the slow, and the programs: name, what it does, command ("{log}" is replaced,
"{stdin}" alone means that the log is its standard input), "small" for the tenth. CPU seconds are user + sys of the
program and its children, memory is the largest resident set. Wall time is not used: other programs share the machine.
Each program runs "repeat" times; the fastest run counts, and its spread is printed.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile


def records_in(path):
    """Lines that are records; EOE records count, they too must be read."""
    with open(path, "rb") as f:
        return sum(1 for line in f if b"type=" in line)


def run(command, log):
    """(CPU seconds, resident KiB, exit status, bytes of output) of one run, in a child of its own for clean counters."""
    stdin = log if "{stdin}" in command else os.devnull
    command = [part.replace("{log}", log) for part in command if part != "{stdin}"]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(stdin, "rb") as source:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                status = subprocess.call(command, stdin=source, stdout=out, stderr=err)
                used = resource.getrusage(resource.RUSAGE_CHILDREN)
                os.write(writer, json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss, status]).encode())
            finally:
                os._exit(0)
        os.close(writer)
        answer = os.read(reader, 4096)
        os.close(reader)
        os.waitpid(child, 0)
        size = os.fstat(out.fileno()).st_size
        seconds, kib, status = json.loads(answer) if answer else (0.0, 0, -1)
        if status != 0:
            err.seek(0)
            sys.stderr.write("%s: exit status %s\n%s\n" % (command[0], status, err.read(2000).decode(errors="replace")))
        return seconds, kib, status, size


def main():
    with open(sys.argv[1]) as f:
        plan = json.load(f)
    counts = {path: records_in(path) for path in {plan["log"], plan["small_log"]}}
    print("log: %d records, %.0f MB; CPU seconds are user + sys, best of %d runs"
          % (counts[plan["log"]], os.path.getsize(plan["log"]) / 1e6, plan["repeat"]))
    print("%-26s %-46s %9s %8s %12s %8s %9s %7s" % ("program", "work", "records", "CPU s", "records/s", "spread", "peak MB", "ratio"))
    ours = None
    for program in plan["programs"]:
        log = plan["small_log"] if program.get("small") else plan["log"]
        runs = [run(program["command"], log) for _ in range(plan["repeat"])]
        good = sorted(r for r in runs if r[2] == 0 and r[0] > 0)
        if not good:
            print("%-26s %-46s failed" % (program["name"], program["work"]))
            continue
        rate = counts[log] / good[0][0]
        ours = ours or rate
        print("%-26s %-46s %9d %8.2f %12.0f %7.0f%% %9.1f %6.2fx"
              % (program["name"], program["work"], counts[log], good[0][0], rate, 100 * (good[-1][0] / good[0][0] - 1),
                 max(r[1] for r in good) / 1024, ours / rate))
    print("ratio: how many times faster the first line is. A program marked 'a tenth' read a tenth of the log.")
    return 0


sys.exit(main())
