"""Jobs, live: each change sends the whole job, by server-sent events or WebSocket. A job's stream ends after its final
state; a project's never ends by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

from aiohttp import HttpVersion11, WSCloseCode, WSMsgType, web
from aiohttp_sse import EventSourceResponse

from handlers.context import CONTEXT
from handlers.frames import (
    HEARTBEAT,
    chunk,
    frame_chunk,
    frame_event,
    frame_message,
    frame_numbered_message,
    number,
)
from handlers.lines import LINES, SEND_TIMEOUT_S, Line
from handlers.operations import Access, Bytes, operation
from handlers.projects import read_project
from quizsys.clock import monotonic_s
from quizsys.errors import Code
from quizsys.events import of_job, of_project
from quizsys.resume import Start
from quizsys.schemas.jobs import ResumeQuery

# Heartbeats come from `lines`, one for all. The response's own would be a timer for each client.
NEVER_S = 1e9
WS_HEARTBEAT_S = 20
WS_MESSAGE_LIMIT_BYTES = 64 * 1024
WS_CLOSE_WAIT_S = 1
# What a client may say in a minute: nobody listens to it, and reading it takes its time from others.
WS_MOST_MESSAGES = 1000
MINUTE_S = 60
RESUME = {"Last-Event-ID": "The id of the last event seen, from a reconnect."}
_resume = ResumeQuery()


@operation(
    Access.VIEWER,
    "A job, live, by server-sent events",
    tag="jobs",
    answers={200: Bytes("text/event-stream"), 204: None},
    errors=(Code.NOT_FOUND,),
    query=_resume,
    headers=RESUME,
)
async def stream_events(request: web.Request) -> web.StreamResponse:
    """The job as it is, then at each change, until its final state. 204 for a reconnect that has seen that: an
    EventSource stops then."""
    project_id, job_id = read_project(request), request.match_info["job_id"]
    hub, line = request.app[CONTEXT].hub, _make_event_line(request, ends=True)
    with hub.watching(of_job(job_id), line), line:
        first = await hub.look(project_id, job_id)
        if first.is_final and (_last_seen(request) or 0) >= first.event_id:
            return web.Response(status=204)
        async with _open_events(request) as response:
            await response.send(first.data.decode(), id=str(first.event_id))
            if not first.is_final:
                line.open(request, first.event_id)
                await line.ended.wait()
        return cast(web.StreamResponse, response)


@operation(
    Access.VIEWER,
    "All jobs of a project, live, by server-sent events",
    tag="jobs",
    answers={200: Bytes("text/event-stream")},
    query=_resume,
    headers=RESUME,
)
async def stream_project_events(request: web.Request) -> web.StreamResponse:
    """The unfinished jobs, then every job at each change. A reconnect gets the jobs that changed meanwhile, as they are
    now; if the server no longer knows which those are, a comment `reset` and all jobs."""
    project_id = read_project(request)
    context, line = request.app[CONTEXT], _make_event_line(request, ends=False)
    with context.hub.watching(of_project(project_id), line), line:
        start = Start(context.store, project_id, _last_seen(request))
        await start.prepare()
        async with _open_events(request) as response:
            await _write(request, response, b": reset\n\n" if start.is_reset else b": jobs\n\n")
            async for page in start.pages():
                await _write(request, response, b"".join(map(frame_event, page)))
            # An id alone is no message to the client, but it resumes from there.
            await _write(request, response, b"id: %d\n\n" % start.last_id)
            line.open(request, start.last_id)
            await line.ended.wait()
        return cast(web.StreamResponse, response)


@operation(Access.VIEWER, "A job, live, by WebSocket", tag="jobs", answers={101: None}, errors=(Code.NOT_FOUND,))
async def stream_socket(request: web.Request) -> web.StreamResponse:
    """The job as it is, then at each change; closed with 1000 after its final state. What the client says is
    ignored."""
    project_id, job_id = read_project(request), request.match_info["job_id"]
    hub, line = request.app[CONTEXT].hub, Line(request.app[LINES], frame_message, ends=True)
    with hub.watching(of_job(job_id), line), line:
        first = await hub.look(project_id, job_id)
        async with _open_socket(request, line) as socket:
            await _say(socket, first.data)
            if first.is_final:
                line.complete()
            else:
                line.open(request, first.event_id)
            await _listen(socket, line)
        return socket


@operation(Access.VIEWER, "All jobs of a project, live, by WebSocket", tag="jobs", answers={101: None}, query=_resume)
async def stream_project_socket(request: web.Request) -> web.StreamResponse:
    """As by server-sent events; each job has its `event_id` beside its own keys, to resume from."""
    project_id = read_project(request)
    context, line = request.app[CONTEXT], Line(request.app[LINES], frame_numbered_message, ends=False)
    with context.hub.watching(of_project(project_id), line), line:
        start = Start(context.store, project_id, _last_seen(request))
        await start.prepare()
        async with _open_socket(request, line) as socket:
            async for page in start.pages():
                for snapshot in page:
                    await _say(socket, number(snapshot))
            line.open(request, start.last_id)
            await _listen(socket, line)
        return socket


def _make_event_line(request: web.Request, *, ends: bool) -> Line:
    """What is written past the response has to look as if the response had written it: in chunks since HTTP 1.1."""
    if request.version < HttpVersion11:
        return Line(request.app[LINES], frame_event, ends=ends, heartbeat=HEARTBEAT)
    return Line(request.app[LINES], frame_chunk, ends=ends, heartbeat=chunk(HEARTBEAT))


@asynccontextmanager
async def _open_events(request: web.Request) -> AsyncIterator[EventSourceResponse]:
    """A client that leaves or stalls meanwhile ends the block quietly."""
    response = EventSourceResponse(sep="\n", send_timeout=SEND_TIMEOUT_S, ping_interval=NEVER_S)
    response.headers["Content-Type"] = "text/event-stream; charset=utf-8"
    # Its connection has been made small: it is of little use for other requests.
    response.headers["Connection"] = "close"
    response.force_close()
    await response.prepare(request)
    with suppress(ConnectionResetError, TimeoutError):
        async with response:
            yield response


async def _write(request: web.Request, response: EventSourceResponse, data: bytes) -> None:
    try:
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await response.write(data)
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
        raise


@asynccontextmanager
async def _open_socket(request: web.Request, line: Line) -> AsyncIterator[web.WebSocketResponse]:
    """Closed at the end with 1000 if all has been said, else with 1001."""
    socket = web.WebSocketResponse(
        timeout=WS_CLOSE_WAIT_S,
        heartbeat=WS_HEARTBEAT_S,
        max_msg_size=WS_MESSAGE_LIMIT_BYTES,
        compress=False,
        autoping=False,
    )
    await socket.prepare(request)
    try:
        with suppress(ConnectionResetError, TimeoutError):
            yield socket
    finally:
        line.end()
        with suppress(ConnectionResetError):
            await socket.close(code=WSCloseCode.OK if line.is_complete else WSCloseCode.GOING_AWAY)


async def _say(socket: web.WebSocketResponse, text: bytes) -> None:
    async with asyncio.timeout(SEND_TIMEOUT_S):
        await socket.send_frame(text, WSMsgType.TEXT)


async def _listen(socket: web.WebSocketResponse, line: Line) -> None:
    """Return when the line has ended or the client has gone."""
    hearing = asyncio.create_task(_hear(socket, line))
    hearing.add_done_callback(lambda _: line.end())
    try:
        await line.ended.wait()
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


async def _hear(socket: web.WebSocketResponse, line: Line) -> None:
    """Return when the client has gone, or has been let go because it talks too much."""
    heard, since_s = 0, monotonic_s()
    async for message in socket:
        if message.type in (WSMsgType.ERROR, WSMsgType.CLOSE):
            return
        if message.type is WSMsgType.PING:
            await socket.pong(message.data)
        heard += 1
        if heard == WS_MOST_MESSAGES:
            if monotonic_s() - since_s < MINUTE_S:
                line.let_go("it talks too much")
                return
            heard, since_s = 0, monotonic_s()


def _last_seen(request: web.Request) -> int | None:
    """The id of the last event that a reconnect has seen; None without one that could be ours."""
    given = request.headers.get("Last-Event-ID") or request.query.get("last_event_id", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
