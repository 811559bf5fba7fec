"""A seat, a claim, a run, a finish; lease, cancel, rescue, drain. One for each process that runs jobs."""

import asyncio
import errno
import math
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from loguru import logger

from media.checkpoints import checkpoint
from media.errors import MediaError
from media.pool import MediaPool, Seat
from media.progress import Report
from media.seat_errors import PoolClosed, SeatDied
from quizsys import clock, metrics
from quizsys.calls import Call, Talk
from quizsys.config import Settings
from quizsys.db import QUEUE, Store
from quizsys.errors import Fenced, QuizsysError
from quizsys.liveness import Presence
from quizsys.logs import log_trouble
from quizsys.rescue import Rescuer
from quizsys.seating import Seating, Wishes
from quizsys.services import claims
from quizsys.services.claims import Claim, Failure, scratch_name
from quizsys.services.deletions import list_strays
from quizsys.storage import Storage, commit, measure
from quizsys.tasks import Task

IDLE_POLL_S = 5.0
FULL_POLL_S = 1.0
PROGRESS_INTERVAL_S = 0.5
SETTLE_S = 0.1
LAND_WAIT_S = 0.5
LAND_LIMIT_S = 10.0
MOST_TALKS = 8
CANCELLED, DRAINED, FENCED = "cancelled", "drained", "fenced"
OUTCOMES = {claims.fail_job: "failed", claims.give_back: "given_back", claims.cancel_held: CANCELLED}
UNEXPECTED = "Something went wrong inside the server. Try again; if it happens again, the server's log says why."


@dataclass(eq=False)
class Try:
    """One try in flight. `stopped` says why its work was stopped before its end; `percent` is the latest word of it."""

    claim: Claim
    work: asyncio.Task[None]
    began_s: float = field(default_factory=clock.monotonic_s)
    stopped: str = ""
    percent: float = 0.0
    written_percent: float = 0.0

    def stop(self, reason: str) -> None:
        if not self.stopped:
            self.stopped = reason
            self.work.cancel()


@dataclass(eq=False)
class Scheduler:
    """Start it with `start`; `drain` returns when nothing of it is left."""

    store: Store
    pool: MediaPool
    storage: Storage
    tasks: dict[str, Task]
    settings: Settings
    presence: Presence
    _tries: dict[tuple[str, int], Try] = field(default_factory=dict)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)
    _runs: set[asyncio.Task[None]] = field(default_factory=set)
    _queue_changed: asyncio.Event = field(default_factory=asyncio.Event)
    _wishes: Wishes = field(init=False)
    _rescuer: Rescuer = field(init=False)
    _look: asyncio.Event = field(default_factory=asyncio.Event)
    _talks: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_TALKS))
    _give_up_s: float = math.inf
    _draining: bool = False
    _was_full: bool = False

    def __post_init__(self) -> None:
        self._wishes = Wishes(self._queue_changed.set)
        self._rescuer = Rescuer(self.store, self.storage, self.presence.owner, self.settings.lease_s)

    async def start(self) -> None:
        """Take back what dead processes left, then begin."""
        await self._rescuer.look()
        self.store.listen(QUEUE, self._queue_changed.set)
        self.store.listen(QUEUE, self._look.set)
        loops = {"dispatch": self._dispatch(), "supervision": self._supervise(), "progress": self._write_progress()}
        self._loops = [asyncio.create_task(loop, name=f"the scheduler's {name}") for name, loop in loops.items()]

    def list_loops(self) -> list[tuple[str, bool]]:
        """Each loop's name, and whether it runs or was told to end."""
        return [(loop.get_name(), self._draining or not loop.done()) for loop in self._loops]

    async def drain(self) -> None:
        """Start nothing more, give what runs DRAIN_S to finish, then give it back."""
        self._draining = True
        dispatch, *others = self._loops
        await _end([dispatch])
        if self._runs:
            logger.info("waiting up to {} s for {} running jobs", self.settings.drain_s, len(self._runs))
            await asyncio.wait(self._runs, timeout=self.settings.drain_s)
        self._give_up_s = clock.monotonic_s() + LAND_LIMIT_S
        for running in self._tries.values():
            running.stop(DRAINED)
        if self._runs:
            await asyncio.wait(self._runs)
        await _end(others)

    async def _dispatch(self) -> None:
        while True:
            await self._wishes.none.wait()
            try:
                seat = await self.pool.acquire()
            except PoolClosed:
                return
            except Exception:
                logger.exception("no seat can be had; trying again soon")
                await asyncio.sleep(1)
                continue
            try:
                claim = await self._next_claim()
            except BaseException:
                self.pool.release(seat)
                raise
            if claim is None:
                self.pool.release(seat)
                continue
            run = asyncio.create_task(self._run(seat, claim))
            self._runs.add(run)
            run.add_done_callback(self._runs.discard)

    async def _next_claim(self) -> Claim | None:
        """None when a job under way wants the seat."""
        while self._wishes.none.is_set():
            self._queue_changed.clear()
            wait_s: float | None = IDLE_POLL_S
            try:
                if self._is_disk_full():
                    await _wait_up_to(self._queue_changed, FULL_POLL_S)
                    continue
                # Shielded: a claim that lands while we are told to stop must not be lost.
                claiming = asyncio.ensure_future(
                    self.store.run(claims.claim_job, self.presence.owner, self.settings.lease_s)
                )
                claim = await _or_give_back(claiming, self._land_give_back)
                if claim is not None:
                    return claim
                wait_s = await self.store.read(claims.next_run_in_s)
            except Exception as error:
                log_trouble("cannot look for work; trying again soon", error)
            await _wait_up_to(self._queue_changed, IDLE_POLL_S if wait_s is None else min(wait_s + 0.005, IDLE_POLL_S))
        return None

    def _is_disk_full(self) -> bool:
        """Then jobs wait instead of failing one after another."""
        was_full, self._was_full = self._was_full, self.storage.is_full
        if self._was_full and not was_full:
            logger.error("the disk is full: no job is begun until there is room under {}", self.storage.root)
        return self._was_full

    async def _run(self, seat: Seat, claim: Claim) -> None:
        seating = Seating(self.pool, self._wishes, seat)
        with logger.contextualize(job_id=claim.job_id):
            try:
                await self._try(seating, claim)
            except Exception:
                logger.exception("a job could not be closed; it will be rescued when its lease ends")
            finally:
                self._tries.pop((claim.job_id, claim.tries), None)
                seating.release()
                await asyncio.to_thread(shutil.rmtree, self.storage.work / scratch_name(claim), True)

    async def _try(self, seating: Seating, claim: Claim) -> None:
        task = self.tasks.get(claim.job_type)
        if task is None:
            failure = Failure("unknown_type", "This server does not know this type of job.", permanent=True)
            return await self._land(claims.fail_job, claim, failure, self.settings.job_retry_backoff)
        running = Try(claim, asyncio.create_task(self._work(seating, claim, task)))
        self._tries[claim.job_id, claim.tries] = running
        try:
            await running.work
        except asyncio.CancelledError:
            await self._close_stopped(running)
        except PoolClosed:
            await self._land(claims.give_back, claim)
        except Exception as error:
            await self._land(claims.fail_job, claim, describe_failure(error), self.settings.job_retry_backoff)
        return None

    async def _work(self, seating: Seating, claim: Claim, task: Task) -> None:
        scratch = await asyncio.to_thread(self.storage.scratch, scratch_name(claim))
        call = await self.store.read(task.prepare, claim, self.storage, scratch)
        began_s = clock.monotonic_s()
        limit_s = task.time_limit_s(call.duration_s)
        report = partial(self._note, claim)
        if isinstance(call, Talk):
            result = await self._talk(seating, call, report, limit_s)
        else:
            result = await seating.run(call.function, *call.args, on_progress=report, time_limit_s=limit_s)
        checkpoint("job_worked")
        moving = asyncio.ensure_future(asyncio.to_thread(_move_all, call, result, self.storage))
        await _finish_first(moving)
        checkpoint("job_moved")
        try:
            await self._land(task.finish, claim, result, moving.result())
        finally:
            # Word that the job is no longer ours may come just now; without this it would leave the files there.
            await _finish_first(asyncio.ensure_future(self._remove_strays(claim, list(moving.result()))))
        logger.debug("{} took {:.1f} s", claim.job_type, clock.monotonic_s() - began_s)

    async def _talk(self, seating: Seating, talk: Talk, report: Report, limit_s: float) -> object:
        """The seat is kept until there is room to talk: what is claimed but waits would keep others from their turn."""
        async with self._talks:
            seating.release()
            return await talk.converse(partial(seating.run, time_limit_s=limit_s), report, limit_s)

    async def _remove_strays(self, claim: Claim, paths: list[str]) -> None:
        """Its end may not have been written: the asset deleted, the job cancelled or the quota used up meanwhile."""
        if paths:
            for path in await self.store.read(list_strays, claim, paths):
                await asyncio.to_thread(self.storage.remove, path)

    async def _close_stopped(self, running: Try) -> None:
        if running.stopped == CANCELLED:
            await self._land(claims.cancel_held, running.claim)
        elif running.stopped == FENCED:
            self._note_fenced(running.claim)
        else:
            await self._land(claims.give_back, running.claim)

    async def _land(self, service: Callable[..., None], claim: Claim, *args: object) -> None:
        """Make a final write, however long it takes, unless the job is no longer ours."""
        while True:
            try:
                writing = asyncio.ensure_future(self.store.run(service, claim, *args))
                await _finish_first(writing)
                self._measure(claim, OUTCOMES.get(service, "completed"))
            except Fenced:
                self._note_fenced(claim)
            except QuizsysError as error:
                if error.retry_after_s is None and error.code != "storage_full":
                    raise
                if clock.monotonic_s() > self._give_up_s:
                    logger.error("a job's end could not be written before the stop; the next start takes it back")
                    return
                logger.warning("cannot write a job's end yet: {}", error.sentence)
                await asyncio.sleep(LAND_WAIT_S)
                continue
            return

    def _note_fenced(self, claim: Claim) -> None:
        logger.warning("this try no longer counts")
        self._measure(claim, FENCED)

    def _measure(self, claim: Claim, outcome: str) -> None:
        running = self._tries.get((claim.job_id, claim.tries))
        if running is not None:
            metrics.TRY_S.labels(claim.job_type, outcome).observe(clock.monotonic_s() - running.began_s)

    async def _land_give_back(self, claim: Claim) -> None:
        await self._land(claims.give_back, claim)

    def _note(self, claim: Claim, percent: float) -> None:
        running = self._tries.get((claim.job_id, claim.tries))
        if running is not None:
            running.percent = percent

    async def _write_progress(self) -> None:
        while True:
            await asyncio.sleep(PROGRESS_INTERVAL_S)
            for running in list(self._tries.values()):
                if running.percent > running.written_percent and not running.work.done():
                    await self._write_percent(running)

    async def _write_percent(self, running: Try) -> None:
        running.written_percent = running.percent
        try:
            await self.store.run(claims.set_progress, running.claim, min(running.percent, 99.9))
        except Fenced:
            if not running.work.done():
                running.stop(FENCED)
        except Exception as error:
            log_trouble("cannot write progress", error)

    async def _supervise(self) -> None:
        beat_s = self.settings.lease_s / 3
        due_s = clock.monotonic_s() + beat_s
        while True:
            await _wait_up_to(self._look, max(0.0, due_s - clock.monotonic_s()))
            self._look.clear()
            is_due = clock.monotonic_s() >= due_s
            try:
                await self._beat() if is_due else await self._obey()
            except Exception as error:
                log_trouble("cannot look after the running jobs", error)
            if is_due:
                due_s = clock.monotonic_s() + beat_s
            await asyncio.sleep(SETTLE_S)

    async def _beat(self) -> None:
        known = set(self._tries)
        held = await self.store.run(claims.renew_leases, self.presence.owner, known, self.settings.lease_s)
        self._stop_lost(known, held)
        await self._rescuer.look()

    async def _obey(self) -> None:
        known = set(self._tries)
        if known:
            self._stop_lost(known, await self.store.read(claims.list_held, self.presence.owner))

    def _stop_lost(self, known: set[tuple[str, int]], held: dict[tuple[str, int], bool]) -> None:
        """`known` are the tries there were before the look at the rows: a younger one may be missing there."""
        for key in known & self._tries.keys():
            running = self._tries[key]
            if running.work.done():
                continue
            if key not in held:
                running.stop(FENCED)
            elif held[key]:
                running.stop(CANCELLED)


def describe_failure(error: Exception) -> Failure:
    """What a try's error means for its job. The text of an unknown exception stays in the log."""
    if isinstance(error, SeatDied):
        return Failure(error.code, error.sentence, crashed=True, tail=error.tail)
    if isinstance(error, MediaError):
        if error.code == "internal":
            logger.error("a seat raised:\n{}", error.tail)
            return Failure(error.code, error.sentence)
        return Failure(error.code, error.sentence, permanent=not error.retryable, tail=error.tail)
    if isinstance(error, QuizsysError):
        return Failure(error.code, error.sentence, permanent=error.retry_after_s is None)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return Failure("disk_full", "The server's disk is full. Free some space, then try again.")
    logger.opt(exception=error).error("a job raised")
    return Failure("internal", UNEXPECTED)


def _move_all(call: Call | Talk, result: object, storage: Storage) -> dict[str, int]:
    """Returns the sizes in bytes, by the relative paths of the files and folders."""
    sizes_bytes = {}
    for source, target in call.moves(result):
        sizes_bytes[storage.relative(target)] = measure(source)
        commit(source, target)
    return sizes_bytes


async def _wait_up_to(event: asyncio.Event, limit_s: float) -> None:
    """Not by wait_for: before Python 3.12 it loses a cancellation that comes together with the event."""
    with suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            await event.wait()


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _finish_first(writing: "asyncio.Future[Any]") -> None:
    """Await work that must not stop half-way; a cancellation meanwhile counts only if it fails."""
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait([writing])
        if writing.exception() is None:
            return
        raise


async def _or_give_back(
    claiming: "asyncio.Future[Claim | None]", give_back: Callable[[Claim], Awaitable[None]]
) -> Claim | None:
    """Await a claim; if cancelled meanwhile, undo it before obeying."""
    try:
        return await asyncio.shield(claiming)
    except asyncio.CancelledError:
        await asyncio.wait([claiming])
        if claiming.exception() is None and (claim := claiming.result()) is not None:
            await give_back(claim)
        raise
