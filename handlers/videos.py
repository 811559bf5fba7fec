"""Videos: upload, list, read, play, delete."""

from typing import Any

from aiohttp import web

from handlers.answers import answer
from handlers.bodies import read_query
from handlers.context import CONTEXT
from handlers.files import by_range, send_file
from handlers.operations import Access, Bytes, ListOf, operation
from handlers.paging import answer_list
from handlers.projects import read_project
from handlers.raw_uploads import is_raw, receive_raw
from handlers.uploads import receive_upload
from quizsys.errors import Code
from quizsys.schemas.assets import VideoContentQuery
from quizsys.schemas.uploads import RawQuery
from quizsys.schemas.videos import VideoAssetResponse, VideoUploadResponse
from quizsys.services import videos

_video = VideoAssetResponse()
_uploaded = VideoUploadResponse()
_file = Bytes("video/mp4", ("video/webm", "video/quicktime", "video/x-msvideo"))
_content_query = VideoContentQuery()


@operation(
    Access.EDITOR,
    "Upload a video, as the field `file` of a form or as the body itself",
    tag="videos",
    body=Bytes("multipart/form-data", ("application/octet-stream", "video/mp4")),
    query=RawQuery(),
    answers={201: _uploaded},
    errors=(
        Code.INVALID,
        Code.TOO_LARGE,
        Code.BUSY,
        Code.UNSUPPORTED_MEDIA,
        Code.TIMEOUT,
        Code.STORAGE_FULL,
        Code.QUOTA_FULL,
    ),
)
async def create_video(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    project_id = read_project(request)
    receive = receive_raw if is_raw(request) else receive_upload
    return answer(await context.desk.keep(project_id, await receive(request, context)), 201)


@operation(
    Access.VIEWER, "The videos of a project", tag="videos", answers={200: ListOf(_video)}, errors=(Code.INVALID,)
)
async def list_videos(request: web.Request) -> web.Response:
    return await answer_list(request, videos.list_videos, read_project(request), key=("updated_at", "id"))


@operation(Access.VIEWER, "A video", tag="videos", answers={200: _video}, errors=(Code.NOT_FOUND,))
async def get_video(request: web.Request) -> web.Response:
    return answer(await _read_video(request))


@operation(
    Access.EDITOR,
    "Delete a video and all that was made from it",
    tag="videos",
    answers={204: None},
    errors=(Code.NOT_FOUND,),
)
async def delete_video(request: web.Request) -> web.Response:
    project_id = read_project(request)
    await request.app[CONTEXT].desk.delete_video(project_id, request.match_info["asset_id"])
    return web.Response(status=204)


@operation(
    Access.VIEWER,
    "The file, by range",
    tag="videos",
    query=_content_query,
    answers=by_range(_file),
    errors=(Code.NOT_FOUND, Code.BAD_RANGE, Code.INVALID),
)
async def get_content(request: web.Request) -> web.StreamResponse:
    """By range. The copy that browsers can play, if one had to be made, unless `?original=true`."""
    video = await _read_video(request)
    asked = read_query(request, _content_query)
    path = video["relative_path"] if asked["original"] else video["rendition_path"] or video["relative_path"]
    return send_file(request, path, video["original_filename"] if asked["download"] else None)


@operation(
    Access.VIEWER,
    "The picture of a video",
    tag="videos",
    answers=by_range(Bytes("image/jpeg")),
    errors=(Code.NOT_FOUND, Code.BAD_RANGE),
)
async def get_thumbnail(request: web.Request) -> web.StreamResponse:
    video = await _read_video(request)
    return send_file(request, video["thumbnail_path"])


async def _read_video(request: web.Request) -> dict[str, Any]:
    project_id = read_project(request)
    return await request.app[CONTEXT].store.read(videos.get_video, project_id, request.match_info["asset_id"])
