"""The seat that a running job holds: one from its claim on, none while it talks to the network."""

from dataclasses import dataclass
from typing import Any

from media.pool import MediaPool, Seat


@dataclass
class Hold:
    """`release` as often as you like."""

    pool: MediaPool
    seat: Seat | None

    async def run(self, function: Any, *args: Any, **limits: Any) -> Any:
        """In the seat that is held, else in the next free one. Raises what Seat.run raises, and PoolClosed."""
        if self.seat is None:
            self.seat = await self.pool.acquire()
        return await self.seat.run(function, *args, **limits)

    def release(self) -> None:
        seat, self.seat = self.seat, None
        if seat is not None:
            self.pool.release(seat)
