# SPDX-License-Identifier: Apache-2.0
"""Acts on the kernel: only such as it refuses, or as end with the child that did them."""
import ctypes
import os
import struct

import _acts
from _acts import call, in_child


def bpf(command, attributes):
    attributes = attributes.ljust(128, b"\0")
    return call("bpf", command, ctypes.c_char_p(attributes), 128)


def program():
    """A socket filter of two instructions: r0 = 0; exit. Its descriptor."""
    code = ctypes.create_string_buffer(struct.pack("<BBhi", 0xB7, 0, 0, 0) + struct.pack("<BBhi", 0x95, 0, 0, 0), 16)
    text = ctypes.create_string_buffer(b"GPL")
    return bpf(5, struct.pack("<IIQQ", 1, 2, ctypes.addressof(code), ctypes.addressof(text)))


def run(live):
    rubbish = b"no module at all"
    live.proves("KernelModuleLoadFailNix", "init_module with rubbish", lambda: in_child(lambda: call("init_module", rubbish, len(rubbish), b"")), op_status=0)
    path = live.file("rubbish.ko", "no module at all")
    live.proves("KernelModuleLoadFailNix", "finit_module with rubbish", lambda: in_child(
        lambda: call("finit_module", os.open(path, os.O_RDONLY), b"", 0), 1), op_status=0, file_path=path)
    live.proves("KernelModuleUnloadNix", "delete_module of one that is not there", lambda: in_child(lambda: call("delete_module", b"aurochs_none", 0x800)),
                op_status=0)
    live.cannot("KernelModuleLoadNix", "a module that loads", "a test loads nothing into the kernel of its machine; golden")
    text = in_child(program)[1]
    live.proves("BpfProgramLoadNix", "a socket filter: " + text, lambda: in_child(program), op_id=5, op_name="BPF_PROG_LOAD")
    live.proves("BpfAttachNix", "BPF_PROG_ATTACH that fails", lambda: in_child(lambda: bpf(8, struct.pack("<IIII", 2**32 - 1, 2**32 - 1, 0, 0))),
                op_name="BPF_PROG_ATTACH", op_status=0)
    live.proves("BpfPinNix", "BPF_OBJ_PIN that fails", lambda: in_child(
        lambda: bpf(6, struct.pack("<QI", ctypes.addressof(ctypes.create_string_buffer(b"/nonexistent/pin")), 0))), op_name="BPF_OBJ_PIN", op_status=0)
    live.proves("KexecLoadNix", "kexec_load without rights or sense", lambda: in_child(lambda: call("kexec_load", 0, 99, 0, 1)), op_status=0,
                op_value="KEXEC_ON_CRASH")

    def clear():  # without rights: the log of this machine stays
        os.setresuid(65534, 65534, 65534)
        return call("syslog", 5, 0, 0)
    live.proves("KernelLogClearNix", "syslog CLEAR, refused", lambda: in_child(clear), op_value="SYSLOG_ACTION_CLEAR", op_status=0)
    if _acts.has("iopl"):
        live.proves("IoPortAccessNix", "iopl", lambda: in_child(lambda: call("iopl", 0)), op_func_name="iopl", op_value="0")
        live.proves("IoPortAccessNix", "ioperm", lambda: in_child(lambda: call("ioperm", 0x80, 1, 0)), op_value="0x80", mem_len=1)
    else:
        live.cannot("IoPortAccessNix", "iopl", "this machine has no I/O ports")
