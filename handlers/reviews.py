"""What teachers think of questions, what was done to a quiz, and its undoing."""

from aiohttp import web

from handlers.bases import answer_revision, guarded_by, read_base
from handlers.bodies import read_body, read_query
from handlers.context import CONTEXT
from handlers.operations import Access, Bytes, ListOf, operation
from handlers.paging import answer_list
from handlers.principals import get_principal
from handlers.projects import read_project
from handlers.questions import GUARDED, read_quiz
from quizsys.errors import Code
from quizsys.json_text import write_json
from quizsys.schemas.decisions import DecisionsQuery
from quizsys.schemas.paging import PageQuery
from quizsys.schemas.questions import QuestionResponse, ReviewRequest, VerdictRequest
from quizsys.schemas.quizzes import QuizResponse
from quizsys.schemas.versions import ChangeResponse
from quizsys.services import decisions, history, quizzes, reviews
from quizsys.services.reviews import Asked

NDJSON = "application/x-ndjson"
LINES_AT_ONCE = 200
_quiz = QuizResponse()
_question = QuestionResponse()
_verdict = VerdictRequest()
_review = ReviewRequest()
_lines = DecisionsQuery()
_REFUSALS = (Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE)


@operation(
    Access.EDITOR,
    "Approve a question",
    tag="quizzes",
    body=_verdict,
    body_required=False,
    answers={200: _question},
    errors=_REFUSALS,
    headers=GUARDED,
)
async def approve_question(request: web.Request) -> web.Response:
    """Only approved questions are published. A stale one is refused: give it new evidence first."""
    return await _judge(request, "approved")


@operation(
    Access.EDITOR,
    "Reject a question, with a reason",
    tag="quizzes",
    body=_verdict,
    body_required=False,
    answers={200: _question},
    errors=_REFUSALS,
    headers=GUARDED,
)
async def reject_question(request: web.Request) -> web.Response:
    """It stays in the quiz, marked, and is not published; nor is the same proposed again."""
    return await _judge(request, "rejected")


@operation(
    Access.EDITOR,
    "Make a draft again of what was approved or rejected",
    tag="quizzes",
    body=_verdict,
    body_required=False,
    answers={200: _question},
    errors=_REFUSALS,
    headers=GUARDED,
)
async def reopen_question(request: web.Request) -> web.Response:
    return await _judge(request, "draft")


@operation(
    Access.EDITOR,
    "Judge several questions at once",
    tag="quizzes",
    body=_review,
    answers={200: _quiz},
    errors=_REFUSALS,
    headers=GUARDED,
)
async def review_questions(request: web.Request) -> web.Response:
    """All or none, as one change that one undo takes back; answers with the quiz."""
    body = await read_body(request, _review)
    base = read_base(request, body["base_revision"])
    asked = Asked(tuple(body["question_ids"]), body["verdict"], body["reason"] or "", base)
    who = get_principal(request).name
    return answer_revision(await request.app[CONTEXT].store.run(reviews.judge, *read_quiz(request), asked, who))


@operation(
    Access.EDITOR,
    "Undo the last change of a quiz",
    tag="quizzes",
    answers={200: _quiz},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID),
    headers=guarded_by("the quiz"),
)
async def undo_change(request: web.Request) -> web.Response:
    """Whoever made it, a person or a generator. What is published stays as it is."""
    asked = read_base(request, None), get_principal(request).name
    return answer_revision(await request.app[CONTEXT].store.run(reviews.undo, *read_quiz(request), *asked))


@operation(
    Access.EDITOR,
    "Do again what was undone last",
    tag="quizzes",
    answers={200: _quiz},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID),
    headers=guarded_by("the quiz"),
)
async def redo_change(request: web.Request) -> web.Response:
    asked = read_base(request, None), get_principal(request).name
    return answer_revision(await request.app[CONTEXT].store.run(reviews.redo, *read_quiz(request), *asked))


@operation(
    Access.VIEWER,
    "What was done to a quiz, newest first",
    tag="quizzes",
    query=PageQuery(),
    answers={200: ListOf(ChangeResponse())},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def list_history(request: web.Request) -> web.Response:
    return await answer_list(request, history.list_changes, *read_quiz(request))


@operation(
    Access.EDITOR,
    "What teachers decided about questions, as JSON lines",
    tag="quizzes",
    query=_lines,
    answers={200: Bytes(NDJSON)},
    errors=(Code.INVALID,),
)
async def list_decisions(request: web.Request) -> web.StreamResponse:
    """Oldest first, a JSON object a line: `verdict` (accept, edit, reject, regenerate, withdraw), `reason`, the
    question as a machine proposed it with its features, and as a person saw and left it. To train a ranker with."""
    project_id = read_project(request)
    asked = read_query(request, _lines)
    after, left = asked["after"] or 0, asked["limit"]
    response = web.StreamResponse(headers={"Content-Type": NDJSON})
    await response.prepare(request)
    while left is None or left > 0:
        count = LINES_AT_ONCE if left is None else min(left, LINES_AT_ONCE)
        rows = await request.app[CONTEXT].store.read(decisions.read_decisions, project_id, after, count)
        await response.write(b"".join(write_json(row) + b"\n" for row in rows))
        if len(rows) < count:
            break
        after, left = rows[-1]["id"], None if left is None else left - len(rows)
    await response.write_eof()
    return response


async def _judge(request: web.Request, verdict: str) -> web.Response:
    body = await read_body(request, _verdict, required=False)
    base = read_base(request, body["base_revision"])
    question_id = request.match_info["question_id"]
    asked = Asked((question_id,), verdict, body["reason"] or "", base)
    store = request.app[CONTEXT].store
    await store.run(reviews.judge, *read_quiz(request), asked, get_principal(request).name)
    return answer_revision(await store.read(quizzes.get_question, *read_quiz(request), question_id))
