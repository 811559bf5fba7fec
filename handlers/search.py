"""Search what was said and shown: in a project, or in all that one may see."""

from aiohttp import web

from handlers.access import visible_projects
from handlers.bodies import read_query
from handlers.operations import Access, ListOf, operation
from handlers.paging import answer_list
from handlers.projects import read_project
from quizsys.errors import Code
from quizsys.schemas.search import SearchHitResponse, SearchQuery
from quizsys.services import search

_query = SearchQuery()
_hits = ListOf(SearchHitResponse())


@operation(
    Access.VIEWER,
    "Search what was said and shown in a project",
    tag="search",
    query=_query,
    answers={200: _hits},
    errors=(Code.BAD_REQUEST, Code.INVALID),
)
async def search_project(request: web.Request) -> web.Response:
    """Best hits first; without a limit the first 50."""
    return await _search(request, frozenset({read_project(request)}))


@operation(
    Access.VIEWER,
    "Search what was said and shown in all projects that the token may see",
    tag="search",
    query=_query,
    answers={200: _hits},
    errors=(Code.BAD_REQUEST, Code.INVALID),
    every_project=True,
)
async def search_all(request: web.Request) -> web.Response:
    """Best hits first; without a limit the first 50."""
    return await _search(request, visible_projects(request))


async def _search(request: web.Request, projects: frozenset[str] | None) -> web.Response:
    asked = read_query(request, _query)
    filters = search.Filters(projects, asked["asset_id"], asked["kind"])
    return await answer_list(request, search.search, filters, asked["q"], key=("position",), is_slow=True)
