"""A job, live: each change sends the whole job, by server-sent events or WebSocket, until its final state."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import cast

from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp_sse import EventSourceResponse

from handlers.context import CONTEXT
from handlers.operations import Access, Bytes, operation
from handlers.projects import read_project
from quizsys.errors import Code, QuizsysError
from quizsys.events import Snapshot
from quizsys.json_text import write_json

SEND_TIMEOUT_S = 10
HEARTBEAT_S = 15
WS_HEARTBEAT_S = 20
WS_MESSAGE_LIMIT_BYTES = 64 * 1024
WS_CLOSE_WAIT_S = 1


@operation(
    Access.VIEWER,
    "A job, live, by server-sent events",
    tag="jobs",
    answers={200: Bytes("text/event-stream"), 204: None},
    errors=(Code.NOT_FOUND,),
    headers={"Last-Event-ID": "The id of the last event seen, from a reconnect."},
)
async def stream_events(request: web.Request) -> web.StreamResponse:
    """204 for a reconnect that has seen the final state: an EventSource stops then."""
    async with aclosing(_watch(request)) as snapshots:
        first = await _first_of(snapshots)
        if first.is_final and _last_seen(request) >= first.event_id:
            return web.Response(status=204)
        response = EventSourceResponse(sep="\n", send_timeout=SEND_TIMEOUT_S, ping_interval=HEARTBEAT_S)
        response.headers["Content-Type"] = "text/event-stream; charset=utf-8"
        await response.prepare(request)
        with suppress(ConnectionResetError, TimeoutError):
            async with response:
                await _send_events(response, first, snapshots)
        return cast(web.StreamResponse, response)


@operation(Access.VIEWER, "A job, live, by WebSocket", tag="jobs", answers={101: None}, errors=(Code.NOT_FOUND,))
async def stream_socket(request: web.Request) -> web.StreamResponse:
    """The same by WebSocket; closed with 1000 after the final state. What the client says is ignored."""
    async with aclosing(_watch(request)) as snapshots:
        first = await _first_of(snapshots)
        socket = web.WebSocketResponse(
            timeout=WS_CLOSE_WAIT_S, heartbeat=WS_HEARTBEAT_S, max_msg_size=WS_MESSAGE_LIMIT_BYTES, compress=False
        )
        await socket.prepare(request)
        sending = asyncio.create_task(_send_messages(socket, first, snapshots))
        listening = asyncio.create_task(_listen(socket))
        try:
            await asyncio.wait([sending, listening], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, listening):
                task.cancel()
            await asyncio.gather(sending, listening, return_exceptions=True)
            with suppress(ConnectionResetError):
                await socket.close(code=WSCloseCode.OK)
        return socket


def _watch(request: web.Request) -> AsyncGenerator[Snapshot, None]:
    return request.app[CONTEXT].hub.watch(read_project(request), request.match_info["job_id"])


async def _first_of(snapshots: AsyncIterator[Snapshot]) -> Snapshot:
    first = await anext(snapshots, None)
    if first is None:
        raise QuizsysError(Code.SHUTTING_DOWN, "The server is stopping. Try again in a moment.", retry_after_s=5)
    return first


async def _send_events(response: EventSourceResponse, first: Snapshot, rest: AsyncIterator[Snapshot]) -> None:
    await _send_event(response, first)
    if not first.is_final:
        async for snapshot in rest:
            await _send_event(response, snapshot)


async def _send_event(response: EventSourceResponse, snapshot: Snapshot) -> None:
    async with asyncio.timeout(SEND_TIMEOUT_S):
        await response.send(write_json(snapshot.job).decode(), id=str(snapshot.event_id))


async def _send_messages(socket: web.WebSocketResponse, first: Snapshot, rest: AsyncIterator[Snapshot]) -> None:
    with suppress(ConnectionResetError, TimeoutError):
        await _send_message(socket, first)
        if not first.is_final:
            async for snapshot in rest:
                await _send_message(socket, snapshot)


async def _send_message(socket: web.WebSocketResponse, snapshot: Snapshot) -> None:
    async with asyncio.timeout(SEND_TIMEOUT_S):
        await socket.send_str(write_json(snapshot.job).decode())


async def _listen(socket: web.WebSocketResponse) -> None:
    """Return when the client has gone."""
    async for message in socket:
        if message.type in (WSMsgType.ERROR, WSMsgType.CLOSE):
            return


def _last_seen(request: web.Request) -> int:
    """The Last-Event-ID of a reconnect; -1 without one that is ours."""
    given = request.headers.get("Last-Event-ID", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else -1
