"""A browser's way in and out: an address that carries the token makes a cookie of it, a POST takes it away."""

from aiohttp import hdrs, web

from handlers.access import recognise
from handlers.clients import is_https
from handlers.context import CONTEXT
from handlers.credentials import name_cookie
from handlers.operations import Access, operation
from handlers.principals import find_principal
from quizsys.clock import utc_now
from quizsys.errors import Code, QuizsysError
from quizsys.schemas.tokens import LoginQuery
from quizsys.services.tokens import Principal

LONGEST_S = 30 * 24 * 3600
AFTER_LOGIN = "/docs"
NO_TOKEN = "Open the whole address that you were given: it ends in login?token=..."
SOMEBODY_ELSE = (
    "You are signed in with another token. Sign out first (POST /logout, which /docs can send), or open this address in"
    " a private window."
)


@operation(
    Access.PUBLIC,
    "Sign a browser in",
    tag="tokens",
    query=LoginQuery(),
    answers={303: None},
    errors=(Code.UNAUTHORIZED, Code.FORBIDDEN, Code.TOO_MANY),
)
async def log_in(request: web.Request) -> web.Response:
    """Makes the token a cookie that no script can read, and goes on to the API's pages."""
    headers = {hdrs.LOCATION: AFTER_LOGIN, hdrs.CACHE_CONTROL: "no-store", hdrs.REFERRER_POLICY: "no-referrer"}
    response = web.Response(status=303, headers=headers)
    if not request.app[CONTEXT].settings.auth_required:
        return response
    secret = request.query.get("token", "")
    if not secret:
        raise QuizsysError(Code.UNAUTHORIZED, NO_TOKEN)
    principal = recognise(request, secret)
    _check_swap(request, principal)
    response.set_cookie(
        name_cookie(request),
        secret,
        max_age=_lifetime_s(principal),
        httponly=True,
        samesite="Lax",
        secure=is_https(request),
    )
    return response


@operation(Access.PUBLIC, "Sign a browser out", tag="tokens", answers={204: None})
async def log_out(request: web.Request) -> web.Response:
    """Takes the cookie away. The token itself stays good; an admin can revoke it."""
    response = web.Response(status=204)
    response.del_cookie(name_cookie(request), httponly=True, samesite="Lax", secure=is_https(request))
    return response


def _check_swap(request: web.Request, principal: Principal) -> None:
    """A link on a foreign page must not put somebody, unseen, under another's name. Without https browsers do not say
    whose link it was."""
    present = find_principal(request)
    if present and present != principal and request.headers.get("Sec-Fetch-Site") not in ("same-origin", "none"):
        raise QuizsysError(Code.FORBIDDEN, SOMEBODY_ELSE)


def _lifetime_s(principal: Principal) -> int:
    if principal.expires_at is None:
        return LONGEST_S
    return min(LONGEST_S, int((principal.expires_at - utc_now()).total_seconds()))
