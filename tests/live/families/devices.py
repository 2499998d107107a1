# SPDX-License-Identifier: Apache-2.0
"""Devices: loop devices of this test for disks; for what cannot be had here, a message that the kernel sends when asked to."""
import fcntl
import glob
import os
import subprocess
import time

LOOP_ADD, LOOP_REMOVE, NUMBER = 0x4C80, 0x4C81, 77
DEVICE = "/dev/loop%d" % NUMBER


def control(request):
    fd = os.open("/dev/loop-control", os.O_RDWR)
    try:
        return fcntl.ioctl(fd, request, NUMBER)
    finally:
        os.close(fd)


def losetup(*arguments):
    return subprocess.run(("losetup",) + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20).stdout


def node():
    """Without udev nobody makes it but devtmpfs."""
    for _ in range(100):
        if os.path.exists(DEVICE):
            return
        time.sleep(0.02)
    os.mknod(DEVICE, 0o60600, os.makedev(7, NUMBER))


def disks(live):
    image = live.file("disk.img", "")
    os.truncate(image, 1 << 20)
    live.proves("BlockDeviceAddNix", "a loop device", lambda: control(LOOP_ADD), dev_path=DEVICE, dev_size=0, dev_isremovable=False, op_name=None)
    node()
    live.proves("BlockDeviceAddNix", "a medium", lambda: losetup(DEVICE, image), dev_path=DEVICE, dev_size=1 << 20, op_name="medium")
    live.proves("BlockDeviceRemoveNix", "the medium goes", lambda: losetup("-d", DEVICE), dev_path=DEVICE, dev_size=1 << 20, op_name="medium")
    live.proves("BlockDeviceRemoveNix", "the loop device goes", lambda: control(LOOP_REMOVE), dev_path=DEVICE, op_name=None)


def asked(live, kind, what, paths, reason, **fields):
    if not paths:
        live.cannot(kind, what, reason)
        return

    def act():
        with open(paths[0] + "/uevent", "w") as f:
            f.write("add")
    live.proves(kind, what, act, **fields)


def run(live):
    if os.path.exists("/dev/loop-control"):
        disks(live)
    else:
        live.cannot("BlockDeviceAddNix", "a loop device", "no loop devices here")
    cards = [p[:-len("/device")] for p in glob.glob("/sys/class/net/*/device")]
    asked(live, "NetDeviceAddNix", "a card, as the kernel says it when asked", cards, "no network card here",
          dev_iface=os.path.basename(cards[0]) if cards else "", dev_iface_isphysical=True, op_name="synthetic")
    usb = [os.path.dirname(p) for p in glob.glob("/sys/bus/usb/devices/*/idVendor")]
    asked(live, "UsbAttachNix", "a USB device, as the kernel says it when asked", usb, "no USB here", usb_vid=lambda v: v, op_name="synthetic")
    keyboards = [p for p in glob.glob("/sys/class/input/input*") if keys(p) & 0xFFFFFFFE == 0xFFFFFFFE]
    asked(live, "InputDeviceAddNix", "a keyboard, as the kernel says it when asked", keyboards, "no keyboard here", op_name="synthetic")


def keys(device):
    try:
        with open(os.path.join(device, "capabilities", "key")) as f:
            return int(f.read().split()[-1], 16)
    except (OSError, ValueError, IndexError):
        return 0


def clean(_):
    losetup("-d", DEVICE)
    try:
        control(LOOP_REMOVE)
    except OSError:
        pass
    if not os.path.exists("/sys/block/loop%d" % NUMBER) and os.path.exists(DEVICE):
        os.unlink(DEVICE)
