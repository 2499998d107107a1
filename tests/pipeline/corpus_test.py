#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every *.log below DIR through `aurochsctl decode`: corpus_test.py AUROCHSCTL DIR. Prints TAP.

Each log must decode without complaint to JSON lines. Where DIR has a reference reader (truth.py) and a comparer
(compare.py PROGRAM decode -- LOG), the two must agree on every event of the log.
"""
import json
import os
import subprocess
import sys


def decoded(program, log):
    """What is wrong with the decoding of one log, or None."""
    run = subprocess.run([program, "decode", log], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode:
        return "exit %d: %s" % (run.returncode, run.stderr.decode("utf-8", "replace").strip())
    for number, line in enumerate(run.stdout.split(b"\n"), 1):
        try:
            if line:
                json.loads(line.decode("utf-8"))
        except ValueError as e:
            return "line %d of the output is not JSON: %s" % (number, e)
    return None


def compared(program, compare, log):
    run = subprocess.run([sys.executable, compare, program, "decode", "--", log], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return None if run.returncode == 0 else run.stdout.decode("utf-8", "replace").strip()


def main():
    program, directory = sys.argv[1:]
    logs = sorted(os.path.join(d, name) for d, _, names in os.walk(directory) for name in names if name.endswith(".log"))
    compare = os.path.join(directory, "compare.py")
    has_truth = os.path.exists(compare) and os.path.exists(os.path.join(directory, "truth.py"))
    if not logs:
        print("1..1\nnot ok 1 - %s has no *.log" % directory)
        return 1
    print("1..%d" % len(logs))
    failed = 0
    for number, log in enumerate(logs, 1):
        wrong = decoded(program, log) or (compared(program, compare, log) if has_truth else None)
        failed += wrong is not None
        print("%sok %d - %s" % ("not " if wrong else "", number, os.path.relpath(log, directory).replace("#", "_")), flush=True)
        for line in (wrong or "").split("\n")[:20]:
            if line:
                print("# " + line)
    return 1 if failed else 0


sys.exit(main())
