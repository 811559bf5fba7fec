"""What a path names: a project by its id."""

from aiohttp import web

from quizsys.storage import check_project_id


def read_project(request: web.Request) -> str:
    """Raises `bad_project_id`."""
    return check_project_id(request.match_info["project_id"])
