"""How long a sender may be slow: a deadline that only enough bytes put off, so that one byte now and then does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Pace:
    """Made by `keep_pace`. `heard_at_s` is when something came last, on the loop's clock."""

    def __init__(self, deadline: asyncio.Timeout, silence_s: float, least_bytes_per_s: float) -> None:
        self._deadline = deadline
        self._silence_s = silence_s
        self._enough_bytes = silence_s * least_bytes_per_s
        self._come_bytes = 0
        self.is_over = False
        self.heard_at_s = asyncio.get_running_loop().time()

    def hear(self, size_bytes: int) -> None:
        self.heard_at_s = asyncio.get_running_loop().time()
        self._come_bytes += size_bytes
        if self._come_bytes >= self._enough_bytes:
            self._come_bytes = 0
            self._deadline.reschedule(self.heard_at_s + self._silence_s)

    def rest(self) -> None:
        """Everything has come: what is done with it now has no deadline."""
        self.is_over = True
        self._deadline.reschedule(None)

    def stop(self) -> None:
        """Wait for nothing more: as if the deadline were over."""
        if not self.is_over and not self._deadline.expired():
            self._deadline.reschedule(0)


@asynccontextmanager
async def keep_pace(silence_s: float, least_bytes_per_s: float) -> AsyncIterator[Pace]:
    """Raises TimeoutError when nothing is heard for `silence_s`, or less in that time than the least rate brings."""
    async with asyncio.timeout(silence_s) as deadline:
        pace = Pace(deadline, silence_s, least_bytes_per_s)
        try:
            yield pace
        finally:
            pace.is_over = True
