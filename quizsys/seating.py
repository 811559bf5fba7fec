"""The seat that a running job holds: one from its claim on, none while it talks to the network."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from media.pool import MediaPool, Seat


class Wishes:
    """Jobs under way that want a seat again; the dispatcher, which holds one while it looks for work, gives way."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._count = 0
        self.none = asyncio.Event()
        self.none.set()

    @contextmanager
    def wish(self) -> Iterator[None]:
        self._count += 1
        self.none.clear()
        self._wake()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self.none.set()


@dataclass
class Seating:
    """`release` as often as you like."""

    pool: MediaPool
    wishes: Wishes
    seat: Seat | None

    async def run(self, function: Any, *args: Any, **limits: Any) -> Any:
        """In the seat that is held, else in the next free one. Raises what Seat.run raises, and PoolClosed."""
        if self.seat is None:
            with self.wishes.wish():
                self.seat = await self.pool.acquire()
        return await self.seat.run(function, *args, **limits)

    def release(self) -> None:
        seat, self.seat = self.seat, None
        if seat is not None:
            self.pool.release(seat)
