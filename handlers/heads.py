"""The head of a request: what we and a proxy before us could understand in two ways is refused, whatever the route."""

import re
from functools import lru_cache

from aiohttp import HttpVersion10, HttpVersion11, hdrs, web

from quizsys.errors import Code, QuizsysError

# RFC 9110, 7.2 and RFC 3986, 3.2.2: a name or an address, and a port; empty for who has none.
_HOST = re.compile(r"(?:[\w.~!$&'()*+,;=%-]*|\[[0-9a-f:.]{2,45}\])(?::[0-9]{0,5})?", re.IGNORECASE | re.ASCII)
MOST_BYTES = 2**63
OTHER_VERSION = "This server speaks HTTP/1.1."
NO_HOST = "The Host header names no host. Send the host and the port of the address that you ask for."
PACKED = "Send the body without a Content-Encoding: nothing is unpacked here."
CODED = "Send the body with its Content-Length, or with Transfer-Encoding: chunked alone."


def find_fault(request: web.Request) -> QuizsysError | None:
    """What is wrong with it; then the connection is of no use any more, since it is in doubt where the request ends."""
    headers = request.headers
    if request.version not in (HttpVersion11, HttpVersion10):
        return QuizsysError(Code.BAD_REQUEST, OTHER_VERSION)
    if not _is_host(headers.get(hdrs.HOST, "")):
        return QuizsysError(Code.BAD_REQUEST, NO_HOST)
    # aiohttp takes the largest number of all for no body.
    if (
        headers.get(hdrs.TRANSFER_ENCODING, "chunked").lower() != "chunked"
        or (request.content_length or 0) >= MOST_BYTES
    ):
        return QuizsysError(Code.BAD_REQUEST, CODED)
    if request.body_exists and headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
        # Unpacking costs more than sending.
        return QuizsysError(Code.UNSUPPORTED_MEDIA, PACKED)
    return None


async def leave_expect(_request: web.Request) -> None:
    """Leave `Expect: 100-continue` to the handler: a refusal from here would pass the middlewares by. What else may be
    expected is left out of account, as RFC 9110, 10.1.1 allows."""


def invite_body(request: web.Request) -> None:
    """Answer `Expect: 100-continue`, once nothing speaks against the body."""
    if request.headers.get(hdrs.EXPECT, "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


@lru_cache(maxsize=256)
def _is_host(text: str) -> bool:
    return _HOST.fullmatch(text) is not None
