"""What a class did with a quiz: for teachers, as JSON and as tables."""

from typing import Any

from aiohttp import web

from handlers.answers import answer
from handlers.bodies import read_query
from handlers.context import CONTEXT
from handlers.operations import Access, Bytes, ListOf, operation
from handlers.paging import answer_list
from handlers.projects import read_project
from quizsys.errors import Code
from quizsys.schemas.analytics import AnalyticsQuery, AnalyticsResponse, LearnerAnalyticsResponse, LearnersQuery
from quizsys.services import analytics

CSV = "text/csv"
_query = AnalyticsQuery()


@operation(
    Access.EDITOR,
    "What a class did with a quiz: each question, each minute, and what to look at",
    tag="analytics",
    query=_query,
    answers={200: AnalyticsResponse()},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def get_analytics(request: web.Request) -> web.Response:
    """All figures are of one version: changed questions cannot be counted together."""
    return answer(await request.app[CONTEXT].store.read_slowly(analytics.get_analytics, *_read_place(request)))


@operation(
    Access.EDITOR,
    "What each learner did with a quiz, in the order in which they came",
    tag="analytics",
    query=LearnersQuery(),
    answers={200: ListOf(LearnerAnalyticsResponse())},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def list_learner_analytics(request: web.Request) -> web.Response:
    return await answer_list(request, analytics.list_learners, *_read_place(request), key=("learner_id",), is_slow=True)


@operation(
    Access.EDITOR,
    "A class's figures as a table for spreadsheets",
    tag="analytics",
    query=_query,
    answers={200: Bytes(CSV)},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def get_analytics_table(request: web.Request) -> web.Response:
    """`table` is `questions`, `options`, `minutes`, `learners` or `suggestions`. CSV in UTF-8; what a spreadsheet would
    take for a formula stands behind an apostrophe."""
    project_id, quiz_id, *which = _read_place(request)
    name = request.match_info["table"]
    raw = await request.app[CONTEXT].store.read_slowly(analytics.get_table, project_id, quiz_id, name, *which)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return web.Response(body=raw, content_type=CSV, charset="utf-8", headers=headers)


def _read_place(request: web.Request) -> tuple[Any, ...]:
    """Project, quiz, version and link. Raises `invalid`."""
    asked = read_query(request, _query)
    return read_project(request), request.match_info["quiz_id"], asked["version"], asked["link_id"]
