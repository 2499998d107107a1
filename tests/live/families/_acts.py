# SPDX-License-Identifier: Apache-2.0
"""A child that does a few raw syscalls, for the families of acts. Its own process, so that what it does to itself ends with it."""
import ctypes
import os
import signal
import time

LIBC = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
X86 = MACHINE == "x86_64"
# Numbers on x86_64 and on aarch64, as src/audit/syscalls.cpp has them; None: not there.
NUMBERS = {
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41), "setpriority": (141, 140), "sched_setscheduler": (144, 119), "prlimit64": (302, 261),
    "personality": (135, 92), "prctl": (157, 167), "ptrace": (101, 117), "process_vm_writev": (311, 271),
    "process_vm_readv": (310, 270), "memfd_create": (319, 279), "mprotect": (10, 226), "mmap": (9, 222), "userfaultfd": (323, 282),
    "perf_event_open": (298, 241), "pidfd_getfd": (438, 438), "io_uring_setup": (425, 425), "splice": (275, 76),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "memfd_secret": (447, 447), "mq_open": (240, 180),
    "mq_unlink": (241, 181), "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "bpf": (321, 280),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "syslog": (103, 116), "iopl": (172, None), "ioperm": (173, None),
    "mount": (165, 40), "umount2": (166, 39), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "move_mount": (429, 429), "mount_setattr": (442, 442), "unshare": (272, 97), "setns": (308, 268), "clone": (56, 220),
    "swapon": (167, 224), "swapoff": (168, 225), "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "sethostname": (170, 161), "setdomainname": (171, 162), "reboot": (169, 142), "acct": (163, 89), "add_key": (248, 217),
    "keyctl": (250, 219), "capget": (125, 90), "capset": (126, 91), "ioctl": (16, 29), "setuid": (105, 146), "setresuid": (117, 147),
    "setfsuid": (122, 151), "setresgid": (119, 149), "setgroups": (116, 159), "chroot": (161, 51),
}


def has(name):
    return NUMBERS[name][not X86] is not None


def call(name, *arguments):
    """The raw call; minus errno where it failed."""
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    LIBC.syscall.restype = ctypes.c_long
    result = LIBC.syscall(ctypes.c_long(NUMBERS[name][not X86]), *converted)
    return result if result >= 0 else -ctypes.get_errno()


def forked(run):
    """The pid of a child that does run() and nothing else: neither handlers nor clean-up of the test are its business."""
    pid = os.fork()
    if pid:
        return pid
    try:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        run()
    finally:
        os._exit(0)


def in_child(act, linger=0.3):
    """act() in a process of its own, which stays a moment so that it can be looked at; (pid, what act returned)."""
    reader, writer = os.pipe()

    def run():
        try:
            text = repr(act()).encode()
        except BaseException as e:  # the parent tells it
            text = repr(e).encode()
        os.write(writer, text[:4000])
        os.close(writer)
        time.sleep(linger)
    pid = forked(run)
    os.close(writer)
    text = b""
    while True:
        piece = os.read(reader, 4096)
        if not piece:
            break
        text += piece
    os.close(reader)
    return pid, text.decode(), os.waitpid(pid, 0)[1]


def sleeper():
    """A child that only waits; to be ended by done()."""
    return forked(lambda: time.sleep(60))


def done(pid):
    try:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass
