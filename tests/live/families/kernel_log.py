# SPDX-License-Identifier: Apache-2.0
"""The kernel's log: a small program in a small memory cgroup is killed. A fault of the kernel itself is left to unit tests."""
import os
import subprocess
import sys
import time

ROOTS = (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max"))
NAME = "aurochs-live"
HUNGRY = "import sys; sys.stdin.readline(); x = [bytearray(1 << 20) for _ in range(200)]"


def write(path, text):
    """Into what is there: a file that would only be made is no cgroup's."""
    try:
        fd = os.open(path, os.O_WRONLY)
    except OSError:
        return False
    try:
        return os.write(fd, text.encode()) == len(text)
    except OSError:
        return False
    finally:
        os.close(fd)


def group():
    """A memory cgroup of 24 MB without swap; empty: none can be had."""
    for root, limit in ROOTS:
        path = os.path.join(root, NAME)
        try:
            os.mkdir(path)
        except OSError:
            continue
        write(path + "/memory.swappiness", "0")
        if write(os.path.join(path, limit), str(24 << 20)):
            write(path + "/memory.memsw.limit_in_bytes", str(24 << 20))
            write(path + "/memory.swap.max", "0")
            return path
        os.rmdir(path)
    return ""


def run(live):
    path = group()
    if not path:
        live.cannot("KernelOomNix", "a program in a small memory cgroup", "no memory cgroup can be made here")
        return
    child = subprocess.Popen([sys.executable, "-c", HUNGRY], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    live.guardian.started(child.pid)

    def act():
        with open(path + "/cgroup.procs", "w") as f:
            f.write(str(child.pid))
        child.stdin.write(b"\n")
        child.stdin.close()
        status = child.wait(30)
        live.guardian.ended(child.pid)
        return status
    live.proves("KernelOomNix", "a program in a small memory cgroup", act, tgt_proc_id=child.pid, op_name="memory cgroup", tgt_usr_id=0,
                tgt_comm=lambda v: v and v.startswith("python"), event_log_source="LinuxLog")
    write("/dev/kmsg", "Out of memory: Killed process 4711 (liar) total-vm:1kB")
    write("/dev/kmsg", "BUG: unable to handle page fault for address: liar")
    time.sleep(1)
    told = live.events("KernelOomNix", tgt_comm="liar") + live.events("KernelOopsNix")
    live.tap.claim(not told, "what a program writes into the log is not believed", *told)


def clean(_):
    for root, _limit in ROOTS:
        for _ in range(50):
            try:
                os.rmdir(os.path.join(root, NAME))
            except FileNotFoundError:
                break
            except OSError:
                time.sleep(0.1)
                continue
            break
