"""One request at a time for each upload. A newer one takes over from one whose sender has fallen silent: the client
comes back while the server still waits on its dead connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from quizsys.errors import Code, QuizsysError
from quizsys.pace import Pace

SILENT_S = 2.0
WAIT_S = 5.0
LOOK_S = 0.25


@dataclass(eq=False)
class Hold:
    """What one request has of an upload. `pace` is set while it receives; only then can it be stopped."""

    pace: Pace | None = None
    is_stopped: bool = False
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self) -> None:
        """What has come is still written, then the hold is released."""
        if self.pace is not None and not self.pace.is_over:
            self.is_stopped = True
            self.pace.stop()

    def is_silent(self) -> bool:
        now_s = asyncio.get_running_loop().time()
        return self.pace is not None and now_s - self.pace.heard_at_s >= SILENT_S


class Holds:
    def __init__(self) -> None:
        self._held: dict[str, Hold] = {}

    def __contains__(self, upload_id: str) -> bool:
        return upload_id in self._held

    @asynccontextmanager
    async def take(self, upload_id: str, *, at_once: bool = False) -> AsyncIterator[Hold]:
        """The only hold on this upload. `at_once` stops a healthy sender too.

        Raises `locked` while another request is at work that neither ends nor falls silent.
        """
        await self._wait(upload_id, at_once)
        hold = self._held[upload_id] = Hold()
        try:
            yield hold
        finally:
            del self._held[upload_id]
            hold.released.set()

    async def _wait(self, upload_id: str, at_once: bool) -> None:
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + WAIT_S
        while (old := self._held.get(upload_id)) is not None:
            if at_once or old.is_silent():
                old.stop()
            if loop.time() > deadline_s:
                sentence = "Another request is still sending this upload. Wait for it to end, then ask for the offset."
                raise QuizsysError(Code.LOCKED, sentence, retry_after_s=2)
            # Not by wait_for: before Python 3.12 it loses a cancellation that comes together with the event.
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await old.released.wait()
