"""`GET /metrics` for Prometheus, and the counting of requests.

A scraper sends a viewer's token for all projects. Not open to loopback: behind a proxy everybody comes from there.
"""

import time
from functools import cache, partial

from aiohttp import hdrs, web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from handlers.context import CONTEXT
from handlers.gauges import Gauges
from handlers.middlewares import Handler
from handlers.operations import Access, Bytes, find_operation, operation
from quizsys.metrics import REGISTRY

REQUESTS = Counter(
    "quizsys_http_requests", "Requests, by route and status.", ("method", "route", "status"), registry=REGISTRY
)
DURATION_S = Histogram(
    "quizsys_http_request_duration_seconds",
    "From the request's head to the answer's end, live streams left out.",
    ("method", "route"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600),
    registry=REGISTRY,
)
IN_FLIGHT = Gauge("quizsys_http_requests_in_flight", "Requests being answered.", ("kind",), registry=REGISTRY)
UPLOADED = Counter("quizsys_upload_bytes", "Bytes received of files.", registry=REGISTRY)
METHODS = set(hdrs.METH_ALL)
GONE = "gone"
PLAIN, UPLOAD, *STREAMS = KINDS = ("plain", "upload", "sse", "websocket")
# Counted in plain numbers, on one thread: a Gauge takes a lock for each step.
_open = dict.fromkeys(KINDS, 0)
for _name in KINDS:
    IN_FLIGHT.labels(_name).set_function(partial(_open.__getitem__, _name))


@web.middleware
async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
    began_s = time.perf_counter()
    route = request.match_info.route
    kind = PLAIN if find_operation(route) is None else _kind(route)
    method = request.method if request.method in METHODS else "OTHER"
    template = route.resource.canonical if route.resource is not None else "none"
    _open[kind] += 1
    status = GONE
    try:
        response = await handler(request)
        status = str(response.status)
        return response
    except web.HTTPException as error:
        status = str(error.status)
        raise
    finally:
        _open[kind] -= 1
        if kind == UPLOAD:
            UPLOADED.inc(request.content.total_bytes)
        _requests(method, template, status).inc()
        if kind not in STREAMS:
            _duration(method, template).observe(time.perf_counter() - began_s)


@operation(
    Access.VIEWER,
    "Counts and states, for Prometheus",
    tag="server",
    answers={200: Bytes("text/plain")},
)
async def get_metrics(request: web.Request) -> web.Response:
    condition = request.app[CONTEXT].condition
    now = CollectorRegistry()
    now.register(Gauges(condition, await condition.read_workload()))
    return web.Response(
        body=generate_latest(REGISTRY) + generate_latest(now), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_PLAIN_0_0_4}
    )


@cache
def _kind(route: web.AbstractRoute) -> str:
    """`sse`, `websocket`, `upload` (a body that is a file) or `plain`. For routes of ours: others are made anew."""
    said = find_operation(route)
    assert said is not None
    if 101 in said.answers:
        return "websocket"
    if Bytes("text/event-stream") in said.answers.values():
        return "sse"
    return UPLOAD if isinstance(said.body, Bytes) else PLAIN


# `labels` looks up under a lock and costs more than the counting: the few children are kept.
_requests = cache(REQUESTS.labels)
_duration = cache(DURATION_S.labels)
