"""How a request says who it is: `Authorization: Bearer`, for reading also `?access_token=`, or the cookie of a browser.

The first of them that is there counts, good or not. A cookie is sent by the browser whoever asks, so with a cookie it
also counts whose page asked.
"""

import re
from dataclasses import dataclass

from aiohttp import hdrs, web

from handlers.clients import is_https
from handlers.context import CONTEXT
from handlers.cors import is_allowed
from quizsys.errors import Code, QuizsysError

BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE)
QUERY = "access_token"
COOKIE = "quizsys_token"
# RFC 6265bis, 4.1.3.2: no neighbour of our name, as other.school.example is of quiz.school.example, can set it.
HTTPS_COOKIE = "__Host-" + COOKIE
SAFE = (hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS)
TWICE = "Send one Authorization header with one token."
FOREIGN = (
    "A page of another site asked for this with your cookie. Name its origin in CORS_ORIGINS if it may, or send the"
    " token as 'Authorization: Bearer TOKEN'."
)
UNASKED = "A page of another site asked for this. Name its origin in CORS_ORIGINS if it may."
STRANGE_NAME = (
    "This server asks for no tokens, so it answers to addresses and to local names only: any other may be a foreign"
    " page's. Add the name to HOST_NAMES."
)
# RFC 6761, 6762, 8375 and ICANN's .internal: no public name server answers for them, nor for a name without a dot.
LOCAL_ENDINGS = (".localhost", ".local", ".home.arpa", ".internal")


@dataclass(frozen=True)
class Credential:
    """What is presented as a token, good or not."""

    secret: str
    is_cookie: bool = False


def find_credential(request: web.Request) -> Credential | None:
    """Raises `unauthorized` for two at once."""
    if bearer := _find_bearer(request):
        return Credential(bearer)
    if QUERY in request.query and request.method in (hdrs.METH_GET, hdrs.METH_HEAD):
        # RFC 6750, 2.3: an EventSource, a video and a browser's WebSocket cannot send headers.
        return Credential(request.query[QUERY])
    cookie = request.cookies.get(name_cookie(request))
    return Credential(cookie, is_cookie=True) if cookie else None


def name_cookie(request: web.Request) -> str:
    return HTTPS_COOKIE if is_https(request) else COOKIE


def check_page(request: web.Request) -> None:
    """Of a request that came with a cookie. Raises `forbidden` if a page that we do not know may have sent it."""
    if not (_is_harmless(request) or _is_ours(request) or is_allowed(request)):
        raise QuizsysError(Code.FORBIDDEN, FOREIGN)


def check_open_door(request: web.Request) -> None:
    """Of a request where nobody needs a token. Raises `forbidden` if a browser sent it for a page that we do not know:
    whoever is on the trusted network also opens pages of others."""
    is_page = hdrs.ORIGIN in request.headers or "Sec-Fetch-Site" in request.headers
    if is_page and not (_is_harmless(request) or _is_ours(request) or is_allowed(request)):
        raise QuizsysError(Code.FORBIDDEN, UNASKED)


def check_name(request: web.Request) -> None:
    """Of a request where nobody needs a token. Raises `forbidden` if its Host is a name that anybody may have made to
    mean this machine (DNS rebinding): to the browser such a page is one of ours, and reads what we answer."""
    host = request.headers.get(hdrs.HOST, "").lower()
    name = host.partition(":")[0].rstrip(".")
    is_address = host.startswith("[") or name.rpartition(".")[2][:1].isdigit()
    if is_address or "." not in name or name.endswith(LOCAL_ENDINGS):
        return
    if name not in (one.lower() for one in request.app[CONTEXT].settings.host_names):
        raise QuizsysError(Code.FORBIDDEN, STRANGE_NAME)


async def mark_private(request: web.Request, response: web.StreamResponse) -> None:
    """Signal on_response_prepare: what an address with a token in it answers is kept and told on by nobody."""
    if QUERY not in request.query and not request.path.startswith("/share/"):
        return
    response.headers[hdrs.REFERRER_POLICY] = "no-referrer"
    kept = response.headers.get(hdrs.CACHE_CONTROL, "")
    if "private" not in kept and "no-store" not in kept:
        response.headers[hdrs.CACHE_CONTROL] = ", ".join(filter(None, ["private", kept]))


def _find_bearer(request: web.Request) -> str | None:
    given = request.headers.getall(hdrs.AUTHORIZATION, [])
    if len(given) > 1:
        raise QuizsysError(Code.UNAUTHORIZED, TWICE)
    found = BEARER.fullmatch(given[0].strip(" ")) if given else None
    return found[1] if found else None


def _is_harmless(request: web.Request) -> bool:
    """Changes nothing, and a foreign page cannot read its answer, as it could that of a WebSocket."""
    return request.method in SAFE and request.headers.get(hdrs.UPGRADE, "").lower() != "websocket"


def _is_ours(request: web.Request) -> bool:
    """By what browsers say of the page that asks. A program that says nothing needs a header that no form can send."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("same-origin", "none")
    if origin := request.headers.get(hdrs.ORIGIN):
        return origin.partition("://")[2] == request.host
    return hdrs.UPGRADE in request.headers or "X-Requested-With" in request.headers
