"""Carries messages to webhooks: claims what is due, has it posted, writes how that went. Knows nothing of HTTP."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import cast

from media.checkpoints import checkpoint
from quizsys.db import HOOKS, Store
from quizsys.logs import log_trouble
from quizsys.services.deliveries import (
    Limits,
    Outcome,
    Parcel,
    claim_deliveries,
    finish_delivery,
    next_delivery_in_s,
)

MOST_AT_ONCE = 32
# So that slow receivers leave room for the others, in their own project and elsewhere.
LIMITS = Limits(each=4, project=8)
IDLE_S = 60.0
FAILURE_WAIT_S = 5.0
GRACE_S = 3.0
Post = Callable[[Parcel], Awaitable[Outcome]]


class Courier:
    """`lease_s` must be longer than `post` can take."""

    def __init__(self, store: Store, post: Post, delays_s: tuple[float, ...], lease_s: float) -> None:
        self._store = store
        self._post = post
        self._delays_s = delays_s
        self._lease_s = lease_s
        self._sending: Counter[str] = Counter()
        self._runs: set[asyncio.Task[None]] = set()
        self._poke = asyncio.Event()
        store.listen(HOOKS, self._poke.set)

    async def carry(self) -> None:
        """Until cancelled; then what is on its way gets a moment to arrive."""
        try:
            while True:
                self._poke.clear()
                await self._wait(await self._send_due())
        finally:
            await self._settle()

    async def _send_due(self) -> float:
        """Start what is due; returns how long to wait for more."""
        try:
            wait_s = await self._store.read(next_delivery_in_s, LIMITS, dict(self._sending))
            room = MOST_AT_ONCE - len(self._runs)
            if wait_s is None or wait_s > 0 or room <= 0:
                return IDLE_S if wait_s is None or room <= 0 else min(wait_s, IDLE_S)
            claimed = await self._store.run(claim_deliveries, room, LIMITS, dict(self._sending), self._lease_s)
        except Exception as error:
            log_trouble("cannot look for messages to webhooks; trying again soon", error)
            return FAILURE_WAIT_S
        for parcel in claimed:
            self._start(parcel)
        return 0.0

    def _start(self, parcel: Parcel) -> None:
        self._sending[parcel.webhook_id] += 1
        self._runs.add(asyncio.create_task(self._send(parcel)))

    async def _send(self, parcel: Parcel) -> None:
        try:
            outcome = await self._post(parcel)
            checkpoint("message_posted")
            await self._store.run(finish_delivery, parcel, outcome, self._delays_s)
        except Exception as error:
            log_trouble("a message to a webhook could not be closed; it goes out again later", error)
        finally:
            # Not kept at nought: each that is here is looked up.
            self._sending -= Counter([parcel.webhook_id])
            # Not by a callback: the loop must find the room when it wakes.
            self._runs.discard(cast("asyncio.Task[None]", asyncio.current_task()))
            self._poke.set()

    async def _wait(self, wait_s: float) -> None:
        # Not by wait_for: before Python 3.12 it loses a cancellation that comes together with the poke.
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._poke.wait()

    async def _settle(self) -> None:
        if self._runs:
            await asyncio.wait(self._runs, timeout=GRACE_S)
        for run in self._runs:
            run.cancel()
        await asyncio.gather(*self._runs, return_exceptions=True)


@asynccontextmanager
async def run_courier(courier: Courier) -> AsyncIterator[None]:
    """At work for as long as the block lasts."""
    work = asyncio.create_task(courier.carry())
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
