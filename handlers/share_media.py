"""The lesson for learners: its file by range, its captions and transcript without what gives answers away."""

from aiohttp import web

from handlers.answers import answer
from handlers.audit import LEARNERS
from handlers.context import CONTEXT
from handlers.files import by_range, send_file
from handlers.operations import Access, Bytes, operation
from handlers.share import KEY, REFUSALS, STRANGE, count_guesses, read_pass
from quizsys.errors import Code
from quizsys.schemas.attempts import HeardTranscriptResponse, KeyQuery
from quizsys.services import lessons

_query = KeyQuery()
_file = Bytes("video/mp4", ("video/webm", "video/quicktime", "video/x-msvideo"))


@operation(
    Access.PUBLIC,
    "The video, by range",
    tag=LEARNERS,
    answers=by_range(_file),
    errors=(*STRANGE, Code.BAD_RANGE, Code.CONFLICT),
)
async def get_share_video(request: web.Request) -> web.StreamResponse:
    """For whoever has the link, from when it opens."""
    return await _send(request, "video")


@operation(
    Access.PUBLIC,
    "The picture of the video",
    tag=LEARNERS,
    answers=by_range(Bytes("image/jpeg")),
    errors=(*STRANGE, Code.BAD_RANGE, Code.CONFLICT),
)
async def get_share_thumbnail(request: web.Request) -> web.StreamResponse:
    return await _send(request, "thumbnail")


@operation(
    Access.PUBLIC,
    "Captions as WebVTT, as far as they give no answer away",
    tag=LEARNERS,
    query=_query,
    answers={200: Bytes("text/vtt")},
    errors=REFUSALS,
    headers=KEY,
)
async def get_share_captions(request: web.Request) -> web.Response:
    """What would is `[…]` until that answer may be told. Load them anew after each answer."""
    work = request.app[CONTEXT].store.read(lessons.get_captions, read_pass(request), request.match_info["attempt_id"])
    text = await count_guesses(request, work)
    return web.Response(text=text, content_type="text/vtt", charset="utf-8")


@operation(
    Access.PUBLIC,
    "What was said, as far as it gives no answer away",
    tag=LEARNERS,
    query=_query,
    answers={200: HeardTranscriptResponse()},
    errors=REFUSALS,
    headers=KEY,
)
async def get_share_transcript(request: web.Request) -> web.Response:
    work = request.app[CONTEXT].store.read(lessons.get_transcript, read_pass(request), request.match_info["attempt_id"])
    return answer(await count_guesses(request, work))


async def _send(request: web.Request, kind: str) -> web.StreamResponse:
    work = request.app[CONTEXT].store.read(lessons.find_file, request.match_info["link_token"], kind)
    return send_file(request, await count_guesses(request, work))
