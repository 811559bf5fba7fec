"""Quizzes: drafted from a transcript and slides, listed, read."""

from pathlib import Path
from typing import Any

from quizsys.author import Author
from quizsys.calls import Call, Talk
from quizsys.clock import utc_now, wire_time
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_id
from quizsys.models.quizzes import DRAFT, QuestionRow, Quiz
from quizsys.questions.lesson import Lesson
from quizsys.questions.question import Question, QuizDraft
from quizsys.services.claims import Claim
from quizsys.services.deliveries import tell_webhooks
from quizsys.services.scenes import list_slides
from quizsys.services.transcripts import NOT_YET, find_current, find_revision, load_transcript
from quizsys.services.videos import get_row
from quizsys.storage import Storage


def prepare_quiz(claim: Claim, _storage: Storage, _scratch: Path, *, author: Author | None) -> Call | Talk:
    """By the model, if there is one and the payload does not say `offline`. Raises `not_found` before transcription."""
    from quizsys.questions.offline import write_questions

    row = get_row(claim.project_id, claim.asset_id)
    revision = find_current(row.id)
    if revision is None:
        raise QuizsysError(Code.NOT_FOUND, NOT_YET)
    duration_s = row.metadata["duration"]
    slides = tuple(list_slides(row.id))
    stem = Path(row.original_filename.replace("\\", "/")).stem
    title = next((slide.title for slide in slides if slide.title), stem)
    lesson = Lesson(title, duration_s, load_transcript(revision), slides, revision.id)
    if author is not None and claim.payload.get("generator") != "offline":
        return author.talk(lesson, claim.payload.get("questions"))
    return Call(write_questions, (lesson, claim.payload.get("questions")), duration_s)


def apply_quiz(claim: Claim, draft: QuizDraft) -> dict[str, Any]:
    row = get_row(claim.project_id, claim.asset_id)
    quiz = Quiz(
        id=new_id(),
        project_id=row.project_id,
        asset_id=row.id,
        # Not the one that counts now: somebody may have corrected it while the questions were written.
        transcript_id=draft.transcript_id,
        title=draft.title,
        generator=draft.generator,
        status=DRAFT,
        refused=[{"reason": refusal.reason, "count": refusal.count} for refusal in draft.refused],
        note=draft.note,
        created_at=utc_now(),
    )
    quiz.save(force_insert=True)
    for position, question in enumerate(draft.questions):
        _insert_question(quiz.id, position, question)
    result = {"asset_id": row.id, "quiz_id": quiz.id, "questions": len(draft.questions), "note": draft.note}
    tell_webhooks(row.project_id, "quiz.created", result)
    return result | ({} if draft.usage is None else {"usage": draft.usage})


def list_quizzes(project_id: str, asset_id: str) -> list[dict[str, Any]]:
    """A video's quizzes with their questions, newest first. Raises `not_found` for an unknown video."""
    get_row(project_id, asset_id)
    rows = Quiz.select().where(Quiz.asset_id == asset_id).order_by(Quiz.created_at.desc(), Quiz.id.desc())
    return [dump_quiz(row) for row in rows]


def get_quiz(project_id: str, quiz_id: str) -> dict[str, Any]:
    """Raises `not_found`, also for another project's quiz."""
    row = Quiz.get_or_none((Quiz.id == quiz_id) & (Quiz.project_id == project_id))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, "Quiz not found")
    return dump_quiz(row)


def dump_quiz(row: Quiz) -> dict[str, Any]:
    asset = get_row(row.project_id, row.asset_id)
    questions = QuestionRow.select().where(QuestionRow.quiz_id == row.id).order_by(QuestionRow.position)
    return {
        "id": row.id,
        "asset_id": row.asset_id,
        "status": row.status,
        "created_at": wire_time(row.created_at),
        "title": row.title,
        "generator": row.generator,
        "transcript_revision": find_revision(row.transcript_id),
        "source": {"filename": asset.original_filename, "duration_s": asset.metadata["duration"]},
        "questions": [_dump_question(question) for question in questions],
        "refused": row.refused,
        "note": row.note,
    }


def _insert_question(quiz_id: str, position: int, question: Question) -> None:
    choices = [
        {"text": choice.text, "correct": choice.correct, "feedback": choice.feedback} for choice in question.choices
    ]
    QuestionRow.insert(
        id=new_id(),
        quiz_id=quiz_id,
        position=position,
        kind=question.kind,
        stem=question.stem,
        choices=choices,
        answer=question.answer,
        explanation=question.explanation,
        quote=question.quote,
        evidence_start_s=question.start_s,
        evidence_end_s=question.end_s,
        pause_at_s=question.pause_at_s,
        chapter=question.chapter,
        bloom=question.bloom,
        difficulty=question.difficulty,
    ).execute()


def _dump_question(row: QuestionRow) -> dict[str, Any]:
    evidence = {"quote": row.quote, "start_s": row.evidence_start_s, "end_s": row.evidence_end_s}
    return {
        "id": row.id,
        "kind": row.kind,
        "stem": row.stem,
        "choices": row.choices,
        "answer": row.answer,
        "explanation": row.explanation,
        "evidence": evidence,
        "pause_at_s": row.pause_at_s,
        "chapter": row.chapter,
        "bloom": row.bloom,
        "difficulty": row.difficulty,
    }
