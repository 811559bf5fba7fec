"""Questions from files of other systems."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from aiohttp import web

from handlers.answers import answer
from handlers.bodies import read_query
from handlers.context import CONTEXT
from handlers.operations import Access, Bytes, operation
from handlers.principals import get_principal
from handlers.projects import read_project
from handlers.small_files import receive_small_file
from quizsys.errors import Code, invalid
from quizsys.packages.reader import MEDIA_TYPES, read_questions
from quizsys.packages.reading import Unreadable
from quizsys.schemas.packages import ImportQuery, ImportResponse
from quizsys.services import imports

LIMIT_BYTES = 16 * 1024 * 1024
_query = ImportQuery()
_imported = ImportResponse()
# One after the other, and beside the threads that everything else waits for.
_READER = ThreadPoolExecutor(1, "importer")


@operation(
    Access.EDITOR,
    "Questions from a file of GIFT, Moodle XML or our JSON",
    tag="packages",
    query=_query,
    body=Bytes("text/plain", ("application/xml", "application/json", "multipart/form-data")),
    answers={200: _imported, 201: _imported},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.BAD_REQUEST, Code.INVALID, Code.TOO_LARGE, Code.TIMEOUT),
)
async def import_quiz(request: web.Request) -> web.Response:
    """As drafts. The file is the body itself or a form's field `file`. Sent again, it changes the questions that it
    brought before, by their ids or names, and adds those that are new; what it no longer has stays. 201 if a quiz was
    made for it. A new question without evidence gets the sentence of the lesson that is most like it, if one clearly
    is; `problems` tells so."""
    asked = read_query(request, _query)
    raw = await receive_small_file(request, LIMIT_BYTES, "A file of questions")
    form = asked["format"] or MEDIA_TYPES.get(request.content_type)
    try:
        reading = await asyncio.get_running_loop().run_in_executor(_READER, partial(read_questions, raw, form))
    except Unreadable as error:
        raise invalid(["body"], str(error), None) from None
    place = read_project(request), asked["asset_id"], asked["quiz_id"]
    who = get_principal(request).name
    store = request.app[CONTEXT].store
    proofs = await store.read_slowly(imports.find_proofs, *place, reading)
    told = await store.run(imports.import_reading, *place, reading, proofs, who)
    return answer(told, 201 if told["is_new"] else 200)
