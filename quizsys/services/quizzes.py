"""Quizzes: begun by hand, listed, read, forgotten."""

from typing import Any

from quizsys.clock import wire_time
from quizsys.errors import Code, QuizsysError
from quizsys.models.assets import Asset
from quizsys.models.quizzes import ARCHIVED, QuestionRow, Quiz
from quizsys.models.transcripts import TranscriptRow
from quizsys.services import videos
from quizsys.services.contents import dump_question, list_rows


def list_quizzes(project_id: str, asset_id: str) -> list[dict[str, Any]]:
    """A video's quizzes with their questions, newest first. Raises `not_found` for an unknown video."""
    videos.get_row(project_id, asset_id)
    rows = Quiz.select().where(Quiz.asset_id == asset_id).order_by(Quiz.created_at.desc(), Quiz.id.desc())
    return [dump_quiz(row) for row in rows]


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
    if base is not None and base != row.revision:
        sentence = f"Revision {base} is not the newest: {row.revision} is. Read the quiz again and repeat the change."
        raise QuizsysError(Code.CONFLICT, sentence)
    if row.status == ARCHIVED:
        raise QuizsysError(Code.CONFLICT, "This quiz is archived. Restore it to change it.")
    return row


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
