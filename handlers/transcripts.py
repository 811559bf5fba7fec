"""What was said: the transcript, captions, search."""

from aiohttp import web

from handlers.answers import answer
from handlers.context import CONTEXT
from handlers.operations import Access, Bytes, ListOf, operation
from handlers.projects import read_project
from quizsys.errors import Code, QuizsysError
from quizsys.schemas.transcripts import SearchHitResponse, TranscriptResponse
from quizsys.services import transcripts


@operation(
    Access.VIEWER,
    "What was said, with the time of every word",
    tag="transcripts",
    answers={200: TranscriptResponse()},
    errors=(Code.NOT_FOUND,),
)
async def get_transcript(request: web.Request) -> web.Response:
    project_id = read_project(request)
    store = request.app[CONTEXT].store
    return answer(await store.read(transcripts.get_transcript, project_id, request.match_info["asset_id"]))


@operation(
    Access.VIEWER, "Captions as WebVTT", tag="transcripts", answers={200: Bytes("text/vtt")}, errors=(Code.NOT_FOUND,)
)
async def get_vtt(request: web.Request) -> web.Response:
    return await _captions(request, "vtt", "text/vtt")


@operation(
    Access.VIEWER,
    "Captions as SubRip",
    tag="transcripts",
    answers={200: Bytes("application/x-subrip")},
    errors=(Code.NOT_FOUND,),
)
async def get_srt(request: web.Request) -> web.Response:
    return await _captions(request, "srt", "application/x-subrip")


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


@operation(
    Access.VIEWER,
    "Search what was said and shown",
    tag="transcripts",
    answers={200: ListOf(SearchHitResponse())},
    errors=(Code.BAD_REQUEST,),
)
async def search(request: web.Request) -> web.Response:
    project_id = read_project(request)
    query = request.query.get("q", "").replace("\0", " ")
    found = await request.app[CONTEXT].store.read(transcripts.search, project_id, query)
    return answer(found)


async def _captions(request: web.Request, form: str, content_type: str) -> web.Response:
    project_id = read_project(request)
    store = request.app[CONTEXT].store
    text = await store.read(transcripts.get_captions, project_id, request.match_info["asset_id"], form)
    return web.Response(text=text, content_type=content_type, charset="utf-8")
