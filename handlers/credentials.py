"""How a request says who it is: `Authorization: Bearer`, or for reading only `?access_token=` (RFC 6750, 2.3)."""

import re

from aiohttp import hdrs, web

from quizsys.errors import Code, QuizsysError

BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE)
QUERY = "access_token"
TWICE = "Send one Authorization header with one token."


def find_secret(request: web.Request) -> str | None:
    """What is presented as a token, good or not. Raises `unauthorized` for two at once."""
    return _find_bearer(request) or _find_query(request)


def _find_bearer(request: web.Request) -> str | None:
    given = request.headers.getall(hdrs.AUTHORIZATION, [])
    if len(given) > 1:
        raise QuizsysError(Code.UNAUTHORIZED, TWICE)
    found = BEARER.fullmatch(given[0].strip(" ")) if given else None
    return found[1] if found else None


def _find_query(request: web.Request) -> str | None:
    """Only for reading: an EventSource, a video and a browser's WebSocket cannot send headers."""
    return request.query.get(QUERY) if request.method in (hdrs.METH_GET, hdrs.METH_HEAD) else None
