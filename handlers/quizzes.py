"""Quizzes: ask for one, list, read."""

from functools import partial
from typing import Any

from aiohttp import web

from handlers.answers import answer
from handlers.bodies import read_body
from handlers.context import CONTEXT
from handlers.operations import Access, ListOf, operation
from handlers.projects import read_project
from handlers.queueing import REPEATABLE, answer_new
from quizsys.errors import Code
from quizsys.schemas.jobs import QuizOptions
from quizsys.schemas.quizzes import QuizChainResponse, QuizResponse
from quizsys.services import chains, quizzes

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


@operation(Access.VIEWER, "A quiz with its questions", tag="quizzes", answers={200: _quiz}, errors=(Code.NOT_FOUND,))
async def get_quiz(request: web.Request) -> web.Response:
    project_id = read_project(request)
    return answer(await request.app[CONTEXT].store.read(quizzes.get_quiz, project_id, request.match_info["quiz_id"]))
