"""A file as the body itself: `POST .../videos?filename=lesson.mp4` with the file's own content type."""

from collections.abc import AsyncIterator

from aiohttp import web

from handlers.bodies import read_query
from handlers.context import Context
from handlers.heads import invite_body
from handlers.uploads import CHUNK_BYTES, check_length, missing_file, too_large, translate
from quizsys.appending import pour
from quizsys.errors import QuizsysError
from quizsys.ids import new_id
from quizsys.intake import Share
from quizsys.kinds import VIDEO, check_extension
from quizsys.pace import Pace, keep_pace
from quizsys.schemas.uploads import RawQuery
from quizsys.sink import new_sha256
from quizsys.storage import check_project_id
from quizsys.uploads import Received

KINDS = ("video/", "application/octet-stream")
_query = RawQuery()


def is_raw(request: web.Request) -> bool:
    return bool(request.query.get("filename")) and request.content_type.startswith(KINDS)


async def receive_raw(request: web.Request, context: Context) -> Received:
    """Leaves no file behind when it raises."""
    filename, mime_type = read_query(request, _query)["filename"], request.content_type[:255]
    check_extension(filename, VIDEO)
    if not request.body_exists:
        raise missing_file()
    project_id = check_project_id(request.match_info["project_id"])
    target = context.storage.path(context.storage.place("uploads", project_id, f"{new_id()}.part"))
    hasher = new_sha256()
    try:
        with context.intake.admit(await check_length(request, context)) as share:
            invite_body(request)
            async with keep_pace(*context.pace) as pace:
                chunks = read_chunks(request, pace, share, context.settings.upload_max_size, too_large(context))
                checksum = await pour(target, "xb", chunks, hasher)
        return Received(target, filename, mime_type, target.stat().st_size, checksum.hex())
    except BaseException as error:
        target.unlink(missing_ok=True)
        raise translate(error) from error


async def read_chunks(
    request: web.Request, pace: Pace, share: Share, most_bytes: int, refusal: QuizsysError
) -> AsyncIterator[bytes]:
    """The body as it comes. Raises `refusal` when there is more of it."""
    left_bytes = most_bytes
    while chunk := await request.content.read(CHUNK_BYTES):
        pace.hear(len(chunk))
        left_bytes -= len(chunk)
        if left_bytes < 0:
            raise refusal
        share.take(len(chunk))
        yield chunk
    pace.rest()
