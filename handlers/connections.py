"""Below the requests: what is no HTTP is refused as JSON, and who does not speak or listen is let go.

aiohttp has no limit of its own for any of it: a head that drips in, an answer that nobody takes, connections by the
ten thousand, each with a file open.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import _ErrInfo
from loguru import logger

from handlers.answers import refuse
from quizsys.clock import monotonic_s
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_request_id
from quizsys.logs import REQUEST_ID

NO_HTTP = (
    "This is no HTTP request that the server understands. Check its first line, its headers and its body's length."
)
LATE = "The head of this request did not arrive in time. Check the connection and send it again."
CROWDED = "The server has all the connections that it can serve. Try again in a few seconds."
UNEXPECTED = "Something went wrong inside the server. Its log says why, under this request_id."
REFUSALS = {400: (Code.BAD_REQUEST, NO_HTTP), 408: (Code.TIMEOUT, LATE), 503: (Code.BUSY, CROWDED)}
RETRY_AFTER_S = 5
DEAF_WAIT_S = 1
# aiohttp would keep a megabyte of headers for each who comes.
HEAD_LIMIT_BYTES = 32 * 1024
# What a client takes of an answer at least, while there is more.
LEAST_BYTES_PER_S = 1024
# Let go at once when there is no room, so that not every newcomer looks for the idlest.
CLEARED_SHARE = 20


@dataclass(frozen=True)
class Patience:
    """How long a head may take and an answer may go untaken (s), and how many connections there may be."""

    head_s: float
    answer_s: float
    most: int


class Runner(web.AppRunner):
    """An AppRunner whose connections answer broken requests in our way, and which stops without the deaf ones."""

    def __init__(self, app: web.Application, patience: Patience, **options: Any) -> None:
        super().__init__(app, **options)
        self._patience = patience

    async def shutdown(self) -> None:
        await super().shutdown()
        if any(connection.is_deaf() for connection in self._list_connections()):
            await asyncio.sleep(DEAF_WAIT_S)
        for connection in self._list_connections():
            if connection.is_deaf():
                connection.abort()

    async def let_go_deaf(self) -> None:
        """To be called now and then."""
        now_s = monotonic_s()
        for connection in self._list_connections():
            connection.look(now_s, self._patience.answer_s)

    def _list_connections(self) -> "list[_Connection]":
        return cast("list[_Connection]", self.server.connections) if self.server else []

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(
            made.request_handler,
            self._patience,
            request_factory=_note_writer(made.request_factory),
            handler_cancellation=made.handler_cancellation,
            **made._kwargs,
        )


def look_after_itself(request: web.Request) -> None:
    """Whoever answers this request watches itself whether its client listens."""
    cast(_Connection, request.protocol).writer = None


def _note_writer(make: Callable[..., web.BaseRequest]) -> Callable[..., web.BaseRequest]:
    """By its writer a connection knows how much of the present answer has been written."""

    def make_request(message: Any, payload: Any, protocol: "_Connection", writer: Any, task: Any) -> web.BaseRequest:
        protocol.writer = writer
        return make(message, payload, protocol, writer, task)

    return make_request


class _Server(web.Server):
    def __init__(self, handler: Any, patience: Patience, **options: Any) -> None:
        super().__init__(handler, **options)
        self.patience = patience

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)

    def make_room(self) -> bool:
        """Whether there is room for the newcomer, if need be by letting go who is idle: those first who never asked."""
        if len(self.connections) <= self.patience.most:
            return True
        idle = [connection for connection in cast("list[_Connection]", self.connections) if connection.is_idle()]
        idle.sort(key=lambda connection: connection.rank())
        for connection in idle[: self.patience.most // CLEARED_SHARE + 1]:
            connection.force_close()
        return bool(idle)


class _Connection(web.RequestHandler):
    __slots__ = ("_head_bytes", "_head_timer", "_mark", "_patience", "_wire", "writer")

    def __init__(self, manager: _Server, **options: Any) -> None:
        super().__init__(manager, **options)
        self._patience = manager.patience
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        # aiohttp forgets a transport that it closes, but what a deaf client has not taken keeps that open.
        self._wire: asyncio.Transport | None = None
        self.writer: AbstractStreamWriter | None = None
        self._mark: tuple[AbstractStreamWriter, int, float] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._wire = cast(asyncio.Transport, transport)
        if not cast(_Server, self._manager).make_room():
            self._refuse(503, "too many connections")

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self._forget_head()
        self._wire = self.writer = self._mark = None

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # The first bytes may come before aiohttp's task waits for them.
        if self.is_idle() or not self._request_count:
            self._note_head(len(data))
        elif self._head_bytes:
            self._forget_head()

    def is_idle(self) -> bool:
        """Whether it waits for a request's head, or for the rest of one."""
        return self._waiter is not None and not self._waiter.done()

    def rank(self) -> tuple[bool, float]:
        """Who asked something before comes after who never did, who did it lately after who did long ago."""
        return self._request_count > 0, self._next_keepalive_close_time

    def is_deaf(self) -> bool:
        """Whether answers wait for a client that does not take them, as a paused player does."""
        return self._wire is not None and self._wire.get_write_buffer_size() > 0

    def abort(self) -> None:
        if self._wire is not None:
            self._wire.abort()

    def look(self, now_s: float, limit_s: float) -> None:
        """Let the client go if it has taken too little of its answer for so long."""
        writer = self.writer
        if writer is None or not self.is_deaf():
            self._mark = None
            return
        assert self._wire is not None
        taken_bytes = writer.output_size - self._wire.get_write_buffer_size()
        mark = self._mark
        if mark is None or mark[0] is not writer or taken_bytes - mark[1] >= limit_s * LEAST_BYTES_PER_S:
            self._mark = writer, taken_bytes, now_s
        elif now_s - mark[2] > limit_s:
            logger.info("a client is let go: it took too little of its answer")
            self.abort()

    def _note_head(self, size_bytes: int) -> None:
        self._head_bytes += size_bytes
        if self._head_bytes > HEAD_LIMIT_BYTES:
            self._refuse(400, "a head without an end")
        elif self._head_timer is None:
            self._head_timer = self._loop.call_later(self._patience.head_s, self._refuse, 408, "a head that drips")

    def _forget_head(self) -> None:
        self._head_bytes = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse(self, status: int, why: str) -> None:
        """As a request that could not be parsed."""
        self._forget_head()
        self._messages.append((_ErrInfo(status, HttpProcessingError(), why), EMPTY_PAYLOAD))
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def log_exception(self, *args: Any, **kw: Any) -> None:
        # After the answer aiohttp reads the rest of a broken body and stumbles over it once more.
        if not isinstance(kw.get("exc_info"), web.RequestPayloadError):
            super().log_exception(*args, **kw)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """For errors that no handler or middleware saw. `message` may quote the client's bytes: it stays in the log."""
        if request.writer.output_size > 0:
            raise ConnectionError("too late to answer with an error")
        request_id = new_request_id()
        REQUEST_ID.set(request_id)
        if status in REFUSALS:
            logger.info("not understood: {!r}", message)
            code, sentence = REFUSALS[status]
            error = QuizsysError(code, sentence, retry_after_s=RETRY_AFTER_S if status == 503 else None)
        else:
            logger.opt(exception=exc).error("a request failed")
            error = QuizsysError(Code.INTERNAL, UNEXPECTED)
        response = refuse(error, request_id)
        response.headers["X-Request-ID"] = request_id
        response.force_close()
        return response
