# SPDX-License-Identifier: Apache-2.0
"""Acts on memory: of others by ptrace and process_vm_*, own by mappings; descriptors that stand for memory or for calls without syscalls."""
import ctypes
import mmap
import os

import _acts
from _acts import call, in_child

RWX = 7


def debugger(live):
    pid = _acts.sleeper()

    def seize():
        return call("ptrace", 0x4206, pid, 0, 0)

    def attach():
        done = call("ptrace", 16, pid, 0, 0)
        os.waitpid(pid, 0)
        return done, call("ptrace", 4, pid, 0x10, 0)  # fails (EIO): nothing lies there
    try:
        live.proves("ProcessPtraceAttachNix", "ptrace ATTACH of a child", lambda: in_child(lambda: call("ptrace", 16, pid, 0, 0)), op_name="PTRACE_ATTACH",
                    tgt_proc_id=pid, tgt_proc_guid=bool, tgt_comm=bool)
        live.proves("ProcessPtraceAttachNix", "ptrace SEIZE of a child", lambda: in_child(seize), op_name="PTRACE_SEIZE", tgt_proc_id=pid)
        live.proves("ProcessPtraceWriteNix", "ptrace POKETEXT", lambda: in_child(lambda: call("ptrace", 4, pid, 0x10, 0)), op_name="PTRACE_POKETEXT",
                    tgt_proc_id=pid, tgt_proc_guid=bool, mem_addr="0x10")
        live.proves("ProcessPtraceTracemeNix", "ptrace TRACEME", lambda: in_child(lambda: call("ptrace", 0, 0, 0, 0), 0), op_name="PTRACE_TRACEME")
        word = ctypes.create_string_buffer(b"aurochs")
        vector = (ctypes.c_ulong * 2)(ctypes.addressof(word), 7)
        for number, kind in (("process_vm_writev", "ProcessVmWriteNix"), ("process_vm_readv", "ProcessVmReadNix")):
            # The sleeper is a fork: the same buffer lies at the same address there.
            other = _acts.sleeper()
            try:
                live.proves(kind, number, lambda: in_child(lambda: call(number, other, vector, 1, vector, 1, 0)), tgt_proc_id=other, mem_len=7)
            finally:
                _acts.done(other)
    finally:
        _acts.done(pid)


def mappings(live):
    def protect():
        memory = mmap.mmap(-1, 8192)
        address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        return call("mprotect", address, 8192, RWX)
    live.proves("MemoryProtectExecNix", "mprotect rwx", lambda: in_child(protect), mem_prot="rwx", mem_len=8192, mem_addr=bool)
    live.proves("MemoryMapRwxNix", "mmap rwx", lambda: in_child(lambda: call("mmap", 0, 12288, RWX, 0x22, -1, 0)), mem_prot="rwx", mem_len=12288)

    def share():
        segment = call("shmget", 0, 4096, 0o1600)
        at = call("shmat", segment, 0, 0x8000)
        data = ctypes.create_string_buffer(256)
        call("shmctl", segment, 2, data)  # IPC_STAT
        again = call("shmctl", segment, 1, data)  # IPC_SET to what it is
        return segment, at, again, call("shmctl", segment, 0, 0)
    live.proves("SysvShmExecNix", "shmat SHM_EXEC", lambda: in_child(share), op_value=bool, op_status=1)
    live.proves("SysvShmCreateNix", "shmget IPC_CREAT", lambda: in_child(share), op_value="0x0", mem_len=4096, file_ace_mask="0000600")
    live.proves("SysvIpcPermNix", "shmctl IPC_SET", lambda: in_child(share), op_name="shmctl", file_ace_mask="0000600", file_owner_id=0)

    def queue():
        fd = call("mq_open", b"aurochs-live", 0o102, 0o600, 0)
        call("mq_unlink", b"aurochs-live")
        return fd
    live.proves("PosixMqOpenNix", "mq_open", lambda: in_child(queue), op_name="create", op_value="aurochs-live")


def descriptors(live):
    live.proves("MemfdCreateNix", "memfd_create", lambda: in_child(lambda: call("memfd_create", b"aurochs-live", 1), 1), op_value="MFD_CLOEXEC",
                file_path="/memfd:aurochs-live")
    secret = in_child(lambda: call("memfd_secret", 0))[1]
    live.proves("MemorySecretNix", "memfd_secret: " + secret, lambda: in_child(lambda: call("memfd_secret", 0)), op_func_name="memfd_secret")
    live.proves("UserfaultfdNix", "userfaultfd", lambda: in_child(lambda: call("userfaultfd", 0x80001)), op_value="UFFD_USER_MODE_ONLY|O_CLOEXEC")
    attributes = ctypes.create_string_buffer(128)
    attributes[4:8] = (128).to_bytes(4, "little")
    live.proves("PerfEventOpenNix", "perf_event_open", lambda: in_child(lambda: call("perf_event_open", attributes, 0, -1, -1, 0)), op_value="0")
    parameters = ctypes.create_string_buffer(120)
    live.proves("IoUringSetupNix", "io_uring_setup", lambda: in_child(lambda: call("io_uring_setup", 8, parameters)), op_value="8")
    pid = _acts.sleeper()
    try:
        live.proves("PidfdGetfdNix", "pidfd_getfd", lambda: in_child(lambda: call("pidfd_getfd", call("pidfd_open", pid, 0), 0, 0), 1), op_value="0", tgt_proc_id=pid)
    finally:
        _acts.done(pid)

    def splice():
        reader, writer = os.pipe()
        with open("/etc/passwd", "rb") as f:
            offset = ctypes.c_longlong(0)
            return call("splice", f.fileno(), ctypes.byref(offset), writer, 0, 16, 0), reader
    live.proves("SpliceToPipeNix", "splice of a file into a pipe", lambda: in_child(splice), mem_len=16)


def run(live):
    debugger(live)
    mappings(live)
    descriptors(live)
