"""Walls around a process (Linux): what a seat puts around itself, and `walled.py` around ffmpeg.

Which files a process may open is another wall: `landlock.py` builds it, `reach.py` says what lies within.
"""

import ctypes
import os
import resource
import signal
import struct

_PR_SET_PDEATHSIG = 1
_PR_GET_PDEATHSIG = 2
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITIES_VERSION = 0x20080522
CAP_DAC_OVERRIDE = 1 << 1
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000


def die_with_parent(parent_pid: int) -> None:
    """Have the kernel kill this process when the thread that started it ends. Survives exec.

    Raises ProcessLookupError when the parent is gone already.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        raise ProcessLookupError(f"the parent {parent_pid} has ended")


def parent_death_signal() -> int:
    """The signal that the kernel sends this process when its parent ends; 0 for none."""
    found = ctypes.c_int(0)
    ctypes.CDLL(None).prctl(_PR_GET_PDEATHSIG, ctypes.byref(found), 0, 0, 0)
    return found.value


def give_up_privileges() -> None:
    """No set-user-id program gives rights to this process or to what it starts, and neither dumps core."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def drop_capabilities() -> None:
    """Of root's rights keep only that to open files that belong to others: a storage may. For who is not root, nothing.

    With the others, root reads the server's environment from /proc, and the keys in it, through Landlock and all.
    """
    kept = struct.pack("=6I", CAP_DAC_OVERRIDE, CAP_DAC_OVERRIDE, 0, 0, 0, 0)
    if os.geteuid() == 0 and ctypes.CDLL(None).capset(struct.pack("=Ii", _CAPABILITIES_VERSION, 0), kept) != 0:
        ctypes.CDLL(None).capset(struct.pack("=Ii", _CAPABILITIES_VERSION, 0), bytes(24))  # it had not even that one


def cut_network() -> None:
    """Leave every network behind, where the kernel lets an ordinary process do so; elsewhere do nothing.

    Before `die_with_parent`: a change of credentials may undo that.
    """
    libc = ctypes.CDLL(None)
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def limit(what: int, most: int) -> None:
    """Lower one `resource.RLIMIT_*`, never above the hard limit that already holds."""
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
