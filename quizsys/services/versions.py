"""What learners get of a quiz: versions that never change once they are published."""

import hashlib
from collections.abc import Iterator
from typing import Any

from quizsys.clock import utc_now, wire_time
from quizsys.errors import Code, QuizsysError
from quizsys.json_text import write_json
from quizsys.models.quizzes import ARCHIVED, DRAFT, PUBLISHED, QuestionRow, Quiz
from quizsys.models.versions import QuizVersion
from quizsys.paging import WHOLE, Page, take_page
from quizsys.questions.shape import list_flaws
from quizsys.services.contents import list_approved, list_content, read_content
from quizsys.services.deliveries import tell_webhooks
from quizsys.services.history import Doer, bump, note_change
from quizsys.services.quizzes import check_revision, dump_quiz, get_row, open_quiz

NOT_PUBLISHED = "This quiz is not published. Publish it first."
# What of the content says nothing of what learners see: it may change without a new version.
UNSEEN = ("status", "revision", "published_version", "published_revision", "updated_at")
LONGEST_NAME = 60


def publish_quiz(project_id: str, quiz_id: str, who: str, base: int | None = None) -> dict[str, Any]:
    """Make a version of the approved questions; if the newest one is the same already, that is published again.

    Raises `not_found`, or `conflict` unless `base` (None: any) is the quiz's revision and all that is approved is fit.
    """
    quiz = open_quiz(project_id, quiz_id, base)
    rows = list_approved(quiz)
    _check_fit(rows)
    content = dump_quiz(quiz, rows)
    version = _find_same(quiz, content) or _insert_version(quiz, content, who)
    quiz.status, quiz.published_version, quiz.published_revision = PUBLISHED, version.version, quiz.revision + 1
    bump(quiz)
    note_change(quiz, "published", Doer(who))
    told = {"asset_id": quiz.asset_id, "quiz_id": quiz.id, "version": version.version, "questions": len(rows)}
    tell_webhooks(project_id, "quiz.published", told)
    return _dump(version)


def unpublish_quiz(project_id: str, quiz_id: str, who: str, base: int | None = None) -> dict[str, Any]:
    """Nobody begins it any more; its versions stay. Raises `not_found`, `conflict`."""
    quiz = open_quiz(project_id, quiz_id, base)
    if quiz.status != PUBLISHED:
        raise QuizsysError(Code.CONFLICT, NOT_PUBLISHED)
    return _set_status(quiz, DRAFT, "unpublished", who)


def archive_quiz(project_id: str, quiz_id: str, who: str, base: int | None = None) -> dict[str, Any]:
    """Lay it aside: nobody begins or changes it until it is restored. Raises `not_found`, `conflict`."""
    return _set_status(open_quiz(project_id, quiz_id, base), ARCHIVED, "archived", who)


def restore_quiz(project_id: str, quiz_id: str, who: str, base: int | None = None) -> dict[str, Any]:
    """Take it up again, as a draft. Raises `not_found`, `conflict`."""
    quiz = get_row(project_id, quiz_id)
    check_revision(quiz, base)
    if quiz.status != ARCHIVED:
        raise QuizsysError(Code.CONFLICT, "Only an archived quiz can be restored.")
    return _set_status(quiz, DRAFT, "restored", who)


def _set_status(quiz: Quiz, status: str, action: str, who: str) -> dict[str, Any]:
    quiz.status, quiz.published_version, quiz.published_revision = status, None, None
    bump(quiz)
    note_change(quiz, action, Doer(who))
    return dump_quiz(quiz)


def get_version(project_id: str, quiz_id: str, version: int | None = None) -> dict[str, Any]:
    """A version by its number, whatever became of the quiz since; None: the one that is published now.

    Raises `not_found`.
    """
    quiz = get_row(project_id, quiz_id)
    if version is None and (quiz.status != PUBLISHED or quiz.published_version is None):
        raise QuizsysError(Code.NOT_FOUND, NOT_PUBLISHED)
    number = quiz.published_version if version is None else version
    row = QuizVersion.get_or_none((QuizVersion.quiz_id == quiz_id) & (QuizVersion.version == number))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, f"This quiz has no version {number}. Its versions can be listed.")
    return _dump(row)


def list_versions(project_id: str, quiz_id: str, page: Page = WHOLE) -> Iterator[dict[str, Any]]:
    """Newest first, without their questions. Raises `not_found`."""
    quiz = get_row(project_id, quiz_id)
    rows = QuizVersion.select().where(QuizVersion.quiz_id == quiz_id)
    return (_summarise(row, quiz) for row in take_page(rows, page, QuizVersion.version, newest_first=True))


def _check_fit(rows: list[QuestionRow]) -> None:
    if not rows:
        raise QuizsysError(Code.CONFLICT, "No question of this quiz is approved. Approve at least one, then publish.")
    for row in rows:
        name = row.stem if len(row.stem) <= LONGEST_NAME else row.stem[: LONGEST_NAME - 3] + "..."
        if row.stale:
            raise QuizsysError(Code.CONFLICT, f'The question "{name}" is stale: {row.stale}')
        if flaws := list_flaws(read_content(list_content(row))):
            raise QuizsysError(Code.CONFLICT, f'The question "{name}" cannot be asked. {flaws[0].message}')


def _find_same(quiz: Quiz, content: dict[str, Any]) -> QuizVersion | None:
    newest = _find_newest(quiz)
    return newest if newest is not None and newest.content_hash == _hash(content) else None


def _find_newest(quiz: Quiz) -> QuizVersion | None:
    rows = QuizVersion.select().where(QuizVersion.quiz_id == quiz.id)
    return rows.order_by(QuizVersion.version.desc()).first()  # type: ignore[no-any-return]


def _insert_version(quiz: Quiz, content: dict[str, Any], who: str) -> QuizVersion:
    newest = _find_newest(quiz)
    number = newest.version + 1 if newest else 1
    revision = quiz.revision + 1
    standing = {"published_version": number, "revision": revision, "published_revision": revision}
    version = QuizVersion(
        quiz_id=quiz.id,
        version=number,
        content=content | {"status": PUBLISHED} | standing,
        content_hash=_hash(content),
        published_at=utc_now(),
        published_by=who,
    )
    version.save(force_insert=True)
    return version


def _hash(content: dict[str, Any]) -> str:
    seen = {name: value for name, value in content.items() if name not in UNSEEN}
    seen["questions"] = [
        {name: value for name, value in question.items() if name not in UNSEEN} for question in content["questions"]
    ]
    return hashlib.sha256(write_json(seen)).hexdigest()


def _dump(row: QuizVersion) -> dict[str, Any]:
    made = {"version": row.version, "published_at": wire_time(row.published_at), "published_by": row.published_by}
    return {**row.content, **made}


def _summarise(row: QuizVersion, quiz: Quiz) -> dict[str, Any]:
    return {
        "version": row.version,
        "published_at": wire_time(row.published_at),
        "published_by": row.published_by,
        "title": row.content["title"],
        "questions": len(row.content["questions"]),
        "is_published": quiz.status == PUBLISHED and quiz.published_version == row.version,
    }
