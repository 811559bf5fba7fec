"""MediaPool: N seats, each a process of its own that does one heavy task at a time and may die alone.

    pool = MediaPool(seats=2)
    await pool.start()
    seat = await pool.acquire()
    try:
        scenes = await seat.run(find_scenes, video, on_progress=print, time_limit_s=600)
    finally:
        pool.release(seat)

Not one ProcessPoolExecutor(N): there one killed worker fails every task and ends the pool. Linux only.
"""

import asyncio
import math
import pickle
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from loguru import logger

from media.checkpoints import checkpoint
from media.progress import Report, ignore
from media.reach import Fence
from media.seat_errors import PoolClosed, SeatDied, SeatError, Stalled, TimedOut
from media.worker import Worker, start_forkserver

Result = TypeVar("Result")

_REBUILD_WAIT_S = (0.0, 0.5, 1.0, 2.0)
_START_WAIT_S = 10.0
_LONGEST_WAIT_S = 3600.0  # an infinite timeout is too much for uvloop


@dataclass(frozen=True)
class SeatInfo:
    """A seat as /health shows it. `state` is free, taken (by who has no task for it yet), running or building.

    `tasks` counts since the process began, `deaths` the ends nobody asked for since the pool began.
    """

    state: str
    pid: int | None
    tasks: int
    deaths: int
    rss_bytes: int


@dataclass(frozen=True)
class Limits:
    """When a seat's task is given up, when its process is replaced while idle, and what it may open."""

    stall_s: float
    recycle_after: int
    max_rss_bytes: int
    niceness: int
    fence: Fence | None


class Seat:
    """One place for one task at a time. Got from `MediaPool.acquire`, given back with `release`."""

    def __init__(self, limits: Limits) -> None:
        self.state = "building"
        self.deaths = 0
        self._limits = limits
        self._worker: Worker | None = None
        self._tasks = 0
        self._building: asyncio.Task[None] | None = None
        self._closed = False

    async def run(
        self,
        function: Callable[..., Result],
        *args: Any,
        on_progress: Report = ignore,
        time_limit_s: float = math.inf,
    ) -> Result:
        """Call `function(*args)` in the seat's process and return its result.

        The function is found there by its module and name; if it takes `report`, it gets one. `on_progress` is
        called on the loop with rising percentages. Raises the function's MediaError, SeatError for any other
        exception, SeatDied, TimedOut, Stalled, PoolClosed. After any end but the function's own, cancellation
        included, the process and all it started are gone before this returns.
        """
        if self.state != "taken":
            raise ValueError(f"this seat is {self.state}")
        packed = _pack(function, args)
        await self.make_ready()
        assert self._worker is not None
        result: Result = _unpack(await self._run(self._worker, packed, Pulse(on_progress), time_limit_s))
        return result

    async def _run(self, worker: Worker, packed: bytes, pulse: "Pulse", time_limit_s: float) -> bytes:
        self.state = "running"
        self._tasks += 1
        worker.on_percent = pulse.beat
        try:
            return await self._watch(worker, packed, pulse, time_limit_s)
        except BrokenExecutor as error:
            await worker.end()
            if self._closed:
                raise PoolClosed() from error
            self.deaths += 1
            raise SeatDied(worker.describe_end()) from error
        except BaseException:
            await worker.end()
            raise
        finally:
            worker.on_percent = None
            self.state = "taken"

    async def _watch(self, worker: Worker, packed: bytes, pulse: "Pulse", time_limit_s: float) -> bytes:
        deadline = time.monotonic() + time_limit_s
        future = asyncio.wrap_future(worker.submit(packed))
        checkpoint("seat_given_work")
        future.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        while not future.done():
            stall = pulse.last_s + self._limits.stall_s
            now = time.monotonic()
            if now >= deadline:
                raise TimedOut(f"no result within {time_limit_s} s")
            if now >= stall:
                raise Stalled(f"no progress for {self._limits.stall_s} s, at {pulse.percent} %")
            await asyncio.wait([future], timeout=min(deadline - now, stall - now, _LONGEST_WAIT_S))
        worker.drain()
        return future.result()

    async def make_ready(self) -> None:
        """Return when a live process sits here, a new one if the old is dead or worn. Raises PoolClosed."""
        while not self.is_fit():
            if self._closed:
                raise PoolClosed()
            if self._building is None or self._building.done():
                self._building = asyncio.create_task(self._build())
            await asyncio.shield(self._building)

    def is_fit(self) -> bool:
        """Whether the process lives and is neither too old nor too big. A new one never counts as too big."""
        if self._worker is None:
            return False
        self._worker.drain()  # a death is the last thing on the wire, perhaps not read yet
        if not self._worker.alive:
            return False
        if self._tasks == 0:
            return True
        return self._tasks < self._limits.recycle_after and self._worker.read_rss_bytes() <= self._limits.max_rss_bytes

    async def close(self) -> None:
        """End the process and whatever runs on it."""
        self._closed = True
        if self._building is not None:
            await asyncio.wait([self._building])
        if self._worker is not None:
            await self._worker.end()

    def describe(self) -> SeatInfo:
        """What /health tells of this seat."""
        worker = self._worker
        if worker is None or not worker.alive:
            return SeatInfo("building", None, self._tasks, self.deaths, 0)
        return SeatInfo(self.state, worker.pid, self._tasks, self.deaths, worker.read_rss_bytes())

    async def _build(self) -> None:
        if self._worker is not None:
            await self._worker.end()
        failures = 0
        while not self._closed:
            await asyncio.sleep(_REBUILD_WAIT_S[min(failures, len(_REBUILD_WAIT_S) - 1)])
            try:
                self._worker = await Worker.start(self._limits.niceness, self._limits.fence)
            except Exception as error:
                failures += 1
                logger.error("a media seat does not start: {!r}", error)
            else:
                self._tasks = 0
                self._worker.on_death = self._on_death
                return

    def _on_death(self) -> None:
        if self.state == "running":
            return  # _run tells
        self.deaths += 1
        logger.warning("an idle media seat died and is rebuilt")
        self._building = asyncio.create_task(self._build())


class Pulse:
    """Signs of life of one task: passes on percentages that rise, and remembers when the last sign came."""

    def __init__(self, on_progress: Report) -> None:
        self.percent = -1.0
        self.last_s = time.monotonic()
        self._on_progress = on_progress

    def beat(self, percent: float) -> None:
        """Any call is a sign of life; what is not above the last percentage is not passed on."""
        self.last_s = time.monotonic()
        percent = min(percent, 100.0)  # in this order a NaN stays one, and is not above anything
        if percent > self.percent:
            self.percent = percent
            self._on_progress(percent)


class MediaPool:
    """The seats and who waits for one. All methods belong to one event loop."""

    def __init__(
        self,
        seats: int,
        *,
        stall_s: float = 120.0,
        recycle_after: int = 50,
        max_rss_bytes: int = 2 * 1024**3,
        nice: int = 10,
        fence: Fence | None = None,
    ) -> None:
        limits = Limits(stall_s, recycle_after, max_rss_bytes, nice, fence)
        self._seats = [Seat(limits) for _ in range(seats)]
        self._free: asyncio.Queue[Seat | None] = asyncio.Queue()
        self._settling: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Start every seat's process. Returns when all are ready, or after 10 s; the rest follow."""
        start_forkserver()
        for seat in self._seats:
            self._settle_soon(seat)
        if self._settling:
            await asyncio.wait(self._settling, timeout=_START_WAIT_S)

    async def acquire(self) -> Seat:
        """Wait for a free seat with a live process. Give it back with `release`, used or not. Raises PoolClosed."""
        seat = await self._free.get()
        if seat is None or self._closed:
            self._free.put_nowait(None)
            raise PoolClosed()
        try:
            await seat.make_ready()
        except BaseException:
            self._put_free(seat)
            raise
        seat.state = "taken"
        return seat

    def release(self, seat: Seat) -> None:
        """Give a seat back. A dead or worn one is rebuilt first. Raises ValueError when it is not taken."""
        if seat.state != "taken":
            raise ValueError(f"this seat is {seat.state}")
        if seat.is_fit():
            self._put_free(seat)
            return
        self._settle_soon(seat)

    @property
    def free_seats(self) -> int:
        """How many seats could take a task at once."""
        return sum(info.state == "free" for info in self.seats)

    @property
    def seats(self) -> list[SeatInfo]:
        """Every seat as it is now."""
        return [seat.describe() for seat in self._seats]

    async def close(self) -> None:
        """End every process. What still runs raises PoolClosed, and so does who waits. A second call does nothing."""
        self._closed = True
        self._free.put_nowait(None)
        await asyncio.gather(*(seat.close() for seat in self._seats))
        if self._settling:
            await asyncio.wait(self._settling)

    def _settle_soon(self, seat: Seat) -> None:
        seat.state = "building"
        task = asyncio.create_task(self._settle(seat))
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def _settle(self, seat: Seat) -> None:
        try:
            await seat.make_ready()
        except PoolClosed:
            return
        self._put_free(seat)

    def _put_free(self, seat: Seat) -> None:
        seat.state = "free"
        self._free.put_nowait(seat)


def _pack(function: Callable[..., Any], args: tuple[Any, ...]) -> bytes:
    try:
        return pickle.dumps((function, args))
    except Exception as error:
        raise SeatError(f"the call does not pickle: {error!r}") from error


def _unpack(answer: bytes) -> Any:
    try:
        succeeded, value = pickle.loads(answer)
    except Exception as error:
        raise SeatError(f"the result does not unpickle: {error!r}") from error
    if not succeeded:
        raise value
    return value
