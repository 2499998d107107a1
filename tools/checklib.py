# SPDX-License-Identifier: Apache-2.0
"""What the check-* programs share: the project's files and the TAP they print."""
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
sys.dont_write_bytecode = True


def files(*endings):
    """Paths below TOP, tracked or new but never ignored; an unpacked tarball is walked instead."""
    command = ["git", "-c", "safe.directory=*", "-C", TOP, "ls-files", "-z", "-co", "--exclude-standard"]
    try:
        names = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        found = [os.fsdecode(n) for n in names.split(b"\0") if n]
    except (OSError, subprocess.CalledProcessError):
        found = []
        for folder, inner, names in os.walk(TOP):
            vendor = os.path.basename(folder) == "subprojects"
            inner[:] = [d for d in inner if not d.startswith("build") and d not in (".git", "__pycache__")
                        and (not vendor or d == "packagefiles")]
            found += [os.path.relpath(os.path.join(folder, n), TOP) for n in names if not n.endswith(".pyc")]
    found = [n for n in found if os.path.isfile(os.path.join(TOP, n)) and not os.path.islink(os.path.join(TOP, n))]
    return sorted(n for n in found if not endings or n.endswith(endings))


def text(name):
    """The file as text, or None when it is binary."""
    with open(os.path.join(TOP, name), "rb") as f:
        data = f.read()
    return None if b"\0" in data else data.decode("utf-8", "replace")


class Tap:
    """Cases with their complaints; the plan and the exit status come at the end."""

    def __init__(self):
        self.count = self.failed = 0

    def case(self, name, complaints=()):
        self.count += 1
        self.failed += bool(complaints)
        print("%sok %d - %s" % ("not " if complaints else "", self.count, name))
        for line in complaints:
            print("# " + line)

    def end(self):
        print("1..%d" % self.count)
        sys.exit(1 if self.failed else 0)
