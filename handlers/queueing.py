"""Requests that put something into the queue: they wait for room, and may be repeated without being done twice."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from aiohttp import web

from handlers.answers import answer
from handlers.context import CONTEXT, Context
from handlers.principals import get_principal
from handlers.projects import read_project
from quizsys import clock
from quizsys.errors import Code, QuizsysError
from quizsys.services import receipts

T = TypeVar("T")
FULL_POLL_S = 0.1
REPEATABLE = {
    receipts.HEADER: "A key of your choice: repeated with it, this request is not done again; the first answer comes "
    "back, with `Idempotency-Replayed: true`."
}


async def answer_new(
    request: web.Request, service: Callable[[], Any], status: int, body: dict[str, Any]
) -> web.Response:
    """Run a service that enqueues; with an Idempotency-Key once for all repeats of the request with this body."""
    context = request.app[CONTEXT]
    key = request.headers.get(receipts.HEADER)
    if key is None:
        return answer(await wait_for_room(context, service), status)
    ticket = receipts.make_ticket(read_project(request), get_principal(request).token_id or "", key, request.path, body)
    kept = await wait_for_room(context, partial(receipts.answer_once, ticket, status, service))
    headers = {"Idempotency-Replayed": "true"} if kept.is_replay else None
    return web.Response(body=kept.body, status=kept.status, content_type="application/json", headers=headers)


async def wait_for_room(context: Context, service: Callable[[], T]) -> T:
    """Run a service that enqueues; while the queue is full, try again for QUEUE_WAIT_S. Nothing is half-accepted."""
    deadline_s = clock.monotonic_s() + context.settings.queue_wait_s
    while True:
        try:
            return await context.store.run(service)
        except QuizsysError as error:
            if error.code is not Code.QUEUE_FULL or clock.monotonic_s() >= deadline_s:
                raise
        await asyncio.sleep(FULL_POLL_S)
