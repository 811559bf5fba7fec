"""Files of every kind: upload, list, read, download, delete. Videos are among them."""

from typing import Any

from aiohttp import web

from handlers.answers import answer
from handlers.bodies import read_query
from handlers.context import CONTEXT
from handlers.files import CONTENT_TYPES, by_range, send_file
from handlers.operations import Access, Bytes, ListOf, operation
from handlers.paging import answer_list
from handlers.projects import read_project
from handlers.uploads import check_kind_length, receive_upload
from quizsys.errors import Code
from quizsys.kinds import get_kind
from quizsys.schemas.assets import AssetListQuery, AssetResponse, AssetsQuery, ContentQuery
from quizsys.schemas.videos import VideoUploadResponse
from quizsys.services import assets

_asset = AssetResponse()
_uploaded = VideoUploadResponse()
_assets_query = AssetsQuery()
_list_query = AssetListQuery()
_content_query = ContentQuery()
_file = Bytes("application/octet-stream", tuple(sorted({*CONTENT_TYPES.values()})))


@operation(
    Access.EDITOR,
    "Upload a file of any kind, as the field `file` of a form",
    tag="assets",
    body=Bytes("multipart/form-data"),
    query=_assets_query,
    answers={201: _uploaded},
    errors=(Code.INVALID, Code.TOO_LARGE, Code.UNSUPPORTED_MEDIA, Code.TIMEOUT, Code.STORAGE_FULL, Code.QUOTA_FULL),
)
async def create_asset(request: web.Request) -> web.Response:
    """Its category comes as `?category=`, else as a field of the form, else it is guessed from the name."""
    context = request.app[CONTEXT]
    project_id = read_project(request)
    told = read_query(request, _assets_query)["category"]
    if told is not None:
        check_kind_length(request, get_kind(told))
    received = await receive_upload(request, context, told)
    return answer(await context.desk.keep(project_id, received), 201)


@operation(
    Access.VIEWER,
    "The files of a project",
    tag="assets",
    query=_list_query,
    answers={200: ListOf(_asset)},
    errors=(Code.INVALID,),
)
async def list_assets(request: web.Request) -> web.Response:
    project_id = read_project(request)
    return await answer_list(
        request,
        assets.list_assets,
        project_id,
        read_query(request, _list_query)["category"],
        key=("updated_at", "id"),
    )


@operation(Access.VIEWER, "A file and what is in it", tag="assets", answers={200: _asset}, errors=(Code.NOT_FOUND,))
async def get_asset(request: web.Request) -> web.Response:
    return answer(await _read_asset(request))


@operation(
    Access.EDITOR,
    "Delete a file and all that was made from it",
    tag="assets",
    answers={204: None},
    errors=(Code.NOT_FOUND,),
)
async def delete_asset(request: web.Request) -> web.Response:
    project_id = read_project(request)
    await request.app[CONTEXT].desk.delete(project_id, request.match_info["asset_id"])
    return web.Response(status=204)


@operation(
    Access.VIEWER,
    "The file as it came, by range",
    tag="assets",
    query=_content_query,
    answers=by_range(_file),
    errors=(Code.NOT_FOUND, Code.BAD_RANGE, Code.INVALID),
)
async def get_asset_content(request: web.Request) -> web.StreamResponse:
    asset = await _read_asset(request)
    name = asset["original_filename"] if read_query(request, _content_query)["download"] else None
    return send_file(request, asset["relative_path"], name, asset["metadata"].get("encoding"))


@operation(
    Access.VIEWER,
    "The picture of a video or an image",
    tag="assets",
    answers=by_range(Bytes("image/jpeg")),
    errors=(Code.NOT_FOUND, Code.BAD_RANGE),
)
async def get_asset_thumbnail(request: web.Request) -> web.StreamResponse:
    return send_file(request, (await _read_asset(request))["thumbnail_path"])


async def _read_asset(request: web.Request) -> dict[str, Any]:
    project_id = read_project(request)
    return await request.app[CONTEXT].store.read(assets.get_asset, project_id, request.match_info["asset_id"])
