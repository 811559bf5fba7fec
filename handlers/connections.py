"""Below the requests: what is no HTTP is refused as JSON, and at the end nobody waits for those who do not listen."""

import asyncio
from typing import Any

from aiohttp import web
from loguru import logger

from handlers.answers import refuse
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_request_id
from quizsys.logs import REQUEST_ID

NO_HTTP = (
    "This is no HTTP request that the server understands. Check its first line, its headers and its body's length."
)
DEAF_WAIT_S = 1
UNEXPECTED = "Something went wrong inside the server. Its log says why, under this request_id."


class Runner(web.AppRunner):
    """An AppRunner whose connections answer broken requests in our way, and which stops without the deaf ones."""

    async def shutdown(self) -> None:
        await super().shutdown()
        if any(_is_deaf(connection) for connection in self._list_connections()):
            await asyncio.sleep(DEAF_WAIT_S)
        for connection in self._list_connections():
            if connection.transport is not None and _is_deaf(connection):
                connection.transport.abort()

    def _list_connections(self) -> list[web.RequestHandler]:
        return self.server.connections if self.server else []

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(
            made.request_handler,
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            **made._kwargs,
        )


def _is_deaf(connection: web.RequestHandler) -> bool:
    """Whether answers wait for a client that does not take them, as a paused player does."""
    return connection.transport is not None and connection.transport.get_write_buffer_size() > 0


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    __slots__ = ()

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
        if status == 400:
            logger.info("not understood: {!r}", message)
            error = QuizsysError(Code.BAD_REQUEST, NO_HTTP)
        else:
            logger.opt(exception=exc).error("a request failed")
            error = QuizsysError(Code.INTERNAL, UNEXPECTED)
        response = refuse(error, request_id)
        response.headers["X-Request-ID"] = request_id
        response.force_close()
        return response
