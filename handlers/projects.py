"""What a path names: a project by its id; and the list of them."""

from aiohttp import web

from handlers.access import visible_projects
from handlers.operations import Access, ListOf, operation
from handlers.paging import answer_list
from quizsys.errors import Code
from quizsys.schemas.projects import ProjectResponse
from quizsys.services import projects
from quizsys.storage import check_project_id

_project = ProjectResponse()


def read_project(request: web.Request) -> str:
    """Raises `bad_project_id`."""
    return check_project_id(request.match_info["project_id"])


@operation(
    Access.VIEWER,
    "The projects, with counts",
    tag="projects",
    answers={200: ListOf(_project)},
    errors=(Code.INVALID,),
    every_project=True,
)
async def list_projects(request: web.Request) -> web.Response:
    """Whatever has a file or a job, since no project needs a creation; those that the token may see, by their ids."""
    return await answer_list(request, projects.list_projects, visible_projects(request))
