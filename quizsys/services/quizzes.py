"""Quizzes: begun by hand, listed, read, forgotten."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from media.slides import Slide
from quizsys.clock import utc_now, wire_time
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_id
from quizsys.models.assets import Asset
from quizsys.models.history import QuizChange
from quizsys.models.quizzes import APPROVED, ARCHIVED, DRAFT, REJECTED, QuestionRow, Quiz
from quizsys.models.transcripts import TranscriptRow
from quizsys.models.versions import QuizVersion
from quizsys.paging import WHOLE, Page, take_page
from quizsys.services import contents, videos
from quizsys.services.contents import dump_question, list_rows
from quizsys.services.scenes import list_slides
from quizsys.services.transcripts import find_current, find_revision


def list_quizzes(project_id: str, asset_id: str) -> list[dict[str, Any]]:
    """A video's quizzes with their questions, newest first. Raises `not_found` for an unknown video."""
    videos.get_row(project_id, asset_id)
    rows = Quiz.select().where(Quiz.asset_id == asset_id).order_by(Quiz.created_at.desc(), Quiz.id.desc())
    return [dump_quiz(row) for row in rows]


def list_all(
    project_id: str, status: str | None = None, asset_id: str | None = None, page: Page = WHOLE
) -> Iterator[dict[str, Any]]:
    """A project's quizzes without their questions, last changed first."""
    rows = Quiz.select().where(Quiz.project_id == project_id)
    if status is not None:
        rows = rows.where(Quiz.status == status)
    if asset_id is not None:
        rows = rows.where(Quiz.asset_id == asset_id)
    return map(_summarise, take_page(rows, page, Quiz.updated_at, Quiz.id, newest_first=True))


def create_quiz(project_id: str, asset_id: str, title: str | None) -> dict[str, Any]:
    """An empty one, to be filled by hand. Raises `not_found` for an unknown video."""
    asset = videos.get_row(project_id, asset_id)
    transcript = find_current(asset_id)
    row = Quiz(
        id=new_id(),
        project_id=project_id,
        asset_id=asset_id,
        transcript_id=transcript.id if transcript else "",
        title=title or name_lesson(asset, list_slides(asset_id)),
        generator="",
        status=DRAFT,
        refused=[],
        note="",
        created_at=utc_now(),
    )
    row.save(force_insert=True)
    return dump_quiz(row)


def name_lesson(asset: Asset, slides: Sequence[Slide]) -> str:
    """The first title on a slide, else the file's name."""
    stem = Path(asset.original_filename.replace("\\", "/")).stem
    return next((slide.title for slide in slides if slide.title), stem)


def delete_quiz(project_id: str, quiz_id: str, base: int | None) -> None:
    """Forget a quiz that was never published, for good. Raises `not_found`, `conflict`."""
    row = get_row(project_id, quiz_id)
    check_revision(row, base)
    if QuizVersion.select().where(QuizVersion.quiz_id == quiz_id).exists():
        raise QuizsysError(Code.CONFLICT, "This quiz was published, and learners may have answered it. Archive it.")
    for part in (QuestionRow, QuizChange):
        part.delete().where(part.quiz_id == quiz_id).execute()
    row.delete_instance()


def get_quiz(project_id: str, quiz_id: str) -> dict[str, Any]:
    """Raises `not_found`, also for another project's quiz."""
    return dump_quiz(get_row(project_id, quiz_id))


def get_row(project_id: str, quiz_id: str) -> Quiz:
    row = Quiz.get_or_none((Quiz.id == quiz_id) & (Quiz.project_id == project_id))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, "Quiz not found")
    return row


def open_quiz(project_id: str, quiz_id: str, base: int | None = None) -> Quiz:
    """To be changed. Raises `not_found`, or `conflict` if it is archived or `base` (None: any) is not its revision."""
    row = get_row(project_id, quiz_id)
    check_revision(row, base)
    if row.status == ARCHIVED:
        raise QuizsysError(Code.CONFLICT, "This quiz is archived. Restore it to change it.")
    return row


def check_revision(row: Quiz, base: int | None) -> None:
    """Raises `conflict` unless `base` (None: any) is the quiz's revision."""
    if base is not None and base != row.revision:
        sentence = f"Revision {base} is not the newest: {row.revision} is. Read the quiz again and repeat the change."
        raise QuizsysError(Code.CONFLICT, sentence)


def get_question(project_id: str, quiz_id: str, question_id: str) -> dict[str, Any]:
    """Raises `not_found`."""
    quiz = get_row(project_id, quiz_id)
    row = contents.get_question(quiz, question_id)
    revision = find_revision(row.transcript_id)
    return dump_question(row, {} if revision is None else {row.transcript_id: revision})


def dump_quiz(row: Quiz, questions: list[QuestionRow] | None = None) -> dict[str, Any]:
    """With all its questions, or those that are given."""
    asset = videos.get_row(row.project_id, row.asset_id)
    transcripts = {found.id: found for found in list_transcripts(asset)}
    revisions = {found.id: found.revision for found in transcripts.values()}
    transcript = transcripts.get(row.transcript_id)
    return {
        "id": row.id,
        "asset_id": row.asset_id,
        "status": row.status,
        "revision": row.revision,
        "published_version": row.published_version,
        "published_revision": row.published_revision,
        "created_at": wire_time(row.created_at),
        "updated_at": wire_time(row.updated_at),
        "title": row.title,
        "generator": row.generator,
        "language": transcript.language if transcript else "",
        "transcript_revision": transcript.revision if transcript else None,
        "source": {"filename": asset.original_filename, "duration_s": asset.metadata["duration"]},
        "questions": [
            dump_question(question, revisions) for question in (list_rows(row) if questions is None else questions)
        ],
        "refused": row.refused,
        "note": row.note,
    }


def list_transcripts(asset: Asset) -> list[TranscriptRow]:
    """All revisions, without their segments."""
    return list(TranscriptRow.select().where(TranscriptRow.asset_id == asset.id))


def _summarise(row: Quiz) -> dict[str, Any]:
    found = QuestionRow.select(QuestionRow.status, QuestionRow.stale).where(
        (QuestionRow.quiz_id == row.id) & ~QuestionRow.removed
    )
    judged = [(question.status, bool(question.stale)) for question in found]
    names = ("id", "asset_id", "title", "status", "revision", "published_version", "generator")
    return {name: getattr(row, name) for name in names} | {
        "drafts": sum(status == DRAFT for status, _ in judged),
        "approved": sum(status == APPROVED for status, _ in judged),
        "rejected": sum(status == REJECTED for status, _ in judged),
        "stale": sum(is_stale for _, is_stale in judged),
        "created_at": wire_time(row.created_at),
        "updated_at": wire_time(row.updated_at),
    }
