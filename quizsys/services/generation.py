"""Quizzes written by a machine: what a job asks of the generators, and what becomes of their drafts."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quizsys.calls import Call, Talk
from quizsys.clock import utc_now
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_id
from quizsys.models.quizzes import DRAFT, LLM, OFFLINE, QuestionRow, Quiz
from quizsys.questions.lesson import Lesson
from quizsys.questions.question import Maker, Question, QuizDraft
from quizsys.services.claims import Claim
from quizsys.services.contents import credit_machine, write_content
from quizsys.services.deliveries import tell_webhooks
from quizsys.services.quizzes import name_lesson
from quizsys.services.scenes import list_slides
from quizsys.services.transcripts import NOT_YET, find_current, load_transcript
from quizsys.services.videos import get_row
from quizsys.storage import Storage

if TYPE_CHECKING:
    from quizsys.author import Author


def prepare_quiz(claim: Claim, _storage: Storage, _scratch: Path, *, author: "Author | None") -> Call | Talk:
    """By the model, if there is one and the payload does not say `offline`. Raises `not_found` before transcription."""
    from quizsys.questions.offline import write_questions

    row = get_row(claim.project_id, claim.asset_id)
    revision = find_current(row.id)
    if revision is None:
        raise QuizsysError(Code.NOT_FOUND, NOT_YET)
    duration_s = row.metadata["duration"]
    slides = tuple(list_slides(row.id))
    lesson = Lesson(name_lesson(row, slides), duration_s, load_transcript(revision), slides, revision.id)
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
        _insert_question(quiz, position, question)
    result = {"asset_id": row.id, "quiz_id": quiz.id, "questions": len(draft.questions), "note": draft.note}
    tell_webhooks(row.project_id, "quiz.created", result)
    return result | ({} if draft.usage is None else {"usage": draft.usage})


def _insert_question(quiz: Quiz, position: int, question: Question) -> None:
    content = write_content(question)
    maker = question.maker if question.maker.generator else Maker(quiz.generator)
    QuestionRow(
        id=new_id(),
        quiz_id=quiz.id,
        position=position,
        **content,
        provenance=credit_machine(maker),
        proposal=content | {"maker": asdict(maker)},
        origin=OFFLINE if maker.generator.startswith(OFFLINE) else LLM,
        transcript_id=quiz.transcript_id,
    ).save(force_insert=True)
