"""Who may do what: reads what the handler says of itself (`operations`) and refuses before it runs."""

import asyncio
from typing import cast

from aiohttp import web

from handlers.context import CONTEXT
from handlers.credentials import find_secret
from handlers.middlewares import Handler
from handlers.operations import Access, Operation, find_operation
from quizsys.errors import Code, QuizsysError
from quizsys.keyring import ENDED
from quizsys.services.tokens import ADMIN, Principal

PRINCIPAL = "principal"
ANYONE = Principal(None, "anyone", ADMIN)
LEVELS = {"viewer": Access.VIEWER, "editor": Access.EDITOR, ADMIN: Access.ADMIN}
NO_TOKEN = "This needs a token. Send it as 'Authorization: Bearer TOKEN'; an admin makes one."
UNKNOWN = "This token is unknown here. Check that it was copied whole, or ask an admin for one."


@web.middleware
async def check_access(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Sets `request["principal"]`: on a public route None for a stranger."""
    said = find_operation(request.match_info.route)
    if said is None:
        return await handler(request)
    if not request.app[CONTEXT].settings.auth_required:
        request[PRINCIPAL] = ANYONE
        return await handler(request)
    principal = _identify(request, said)
    request[PRINCIPAL] = principal
    if principal is None:
        return await handler(request)
    _check_role(said, principal)
    _check_project(said, principal, request.match_info.get("project_id"))
    return await _run_while_good(request, handler, principal)


def visible_projects(request: web.Request) -> frozenset[str] | None:
    """The projects that the one who asks may see; None: all of them."""
    principal = cast(Principal, request[PRINCIPAL])
    return principal.projects


def _identify(request: web.Request, said: Operation) -> Principal | None:
    """None only where strangers may come in."""
    try:
        secret = find_secret(request)
        principal = None if secret is None else request.app[CONTEXT].keyring.find(secret)
    except QuizsysError:
        if said.access is Access.PUBLIC:
            return None
        raise
    if principal is None and said.access is not Access.PUBLIC:
        raise QuizsysError(Code.UNAUTHORIZED, NO_TOKEN if secret is None else UNKNOWN)
    return principal


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
    """A stream or a download ends when its token does."""
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
