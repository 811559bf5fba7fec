"""What learners ask, who have no token but a link and a key: to start, answer, go on, finish."""

from collections.abc import Awaitable
from typing import Any, TypeVar

from aiohttp import web

from handlers.answers import answer
from handlers.audit import LEARNERS
from handlers.bodies import read_body
from handlers.clients import read_block
from handlers.context import CONTEXT
from handlers.credentials import SAFE
from handlers.operations import Access, ListOf, operation
from quizsys.errors import Code, QuizsysError
from quizsys.schemas.attempts import (
    AnswerRequest,
    AnswerResponse,
    AttemptSummaryResponse,
    KeyQuery,
    ListedAttemptResponse,
    ShareResponse,
    SittingResponse,
    StartRequest,
    StartResponse,
    WatchedRequest,
)
from quizsys.services import answers, attempts
from quizsys.services.answers import Given
from quizsys.services.attempts import Pass, Watched
from quizsys.services.links import Unknown

T = TypeVar("T")
KEY_HEADER = "X-Learner-Key"
KEY = {KEY_HEADER: "The key that the learner's first start answered."}
STRANGE = (Code.NOT_FOUND, Code.TOO_MANY)
REFUSALS = (*STRANGE, Code.UNAUTHORIZED)
TOO_MANY = "Too many unknown links or keys came from this address. Wait, and check yours; a good one is let in at once."
_share = ShareResponse()
_start = StartRequest()
_answer = AnswerRequest()
_watched = WatchedRequest()
_sitting = SittingResponse()
_query = KeyQuery()


def read_pass(request: web.Request) -> Pass:
    """What cannot send headers, a track of a video, may name the key in the query: for reading."""
    key = request.query.get("key", "") if request.method in SAFE else ""
    return Pass(request.match_info["link_token"], request.headers.get(KEY_HEADER) or key)


async def count_guesses(request: web.Request, work: Awaitable[T]) -> T:
    """Raises `too_many` for one more unknown link or key from an address that has tried enough.

    Good ones are let in whatever else came from there: a class sits behind one address.
    """
    try:
        return await work
    except Unknown:
        wait_s = request.app[CONTEXT].failures.note(read_block(request))
        if wait_s:
            raise QuizsysError(Code.TOO_MANY, TOO_MANY, retry_after_s=wait_s) from None
        raise


@operation(Access.PUBLIC, "What a link leads to", tag=LEARNERS, answers={200: _share}, errors=STRANGE)
async def get_share(request: web.Request) -> web.Response:
    """What may be known before the start: nothing of the questions but their number."""
    store = request.app[CONTEXT].store
    told = await count_guesses(request, store.read(attempts.describe_share, request.match_info["link_token"]))
    return answer(_share.dump(told))


@operation(
    Access.PUBLIC,
    "Start an attempt, or go on with the one that is open",
    tag=LEARNERS,
    body=_start,
    body_required=False,
    answers={201: StartResponse(), 200: StartResponse()},
    errors=(*REFUSALS, Code.CONFLICT, Code.GONE, Code.INVALID, Code.TOO_LARGE),
    headers=KEY,
)
async def start_attempt(request: web.Request) -> web.Response:
    """Without a key somebody new starts, and is told a key; with it the same learner goes on, on any device."""
    name = (await read_body(request, _start, required=False))["name"]
    work = request.app[CONTEXT].store.run(attempts.start_attempt, read_pass(request), name)
    started, is_new = await count_guesses(request, work)
    return answer(started, 201 if is_new else 200)


@operation(
    Access.PUBLIC,
    "The attempts of a learner",
    tag=LEARNERS,
    query=_query,
    answers={200: ListOf(ListedAttemptResponse())},
    errors=REFUSALS,
    headers=KEY,
)
async def list_own_attempts(request: web.Request) -> web.Response:
    return await _read(request, attempts.list_own, read_pass(request))


@operation(
    Access.PUBLIC,
    "An attempt: its questions, what was answered, where the video stops and goes on",
    tag=LEARNERS,
    query=_query,
    answers={200: _sitting},
    errors=REFUSALS,
    headers=KEY,
)
async def get_own_attempt(request: web.Request) -> web.Response:
    """As a plain list, by `questions`; within the video, by `pauses`. Right answers only when they are due."""
    return await _read(request, attempts.get_attempt, *_read_place(request))


@operation(
    Access.PUBLIC,
    "Answer a question",
    tag=LEARNERS,
    body=_answer,
    answers={200: AnswerResponse()},
    errors=(*REFUSALS, Code.CONFLICT, Code.GONE, Code.INVALID, Code.TOO_LARGE),
    headers=KEY,
)
async def add_answer(request: web.Request) -> web.Response:
    """Once this is answered the answer is kept, whatever happens to the server. Send it until it is: by its
    `client_id` it counts once, and is acknowledged even when meanwhile the link was closed."""
    given = Given(**await read_body(request, _answer))
    work = request.app[CONTEXT].store.run(answers.add_answer, *_read_place(request), given)
    return answer(await count_guesses(request, work))


@operation(
    Access.PUBLIC,
    "Finish an attempt",
    tag=LEARNERS,
    answers={200: _sitting},
    errors=(*REFUSALS, Code.GONE, Code.CONFLICT),
    headers=KEY,
)
async def finish_attempt(request: web.Request) -> web.Response:
    """What has no answer by then brings no points. A second time changes nothing."""
    work = request.app[CONTEXT].store.run(attempts.finish_attempt, *_read_place(request))
    return answer(await count_guesses(request, work))


@operation(
    Access.PUBLIC,
    "Tell where the video stands and what was played",
    tag=LEARNERS,
    body=_watched,
    answers={200: AttemptSummaryResponse()},
    errors=(*REFUSALS, Code.INVALID, Code.TOO_LARGE),
    headers=KEY,
)
async def note_watched(request: web.Request) -> web.Response:
    """So that another device goes on at the same place, and the teacher sees what was watched again."""
    body = await read_body(request, _watched)
    spans = tuple((span["client_id"], span["start_s"], span["end_s"]) for span in body["spans"])
    watched = Watched(body["position_s"], spans)
    work = request.app[CONTEXT].store.run(attempts.note_watched, *_read_place(request), watched)
    return answer(await count_guesses(request, work))


async def _read(request: web.Request, service: Any, *args: Any) -> web.Response:
    return answer(await count_guesses(request, request.app[CONTEXT].store.read(service, *args)))


def _read_place(request: web.Request) -> tuple[Pass, str]:
    return read_pass(request), request.match_info["attempt_id"]
