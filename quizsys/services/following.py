"""Quizzes follow their transcript: where words moved, evidence moves; where they changed, questions become stale."""

from collections.abc import Iterable, Sequence
from typing import Any

from media.transcript import Transcript
from quizsys.models.quizzes import QuestionRow, Quiz
from quizsys.services.claims import Claim
from quizsys.services.contents import BY_MACHINE, list_rows
from quizsys.services.grounding import Ground, find_current_id, load_ground
from quizsys.services.history import Doer, change_quiz
from quizsys.services.transcripts import apply_transcription


def apply_heard(claim: Claim, transcript: Transcript) -> dict[str, Any]:
    """A transcription's result; the video's quizzes follow it, if it is what counts now."""
    result = apply_transcription(claim, transcript)
    follow_transcript(claim.project_id, claim.asset_id)
    return result


def follow_transcript(project_id: str, asset_id: str) -> None:
    """Compare every question of the video's quizzes with the revision that counts, if it was not yet."""
    quizzes = list(Quiz.select().where(Quiz.asset_id == asset_id))
    if quizzes:
        ground = load_ground(project_id, asset_id)
        for quiz in quizzes:
            _follow(quiz, [row for row in list_rows(quiz) if row.transcript_id != ground.transcript_id], ground)


def follow_new(quiz: Quiz, rows: Iterable[QuestionRow]) -> None:
    """The same for questions that have just been made, maybe from a revision that counts no more."""
    current_id = find_current_id(quiz.asset_id)
    compare_again(quiz, [row for row in rows if row.transcript_id != current_id])


def compare_again(quiz: Quiz, rows: Sequence[QuestionRow]) -> None:
    """The same for questions that came back from an earlier time: what they say of their transcript may be old."""
    if rows:
        _follow(quiz, rows, load_ground(quiz.project_id, quiz.asset_id))


def _follow(quiz: Quiz, rows: Iterable[QuestionRow], ground: Ground) -> None:
    edits = [(row, ground.follow(row)) for row in rows]
    change_quiz(quiz, "transcript", Doer("", BY_MACHINE), edits, can_undo=False)
