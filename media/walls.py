"""Walls around a process (Linux): what a seat puts around itself, and, run as a script, around ffmpeg.

    python -I -S media/walls.py PARENT_PID MAX_MEMORY_BYTES MAX_FILE_BYTES PROGRAM [ARGUMENT ...]

The script exists so that ffmpeg needs no `preexec_fn`: a seat has threads (speech, OCR), and Python code
between fork and exec can deadlock there. It imports nothing of ours and costs one bare interpreter start.
"""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_GET_PDEATHSIG = 2
_PR_SET_NO_NEW_PRIVS = 38
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


def _main(parent_pid: str, max_memory_bytes: str, max_file_bytes: str, *program: str) -> None:
    cut_network()
    die_with_parent(int(parent_pid))
    give_up_privileges()
    limit(resource.RLIMIT_AS, int(max_memory_bytes))
    limit(resource.RLIMIT_FSIZE, int(max_file_bytes))
    # A seat blocks SIGTERM, and Python ignores the other two; all of that would be inherited.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.execv(program[0], program)


if __name__ == "__main__":
    _main(*sys.argv[1:])
