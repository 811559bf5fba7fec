"""A filter of system calls (seccomp): what work on media never needs is refused, whoever asks for it in this process.

A list of what is refused, not of what is allowed: libraries and kernels come with new harmless calls all the time. On
other machines than x86_64 and aarch64 there is no filter. Numbers and structures: asm/unistd.h, linux/filter.h,
linux/seccomp.h.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterator

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _HAS_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_CLONE_THREAD = 0x10000
_X32 = 0x40000000

# By machine its AUDIT_ARCH; below, the numbers of each call in the same order.
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CALLS = {
    "socket": (41, 198),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "setns": (308, 268),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
}
_PROCESSES = {"unshare": (272, 97), "fork": (57, None), "vfork": (58, None)}
_CLONE, _CLONE3 = (56, 220), (435, 435)


def refuse_calls(*, networked: bool = False, alone: bool = False) -> bool:
    """False where there is no filter. Needs no-new-privileges; holds for this thread and all that it starts.

    Sockets are refused unless `networked`; `alone`: also new processes, though not new threads. Raises OSError.
    """
    machine = os.uname().machine
    if machine not in _MACHINES:
        return False
    column = list(_MACHINES).index(machine)
    calls = {name: row for name, row in _CALLS.items() if not (networked and name == "socket")}
    numbers = [row[column] for row in (calls | (_PROCESSES if alone else {})).values()]
    program = b"".join(_write(_MACHINES[machine], [one for one in numbers if one is not None], column, alone))
    code = ctypes.create_string_buffer(program, len(program))
    whole = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), whole, 0, 0) != 0:
        if ctypes.get_errno() == errno.EINVAL:  # a kernel that was built without
            return False
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return True


def _write(machine: int, refused: list[int], column: int, alone: bool) -> Iterator[bytes]:
    """The program, an instruction at a time: (what, how many to skip if so, if not, with which number)."""
    refusal = struct.pack("=HBBI", _RETURN, 0, 0, _REFUSE | errno.EPERM)
    yield struct.pack("=HBBI", _LOAD, 0, 0, _MACHINE_AT)
    yield struct.pack("=HBBI", _EQUAL, 1, 0, machine) + refusal  # calls of a 32-bit program have other numbers
    yield struct.pack("=HBBI", _LOAD, 0, 0, _NUMBER_AT)
    yield struct.pack("=HBBI", _AT_LEAST, 0, 1, _X32) + refusal
    for number in refused:
        yield struct.pack("=HBBI", _EQUAL, 0, 1, number) + refusal
    if alone:
        # Its flags lie in memory, where no filter can look: the C library falls back to clone.
        yield struct.pack("=HBBI", _EQUAL, 0, 1, _CLONE3[column])
        yield struct.pack("=HBBI", _RETURN, 0, 0, _REFUSE | errno.ENOSYS)
        yield struct.pack("=HBBI", _EQUAL, 0, 3, _CLONE[column])
        yield struct.pack("=HBBI", _LOAD, 0, 0, _FIRST_ARGUMENT_AT)
        yield struct.pack("=HBBI", _HAS_BIT, 1, 0, _CLONE_THREAD) + refusal
    yield struct.pack("=HBBI", _RETURN, 0, 0, _ALLOW)
