"""Open streams: a change is framed once, and its bytes go straight to each connection, without a task for each client.

A client that keeps up gets every snapshot. For one that does not, the newest of each job is kept, and nothing else; who
takes nothing for SEND_TIMEOUT_S is let go.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from types import TracebackType

from aiohttp import web
from loguru import logger

from handlers.connections import look_after_itself
from quizsys import clock
from quizsys.chores import Chore, run_chores
from quizsys.services.events import Snapshot

SEND_TIMEOUT_S = 10.0
HEARTBEAT_S = 15.0
CATCH_UP_S = 0.25
# What may wait in a connection for a client that is a little late.
FULL_BYTES = 64 * 1024
# The kernel keeps megabytes for a client that never reads, if it is let.
KERNEL_BYTES = 64 * 1024
# Jobs that a client may be behind with; beyond, it is let go and comes back with its Last-Event-ID.
MOST_PENDING = 1000


class Line(AbstractContextManager["Line"]):
    """One open stream. Snapshots that come before `open`, or while its client is behind, wait, the newest of each job.

    `frame` makes the bytes that go to the connection. `ends`: whether a final state ends the stream.
    """

    def __init__(
        self, lines: "Lines", frame: Callable[[Snapshot], bytes], *, ends: bool, heartbeat: bytes = b""
    ) -> None:
        self._lines = lines
        self._frame = frame
        self._ends = ends
        self._heartbeat = heartbeat
        self._pending: dict[str, Snapshot] = {}
        self._transport: asyncio.Transport | None = None
        self._last_id = -1
        self._stuck_since_s = 0.0
        self._stuck_bytes = 0
        self.ended = asyncio.Event()
        self.is_complete = False

    def open(self, request: web.Request, last_id: int) -> None:
        """From here on write what is newer than the event `last_id`. Raises ConnectionResetError if the client left."""
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the client has left")
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
        self._transport, self._last_id = transport, last_id
        look_after_itself(request)
        self._lines.open.add(self)
        self._flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write nothing more."""
        self._transport = None
        self._pending.clear()
        self._lines.open.discard(self)
        self._lines.behind.discard(self)

    def offer(self, snapshot: Snapshot) -> None:
        transport = self._transport
        if snapshot.event_id <= self._last_id or self.ended.is_set():
            return
        if transport is None or self._pending or not _has_room(transport):
            self._keep(snapshot)
            return
        self._last_id = snapshot.event_id
        transport.write(self._frame(snapshot))
        if snapshot.is_final and self._ends:
            self.complete()

    def complete(self) -> None:
        """All has been said."""
        self.is_complete = True
        self.end()

    def end(self) -> None:
        self.ended.set()

    def beat(self) -> None:
        if self._heartbeat and self._transport is not None and _has_room(self._transport):
            self._transport.write(self._heartbeat)

    def catch_up(self) -> None:
        """Write what waits, or let the client go if it has taken nothing for too long."""
        if self._transport is None or self._transport.is_closing():
            return
        left_bytes, now_s = self._transport.get_write_buffer_size(), clock.monotonic_s()
        if left_bytes <= FULL_BYTES:
            self._flush()
        elif left_bytes < self._stuck_bytes:
            self._stuck_since_s, self._stuck_bytes = now_s, left_bytes
        elif now_s - self._stuck_since_s > SEND_TIMEOUT_S:
            self.let_go("it takes nothing")

    def _flush(self) -> None:
        pending, self._pending = self._pending, {}
        self._lines.behind.discard(self)
        for snapshot in pending.values():
            self.offer(snapshot)

    def _keep(self, snapshot: Snapshot) -> None:
        # Behind all others: frames go out in the order of their ids, or a reconnect would miss some.
        self._pending.pop(snapshot.job_id, None)
        self._pending[snapshot.job_id] = snapshot
        if len(self._pending) > MOST_PENDING:
            self.let_go("too many jobs have changed meanwhile")
        elif self._transport is not None and not self._transport.is_closing() and self not in self._lines.behind:
            self._stuck_since_s, self._stuck_bytes = clock.monotonic_s(), self._transport.get_write_buffer_size()
            self._lines.behind.add(self)

    def let_go(self, why: str) -> None:
        logger.info("a stream's client is let go: {}", why)
        self._pending.clear()
        if self._transport is not None:
            self._transport.abort()
        self.ended.set()


class Lines:
    """All open lines, and those whose clients are behind."""

    def __init__(self) -> None:
        self.open: set[Line] = set()
        self.behind: set[Line] = set()

    async def beat(self) -> None:
        for line in list(self.open):
            line.beat()

    async def catch_up(self) -> None:
        for line in list(self.behind):
            line.catch_up()


LINES = web.AppKey("lines", Lines)


async def look_after_lines(app: web.Application) -> AsyncIterator[None]:
    """One heartbeat for all, and a look at those who are behind, as long as the app runs."""
    lines = app[LINES]
    async with run_chores(
        Chore("heartbeat", HEARTBEAT_S, lines.beat), Chore("late streams", CATCH_UP_S, lines.catch_up)
    ):
        yield


def _has_room(transport: asyncio.Transport) -> bool:
    return not transport.is_closing() and transport.get_write_buffer_size() <= FULL_BYTES
