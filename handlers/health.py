"""Is it up, may it be sent work, how is it, and what is it."""

from aiohttp import web

from handlers.answers import answer
from handlers.context import CONTEXT
from handlers.operations import Access, operation
from quizsys.clock import utc_now, wire_time
from quizsys.schemas.health import (
    HealthDetailsResponse,
    HealthResponse,
    LiveResponse,
    ProjectInfoResponse,
    ReadyResponse,
)

_details = HealthDetailsResponse()


@operation(
    Access.PUBLIC,
    "Whether the server is up and can write",
    tag="server",
    answers={200: HealthResponse(), 503: HealthResponse()},
)
async def get_health(request: web.Request) -> web.Response:
    faults = await request.app[CONTEXT].condition.list_faults()
    status = "unhealthy" if faults else "healthy"
    return answer({"status": status, "timestamp": wire_time(utc_now())}, 503 if faults else 200)


@operation(
    Access.PUBLIC, "Whether the event loop answers, and nothing else", tag="server", answers={200: LiveResponse()}
)
async def get_live(_request: web.Request) -> web.Response:
    return answer({"status": "alive"})


@operation(
    Access.PUBLIC,
    "Whether new work may be sent here, for load balancers",
    tag="server",
    answers={200: ReadyResponse(), 503: ReadyResponse()},
)
async def get_ready(request: web.Request) -> web.Response:
    reasons = await request.app[CONTEXT].condition.list_objections()
    return answer({"status": "not_ready" if reasons else "ready", "reasons": reasons}, 503 if reasons else 200)


@operation(
    Access.VIEWER,
    "How the server is: versions, the sandbox's walls, disk, queue, seats",
    tag="server",
    answers={200: HealthDetailsResponse()},
)
async def get_details(request: web.Request) -> web.Response:
    return answer(_details.dump(await request.app[CONTEXT].condition.describe()))


@operation(Access.PUBLIC, "Name and version", tag="server", answers={200: ProjectInfoResponse()})
async def get_info(request: web.Request) -> web.Response:
    settings = request.app[CONTEXT].settings
    return answer({"name": settings.app_name, "version": settings.app_version, "debug": settings.debug})
