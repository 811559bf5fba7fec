"""Which pages of other origins may call the API: those of CORS_ORIGINS. Answers as the seed's server did."""

from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from handlers.context import CONTEXT

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
MAX_AGE_S = "600"
# What a page may read of an answer beside the few headers that every page may.
EXPOSED = (
    "ETag, Idempotency-Replayed, Link, Location, Quizsys-Asset-Id, Retry-After, Tus-Checksum-Algorithm, Tus-Extension,"
    " Tus-Max-Size, Tus-Resumable, Tus-Version, Upload-Concat, Upload-Defer-Length, Upload-Expires, Upload-Length,"
    " Upload-Metadata, Upload-Offset, WWW-Authenticate, X-Request-ID"
)


@web.middleware
async def allow_origins(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers preflights. All other answers, errors and streams too, get their headers from `mark`."""
    if is_preflight(request):
        return answer_preflight(request)
    return await handler(request)


async def mark(request: web.Request, response: web.StreamResponse) -> None:
    """Signal on_response_prepare: name the origin in an answer to an allowed page."""
    if is_allowed(request):
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = request.headers[hdrs.ORIGIN]
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
        response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = EXPOSED
        response.headers[hdrs.VARY] = "Origin"


def is_allowed(request: web.Request) -> bool:
    return request.headers.get(hdrs.ORIGIN) in request.app[CONTEXT].settings.cors_origins


def is_preflight(request: web.Request) -> bool:
    asked = {hdrs.ORIGIN, hdrs.ACCESS_CONTROL_REQUEST_METHOD}
    return request.method == hdrs.METH_OPTIONS and all(name in request.headers for name in asked)


def answer_preflight(request: web.Request) -> web.Response:
    if not is_allowed(request):
        return web.Response(status=400, text="Disallowed CORS origin")
    headers = {hdrs.ACCESS_CONTROL_ALLOW_METHODS: METHODS, hdrs.ACCESS_CONTROL_MAX_AGE: MAX_AGE_S}
    if asked := request.headers.get(hdrs.ACCESS_CONTROL_REQUEST_HEADERS):
        headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = asked
    return web.Response(text="OK", headers=headers)
