"""Which revision a client has read, so that nobody's work is overwritten unseen."""

import re
from typing import Any

from aiohttp import hdrs, web

from handlers.answers import answer
from quizsys.errors import invalid

_ETAG = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')
MISSING = "Say which revision you read, by If-Match or in the body, so that nobody's work is lost."


def guarded_by(what: str) -> dict[str, str]:
    """The header as an operation tells it."""
    return {"If-Match": f"The revision of {what} that was read, as its ETag; refused with a 409 if it changed since."}


def read_base(request: web.Request, given: int | None, name: str = "base_revision") -> int | None:
    """The revision that the client read, by If-Match or as `given` in the body; None if it does not say, or says `*`.

    Raises `invalid`.
    """
    header = request.headers.get(hdrs.IF_MATCH, "*").strip()
    if header == "*":
        return given
    found = _ETAG.fullmatch(header)
    if found is None:
        raise invalid(["header", "if-match"], 'If-Match takes the ETag of a revision, such as "3".', header)
    if given is not None and given != int(found[1]):
        raise invalid(["body", name], "If-Match and the body name different revisions.", given)
    return int(found[1])


def need_base(request: web.Request, given: int | None, name: str = "base_revision") -> int | None:
    """As read_base; but the client has to say, and None is its `*`. Raises `invalid`."""
    if given is None and hdrs.IF_MATCH not in request.headers:
        raise invalid(["body", name], MISSING, None, "missing")
    return read_base(request, given, name)


def answer_revision(data: dict[str, Any], status: int = 200) -> web.Response:
    """With its `revision` as ETag."""
    response = answer(data, status)
    response.headers[hdrs.ETAG] = f'"{data["revision"]}"'
    return response
