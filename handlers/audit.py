"""Who changed what: noted around every request that is not for reading only, and read by admins."""

import asyncio

from aiohttp import hdrs, web

from handlers.answers import STATUS
from handlers.bodies import read_query
from handlers.clients import read_address
from handlers.context import CONTEXT, Context
from handlers.credentials import SAFE
from handlers.middlewares import Handler
from handlers.operations import Access, ListOf, Operation, find_operation, operation
from handlers.paging import answer_list
from handlers.principals import find_principal
from quizsys.clock import monotonic_s
from quizsys.db import RIDER
from quizsys.errors import Code, QuizsysError
from quizsys.logs import REQUEST_ID
from quizsys.schemas.audit import AuditQuery, AuditSchema
from quizsys.services import audit
from quizsys.services.audit import Entry

STRANGER = "stranger"
LEARNERS = "share"
SETTLE_S = 0.01
LONGEST_ID = 64
REFUSAL_REST_S = 60
MOST_REFUSALS = 10_000
REFUSALS = web.AppKey("refusals", dict[tuple[str | None, str, str | None], float])
_query = AuditQuery()
_entry = AuditSchema()


@operation(
    Access.ADMIN,
    "Who changed what, newest first",
    tag="audit",
    query=_query,
    answers={200: ListOf(_entry)},
    errors=(Code.INVALID,),
)
async def list_audit(request: web.Request) -> web.Response:
    """Every change that succeeded, and everything that was forbidden (403)."""
    return await answer_list(request, audit.list_entries, read_query(request, _query)["project"])


@web.middleware
async def record_changes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Have the entry written with the change. What changes no row of the database gets it written on its own; but for
    a PATCH, which then is a piece of an upload: its first and its last piece do change rows."""
    said = find_operation(request.match_info.route)
    # A stranger changes nothing: signing out, which he may, would fill the table. What learners do is kept elsewhere.
    if said is None or said.tag == LEARNERS or request.method in SAFE or find_principal(request) is None:
        return await handler(request)
    entry = _describe(request, said, min(said.answers))
    RIDER.set(entry)
    try:
        response = await handler(request)
    except QuizsysError as error:
        await _settle(request, entry, STATUS[error.code])
        raise
    await _settle(request, entry, response.status)
    return response


async def record_refusal(request: web.Request, said: Operation) -> None:
    """That somebody asked for what is not theirs: once a minute of the same, since a page may ask again and again."""
    entry = _describe(request, said, STATUS[Code.FORBIDDEN])
    told = request.app[REFUSALS]
    key, now_s = (entry.token_id, entry.action, entry.project_id), monotonic_s()
    if now_s - told.get(key, -REFUSAL_REST_S) < REFUSAL_REST_S:
        return
    if len(told) >= MOST_REFUSALS:
        told.clear()
    told[key] = now_s
    await request.app[CONTEXT].store.run(entry.ride, None)


async def forget_old_entries(context: Context) -> None:
    """Those older than AUDIT_KEEP_DAYS, in batches that others can come between."""
    keep_days = context.settings.audit_keep_days
    while keep_days and await context.store.run(audit.prune_entries, keep_days) == audit.PRUNE_BATCH:  # noqa: ASYNC110
        await asyncio.sleep(SETTLE_S)


async def _settle(request: web.Request, entry: Entry, status: int) -> None:
    store, was_written = request.app[CONTEXT].store, entry.done
    entry.done = True
    if was_written and status != entry.status:
        await store.run(audit.correct_status, entry.request_id, status)
    elif not was_written and status < 400 and request.method != hdrs.METH_PATCH:
        entry.status = status
        await store.run(entry.ride, None)


def _describe(request: web.Request, said: Operation, status: int) -> Entry:
    principal = find_principal(request)
    names = request.match_info
    things = [value for name, value in names.items() if name != "project_id"]
    return Entry(
        token_id=principal.token_id if principal else None,
        token_name=principal.name if principal else STRANGER,
        address=_plain(read_address(request)),
        method=request.method,
        action=names.handler.__name__,
        project_id=_plain(names["project_id"]) if "project_id" in names else None,
        kind=said.tag,
        thing_id=_plain(things[-1]) if things else None,
        status=status,
        request_id=REQUEST_ID.get(),
    )


def _plain(given: str) -> str:
    """As much of what the client sent as an id can have, without what cannot be stored."""
    return given[:LONGEST_ID].encode(errors="replace").decode()
