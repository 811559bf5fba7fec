"""The server's side of one seat process: an executor of one worker and the wire its progress comes on."""

import asyncio
import contextlib
import functools
import multiprocessing
import multiprocessing.forkserver
import multiprocessing.resource_tracker
import os
import signal
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.process import BaseProcess
from pathlib import Path

from media import seat
from media.reach import Fence

_START_LIMIT_S = 60.0
_END_LIMIT_S = 10.0
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@functools.cache
def start_forkserver() -> None:
    """Start the process that seats are forked from, without the server's secrets in its environment.

    Call it before other threads read the environment. A second call does nothing; one that dies later is
    started again by multiprocessing, and its seats drop the secrets themselves.
    """
    multiprocessing.forkserver.set_forkserver_preload(["media.seat"])
    hidden = {name: os.environ.pop(name) for name in seat.list_secrets(os.environ)}
    try:
        with _deaf_to_the_terminal():
            multiprocessing.forkserver.ensure_running()
    finally:
        os.environ.update(hidden)


class Worker:
    """One live seat process. Ends once, by `end`; a new one takes its place."""

    def __init__(self, executor: ProcessPoolExecutor, wire: socket.socket, process: BaseProcess) -> None:
        assert process.pid is not None
        self.pid = process.pid
        self.alive = True
        self.on_percent: Callable[[float], None] | None = None
        self.on_death: Callable[[], None] | None = None
        self._executor = executor
        self._process = process
        self._wire = wire
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(wire.fileno(), self._read)
        self._reaping: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, niceness: int, fence: Fence | None) -> "Worker":
        """Raises OSError or concurrent.futures.BrokenExecutor when no process can be had."""
        return cls(*await asyncio.to_thread(_launch, niceness, fence))

    def submit(self, packed: bytes) -> "Future[bytes]":
        """Run `seat.call` there. The future gets BrokenExecutor when the process ends first."""
        return self._executor.submit(seat.call, packed)

    def read_rss_bytes(self) -> int:
        """Resident memory now; 0 when the process is gone."""
        try:
            return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * _PAGE_BYTES
        except (OSError, IndexError):
            return 0

    def describe_end(self) -> str:
        """How the process ended, for the log. Call it after `end`."""
        code = self._process.exitcode
        name = signal.Signals(-code).name if code is not None and code < 0 else ""
        return f"the seat's process {self.pid} ended with code {code} {name}".rstrip()

    def kill(self) -> None:
        """Kill the process and its group, now; its ffmpeg, in a group of its own, goes by PDEATHSIG."""
        if self._reaping is None:
            self.alive = False
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._loop.remove_reader(self._wire.fileno())
            self._wire.close()
            self._reaping = self._loop.create_task(asyncio.to_thread(self._executor.shutdown))

    async def end(self) -> None:
        """Kill and wait until nothing of the process is left. A cancelled wait does not stop the ending."""
        self.kill()
        assert self._reaping is not None
        await asyncio.wait([self._reaping], timeout=_END_LIMIT_S)

    def drain(self) -> None:
        """Hand on what the process has reported up to now."""
        while self.alive and self._read():
            pass

    def _read(self) -> bool:
        try:
            packet = self._wire.recv(seat.PERCENT.size)
        except BlockingIOError:
            return False
        except OSError:
            packet = b""
        if packet and self.on_percent is not None:
            self.on_percent(seat.PERCENT.unpack(packet)[0])
        if not packet:
            self._mark_dead()
        return bool(packet)

    def _mark_dead(self) -> None:
        self.alive = False
        self._loop.remove_reader(self._wire.fileno())
        if self.on_death is not None:
            self.on_death()


def _launch(niceness: int, fence: Fence | None) -> tuple[ProcessPoolExecutor, socket.socket, BaseProcess]:
    wire, far_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    wire.setblocking(False)
    executor = ProcessPoolExecutor(
        1, multiprocessing.get_context("forkserver"), initializer=seat.enter, initargs=(far_end, niceness, fence)
    )
    try:
        with far_end, _deaf_to_the_terminal():
            first_task = executor.submit(os.getpid)
        process = executor._processes[first_task.result(_START_LIMIT_S)]
    except BaseException:
        wire.close()
        executor.shutdown(wait=False)
        raise
    # Ours is a second writing end: with it open, a worker killed in the middle of a long result
    # leaves the executor's thread waiting for the rest for ever.
    executor._result_queue._writer.close()  # type: ignore[attr-defined]
    # Ours is a second reading end: Python before 3.11.5 leaves it open, and who writes a long argument to a killed
    # worker then waits for ever.
    executor._call_queue._reader.close()  # type: ignore[attr-defined]
    return executor, wire, process


@contextlib.contextmanager
def _deaf_to_the_terminal() -> Iterator[None]:
    """What is started inside inherits blocked signals: a Ctrl-C or a SIGTERM to the group is the server's to obey."""
    multiprocessing.resource_tracker.ensure_running()  # started later, it would unblock them again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
