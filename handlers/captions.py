"""Captions: written from a transcript, read from a file that somebody sends."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from aiohttp import web

from handlers.context import CONTEXT
from handlers.operations import Access, Bytes, operation
from handlers.projects import read_project
from handlers.small_files import receive_small_file
from quizsys.errors import Code, QuizsysError
from quizsys.services import revisions, transcripts

LIMIT_BYTES = 4 * 1024 * 1024
VTT = "text/vtt"
# One after the other, and beside the threads that everything else waits for.
_PARSER = ThreadPoolExecutor(1, "captions")
FORMS = (VTT, "application/x-subrip", "application/srt", "text/srt", "text/plain", "application/octet-stream")


@operation(
    Access.VIEWER, "Captions as WebVTT", tag="transcripts", answers={200: Bytes("text/vtt")}, errors=(Code.NOT_FOUND,)
)
async def get_vtt(request: web.Request) -> web.Response:
    return await _answer(request, "vtt", VTT)


@operation(
    Access.VIEWER,
    "Captions as SubRip",
    tag="transcripts",
    answers={200: Bytes("application/x-subrip")},
    errors=(Code.NOT_FOUND,),
)
async def get_srt(request: web.Request) -> web.Response:
    return await _answer(request, "srt", "application/x-subrip")


@operation(
    Access.VIEWER,
    "Captions by ?format=vtt or ?format=srt",
    tag="transcripts",
    answers={200: Bytes("text/vtt", ("application/x-subrip",))},
    errors=(Code.NOT_FOUND, Code.BAD_REQUEST),
)
async def get_captions(request: web.Request) -> web.Response:
    """By `?format=vtt` (the default) or `?format=srt`."""
    form = request.query.get("format", "vtt")
    if form not in ("vtt", "srt"):
        raise QuizsysError(Code.BAD_REQUEST, "Captions come as ?format=vtt or ?format=srt.")
    return await (get_vtt(request) if form == "vtt" else get_srt(request))


async def receive_captions(request: web.Request) -> revisions.Captions:
    """The cues of a body, or of a form's field `file`. Raises `unsupported_media`, `too_large`, `invalid`."""
    is_form = request.content_type.startswith("multipart/")
    if not is_form and request.content_type not in FORMS:
        raise QuizsysError(
            Code.UNSUPPORTED_MEDIA, "Send captions as text/vtt or application/x-subrip, or as a form's field 'file'."
        )
    raw = await receive_small_file(request, LIMIT_BYTES, "A caption file")
    read = partial(revisions.read_captions, raw, is_vtt=request.content_type == VTT)
    return await asyncio.get_running_loop().run_in_executor(_PARSER, read)


async def _answer(request: web.Request, form: str, content_type: str) -> web.Response:
    project_id = read_project(request)
    store = request.app[CONTEXT].store
    text = await store.read(transcripts.get_captions, project_id, request.match_info["asset_id"], form)
    return web.Response(text=text, content_type=content_type, charset="utf-8")
