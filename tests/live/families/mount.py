# SPDX-License-Identifier: Apache-2.0
"""Mounts in a mount namespace of a child, namespaces, swap, loop and tunnel devices, inode flags."""
import ctypes
import fcntl
import os
import struct

import _acts
from _acts import call, in_child

BIND, REMOUNT, NODEV, PRIVATE_ALL = 0x1000, 0x20, 0x4, 0x44000


def own_mounts(act):
    """act() where mounts end with the process and are seen by nobody else."""
    def run():
        if call("unshare", 0x20000) or call("mount", b"none", b"/", 0, PRIVATE_ALL, 0):
            return "no mount namespace"
        return act()
    return lambda: in_child(run, 1)


def mounts(live):
    place = live.path("place")
    os.mkdir(place)
    target = place.encode()

    def tmpfs():
        return call("mount", b"aurochs-live", target, b"tmpfs", NODEV, b"size=64k")
    live.proves("MountAddNix", "a tmpfs", own_mounts(tmpfs), mnt_dst=place, mnt_type="tmpfs", mnt_src="aurochs-live", mnt_flags="nodev", op_status=1)
    live.proves("MountBindNix", "a bind", own_mounts(lambda: call("mount", b"/etc", target, 0, BIND, 0)), mnt_dst=place, mnt_src="/etc", mnt_flags="bind")
    live.proves("MountRemountNix", "a remount", own_mounts(lambda: (tmpfs(), call("mount", 0, target, 0, REMOUNT | 1, 0))), mnt_dst=place, mnt_type="tmpfs",
                mnt_flags="ro|remount")
    live.proves("MountRemoveNix", "an umount", own_mounts(lambda: (tmpfs(), call("umount2", target, 2))), mnt_dst=place, mnt_flags="detach")

    def new_way():
        context = call("fsopen", b"tmpfs", 0)
        call("fsconfig", context, 1, b"source", b"aurochs-new", 0)
        call("fsconfig", context, 6, 0, 0, 0)
        mount = call("fsmount", context, 0, 0)
        return call("move_mount", mount, b"", -100, target, 4)
    live.proves("MountAddNix", "a tmpfs by fsmount and move_mount", own_mounts(new_way), op_func_name="move_mount", mnt_dst=place, mnt_type="tmpfs",
                mnt_src="aurochs-new")
    attributes = ctypes.create_string_buffer(struct.pack("<QQQQ", 1, 0, 0, 0), 32)
    live.proves("MountRemountNix", "mount_setattr", own_mounts(lambda: (tmpfs(), call("mount_setattr", -100, target, 0, attributes, 32))),
                op_func_name="mount_setattr", mnt_dst=place)

    def fuse():
        fd = os.open("/dev/fuse", os.O_RDWR)
        options = "fd=%d,rootmode=40000,user_id=0,group_id=0" % fd
        return call("mount", b"aurochs-remote", target, b"fuse.aurochs", 0, options.encode())
    text = own_mounts(fuse)()[1]
    if text == "0":
        live.proves("MountRemoteNix", "a fuse file system", own_mounts(fuse), mnt_dst=place, mnt_type="fuse.aurochs", mnt_src="aurochs-remote")
    else:
        live.cannot("MountRemoteNix", "a fuse file system", "not on this machine: " + text)


def namespaces(live):
    live.proves("NamespaceUnshareNix", "unshare of two", lambda: in_child(lambda: call("unshare", 0x0C000000)), ns_flags="ipc|uts")
    live.proves("NamespaceSetNix", "setns to its own", lambda: in_child(lambda: call("setns", os.open("/proc/self/ns/uts", os.O_RDONLY), 0), 1), ns_flags="uts")

    def clone():
        pid = call("clone", 0x04000000 | 17, 0, 0, 0, 0)
        if pid == 0:
            os._exit(0)
        return pid
    live.proves("NamespaceCloneNix", "clone into a namespace", lambda: in_child(clone), ns_flags="uts", tgt_proc_id=bool)

    def user():
        os.setresuid(65534, 65534, 65534)
        return call("unshare", 0x10000000)
    live.proves("UserNamespaceCreateNix", "unshare of users by nobody", lambda: in_child(user), ns_flags="user", proc_usr_r_id=65534)


def devices(live):
    live.proves("SwapChangeNix", "swapoff of a file that is not there", lambda: in_child(lambda: call("swapoff", b"/nonexistent/swap")),
                file_path="/nonexistent/swap", op_func_name="swapoff", op_status=0)
    path = live.file("flags", "x")

    def set_flags():  # the descriptor stays open as long as the child: the path is behind it
        return fcntl.ioctl(os.open(path, os.O_RDONLY), 0x40086602, struct.pack("l", 0x40))  # FS_NODUMP_FL
    live.proves("FileImmutableChangeNix", "FS_IOC_SETFLAGS", lambda: in_child(set_flags, 1), op_name="FS_IOC_SETFLAGS", file_path=path)

    def flags():
        fd, attributes = os.open(path, os.O_RDONLY), bytearray(28)
        fcntl.ioctl(fd, 0x801C581F, attributes)  # FS_IOC_FSGETXATTR
        attributes[0] |= 0x80  # FS_XFLAG_NODUMP
        return fcntl.ioctl(fd, 0x401C5820, bytes(attributes))
    live.proves("FileImmutableChangeNix", "FS_IOC_FSSETXATTR", lambda: in_child(flags, 1), op_name="FS_IOC_FSSETXATTR", file_path=path)

    def loop():
        control = os.open("/dev/loop-control", os.O_RDWR)
        number = fcntl.ioctl(control, 0x4C82)  # LOOP_CTL_GET_FREE
        device, image = os.open("/dev/loop%d" % number, os.O_RDWR), os.open(path, os.O_RDWR)
        try:
            return fcntl.ioctl(device, 0x4C00, image)
        finally:
            _acts.time.sleep(1)
            fcntl.ioctl(device, 0x4C01, 0)
    with open(path, "w") as f:
        f.write("x" * 65536)
    text = in_child(loop)[1]
    if text == "0":
        live.proves("LoopAttachNix", "LOOP_SET_FD", lambda: in_child(loop), dev_path=lambda v: v and v.startswith("/dev/loop"), file_path=path)
    else:
        live.proves("LoopAttachNix", "LOOP_SET_FD that fails: " + text, lambda: in_child(lambda: call("ioctl", os.open(path, os.O_RDWR), 0x4C00, 0)),
                    op_name="LOOP_SET_FD")

    def tun():
        fd = os.open("/dev/net/tun", os.O_RDWR)
        return fcntl.ioctl(fd, 0x400454CA, struct.pack("16sH22x", b"aurochs0", 0x1001)) and 0
    text = in_child(tun)[1]
    if text == "0":
        live.proves("NetworkTunDeviceNix", "TUNSETIFF", lambda: in_child(tun, 1), dev_iface="aurochs0")
    else:
        live.proves("NetworkTunDeviceNix", "TUNSETIFF that fails: " + text, lambda: in_child(
            lambda: call("ioctl", os.open(path, os.O_RDWR), 0x400454CA, 0)), op_name="TUNSETIFF", op_status=0)


def run(live):
    mounts(live)
    namespaces(live)
    devices(live)
