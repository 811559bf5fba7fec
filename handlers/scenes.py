"""Where the picture changed, and the pictures."""

from aiohttp import web

from handlers.answers import answer
from handlers.context import CONTEXT
from handlers.files import by_range, send_file
from handlers.operations import Access, Bytes, ListOf, operation
from handlers.projects import read_project
from quizsys.errors import Code, QuizsysError
from quizsys.schemas.scenes import SceneResponse
from quizsys.services import scenes


@operation(
    Access.VIEWER,
    "The scenes of a video",
    tag="videos",
    answers={200: ListOf(SceneResponse())},
    errors=(Code.NOT_FOUND,),
)
async def list_scenes(request: web.Request) -> web.Response:
    project_id = read_project(request)
    return answer(await request.app[CONTEXT].store.read(scenes.list_scenes, project_id, request.match_info["asset_id"]))


@operation(
    Access.VIEWER,
    "The picture of a scene",
    tag="videos",
    answers=by_range(Bytes("image/jpeg")),
    errors=(Code.NOT_FOUND, Code.BAD_RANGE),
)
async def get_scene_picture(request: web.Request) -> web.StreamResponse:
    """The picture of the scene at a place in the list, counted from 0."""
    project_id = read_project(request)
    found = await request.app[CONTEXT].store.read(scenes.list_scenes, project_id, request.match_info["asset_id"])
    place = int(request.match_info["position"])
    if place >= len(found):
        raise QuizsysError(Code.NOT_FOUND, "This video has no such scene.")
    return send_file(request, found[place]["thumbnail"])
