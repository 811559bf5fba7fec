"""What runs in a seat, the process that MediaPool starts, watches and kills.

Light on purpose: the forkserver preloads it, so it imports no thread, no model and no codec.
"""

import contextlib
import errno
import fcntl
import inspect
import math
import multiprocessing
import os
import pickle
import re
import select
import signal
import socket
import struct
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from media import landlock, syscalls, walls
from media.checkpoints import checkpoint
from media.errors import MediaError
from media.reach import Fence
from media.seat_errors import DiskFull, SeatError

PERCENT = struct.Struct("=d")
"""One message on the wire from a seat to the server."""

_REPORT_EVERY_S = 0.1
_SECRET = re.compile(r"(^|_)(KEY|SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIALS?|URL|DSN)(_|$)", re.IGNORECASE)

_wire: socket.socket | None = None


def enter(wire: socket.socket, niceness: int, fence: Fence | None) -> None:
    """Make this process a seat: killable as a group, gone with the server, modest, fenced in, and without secrets."""
    global _wire
    wire.setblocking(False)
    _wire = wire
    os.setsid()
    walls.die_with_parent(os.getppid())
    _die_with_server()
    walls.give_up_privileges()
    os.nice(niceness)
    with contextlib.suppress(OSError):  # /proc may be read-only in a container
        Path("/proc/self/oom_score_adj").write_text("500")
    walls.drop_capabilities()
    for name in list_secrets(os.environ):
        del os.environ[name]
    if fence is not None:
        os.environ["TMPDIR"] = fence.scratch
        landlock.restrict(fence.rules, networked=fence.networked)
        syscalls.refuse_calls(networked=fence.networked)


def list_secrets(environment: Mapping[str, str]) -> list[str]:
    """Names of the variables that by their name hold a key, a password or an address with one inside."""
    return [name for name in environment if _SECRET.search(name)]


def call(packed: bytes) -> bytes:
    """Run pickled (function, args); return pickled (True, result) or (False, MediaError). Raises nothing.

    Pickled here and not by the executor, whose reader thread in the server dies of what does not unpickle.
    """
    try:
        function, args = pickle.loads(packed)
        checkpoint("seat_began")
        result = _run(function, args)
        checkpoint("seat_ended")
        return pickle.dumps((True, result))
    except BaseException as error:
        return _pack_error(error)


def _run(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    if _takes_report(function):
        return function(*args, report=Reporter(_wire))
    return function(*args)


def _takes_report(function: Callable[..., Any]) -> bool:
    try:
        return "report" in inspect.signature(function).parameters
    except ValueError:  # some built-in functions tell nothing
        return False


def _pack_error(error: BaseException) -> bytes:
    if isinstance(error, MediaError):
        with contextlib.suppress(Exception):
            return pickle.dumps((False, error))
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return pickle.dumps((False, DiskFull(str(error))))
    return pickle.dumps((False, SeatError("".join(traceback.format_exception(error)))))


class Reporter:
    """The Report of a task on a seat: at most ten messages a second, dropped when the server is slow to read.

    A message is one packet, so a kill leaves none half written.
    """

    def __init__(self, wire: socket.socket | None) -> None:
        self._wire = wire
        self._next_s = -math.inf

    def __call__(self, percent: float) -> None:
        now_s = time.monotonic()
        if self._wire is None or (now_s < self._next_s and percent < 100):
            return
        self._next_s = now_s + _REPORT_EVERY_S
        with contextlib.suppress(OSError):
            self._wire.send(PERCENT.pack(percent))


def _die_with_server() -> None:
    """Have the kernel kill this process when the server ends, however it ends.

    The parent of a seat is the forkserver, which stays as long as one seat lives: PDEATHSIG alone would keep
    all of them. The server holds the other end of the sentinel pipe; SIGKILL as the pipe's signal needs no
    thread here and works while C code holds the interpreter lock.
    """
    server = multiprocessing.parent_process()
    if server is None:
        raise RuntimeError("a seat is a child process")
    sentinel: Any = server.sentinel
    fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(sentinel, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(sentinel, fcntl.F_SETFL, fcntl.fcntl(sentinel, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([sentinel], [], [], 0)[0]:
        raise ProcessLookupError("the server has ended")
