"""From outbox rows to those who watch: each subscriber gets the newest state of its job, conflated, never a backlog."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from loguru import logger
from peewee import fn

from quizsys.clock import utc_now
from quizsys.db import EVENTS, Store
from quizsys.models.events import Event
from quizsys.models.jobs import Job
from quizsys.services.jobs import dump_job, get_row, is_final

KEPT = timedelta(hours=1)
PRUNE_INTERVAL_S = 300.0
PRUNE_BATCH = 500
SETTLE_S = 0.01


@dataclass(frozen=True)
class Snapshot:
    """A job as it is after outbox row `event_id` (0 if its rows have been pruned)."""

    event_id: int
    job: dict[str, Any]

    @property
    def is_final(self) -> bool:
        return is_final(self.job)


@dataclass(eq=False)
class Subscription:
    """One watcher of one job. Holds the newest state only, so a slow reader costs no memory."""

    newest: Snapshot | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, snapshot: Snapshot) -> None:
        if self.newest is None or snapshot.event_id > self.newest.event_id:
            self.newest = snapshot
            self.changed.set()


class Hub:
    """Reads the outbox once for all after each commit, here or in another process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._subscriptions: dict[str, set[Subscription]] = defaultdict(set)
        self._poke = asyncio.Event()
        self._seen = 0
        self._closed = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._seen = await self._store.read(_last_event_id)
        self._store.listen(EVENTS, self._poke.set)
        self._loops = [asyncio.create_task(self._publish_forever()), asyncio.create_task(self._prune_forever())]

    async def close(self) -> None:
        """End every stream, then the reading."""
        self._closed.set()
        for watchers in self._subscriptions.values():
            for subscription in watchers:
                subscription.changed.set()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)

    @property
    def is_reading(self) -> bool:
        """Whether its loops run, or were told to end."""
        return self._closed.is_set() or not any(loop.done() for loop in self._loops)

    @property
    def seen(self) -> int:
        """The newest outbox row that has been told to all who watch."""
        return self._seen

    @property
    def watchers(self) -> int:
        return sum(len(watchers) for watchers in self._subscriptions.values())

    async def watch(self, project_id: str, job_id: str) -> AsyncGenerator[Snapshot, None]:
        """The job now, then at each change until its final state or the hub's end. Raises `not_found`."""
        subscription = Subscription()
        # Subscribed before the first look, so that no change falls between them.
        self._subscriptions[job_id].add(subscription)
        try:
            subscription.offer(await self._store.read(_read_snapshot, project_id, job_id))
            while not self._closed.is_set():
                await subscription.changed.wait()
                subscription.changed.clear()
                snapshot = subscription.newest
                if snapshot is None or self._closed.is_set():
                    return
                yield snapshot
                if snapshot.is_final:
                    return
        finally:
            self._subscriptions[job_id].discard(subscription)
            if not self._subscriptions[job_id]:
                del self._subscriptions[job_id]

    async def _publish_forever(self) -> None:
        while True:
            await self._poke.wait()
            self._poke.clear()
            try:
                await self._publish()
            except Exception:
                logger.exception("cannot read the outbox; trying again soon")
                self._poke.set()
                await asyncio.sleep(1)
            await asyncio.sleep(SETTLE_S)

    async def _publish(self) -> None:
        since, done = self._seen, set[str]()
        # Again for those who came during the read: their own first look may be older than what it has passed.
        while late := set(self._subscriptions) - done:
            newest, snapshots = await self._store.read(_read_changes, since, late)
            self._seen = max(self._seen, newest)
            done |= late
            for snapshot in snapshots:
                for subscription in self._subscriptions.get(snapshot.job["id"], ()):
                    subscription.offer(snapshot)

    async def _prune_forever(self) -> None:
        while True:
            await asyncio.sleep(PRUNE_INTERVAL_S)
            try:
                while await self._store.run(prune_events) == PRUNE_BATCH:  # noqa: ASYNC110
                    await asyncio.sleep(SETTLE_S)
            except Exception:
                logger.exception("cannot prune the outbox")


def prune_events() -> int:
    """Forget a batch of old outbox rows, never the newest one: its id must not come again."""
    before, newest = utc_now() - KEPT, _last_event_id()
    oldest = Event.select(Event.id, Event.at).order_by(Event.id).limit(PRUNE_BATCH)
    ids = [row.id for row in oldest if row.at < before and row.id < newest]
    return int(Event.delete().where(Event.id.in_(ids)).execute()) if ids else 0


def _last_event_id() -> int:
    return Event.select(fn.MAX(Event.id)).scalar() or 0


def _read_snapshot(project_id: str, job_id: str) -> Snapshot:
    row = get_row(project_id, job_id)
    newest = Event.select(fn.MAX(Event.id)).where(Event.job_id == job_id).scalar() or 0
    return Snapshot(newest, dump_job(row))


def _read_changes(seen: int, watched: set[str]) -> tuple[int, list[Snapshot]]:
    """The newest event id, and the watched jobs that changed after `seen`."""
    newest = fn.MAX(Event.id).alias("newest")
    rows: Any = Event.select(Event.job_id, newest).where(Event.id > seen).group_by(Event.job_id).tuples()
    changed: dict[str, int] = {job_id: event_id for job_id, event_id in rows if job_id in watched}
    jobs = Job.select().where(Job.id.in_(list(changed))) if changed else []
    return _last_event_id(), [Snapshot(changed[job.id], dump_job(job)) for job in jobs]
