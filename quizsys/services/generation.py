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
from quizsys.questions.question import Question, QuizDraft
from quizsys.questions.speech import Speech
from quizsys.schemas.jobs import MOST_QUESTIONS
from quizsys.services.claims import Claim
from quizsys.services.contents import credit_machine, next_position, write_content
from quizsys.services.deliveries import tell_webhooks
from quizsys.services.following import follow_new
from quizsys.services.grounding import load_speech
from quizsys.services.quizzes import name_lesson
from quizsys.services.scenes import list_slides
from quizsys.services.transcripts import NOT_YET, find_current, load_transcript
from quizsys.services.videos import get_row
from quizsys.storage import Storage

if TYPE_CHECKING:
    from quizsys.author import Author


def prepare_quiz(claim: Claim, _storage: Storage, _scratch: Path, *, author: "Author | None") -> Call | Talk:
    """By the model, if there is one and the payload does not say `offline`. Raises `not_found` before transcription."""
    return write_about(read_lesson(claim), claim, claim.payload.get("questions"), author)


def read_lesson(claim: Claim) -> Lesson:
    """Raises `not_found` before transcription."""
    row = get_row(claim.project_id, claim.asset_id)
    revision = find_current(row.id)
    if revision is None:
        raise QuizsysError(Code.NOT_FOUND, NOT_YET)
    slides = tuple(list_slides(row.id))
    return Lesson(name_lesson(row, slides), row.metadata["duration"], load_transcript(revision), slides, revision.id)


def write_about(lesson: Lesson, claim: Claim, count: int | None, author: "Author | None") -> Call | Talk:
    """What writes `count` questions (None: as many as its length asks for) for the job."""
    from quizsys.questions.offline import write_questions

    if author is not None and claim.payload.get("generator") != "offline":
        return author.talk(lesson, count)
    # What a quiz has already is found again by the same rules, and left out afterwards.
    wanted = MOST_QUESTIONS if "quiz_id" in claim.payload else count
    return Call(write_questions, (lesson, wanted), lesson.duration_s)


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
    speech = load_speech(draft.transcript_id)
    rows = [insert_question(quiz, question, draft, speech) for question in draft.questions]
    follow_new(quiz, rows)
    result = {"asset_id": row.id, "quiz_id": quiz.id, "questions": len(draft.questions), "note": draft.note}
    tell_webhooks(row.project_id, "quiz.created", result)
    return result | ({} if draft.usage is None else {"usage": draft.usage})


def insert_question(
    quiz: Quiz, question: Question, draft: QuizDraft, speech: Speech, *, is_removed: bool = False
) -> QuestionRow:
    """A new row behind those of the quiz."""
    content, maker = write_content(question), draft.find_maker(question)
    row = QuestionRow(
        id=new_id(),
        quiz_id=quiz.id,
        position=next_position(quiz),
        **content,
        provenance=credit_machine(maker),
        proposal=keep_proposal(question, draft, speech),
        origin=OFFLINE if maker.generator.startswith(OFFLINE) else LLM,
        transcript_id=draft.transcript_id,
        removed=is_removed,
    )
    row.save(force_insert=True)
    return row


def keep_proposal(question: Question, draft: QuizDraft, speech: Speech) -> dict[str, Any]:
    """A question as a machine proposed it, with what a ranker may learn from: who made it how, and what was heard."""
    heard = speech.describe(question.start_s, question.end_s)
    return write_content(question) | {"maker": asdict(draft.find_maker(question)), "heard": heard}
