# SPDX-License-Identifier: Apache-2.0
"""What mountinfo shows of mounts in this mount namespace; all below one directory and gone at the end."""
import ctypes
import os

DIR = "/tmp/aurochs-livst-mounts"
LAZY = 2  # MNT_DETACH
libc = ctypes.CDLL(None, use_errno=True)


def mount(source, target, kind, flags, data):
    if libc.mount(source.encode(), target.encode(), kind.encode(), flags, data.encode()) != 0:
        raise OSError(ctypes.get_errno(), "mount " + target)


def prepare(live):
    clean(live)
    for name in ("a", "remote"):
        os.makedirs(os.path.join(DIR, name))


def remote(live):
    target = os.path.join(DIR, "remote")
    if not os.path.exists("/dev/fuse"):
        return live.cannot("MountRemoteNix", "sshfs", "no /dev/fuse")
    # The kernel takes the type's name behind the dot as it is given; no server is asked before the first look into it.
    fuse = os.open("/dev/fuse", os.O_RDWR)
    try:
        live.proves("MountRemoteNix", "a FUSE file system that calls itself sshfs",
                    lambda: mount("vera@192.0.2.8:", target, "fuse.sshfs", 0, "fd=%d,rootmode=40000,user_id=0,group_id=0" % fuse),
                    mnt_dst=target, mnt_type="fuse.sshfs", mnt_src="vera@192.0.2.8:")
    finally:
        libc.umount2(target.encode(), LAZY)
        os.close(fuse)


def run(live):
    a = os.path.join(DIR, "a")
    live.proves("MountAddNix", "tmpfs", lambda: live.run("mount", "-t", "tmpfs", "-o", "size=64k", "aurochs-livst", a), mnt_dst=a, mnt_type="tmpfs",
                mnt_src="aurochs-livst")
    live.proves("MountRemountNix", "read-only", lambda: live.run("mount", "-o", "remount,ro", a), mnt_dst=a, mnt_type="tmpfs", op_value_old=lambda v: v and "rw" in v)
    live.proves("MountRemoveNix", "umount", lambda: live.run("umount", a), mnt_dst=a, mnt_type="tmpfs")
    child = live.hold("cat")
    over = "/proc/%d" % child.pid
    try:
        live.proves("MountOverProcNix", "tmpfs over a process", lambda: live.run("mount", "-t", "tmpfs", "none", over), mnt_dst=over, mnt_type="tmpfs")
    finally:
        live.run("umount", over)
        child.let_go()
    remote(live)


def clean(live):
    for name in ("a", "remote"):
        path = os.path.join(DIR, name)
        while os.path.ismount(path) and libc.umount2(path.encode(), LAZY) == 0:
            pass
        if os.path.isdir(path):
            os.rmdir(path)
    if os.path.isdir(DIR):
        os.rmdir(DIR)
