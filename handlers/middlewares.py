"""Around every request: an id, one way to answer errors, nothing of an unknown exception's text."""

import errno
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from aiohttp import web
from loguru import logger

from handlers.answers import refuse
from handlers.heads import find_fault
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_request_id
from quizsys.logs import REQUEST_ID

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
UNEXPECTED = "Something went wrong inside the server. Its log says why, under this request_id."
HTTP_CODES = {
    400: Code.BAD_REQUEST,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    408: Code.TIMEOUT,
    413: Code.TOO_LARGE,
    415: Code.UNSUPPORTED_MEDIA,
    416: Code.BAD_RANGE,
}
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
DISK_TROUBLE = "The server could not read or write a file: its disk is full or failing. Ask its operator to look at it."
BROKEN_BODY = "The body is not what its headers say. Check how it is encoded and send it again."
KEPT_HEADERS = ("Allow", "Content-Range")
HTTP_SENTENCES = {404: "Not Found", 405: "Method Not Allowed"}


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    request_id = new_request_id()
    REQUEST_ID.set(request_id)
    fault = find_fault(request)
    response = await _handle(request, handler, request_id) if fault is None else _turn_away(fault, request_id)
    if not response.prepared:
        response.headers["X-Request-ID"] = request_id
        # What people wrote is what we call it, and never taken for a page.
        response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _turn_away(fault: QuizsysError, request_id: str) -> web.Response:
    logger.info("not understood: {!r}", fault.sentence)
    response = refuse(fault, request_id)
    response.force_close()
    return response


async def _handle(request: web.Request, handler: Handler, request_id: str) -> web.StreamResponse:
    try:
        return await handler(request)
    except QuizsysError as error:
        # Quoted: the sentence may hold what the client sent, line ends included.
        logger.info("{} {} refused: {} {!r}", request.method, _name_path(request), error.code, error.sentence)
        if isinstance(error.__cause__, OSError) and error.code is Code.STORAGE_FULL:
            logger.error("the disk: {}", error.__cause__)
        return _close_unread(request, refuse(error, request_id))
    except web.HTTPException as error:
        return await _translate(request, error, request_id)
    except web.RequestPayloadError:
        return refuse(QuizsysError(Code.BAD_REQUEST, BROKEN_BODY), request_id)
    except ConnectionResetError:
        raise
    except Exception as error:
        logger.exception("{} {} failed", request.method, _name_path(request))
        if isinstance(error, OSError) and error.errno in DISK_ERRORS:
            return _close_unread(request, refuse(QuizsysError(Code.STORAGE_FULL, DISK_TROUBLE), request_id))
        return refuse(QuizsysError(Code.INTERNAL, UNEXPECTED), request_id)


def _name_path(request: web.Request) -> str:
    """The path in the one form that the log knows: as `/%73hare/...`, the token of a link would not be blotted out."""
    return quote(request.path)


async def _translate(request: web.Request, error: web.HTTPException, request_id: str) -> web.StreamResponse:
    if error.status < 400:
        raise error
    if error.status == 404 and (target := await _without_slash(request)) is not None:
        return web.Response(status=307, headers={"Location": target})
    if error.status == 405 and request.method == "OPTIONS":
        return web.Response(status=204, headers={"Allow": f"{error.headers['Allow']},OPTIONS"})
    sentence = HTTP_SENTENCES.get(error.status, error.text or error.reason)
    response = refuse(QuizsysError(HTTP_CODES.get(error.status, Code.BAD_REQUEST), sentence), request_id)
    for name in KEPT_HEADERS:
        if name in error.headers:
            response.headers[name] = error.headers[name]
    return _close_unread(request, response)


def _close_unread(request: web.Request, response: web.Response) -> web.Response:
    """Tell a client whose body has not arrived yet that the connection ends here: its next request would be lost."""
    if not request.content.is_eof():
        response.force_close()
    return response


async def _without_slash(request: web.Request) -> str | None:
    """The path without its trailing slash, if something is there."""
    path = request.rel_url.raw_path
    if not path.endswith("/") or path.startswith("//"):
        return None
    shorter = request.rel_url.with_path(path.rstrip("/") or "/", encoded=True).with_query(request.rel_url.query)
    found = await request.app.router.resolve(request.clone(rel_url=shorter))
    return str(shorter) if found.http_exception is None else None
