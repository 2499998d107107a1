# SPDX-License-Identifier: Apache-2.0
"""Operations on files, and opens of kernel files and devices."""
import contextlib
import ctypes
import fcntl
import os
import shutil
import stat
import struct
import subprocess

NOBODY = 65534
TRACING, DEBUG, BINFMT = "/sys/kernel/tracing", "/sys/kernel/debug", "/proc/sys/fs/binfmt_misc"
# Nodes of names that this machine may lack; behind each is /dev/null, so that an open has no effect.
NODES = ["/dev/mem", "/dev/cpu/0/msr", "/dev/input/event77", "/dev/snd/pcmC7D0c", "/dev/video0", "/dev/ttyUSB0"]
libc = ctypes.CDLL(None, use_errno=True)
made, mounted, kept = [], [], []


def prepare(live):
    for node in NODES:
        folder = os.path.dirname(node)
        if not os.path.isdir(folder):
            os.makedirs(folder)
            made.append(folder)
        if not os.path.exists(node):
            os.mknod(node, stat.S_IFCHR | 0o600, os.makedev(1, 3))
            made.append(node)
    for kind, place in (("tracefs", TRACING), ("debugfs", DEBUG), ("binfmt_misc", BINFMT)):
        if os.path.isdir(place) and not os.path.ismount(place) and subprocess.call(["mount", "-t", kind, "none", place]) == 0:
            mounted.append(place)


def clean(live):
    for fd in kept:
        os.close(fd)
    kept.clear()
    for place in reversed(mounted):
        subprocess.call(["umount", "-l", place])
    mounted.clear()
    for path in reversed(made):
        with contextlib.suppress(OSError):
            os.rmdir(path) if os.path.isdir(path) else os.unlink(path)
    made.clear()


def touch(path, flags=os.O_WRONLY, mode=0o644, fd=None):
    """An open and nothing else."""
    os.close(os.open(path, flags, mode, dir_fd=fd))


def write(path, data, flags=os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode=0o644):
    fd = os.open(path, flags, mode)
    os.write(fd, data)
    os.close(fd)


def by_person(act, uid=0):
    """`act` by somebody who logged in as 1000 and is `uid` now. A refusal is what may happen to it."""
    pid = os.fork()
    if pid == 0:
        try:
            with open("/proc/self/loginuid", "w") as f:
                f.write("1000")
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            act()
        except OSError:
            pass
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def plain(live):
    p = live.path
    live.proves("FileCreateNix", "a file of text is made and written", lambda: write(p("new.txt"), b"one\ntwo\n"), file_path=p("new.txt"),
                file_name="new.txt", file_op="create", file_size=8, file_bytes_count=8, file_data="one\\ntwo\\n", file_type="File",
                file_ace_mask="0100644", file_flags=lambda f: "O_WRONLY" in f and "O_CREAT" in f and "O_TRUNC" in f,
                file_sha256=lambda d: d and len(d) == 64)
    live.proves("FileModifyNix", "a line is added to it", lambda: write(p("new.txt"), b"three\n", os.O_WRONLY | os.O_APPEND), file_path=p("new.txt"),
                file_size=14, file_flags=lambda f: "O_APPEND" in f)
    folder = os.open(p("."), os.O_RDONLY | os.O_DIRECTORY)
    kept.append(folder)
    live.proves("FileCreateNix", "a name below a descriptor is made whole", lambda: touch("below", os.O_WRONLY | os.O_CREAT, 0o600, folder),
                file_path=p("below"), event_incomplete=None)
    live.proves("FileTruncateNix", "a file is cut", lambda: os.truncate(p("new.txt"), 3), file_path=p("new.txt"), file_size=3)
    live.proves("FileHardLinkNix", "a hard link", lambda: os.link(p("new.txt"), p("hard")), file_path=p("hard"), file_path_old=p("new.txt"))
    live.proves("FileSymlinkNix", "a symbolic link", lambda: os.symlink("/etc/hostname", p("soft")), file_path=p("soft"), file_tgt_path="/etc/hostname")
    live.proves("FileRenameNix", "a new name", lambda: os.rename(p("hard"), p("moved")), file_path=p("moved"), file_path_old=p("hard"))
    live.proves("FileDeleteNix", "a name goes", lambda: os.unlink(p("moved")), file_path=p("moved"), file_op="delete")
    live.proves("DirCreateNix", "a directory", lambda: os.mkdir(p("dir")), file_path=p("dir"), file_type="Directory")
    live.proves("DirDeleteNix", "a directory goes", lambda: os.rmdir(p("dir")), file_path=p("dir"))
    live.proves("FileExecutableDropNix", "a script is written", lambda: write(p("drop.sh"), b"#!/bin/sh\nexit 0\n", mode=0o755), file_path=p("drop.sh"),
                file_magic=lambda m: m and m.startswith("23212F62696E"))
    live.proves("FileExecutableDropNix", "a program under a name that is taken away after", lambda: drop_and_rename(live), file_path=p("tmp1"),
                file_magic=lambda m: m and m.startswith("7F454C46"))
    live.proves("FileArchiveCreateNix", "a gzip archive", lambda: write(p("loot.tgz"), b"\x1f\x8b\x08\x00" + bytes(60)), file_path=p("loot.tgz"))

    def many():
        for i in range(220):
            touch(p("many%d" % i), os.O_WRONLY | os.O_CREAT)
    live.proves("FileOpBurstNix", "220 files by one process", many, event_count=200, proc_id=os.getpid())


def hold_open(path, act):
    fd = os.open(path, os.O_RDWR)
    kept.append(fd)
    act(fd)


def drop_and_rename(live):
    shutil.copyfile(live.o.tiny, live.path("tmp1"))
    os.rename(live.path("tmp1"), live.path("final"))


def attributes(live):
    p = live.path
    write(p("attr"), b"x" * 100)
    live.proves("FileModeChangeNix", "chmod", lambda: os.chmod(p("attr"), 0o600), file_path=p("attr"), file_ace_mask="0100600", file_ace_mask_old="0100644")
    live.proves("FileOwnerChangeNix", "chown", lambda: os.chown(p("attr"), 12, 34), file_path=p("attr"), file_owner_id=12, file_owner_id_old=0,
                file_group_id=34, file_group_id_old=0)
    live.proves("FileTimeChangeNix", "a time long past", lambda: by_person(lambda: os.utime(p("attr"), (1000000000, 1000000000))), file_path=p("attr"),
                file_mtime="2001-09-09T01:46:40.000Z")
    live.proves("FileSuidSetNix", "chmod u+s", lambda: os.chmod(p("attr"), 0o4755), file_path=p("attr"), file_ace_mask="0104755")
    live.proves("FileSuidSetNix", "fchmod g+s", lambda: hold_open(p("new.txt"), lambda fd: os.fchmod(fd, 0o2755)), file_path=p("new.txt"))
    live.proves("FileXattrSetNix", "an attribute of a user", lambda: os.setxattr(p("attr"), "user.note", b"12345678901234567890"), file_path=p("attr"))
    live.proves("FileXattrRemoveNix", "it goes", lambda: os.removexattr(p("attr"), "user.note"), file_path=p("attr"))
    caps = struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0)
    live.proves("FileCapabilitySetNix", "cap_net_raw=ep", lambda: os.setxattr(p("attr"), "security.capability", caps), file_path=p("attr"),
                file_caps="cap_net_raw=ep")

    def append_only(fd):
        get, set_ = 0x80086601, 0x40086602
        flags = struct.unpack("l", fcntl.ioctl(fd, get, struct.pack("l", 0)))[0]
        fcntl.ioctl(fd, set_, struct.pack("l", flags | 0x20))
        live_flags.append((fd, flags))
    live_flags = []
    try:
        live.proves("FileImmutableChangeNix", "append only", lambda: hold_open(p("attr"), append_only), file_path=p("attr"),
                    file_inode_flags=lambda f: f and "a" in f)
    finally:
        for fd, flags in live_flags:
            fcntl.ioctl(fd, 0x40086602, struct.pack("l", flags))
    live.proves("FileOpenByHandleNix", "by its handle", lambda: by_handle(p("attr")), file_path=p("attr"))
    live.proves("NamedPipeCreateNix", "mkfifo", lambda: os.mkfifo(p("pipe")), file_path=p("pipe"), file_type="Fifo")
    live.proves("NamedPipeOpenNix", "it is opened", lambda: touch(p("pipe"), os.O_RDWR | os.O_NONBLOCK), file_path=p("pipe"))
    live.proves("DeviceNodeCreateNix", "a node of /dev/zero", lambda: os.mknod(p("zero"), stat.S_IFCHR | 0o600, os.makedev(1, 5)), file_path=p("zero"),
                file_rdev="01:05", file_type="CharDevice")


def by_handle(path):
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128))
    mount = ctypes.c_int()
    if libc.name_to_handle_at(-100, path.encode(), handle, ctypes.byref(mount), 0) < 0:
        raise OSError(ctypes.get_errno(), "name_to_handle_at")
    root = os.open(os.path.dirname(path), os.O_RDONLY)
    fd = libc.open_by_handle_at(root, handle, os.O_RDONLY)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "open_by_handle_at")
    kept.extend([root, fd])


def refusals(live):
    live.proves("FileAccessDeniedNix", "/etc/shadow by somebody who logged in", lambda: by_person(lambda: touch("/etc/shadow", os.O_RDONLY), NOBODY),
                file_path="/etc/shadow", op_exit=-13, op_status=0, file_op="read")


def kernel_files(live):
    live.proves("ProcMemWriteNix", "memory of another process", lambda: memory(live), tgt_proc_id=lambda p: p and p != os.getpid())
    live.proves("ProcMemReadNix", "memory, read by somebody who logged in", lambda: by_person(lambda: touch("/proc/self/mem", os.O_RDONLY)), file_path="/proc/self/mem")
    live.proves("ProcEnvironReadNix", "environment, read by somebody who logged in", lambda: by_person(lambda: touch("/proc/self/environ", os.O_RDONLY)),
                file_path="/proc/self/environ")
    live.proves("IdMapWriteNix", "/proc/self/uid_map", lambda: touch("/proc/self/uid_map"), file_path="/proc/self/uid_map")
    opens = [("KcoreOpenNix", "/proc/kallsyms", os.O_RDONLY), ("SysrqTriggerNix", "/proc/sysrq-trigger", os.O_WRONLY),
             ("UsermodeHelperPathNix", "/proc/sys/kernel/core_pattern", os.O_WRONLY), ("BinfmtRegisterNix", BINFMT + "/register", os.O_WRONLY),
             ("KprobeWriteNix", TRACING + "/dynamic_events", os.O_WRONLY | os.O_APPEND), ("FtraceControlNix", TRACING + "/set_event_pid", os.O_WRONLY | os.O_APPEND),
             ("DebugfsAccessNix", DEBUG, None), ("ContainerReleaseAgentNix", "/sys/fs/cgroup/cpu/release_agent", os.O_WRONLY),
             ("CgroupAttachNix", "/sys/fs/cgroup/cpu/cgroup.procs", os.O_WRONLY), ("DevMemOpenNix", "/dev/mem", os.O_RDONLY),
             ("MsrAccessNix", "/dev/cpu/0/msr", os.O_RDONLY), ("InputDeviceReadNix", "/dev/input/event77", os.O_RDONLY),
             ("CaptureDeviceOpenNix", "/dev/snd/pcmC7D0c", os.O_RDONLY), ("CaptureDeviceOpenNix", "/dev/video0", os.O_RDWR),
             ("SerialDeviceOpenNix", "/dev/ttyUSB0", os.O_RDWR), ("RawDeviceReadNix", "/dev/loop7", os.O_RDONLY), ("RawDeviceWriteNix", "/dev/loop7", os.O_WRONLY)]
    for kind, path, flags in opens:
        if kind == "DebugfsAccessNix":
            inside = [os.path.join(DEBUG, n) for n in sorted(os.listdir(DEBUG))] if os.path.isdir(DEBUG) else []
            path, flags = next((f for f in inside if os.path.isfile(f) and os.stat(f).st_mode & 0o400), path), os.O_RDONLY
        if not os.path.exists(path) or os.path.isdir(path):
            live.cannot(kind, "an open of it", "no " + path)
            continue
        live.proves(kind, "an open of " + path, lambda path=path, flags=flags: touch(path, flags), file_path=path)
    with open("/proc/sys/vm/swappiness") as f:
        value = f.read()
    live.proves("SysctlChangeNix", "a parameter is set to what it was", lambda: write("/proc/sys/vm/swappiness", value.encode(), os.O_WRONLY),
                sysctl_name="vm.swappiness", sysctl_value=value.strip())
    live.proves("JvmAttachNix", "what jattach does first", lambda: touch(live.path(".attach_pid%d" % os.getpid()), os.O_WRONLY | os.O_CREAT),
                file_path=live.path(".attach_pid%d" % os.getpid()))


def memory(live):
    with live.hold(live.o.tiny, "hold") as child:
        touch("/proc/%d/mem" % child.pid, os.O_RDWR)


def run(live):
    plain(live)
    attributes(live)
    refusals(live)
    kernel_files(live)
