"""From outbox rows to those who watch: the outbox is read once for all, and each change becomes one Snapshot for all.

A change of state carries its own snapshot, so that who keeps up sees every state. Progress and large jobs are read from
the job's row, as it is by then.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from media.checkpoints import checkpoint
from quizsys.db import EVENTS, Store
from quizsys.logs import log_trouble
from quizsys.services.events import PRUNE_BATCH, Snapshot, get_last_id, prune_events, read_changes, read_job

PRUNE_INTERVAL_S = 300.0
SKIP_S = 0.1
SETTLE_S = 0.01
# So many are offered a snapshot before others get their turn on the loop.
OFFERS_A_TURN = 250
Topic = tuple[str, str]


def of_job(job_id: str) -> Topic:
    return ("job", job_id)


def of_project(project_id: str) -> Topic:
    return ("project", project_id)


class Watcher(Protocol):
    """One who watches a topic. Neither call may wait or raise."""

    def offer(self, snapshot: Snapshot) -> None:
        """Snapshots come in the order of their events, but may be older than what the watcher has read itself."""

    def end(self) -> None:
        """Nothing more will come: the hub is closing."""


@dataclass(eq=False)
class Newest:
    """A watcher inside this process: holds the newest snapshot only, so a slow reader costs no memory."""

    snapshot: Snapshot | None = None
    is_ended: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, snapshot: Snapshot) -> None:
        if self.snapshot is None or snapshot.event_id > self.snapshot.event_id:
            self.snapshot = snapshot
            self.changed.set()

    def end(self) -> None:
        self.is_ended = True
        self.changed.set()


class Hub:
    """Reads the outbox once for all after each commit, here or in another process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._watchers: dict[Topic, set[Watcher]] = defaultdict(set)
        self._newest: dict[Topic, Snapshot] = {}
        self._poke = asyncio.Event()
        self._seen = 0
        self._is_closed = False
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._seen = await self._store.read(get_last_id)
        self._store.listen(EVENTS, self._poke.set)
        self._loops = [asyncio.create_task(self._publish_forever()), asyncio.create_task(self._prune_forever())]

    async def close(self) -> None:
        """End every stream, then the reading."""
        self._is_closed = True
        for watcher in [watcher for watchers in self._watchers.values() for watcher in watchers]:
            watcher.end()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)

    @property
    def is_reading(self) -> bool:
        """Whether its loops run, or were told to end."""
        return self._is_closed or not any(loop.done() for loop in self._loops)

    @property
    def seen(self) -> int:
        """The newest outbox row that has been told to all who watch."""
        return self._seen

    @property
    def watchers(self) -> int:
        return sum(len(watchers) for watchers in self._watchers.values())

    @contextmanager
    def watching(self, topic: Topic, watcher: Watcher) -> Iterator[None]:
        """Have the watcher told of each change. Read the present after this, so that no change falls between."""
        self._watchers[topic].add(watcher)
        if self._is_closed:
            watcher.end()
        try:
            yield
        finally:
            self._watchers[topic].discard(watcher)
            if not self._watchers[topic]:
                del self._watchers[topic]
                self._newest.pop(topic, None)

    async def look(self, project_id: str, job_id: str) -> Snapshot:
        """A job that the caller watches, as it is now. Raises `not_found`.

        What others have seen of it is not read again: thousands may come at once, as after a restart.
        """
        topic = of_job(job_id)
        known = self._newest.get(topic)
        if known is None or known.project_id != project_id:
            read = await self._store.read(read_job, project_id, job_id)
            known = max(read, self._newest.get(topic, read), key=lambda snapshot: snapshot.event_id)
            self._newest[topic] = known
        return known

    async def watch(self, project_id: str, job_id: str) -> AsyncGenerator[Snapshot, None]:
        """The job now, then its newest state until the final one or the hub's end. Raises `not_found`."""
        newest = Newest()
        with self.watching(of_job(job_id), newest):
            newest.offer(await self.look(project_id, job_id))
            while True:
                await newest.changed.wait()
                newest.changed.clear()
                if newest.is_ended or newest.snapshot is None:
                    return
                snapshot = newest.snapshot
                yield snapshot
                if snapshot.is_final:
                    return

    async def _publish_forever(self) -> None:
        while True:
            await self._poke.wait()
            self._poke.clear()
            try:
                await (self._publish() if self._watchers else self._skip())
            except Exception as error:
                log_trouble("cannot read the outbox; trying again soon", error)
                self._poke.set()
                await asyncio.sleep(1)
            await asyncio.sleep(SETTLE_S)

    async def _publish(self) -> None:
        since, done, last_id = self._seen, set[Topic](), None
        # Again for those who came during the read: their own first look may be older than what it has passed.
        while late := set(self._watchers) - done:
            changes = await self._store.read(read_changes, since, *_split(late))
            if last_id is None:
                last_id = changes.last_id
            if changes.is_partial:
                self._poke.set()
            done |= late
            for snapshot in changes.snapshots:
                for topic in (of_job(snapshot.job_id), of_project(snapshot.project_id)):
                    if topic in late:
                        await self._offer(topic, snapshot)
                        checkpoint("change_told")
        # What a further read has passed was told only to those who came late.
        self._seen = self._seen if last_id is None else last_id

    async def _offer(self, topic: Topic, snapshot: Snapshot) -> None:
        watchers = list(self._watchers.get(topic, ()))
        if topic in self._newest and snapshot.event_id > self._newest[topic].event_id:
            self._newest[topic] = snapshot
        for number, watcher in enumerate(watchers, 1):
            watcher.offer(snapshot)
            if number % OFFERS_A_TURN == 0:
                await asyncio.sleep(0)

    async def _skip(self) -> None:
        """Nobody watches: only keep up, and not at every commit."""
        last_id = await self._store.read(get_last_id)
        if not self._watchers:
            self._seen = last_id
        await asyncio.sleep(SKIP_S)

    async def _prune_forever(self) -> None:
        while True:
            await asyncio.sleep(PRUNE_INTERVAL_S)
            try:
                while await self._store.run(prune_events) == PRUNE_BATCH:  # noqa: ASYNC110
                    await asyncio.sleep(SETTLE_S)
            except Exception as error:
                log_trouble("cannot prune the outbox", error)


def _split(topics: set[Topic]) -> tuple[set[str], set[str]]:
    """The ids of jobs and of projects."""
    jobs = {name for kind, name in topics if kind == "job"}
    return jobs, {name for kind, name in topics if kind == "project"}
