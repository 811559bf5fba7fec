"""The words of the OpenAPI document that belong to no handler and no schema."""

from typing import Any

from handlers.credentials import COOKIE
from quizsys.analysis.tables import TABLES

ABOUT = """\
Lesson videos in, quizzes out: every question carries the words of the lesson that prove its answer.

**From a video to a quiz**

1. `POST /projects/{project_id}/videos` uploads a video and answers with its `asset_id`. A project is a name of your own
   choice; it needs no creation. For large files and bad networks there is tus: `/projects/{project_id}/uploads`.
2. `POST /projects/{project_id}/videos/{asset_id}/quiz` queues the jobs that lead to a quiz.
3. `GET /projects/{project_id}/jobs/{job_id}` says how far a job is; `.../events` sends each change as it happens, as
   server-sent events, and `.../ws` by WebSocket.
4. `GET /projects/{project_id}/quizzes/{quiz_id}` reads the quiz that the last job's `result` names.

**Everywhere**

- Moments are UTC, as ISO 8601 with `Z`. Names that end in `_s` are seconds, in `_bytes` bytes.
- Lists are bare arrays. Where a list takes `limit` and `cursor`, the `Link` header leads to the next page.
- Errors are `{"detail", "code", "request_id"}`: a sentence that says what helps, the same for programs, and what the
  server's log calls the request. For a 422, `detail` lists each value that is wrong.
- Every GET may be asked by HEAD.
- What makes something takes an `Idempotency-Key` where it says so: sent again with the same key, it is done once.
- A 429 or 503 says by `Retry-After` when to come again.
"""

TAGS = {
    "assets": "Files of every kind: videos, music, voice-over, images, subtitles.",
    "server": "Whether it is up, and what it is.",
    "videos": "Upload lessons, list them, play them.",
    "uploads": "Resumable uploads by tus 1.0: a cut connection or a restart costs only what was on its way.",
    "projects": "What there is, with counts.",
    "storage": "How much is stored, and its deletion.",
    "jobs": "What the server works on, and how far it is.",
    "transcripts": "What was said: with the time of every word, as captions, corrected.",
    "search": "Find what was said and what stood on the slides, with the time to jump to.",
    "webhooks": "Be told by HTTP of what happens: signed, tried again, logged.",
    "quizzes": "Questions about a video, each with the words that prove it.",
    "packages": "Quizzes as files for other systems, and what each of them cannot carry.",
    "links": "Share a published quiz with learners, see what they did, forget them.",
    "analytics": "What a class did: each question, each minute, each learner, and what to look at.",
    "share": "For learners: by a link, without a token. Start, answer, go on elsewhere, finish.",
    "tokens": "Who may do what: tokens with roles and projects, made and revoked by admins; sign a browser in and out.",
    "audit": "Who changed what, and who was refused.",
    "documentation": "This document, and pages that show it.",
}

SECURITY_SCHEMES: dict[str, dict[str, Any]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token that an admin made; the server's first start prints one. What cannot send headers may"
        " send it as `?access_token=` with a GET.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The same token, as a browser has it that opened `/login?token=`; by https its name begins with"
        " `__Host-`.",
    },
}

PATH_PARAMETERS: dict[str, dict[str, Any]] = {
    "project_id": {
        "description": "A name of your own choice for what belongs together.",
        "schema": {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"},
        "example": "algebra",
    },
    "asset_id": {"description": "The video's id.", "schema": {"type": "string", "format": "uuid"}},
    "job_id": {"description": "The job's id.", "schema": {"type": "string", "format": "uuid"}},
    "quiz_id": {"description": "The quiz's id.", "schema": {"type": "string", "format": "uuid"}},
    "question_id": {"description": "The question's id.", "schema": {"type": "string", "format": "uuid"}},
    "version": {
        "description": "The version's number.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999},
    },
    "format": {"description": "One of those that the list names.", "schema": {"type": "string"}, "example": "gift"},
    "token_id": {
        "description": "The token's id, which is not the token.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "upload_id": {"description": "The resumable upload's id.", "schema": {"type": "string", "format": "uuid"}},
    "webhook_id": {"description": "The webhook's id.", "schema": {"type": "string", "format": "uuid"}},
    "link_id": {
        "description": "The link's id, which is not its token.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "link_token": {
        "description": "The link's token.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"},
        "example": "3q2-7wAhV0mC5bT9rXyZ1g",
    },
    "attempt_id": {"description": "The attempt's id.", "schema": {"type": "string", "format": "uuid"}},
    "learner_id": {"description": "The learner's id.", "schema": {"type": "string", "format": "uuid"}},
    "delivery_id": {"description": "The message's id.", "schema": {"type": "string", "format": "uuid"}},
    "table": {
        "description": "Which table.",
        "schema": {"type": "string", "enum": list(TABLES)},
        "example": "questions",
    },
    "position": {
        "description": "The scene's place in the list, from 0.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999_999},
    },
    "asset": {"description": "A file's name.", "schema": {"type": "string"}},
}


# The form of headers that are more than any text.
HEADERS: dict[str, dict[str, Any]] = {
    "If-Match": {"type": "string", "pattern": '^(\\*|(W/)?"?[0-9]{1,9}"?)$', "examples": ['"3"']},
    "Idempotency-Key": {"type": "string", "pattern": "^[!-~]{1,255}$", "minLength": 1, "maxLength": 255},
}


def _link(operation: str, **parameters: str) -> dict[str, Any]:
    given = {"project_id": "$request.path.project_id"} | parameters
    return {operation: {"operationId": operation, "parameters": given}}


LINKS: dict[str, dict[str, Any]] = {
    "create_video": {
        **_link("get_video", asset_id="$response.body#/asset_id"),
        **_link("request_quiz", asset_id="$response.body#/asset_id"),
        **_link("delete_video", asset_id="$response.body#/asset_id"),
    },
    "create_token": {
        "revoke_token": {"operationId": "revoke_token", "parameters": {"token_id": "$response.body#/id"}},
    },
    "create_job": {
        **_link("get_job", job_id="$response.body#/id"),
        **_link("cancel_job", job_id="$response.body#/id"),
    },
    "create_link": {
        **_link("get_link", link_id="$response.body#/id"),
        **_link("list_learners", link_id="$response.body#/id"),
        **_link("list_attempts", link_id="$response.body#/id"),
    },
    "request_quiz": _link("get_job", job_id="$response.body#/job_id"),
}
