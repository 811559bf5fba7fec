"""What was said: read, corrected, replaced, taken back."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from handlers.bases import MISSING, answer_revision, read_base
from handlers.bodies import read_body, read_query
from handlers.captions import FORMS, VTT, receive_captions
from handlers.context import CONTEXT
from handlers.operations import Access, Bytes, ListOf, operation
from handlers.paging import answer_list
from handlers.principals import get_principal
from handlers.projects import read_project
from quizsys.errors import Code, invalid
from quizsys.schemas.paging import PageQuery
from quizsys.schemas.transcripts import (
    CorrectionRequest,
    ReplaceQuery,
    RevertRequest,
    RevisionResponse,
    TranscriptQuery,
    TranscriptResponse,
)
from quizsys.services import revisions, transcripts
from quizsys.services.revisions import Edit, Proposal

_transcript = TranscriptResponse()
_query = TranscriptQuery()
_replace_query = ReplaceQuery()
_correction = CorrectionRequest()
_reversal = RevertRequest()
IF_MATCH = {"If-Match": "The revision that was read, as its ETag; refused with a 409 if another one counts by now."}


@operation(
    Access.VIEWER,
    "What was said, with the time of every word",
    tag="transcripts",
    query=_query,
    answers={200: _transcript},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def get_transcript(request: web.Request) -> web.Response:
    """The revision that counts: the newest that a person made, else the newest. `ETag` is its number."""
    project_id = read_project(request)
    number = read_query(request, _query)["revision"]
    store = request.app[CONTEXT].store
    return answer_revision(
        await store.read(transcripts.get_transcript, project_id, request.match_info["asset_id"], number)
    )


@operation(
    Access.VIEWER,
    "The revisions of a transcript, newest first",
    tag="transcripts",
    query=PageQuery(),
    answers={200: ListOf(RevisionResponse())},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def list_revisions(request: web.Request) -> web.Response:
    place = read_project(request), request.match_info["asset_id"]
    return await answer_list(request, transcripts.list_revisions, *place, key=("revision",))


@operation(
    Access.EDITOR,
    "Correct segments of a transcript",
    tag="transcripts",
    body=_correction,
    answers={200: _transcript},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE),
    headers=IF_MATCH,
)
async def correct_transcript(request: web.Request) -> web.Response:
    """Makes a new revision; captions and search follow. Words that stay keep their times."""
    body = await read_body(request, _correction)
    base = read_base(request, body["revision"], "revision")
    if base is None:
        raise invalid(["body", "revision"], MISSING, None, "missing")
    edits = [Edit(**edit) for edit in body["segments"]]
    return await _save(request, base, revisions.propose_correction, edits, body["language"])


@operation(
    Access.EDITOR,
    "Put captions in place of a transcript",
    tag="transcripts",
    body=Bytes(VTT, FORMS[1:]),
    query=_replace_query,
    answers={200: _transcript},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.BAD_REQUEST, Code.UNSUPPORTED_MEDIA, Code.INVALID, Code.TOO_LARGE),
    headers=IF_MATCH,
)
async def replace_transcript(request: web.Request) -> web.Response:
    """A WebVTT or SubRip file, also for a video that has no transcript yet, or as a form's field `file`."""
    language = read_query(request, _replace_query)["language"]
    base = read_base(request, None)
    captions = await receive_captions(request)
    return await _save(request, base, revisions.propose_replacement, captions, language)


@operation(
    Access.EDITOR,
    "Go back to an older revision of a transcript",
    tag="transcripts",
    body=_reversal,
    answers={200: _transcript},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE),
    headers=IF_MATCH,
)
async def revert_transcript(request: web.Request) -> web.Response:
    """Makes a new revision that equals the old one, so that this can be undone as well."""
    body = await read_body(request, _reversal)
    return await _save(request, read_base(request, None), revisions.propose_reversal, body["revision"])


async def _save(request: web.Request, base: int | None, propose: Callable[..., Proposal], *args: Any) -> web.Response:
    store = request.app[CONTEXT].store
    place = read_project(request), request.match_info["asset_id"]
    proposal = await store.read_slowly(propose, *place, base, *args, get_principal(request).name)
    saved = await store.run(revisions.save_revision, *place, base, proposal)
    return answer_revision(await store.read(transcripts.get_transcript, *place, saved["revision"]))
