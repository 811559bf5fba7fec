"""Share links, and what their learners did: for teachers."""

from aiohttp import web

from handlers.answers import answer
from handlers.bodies import read_body
from handlers.context import CONTEXT
from handlers.operations import Access, ListOf, operation
from handlers.paging import answer_list
from handlers.principals import get_principal
from handlers.projects import read_project
from quizsys.errors import Code
from quizsys.schemas.attempts import AttemptLogResponse, AttemptResponse, LearnerResponse
from quizsys.schemas.links import LinkCreateRequest, LinkResponse, LinkUpdateRequest
from quizsys.schemas.paging import PageQuery
from quizsys.services import learners, links

_link = LinkResponse()
_create = LinkCreateRequest()
_update = LinkUpdateRequest()


@operation(
    Access.EDITOR,
    "Share a quiz by a link",
    tag="links",
    body=_create,
    body_required=False,
    answers={201: _link},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE),
)
async def create_link(request: web.Request) -> web.Response:
    """The quiz must be published. Learners need nothing but the link's `path`."""
    asked = await read_body(request, _create, required=False)
    place = read_project(request), request.match_info["quiz_id"]
    made = await request.app[CONTEXT].store.run(links.create_link, *place, asked, get_principal(request).name)
    return answer(made, 201)


@operation(
    Access.EDITOR,
    "The links of a quiz, newest first",
    tag="links",
    query=PageQuery(),
    answers={200: ListOf(_link)},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def list_links(request: web.Request) -> web.Response:
    return await answer_list(request, links.list_links, read_project(request), request.match_info["quiz_id"])


@operation(Access.EDITOR, "A link", tag="links", answers={200: _link}, errors=(Code.NOT_FOUND,))
async def get_link(request: web.Request) -> web.Response:
    return answer(await request.app[CONTEXT].store.read(links.get_link, *_read_place(request)))


@operation(
    Access.EDITOR,
    "Change a link: its times, its rules; close it or open it again",
    tag="links",
    body=_update,
    answers={200: _link},
    errors=(Code.NOT_FOUND, Code.INVALID, Code.TOO_LARGE),
)
async def update_link(request: web.Request) -> web.Response:
    changes = await read_body(request, _update)
    return answer(await request.app[CONTEXT].store.run(links.update_link, *_read_place(request), changes))


@operation(
    Access.EDITOR,
    "Delete a link, with its learners and all that they answered",
    tag="links",
    answers={204: None},
    errors=(Code.NOT_FOUND,),
)
async def delete_link(request: web.Request) -> web.Response:
    """To end it and keep what was answered, close it."""
    await request.app[CONTEXT].store.run(links.delete_link, *_read_place(request))
    return web.Response(status=204)


@operation(
    Access.EDITOR,
    "Who came by a link, each with the attempt that counts",
    tag="links",
    query=PageQuery(),
    answers={200: ListOf(LearnerResponse())},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def list_learners(request: web.Request) -> web.Response:
    return await answer_list(request, learners.list_learners, *_read_place(request))


@operation(
    Access.EDITOR,
    "The attempts by a link, oldest first",
    tag="links",
    query=PageQuery(),
    answers={200: ListOf(AttemptResponse())},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def list_attempts(request: web.Request) -> web.Response:
    return await answer_list(request, learners.list_attempts, *_read_place(request))


@operation(
    Access.EDITOR,
    "An attempt with every answer",
    tag="links",
    answers={200: AttemptLogResponse()},
    errors=(Code.NOT_FOUND,),
)
async def get_attempt(request: web.Request) -> web.Response:
    place = read_project(request), request.match_info["attempt_id"]
    return answer(await request.app[CONTEXT].store.read(learners.get_attempt, *place))


@operation(
    Access.EDITOR,
    "Forget a learner, with all that the learner did",
    tag="links",
    answers={204: None},
    errors=(Code.NOT_FOUND,),
)
async def delete_learner(request: web.Request) -> web.Response:
    place = read_project(request), request.match_info["learner_id"]
    await request.app[CONTEXT].store.run(learners.delete_learner, *place)
    return web.Response(status=204)


def _read_place(request: web.Request) -> tuple[str, str]:
    return read_project(request), request.match_info["link_id"]
