"""Questions of a quiz: written by hand, read, changed, taken out, written anew by a machine."""

from functools import partial
from typing import Any

from aiohttp import web
from marshmallow import Schema

from handlers.bases import answer_revision, guarded_by, need_base, read_base
from handlers.bodies import read_body
from handlers.context import CONTEXT
from handlers.operations import Access, operation
from handlers.principals import get_principal
from handlers.projects import read_project
from handlers.queueing import REPEATABLE, answer_new
from quizsys.errors import Code, invalid
from quizsys.schemas.jobs import JobResponse
from quizsys.schemas.questions import QuestionChangeRequest, QuestionResponse, QuestionWriteRequest
from quizsys.schemas.quizzes import FillRequest, RegenerateRequest
from quizsys.services import questions, quizzes, regeneration
from quizsys.services.questions import Proposal
from quizsys.services.regeneration import Limits

GUARDED = guarded_by("the quiz or of the question")
_question = QuestionResponse()
_new = QuestionWriteRequest()
_change = QuestionChangeRequest()
_regenerate = RegenerateRequest()
_fill = FillRequest()
_job = JobResponse()


@operation(
    Access.EDITOR,
    "Write a question by hand",
    tag="quizzes",
    body=_new,
    answers={201: _question},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE),
    headers=REPEATABLE,
)
async def create_question(request: web.Request) -> web.Response:
    """What cannot be asked (no right option, equal options, no stem) is refused with its places; what is only doubtful
    is told in `warnings`."""
    body = await read_body(request, _new)
    place, who = read_quiz(request), get_principal(request).name
    proposal = await request.app[CONTEXT].store.read_slowly(questions.propose_question, *place, body)
    return await answer_new(request, partial(_save_and_read, *place, who, proposal), 201, body)


def _save_and_read(project_id: str, quiz_id: str, who: str, proposal: Proposal) -> dict[str, Any]:
    question_id = questions.save_question(project_id, quiz_id, who, proposal)
    return quizzes.get_question(project_id, quiz_id, question_id)


@operation(Access.VIEWER, "A question", tag="quizzes", answers={200: _question}, errors=(Code.NOT_FOUND,))
async def get_question(request: web.Request) -> web.Response:
    place = (*read_quiz(request), request.match_info["question_id"])
    return answer_revision(await request.app[CONTEXT].store.read(quizzes.get_question, *place))


@operation(
    Access.EDITOR,
    "Change a question",
    tag="quizzes",
    body=_change,
    answers={200: _question},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE),
    headers=GUARDED,
)
async def change_question(request: web.Request) -> web.Response:
    """Fields that are left out stay. From now on no generator changes a field that was changed by hand."""
    values = await read_body(request, _change)
    base = need_base(request, values.pop("base_revision"))
    _need_some(values)
    place = (*read_quiz(request), request.match_info["question_id"])
    store = request.app[CONTEXT].store
    proposal = await store.read_slowly(questions.propose_edit, *place, base, values)
    await store.run(questions.save_edit, *place, get_principal(request).name, proposal)
    return answer_revision(await store.read(quizzes.get_question, *place))


@operation(
    Access.EDITOR,
    "Take a question out of its quiz",
    tag="quizzes",
    answers={204: None},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID),
    headers=GUARDED,
)
async def delete_question(request: web.Request) -> web.Response:
    """Undo brings it back."""
    place = (*read_quiz(request), request.match_info["question_id"])
    base = read_base(request, None)
    await request.app[CONTEXT].store.run(questions.remove_question, *place, base, get_principal(request).name)
    return web.Response(status=204)


@operation(
    Access.EDITOR,
    "Have a question written anew",
    tag="quizzes",
    body=_regenerate,
    body_required=False,
    answers={202: _job},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE, Code.QUEUE_FULL),
    headers=REPEATABLE,
)
async def regenerate_question(request: web.Request) -> web.Response:
    """202 with the job. It puts another question in this one's place, a draft again, but changes no field that a person
    wrote: where these tell of a certain fact, only its other parts are written anew. Undo brings the old one back."""
    options = await _read_options(request, _regenerate)
    place = (*read_quiz(request), request.match_info["question_id"])
    limits, who = _read_limits(request), get_principal(request).name
    ask = partial(regeneration.request_regeneration, *place, options, limits, who)
    return await answer_new(request, ask, 202, options)


@operation(
    Access.EDITOR,
    "Fill a quiz with further questions",
    tag="quizzes",
    body=_fill,
    body_required=False,
    answers={202: _job},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE, Code.QUEUE_FULL),
    headers=REPEATABLE,
)
async def fill_quiz(request: web.Request) -> web.Response:
    """202 with the job. It adds drafts where the lesson has few, none that asks what another does or did: what was
    rejected or taken out does not come back. What is there stays as it is."""
    options = await _read_options(request, _fill)
    ask = partial(regeneration.request_fill, *read_quiz(request), options, _read_limits(request))
    return await answer_new(request, ask, 202, options)


def read_quiz(request: web.Request) -> tuple[str, str]:
    """Project and quiz of the path."""
    return read_project(request), request.match_info["quiz_id"]


def _need_some(values: dict[str, Any]) -> None:
    if not values:
        raise invalid(["body"], "Name at least one field of the question to change.", None, "missing")


async def _read_options(request: web.Request, schema: Schema) -> dict[str, Any]:
    given = await read_body(request, schema, required=False)
    return {name: value for name, value in given.items() if value is not None}


def _read_limits(request: web.Request) -> Limits:
    settings = request.app[CONTEXT].settings
    return Limits(settings.job_max_attempts, settings.job_retry_delay_seconds, settings.max_queue_size)
