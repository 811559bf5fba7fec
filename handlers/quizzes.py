"""Quizzes: asked for, begun by hand, listed, read, renamed, put in order, deleted."""

from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import web

from handlers.answers import answer
from handlers.bases import answer_revision, guarded_by, need_base, read_base
from handlers.bodies import read_body, read_query
from handlers.context import CONTEXT
from handlers.operations import Access, ListOf, operation
from handlers.paging import answer_list
from handlers.principals import get_principal
from handlers.projects import read_project
from handlers.questions import read_quiz
from handlers.queueing import REPEATABLE, answer_new
from quizsys.errors import Code
from quizsys.schemas.jobs import QuizOptions
from quizsys.schemas.quizzes import (
    OrderRequest,
    QuizChainResponse,
    QuizChangeRequest,
    QuizCreateRequest,
    QuizResponse,
    QuizSummary,
    QuizzesQuery,
)
from quizsys.services import chains, questions, quizzes

GUARDED = guarded_by("the quiz")
_list = QuizzesQuery()
_create = QuizCreateRequest()
_change = QuizChangeRequest()
_order = OrderRequest()
_options = QuizOptions()
_quiz = QuizResponse()


@operation(
    Access.EDITOR,
    "Make a quiz from a video: queue whatever is missing, as one chain",
    tag="quizzes",
    body=_options,
    body_required=False,
    answers={202: QuizChainResponse()},
    errors=(Code.NOT_FOUND, Code.INVALID, Code.TOO_LARGE, Code.QUEUE_FULL),
    headers=REPEATABLE,
)
async def request_quiz(request: web.Request) -> web.Response:
    """202 with the chain's jobs in order; `job_id` is the last one's, which makes the quiz."""
    project_id, asset_id = read_project(request), request.match_info["asset_id"]
    given = await read_body(request, _options, required=False)
    options = {name: value for name, value in given.items() if value is not None}
    settings = request.app[CONTEXT].settings
    limits = (settings.job_max_attempts, settings.job_retry_delay_seconds, settings.max_queue_size)
    ask = partial(_request_chain, project_id, asset_id, options, *limits)
    return await answer_new(request, ask, 202, options)


def _request_chain(project_id: str, asset_id: str, *more: Any) -> dict[str, Any]:
    jobs = chains.request_quiz(project_id, asset_id, *more)
    return {"asset_id": asset_id, "job_id": jobs[-1]["id"], "jobs": jobs}


@operation(
    Access.VIEWER, "The quizzes of a video", tag="quizzes", answers={200: ListOf(_quiz)}, errors=(Code.NOT_FOUND,)
)
async def list_quizzes(request: web.Request) -> web.Response:
    project_id = read_project(request)
    return answer(
        await request.app[CONTEXT].store.read(quizzes.list_quizzes, project_id, request.match_info["asset_id"])
    )


@operation(
    Access.VIEWER,
    "The quizzes of a project, last changed first",
    tag="quizzes",
    query=_list,
    answers={200: ListOf(QuizSummary())},
    errors=(Code.INVALID,),
)
async def list_project_quizzes(request: web.Request) -> web.Response:
    """Without their questions. Archived ones too, unless `status` says otherwise."""
    asked = read_query(request, _list)
    key = ("updated_at", "id")
    return await answer_list(
        request, quizzes.list_all, read_project(request), asked["status"], asked["asset_id"], key=key
    )


@operation(
    Access.EDITOR,
    "Begin a quiz by hand",
    tag="quizzes",
    body=_create,
    body_required=False,
    answers={201: _quiz},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE),
    headers=REPEATABLE,
)
async def create_quiz(request: web.Request) -> web.Response:
    """An empty one about a video."""
    body = await read_body(request, _create, required=False)
    place = read_project(request), request.match_info["asset_id"]
    return await answer_new(request, partial(quizzes.create_quiz, *place, body["title"]), 201, body)


@operation(Access.VIEWER, "A quiz with its questions", tag="quizzes", answers={200: _quiz}, errors=(Code.NOT_FOUND,))
async def get_quiz(request: web.Request) -> web.Response:
    """`ETag` is its revision."""
    return answer_revision(await request.app[CONTEXT].store.read(quizzes.get_quiz, *read_quiz(request)))


@operation(
    Access.EDITOR,
    "Rename a quiz",
    tag="quizzes",
    body=_change,
    answers={200: _quiz},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE),
    headers=GUARDED,
)
async def change_quiz(request: web.Request) -> web.Response:
    body = await read_body(request, _change)
    base = need_base(request, body["base_revision"])
    return await _change_and_read(request, questions.rename, body["title"], base)


@operation(
    Access.EDITOR,
    "Put a quiz's questions in order",
    tag="quizzes",
    body=_order,
    answers={200: _quiz},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE),
    headers=GUARDED,
)
async def order_questions(request: web.Request) -> web.Response:
    """Names each of them once. In the video they are asked at their pauses."""
    body = await read_body(request, _order)
    base = read_base(request, body["base_revision"])
    return await _change_and_read(request, questions.reorder, body["question_ids"], base)


@operation(
    Access.EDITOR,
    "Delete a quiz that was never published",
    tag="quizzes",
    answers={204: None},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID),
    headers=GUARDED,
)
async def delete_quiz(request: web.Request) -> web.Response:
    """For good, with its questions and history. One that was published is archived instead."""
    base = read_base(request, None)
    await request.app[CONTEXT].store.run(quizzes.delete_quiz, *read_quiz(request), base)
    return web.Response(status=204)


async def _change_and_read(request: web.Request, service: Callable[..., None], *args: Any) -> web.Response:
    store, place = request.app[CONTEXT].store, read_quiz(request)
    await store.run(service, *place, *args, get_principal(request).name)
    return answer_revision(await store.read(quizzes.get_quiz, *place))
