"""A quiz's way to learners: published, taken back, laid aside; its versions."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from handlers.answers import answer
from handlers.bases import answer_revision, guarded_by, read_base
from handlers.bodies import read_body
from handlers.context import CONTEXT
from handlers.operations import Access, ListOf, operation
from handlers.paging import answer_list
from handlers.principals import get_principal
from handlers.questions import read_quiz
from quizsys.errors import Code
from quizsys.schemas.paging import PageQuery
from quizsys.schemas.quizzes import Based, QuizResponse
from quizsys.schemas.versions import VersionResponse, VersionSummary
from quizsys.services import versions

GUARDED = guarded_by("the quiz")
_quiz = QuizResponse()
_version = VersionResponse()
_based = Based()
_REFUSALS = (Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE)


@operation(
    Access.EDITOR,
    "Publish a quiz",
    tag="quizzes",
    body=_based,
    body_required=False,
    answers={200: _version},
    errors=_REFUSALS,
    headers=GUARDED,
)
async def publish_quiz(request: web.Request) -> web.Response:
    """Makes a version of its approved questions, which never changes. Published again unchanged, it is the same
    version. Refused if nothing is approved, or something that is approved is stale."""
    return await _do(request, versions.publish_quiz)


@operation(
    Access.EDITOR,
    "Take a published quiz back",
    tag="quizzes",
    body=_based,
    body_required=False,
    answers={200: _quiz},
    errors=_REFUSALS,
    headers=GUARDED,
)
async def unpublish_quiz(request: web.Request) -> web.Response:
    """It is a draft again, and nobody begins it any more. Its versions stay."""
    return await _do(request, versions.unpublish_quiz)


@operation(
    Access.EDITOR,
    "Archive a quiz",
    tag="quizzes",
    body=_based,
    body_required=False,
    answers={200: _quiz},
    errors=_REFUSALS,
    headers=GUARDED,
)
async def archive_quiz(request: web.Request) -> web.Response:
    """Nobody begins or changes it until it is restored. Its versions stay."""
    return await _do(request, versions.archive_quiz)


@operation(
    Access.EDITOR,
    "Restore an archived quiz",
    tag="quizzes",
    body=_based,
    body_required=False,
    answers={200: _quiz},
    errors=_REFUSALS,
    headers=GUARDED,
)
async def restore_quiz(request: web.Request) -> web.Response:
    """As a draft: publish it to have it taken again."""
    return await _do(request, versions.restore_quiz)


@operation(
    Access.VIEWER,
    "The versions of a quiz, newest first",
    tag="quizzes",
    query=PageQuery(),
    answers={200: ListOf(VersionSummary())},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def list_versions(request: web.Request) -> web.Response:
    return await answer_list(request, versions.list_versions, *read_quiz(request), key=("version",))


@operation(Access.VIEWER, "A version of a quiz", tag="quizzes", answers={200: _version}, errors=(Code.NOT_FOUND,))
async def get_version(request: web.Request) -> web.Response:
    """What was published then, whatever became of the quiz since."""
    number = int(request.match_info["version"])
    return answer(await request.app[CONTEXT].store.read(versions.get_version, *read_quiz(request), number))


async def _do(request: web.Request, service: Callable[..., dict[str, Any]]) -> web.Response:
    body = await read_body(request, _based, required=False)
    asked = get_principal(request).name, read_base(request, body["base_revision"])
    return answer_revision(await request.app[CONTEXT].store.run(service, *read_quiz(request), *asked))
