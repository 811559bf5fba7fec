"""Functions that run in seats, and what tests of the pool have in common."""

import asyncio
import importlib
import os
import random
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from media.errors import MediaError
from media.pool import MediaPool
from media.progress import Report

_kept: list[int] = []
_ballast: list[bytes] = []


def remember(number: int) -> list[int]:
    _kept.append(number)
    return _kept


def get_pid() -> int:
    return os.getpid()


def wait_for(folder: Path, name: str) -> str:
    (folder / f"{name}.pid").write_text(str(os.getpid()))
    while not (folder / f"{name}.go").exists():
        time.sleep(0.01)
    return name


def sleep_reporting(seconds: float, report: Report) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        report(1)
        time.sleep(0.02)


def count_up(steps: int, report: Report) -> int:
    for step in range(steps + 1):
        report(100 * step / steps)
        time.sleep(0.03)
    return steps


def die_of(number: int) -> None:
    os.kill(os.getpid(), number)


def touch_nothing() -> None:
    import ctypes

    ctypes.string_at(0)


def exit_hard() -> None:
    os._exit(7)


def exit_softly() -> None:
    raise SystemExit(3)


def fail() -> None:
    raise MediaError("no_audio", "Add sound.", tail="the tool's words")


def return_unpicklable() -> object:
    return lambda: 0


class Poison:
    """Pickles, but not back."""

    def __reduce__(self) -> tuple[object, ...]:
        return int, ("not a number",)


def return_poison() -> object:
    return Poison()


def raise_unpicklable() -> None:
    class LocalError(Exception):
        pass

    raise LocalError(lambda: 0)


def make_big(size: int) -> bytes:
    return random.Random(1).randbytes(1000) * (size // 1000)


def die_while_answering() -> None:
    """Half of the answer's first piece is on its way to the server when the process ends."""

    def send_half(self: Connection, piece: bytes) -> None:
        os.write(self.fileno(), piece[: len(piece) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    Connection._send = send_half  # type: ignore[attr-defined]


def measure(data: bytes) -> int:
    return len(data)


def grow(size: int) -> int:
    _ballast.append(b"x" * size)
    return os.getpid()


def describe_walls() -> dict[str, Any]:
    status = Path("/proc/self/status").read_text()
    return {
        "nice": os.nice(0),
        "oom": int(Path("/proc/self/oom_score_adj").read_text()),
        "no_new_privs": "NoNewPrivs:\t1" in status,
        "session": os.getsid(0) == os.getpid(),
        "secrets": [name for name in os.environ if "SECRET" in name],
        "files": [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()],
    }


def start_a_child(folder: Path) -> None:
    plain = subprocess.Popen(["sleep", "60"])
    (folder / "plain.pid").write_text(str(plain.pid))
    plain.wait()


@asynccontextmanager
async def open_pool(seats: int = 1, **options: Any) -> AsyncIterator[MediaPool]:
    pool = MediaPool(seats, **options)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


async def run(pool: MediaPool, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    seat = await pool.acquire()
    try:
        return await seat.run(function, *args, **options)
    finally:
        pool.release(seat)


async def read_pid(path: Path) -> int:
    return await asyncio.to_thread(wait_for_pid, path)


def wait_for_pid(path: Path) -> int:
    while not (path.exists() and path.read_text()):
        time.sleep(0.01)
    return int(path.read_text())


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def wait_gone(pid: int) -> bool:
    return await asyncio.to_thread(goes_within, pid, 2.0)


def goes_within(pid: int, limit_s: float) -> bool:
    end = time.monotonic() + limit_s
    while not is_gone(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return is_gone(pid)


LOOPS = ["asyncio", "uvloop"]


def play(loop: str, scene: Coroutine[Any, Any, None]) -> None:
    """Run a scene on one of LOOPS."""
    factory = importlib.import_module(loop).new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(scene)
