"""Tokens: make, list, revoke; and who am I."""

from aiohttp import web

from handlers.answers import answer
from handlers.bodies import read_body
from handlers.context import CONTEXT
from handlers.operations import Access, ListOf, operation
from handlers.principals import get_principal
from quizsys.errors import Code
from quizsys.schemas.tokens import MeSchema, NewTokenSchema, TokenCreateRequest, TokenSchema
from quizsys.services import tokens

_request = TokenCreateRequest()
_token = TokenSchema()
_new_token = NewTokenSchema()
_me = MeSchema()


@operation(
    Access.ADMIN,
    "Make a token",
    tag="tokens",
    body=_request,
    answers={201: _new_token},
    errors=(Code.INVALID, Code.TOO_LARGE),
)
async def create_token(request: web.Request) -> web.Response:
    """The answer is the only one that ever tells the token itself."""
    context = request.app[CONTEXT]
    body = await read_body(request, _request)
    projects = None if body["projects"] is None else tuple(body["projects"])
    new = tokens.NewToken(body["name"], body["role"], projects, body["days"])
    made = await context.store.run(tokens.create_token, new)
    await context.keyring.reload()
    response = answer(made, 201)
    response.headers["Cache-Control"] = "no-store"
    return response


@operation(Access.ADMIN, "All tokens, newest first", tag="tokens", answers={200: ListOf(_token)})
async def list_tokens(request: web.Request) -> web.Response:
    """Expired and revoked ones too."""
    return answer(await request.app[CONTEXT].store.read(tokens.list_tokens))


@operation(
    Access.ADMIN,
    "Revoke a token",
    tag="tokens",
    answers={204: None},
    errors=(Code.NOT_FOUND, Code.CONFLICT),
)
async def revoke_token(request: web.Request) -> web.Response:
    """At once, its open streams included. The last admin's token stays: without one, nobody could make others."""
    context = request.app[CONTEXT]
    await context.store.run(tokens.revoke_token, request.match_info["token_id"], keep_an_admin=True)
    await context.keyring.reload()
    return web.Response(status=204)


@operation(Access.VIEWER, "Who am I", tag="tokens", answers={200: _me}, every_project=True)
async def get_me(request: web.Request) -> web.Response:
    principal = get_principal(request)
    projects = None if principal.projects is None else sorted(principal.projects)
    return answer(_me.dump({**vars(principal), "projects": projects}))
