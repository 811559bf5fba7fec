"""What was said: read, corrected, replaced, taken back."""

import re
from collections.abc import Callable
from typing import Any

from aiohttp import hdrs, web

from handlers.answers import answer
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
_ETAG = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')
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
    return _answer(await store.read(transcripts.get_transcript, project_id, request.match_info["asset_id"], number))


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
    base = _read_base(request, body["revision"])
    if base is None:
        sentence = "Say which revision you read, by If-Match or in the body, so that nobody's work is lost."
        raise invalid(["body", "revision"], sentence, None, "missing")
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
    base = _read_base(request, None)
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
    return await _save(request, _read_base(request, None), revisions.propose_reversal, body["revision"])


async def _save(request: web.Request, base: int | None, propose: Callable[..., Proposal], *args: Any) -> web.Response:
    store = request.app[CONTEXT].store
    place = read_project(request), request.match_info["asset_id"]
    proposal = await store.read_slowly(propose, *place, base, *args, get_principal(request).name)
    saved = await store.run(revisions.save_revision, *place, base, proposal)
    return _answer(await store.read(transcripts.get_transcript, *place, saved["revision"]))


def _read_base(request: web.Request, given: int | None) -> int | None:
    """The revision that the client read; None if it does not say, or says `*`."""
    header = request.headers.get(hdrs.IF_MATCH, "*").strip()
    if header == "*":
        return given
    found = _ETAG.fullmatch(header)
    if found is None:
        raise invalid(["header", "if-match"], 'If-Match takes the ETag of a revision, such as "3".', header)
    if given is not None and given != int(found[1]):
        raise invalid(["body", "revision"], "If-Match and the body name different revisions.", given)
    return int(found[1])


def _answer(transcript: dict[str, Any]) -> web.Response:
    response = answer(transcript)
    response.headers[hdrs.ETAG] = f'"{transcript["revision"]}"'
    return response
