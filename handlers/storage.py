"""How much is stored, and the end of everything that a project stores."""

import asyncio

from aiohttp import web

from handlers.answers import answer
from handlers.context import CONTEXT
from handlers.operations import Access, operation
from handlers.projects import read_project
from quizsys.schemas.storage import StorageStatsResponse
from quizsys.stats import measure_storage

_stats = StorageStatsResponse()


@operation(Access.VIEWER, "How much all projects store", tag="storage", answers={200: _stats})
async def get_storage_stats(request: web.Request) -> web.Response:
    return answer(await asyncio.to_thread(measure_storage, request.app[CONTEXT].storage))


@operation(Access.VIEWER, "How much a project stores", tag="storage", answers={200: _stats})
async def get_project_storage_stats(request: web.Request) -> web.Response:
    """Zeros for a project that nobody knows."""
    project_id = read_project(request)
    return answer(await asyncio.to_thread(measure_storage, request.app[CONTEXT].storage, project_id))


@operation(Access.EDITOR, "Delete everything that a project stores", tag="storage", answers={204: None})
async def delete_project_storage(request: web.Request) -> web.Response:
    """Its files, and all that is known of them; its jobs stay, the unfinished ones cancelled. Twice is success too."""
    await request.app[CONTEXT].desk.wipe(read_project(request))
    return web.Response(status=204)
