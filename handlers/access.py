"""Who may do what: reads what the handler says of itself (`operations`) and refuses before it runs."""

import asyncio

from aiohttp import web

from handlers.audit import record_refusal
from handlers.clients import read_block
from handlers.context import CONTEXT
from handlers.credentials import check_name, check_open_door, check_page, find_credential
from handlers.middlewares import Handler
from handlers.operations import Access, Operation, find_operation
from handlers.principals import PRINCIPAL, get_principal
from quizsys.errors import Code, QuizsysError
from quizsys.keyring import ENDED
from quizsys.schemas.tokens import ADMIN
from quizsys.services.tokens import Principal

ANYONE = Principal(None, "anyone", ADMIN)
LEVELS = {"viewer": Access.VIEWER, "editor": Access.EDITOR, ADMIN: Access.ADMIN}
NO_TOKEN = "This needs a token. Send it as 'Authorization: Bearer TOKEN'; an admin makes one."
UNKNOWN = "This token is unknown here. Check that it was copied whole, or ask an admin for one."
TOO_MANY = "Too many unknown tokens came from this address. Wait, and check the token; a good one is let in at once."


@web.middleware
async def check_access(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Sets `request["principal"]`: on a public route None for a stranger."""
    said = find_operation(request.match_info.route)
    if said is None:
        return await handler(request)
    if not request.app[CONTEXT].settings.auth_required:
        request[PRINCIPAL] = ANYONE
        if said.access is not Access.PUBLIC:
            check_name(request)
        check_open_door(request)
        return await handler(request)
    principal, has_cookie = _find_principal(request, said)
    request[PRINCIPAL] = principal
    if principal is None:
        return await handler(request)
    try:
        if has_cookie:
            check_page(request)
        _check_role(said, principal)
        _check_project(said, principal, request.match_info.get("project_id"))
    except QuizsysError:
        await record_refusal(request, said)
        raise
    return await _run_while_good(request, handler, principal)


def visible_projects(request: web.Request) -> frozenset[str] | None:
    """The projects that the one who asks may see; None: all of them. Not for public routes."""
    return get_principal(request).projects


def recognise(request: web.Request, secret: str) -> Principal:
    """Raises `unauthorized`, or `too_many` for one more unknown token from an address that has tried enough.

    A good token is let in whatever else came from its address, so that nobody locks out a neighbour. What this limits
    is noise and load: no rate of trying makes 256 random bits guessable. An ended token is no guess and not counted.
    """
    context = request.app[CONTEXT]
    principal = context.keyring.find(secret)
    if principal is None:
        wait_s = context.failures.note(read_block(request))
        if wait_s:
            raise QuizsysError(Code.TOO_MANY, TOO_MANY, retry_after_s=wait_s)
        raise QuizsysError(Code.UNAUTHORIZED, UNKNOWN)
    return principal


def _find_principal(request: web.Request, said: Operation) -> tuple[Principal | None, bool]:
    """Who it is, None only where strangers may come in; and whether a cookie says so."""
    try:
        credential = find_credential(request)
        if credential is None:
            raise QuizsysError(Code.UNAUTHORIZED, NO_TOKEN)
        return recognise(request, credential.secret), credential.is_cookie
    except QuizsysError:
        if said.access is Access.PUBLIC:
            return None, False
        raise


def _check_role(said: Operation, principal: Principal) -> None:
    if LEVELS[principal.role] < said.access:
        sentence = f"This needs the role {said.access.name.lower()}; your token has the role {principal.role}."
        raise QuizsysError(Code.FORBIDDEN, f"{sentence} Ask an admin.")


def _check_project(said: Operation, principal: Principal, project_id: str | None) -> None:
    """The same answer for projects that exist and for those that do not."""
    if principal.projects is None or said.access is Access.PUBLIC:
        return
    if project_id is None and not said.every_project:
        raise QuizsysError(Code.FORBIDDEN, "This needs a token for all projects; yours is for some. Ask an admin.")
    if project_id is not None and project_id not in principal.projects:
        raise QuizsysError(Code.FORBIDDEN, "Your token is not for this project. Ask an admin for one that is.")


async def _run_while_good(request: web.Request, handler: Handler, principal: Principal) -> web.StreamResponse:
    """A stream, a download or an upload ends when its token does."""
    keyring = request.app[CONTEXT].keyring
    scope = asyncio.timeout(None)
    try:
        async with scope:
            keyring.hold(principal, scope)
            try:
                return await handler(request)
            finally:
                keyring.release(principal, scope)
    except TimeoutError:
        if not scope.expired():
            raise
    if request.writer.output_size > 0:
        raise ConnectionResetError("the token has ended")
    raise QuizsysError(Code.UNAUTHORIZED, ENDED)
