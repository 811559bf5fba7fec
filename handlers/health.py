"""Is it up, and what is it."""

from aiohttp import web

from handlers.answers import answer
from handlers.context import CONTEXT
from handlers.operations import Access, operation
from quizsys.clock import utc_now, wire_time
from quizsys.schemas.health import HealthResponse, ProjectInfoResponse


@operation(Access.PUBLIC, "Whether the server is up", tag="server", answers={200: HealthResponse()})
async def get_health(request: web.Request) -> web.Response:
    await request.app[CONTEXT].store.read(int)
    return answer({"status": "healthy", "timestamp": wire_time(utc_now())})


@operation(Access.PUBLIC, "Name and version", tag="server", answers={200: ProjectInfoResponse()})
async def get_info(request: web.Request) -> web.Response:
    settings = request.app[CONTEXT].settings
    return answer({"name": settings.app_name, "version": settings.app_version, "debug": settings.debug})
