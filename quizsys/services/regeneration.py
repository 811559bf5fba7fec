"""One question written anew, or gaps filled, by a machine: asked for, prepared, put beside what people did.

No field that a person wrote is changed. Whatever became of the quiz while the machine wrote, counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quizsys.calls import Call, Talk
from quizsys.errors import Code, QuizsysError
from quizsys.models.decisions import REGENERATE, DecisionRow
from quizsys.models.jobs import QUEUED, RUNNING, Job
from quizsys.models.quizzes import DRAFT, REJECTED, QuestionRow, Quiz
from quizsys.questions.filling import CORE, choose_instead, choose_more, choose_same_fact
from quizsys.questions.gate import is_alike
from quizsys.questions.question import Question, QuizDraft
from quizsys.questions.selection import default_count
from quizsys.questions.shape import list_flaws, settle
from quizsys.services.claims import Claim
from quizsys.services.contents import (
    BY_HUMAN,
    BY_MACHINE,
    FIELDS,
    credit_machine,
    get_question,
    list_content,
    list_rows,
    read_content,
    write_content,
)
from quizsys.services.decisions import log_decision
from quizsys.services.following import follow_new
from quizsys.services.generation import (
    apply_quiz,
    insert_question,
    keep_proposal,
    prepare_quiz,
    read_lesson,
    write_about,
)
from quizsys.services.grounding import load_ground, load_speech
from quizsys.services.history import Doer, change_quiz
from quizsys.services.jobs import NewJob, check_room, dump_job, insert_job
from quizsys.services.quizzes import open_quiz
from quizsys.services.videos import get_row
from quizsys.storage import Storage

if TYPE_CHECKING:
    from quizsys.author import Author

# Around the evidence: where a model looks for another question, and how many it is asked for.
NEAR_S, FEW = 90.0, 3
NOTHING_NEAR = "No other good question was found. This one stays as it was."
NOTHING_FITS = "No new parts were found that fit what you wrote ({}). This question stays as it was."
NOTHING_MORE = "No further good question was found."
BUSY = "This question is being written anew already. Wait for that job, or cancel it."


@dataclass(frozen=True)
class Limits:
    """How a new job may be tried, and how many may wait."""

    max_tries: int
    retry_delay_s: float
    max_queued: int


def request_regeneration(
    project_id: str, quiz_id: str, question_id: str, options: dict[str, Any], limits: Limits, who: str
) -> dict[str, Any]:
    """The job that writes the question anew. Raises `not_found`, `conflict` if one does already, `queue_full`."""
    quiz = open_quiz(project_id, quiz_id)
    row = get_question(quiz, question_id)
    if any(job.payload.get("question_id") == question_id for job in _list_active(quiz)):
        raise QuizsysError(Code.CONFLICT, BUSY)
    content = list_content(row)
    log_decision(quiz, row, REGENERATE, who, before=content)
    return _enqueue(quiz, options | {"question_id": question_id}, limits)


def request_fill(project_id: str, quiz_id: str, options: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The job that adds questions where there are few. Raises `not_found`, `conflict`, `queue_full`."""
    quiz = open_quiz(project_id, quiz_id)
    if any("question_id" not in job.payload for job in _list_active(quiz)):
        raise QuizsysError(Code.CONFLICT, "This quiz is being filled already. Wait for that job, or cancel it.")
    return _enqueue(quiz, options | {"fill": True}, limits)


def prepare_questions(claim: Claim, storage: Storage, scratch: Path, *, author: "Author | None") -> Call | Talk:
    """A whole quiz, or more questions for the one that the payload names. Raises `not_found`, `conflict`."""
    if "quiz_id" not in claim.payload:
        return prepare_quiz(claim, storage, scratch, author=author)
    quiz, row = _open(claim)
    stems = dict.fromkeys(question.stem for question in _list_known(quiz))
    if row is not None and _list_kept(row, CORE):
        # What a person wrote is wanted again, with other parts around it.
        stems.pop(row.stem, None)
    lesson = replace(read_lesson(claim), asked=tuple(stems))
    if row is None:
        return write_about(lesson, claim, _count_wanted(quiz, claim), author)
    near_s = (row.evidence_start_s - NEAR_S, row.evidence_end_s + NEAR_S)
    return write_about(replace(lesson, focus_s=near_s), claim, FEW, author)


def apply_questions(claim: Claim, draft: QuizDraft) -> dict[str, Any]:
    """A new quiz, or the drafts that fit put into the quiz that the payload names. Raises `not_found`, `conflict`."""
    if "quiz_id" not in claim.payload:
        return apply_quiz(claim, draft)
    quiz, row = _open(claim)
    if row is not None:
        note = _replace(quiz, row, draft)
        count = 0 if note else 1
        touched = [row]
    else:
        touched = _fill(quiz, draft, _count_wanted(quiz, claim))
        count, note = len(touched), "" if touched else NOTHING_MORE
    follow_new(quiz, touched)
    result = {"asset_id": quiz.asset_id, "quiz_id": quiz.id, "questions": count}
    result |= {"note": " ".join(filter(None, (note, draft.note if not count else "")))}
    return result | ({} if draft.usage is None else {"usage": draft.usage})


def _open(claim: Claim) -> tuple[Quiz, QuestionRow | None]:
    """The quiz and the question that the payload names; anybody who may make jobs may have written it."""
    quiz_id, question_id = claim.payload["quiz_id"], claim.payload.get("question_id")
    quiz = open_quiz(claim.project_id, quiz_id if isinstance(quiz_id, str) else "")
    if quiz.asset_id != claim.asset_id:
        raise QuizsysError(Code.NOT_FOUND, "This quiz is about another video.")
    return quiz, None if question_id is None else get_question(quiz, str(question_id))


def _count_wanted(quiz: Quiz, claim: Claim) -> int:
    """As many as are asked for, else as the lesson's length asks for and are not there."""
    count = claim.payload.get("questions")
    if count is not None:
        return int(count)
    kept = sum(row.status != REJECTED for row in list_rows(quiz))
    return max(1, default_count(get_row(quiz.project_id, quiz.asset_id).metadata["duration"]) - kept)


def _fill(quiz: Quiz, draft: QuizDraft, wanted: int) -> list[QuestionRow]:
    kept = [read_content(list_content(row)) for row in list_rows(quiz) if row.status != REJECTED]
    chosen = choose_more(draft.questions, kept, _list_known(quiz), wanted, _fits)
    speech = load_speech(draft.transcript_id)
    rows = [insert_question(quiz, question, draft, speech, is_removed=True) for question in chosen]
    change_quiz(quiz, "filled", Doer("", BY_MACHINE), [(row, {"removed": False}) for row in rows])
    return rows


def _replace(quiz: Quiz, row: QuestionRow, draft: QuizDraft) -> str:
    """Put the best draft in the question's place, but for what a person wrote; says why not, or ""."""
    old = read_content(list_content(row))
    kept, core = _list_kept(row, FIELDS), _list_kept(row, CORE)
    if core:
        new = choose_same_fact(draft.questions, old, core)
    else:
        beside = [read_content(list_content(other)) for other in list_rows(quiz) if other.id != row.id]
        new = choose_instead(draft.questions, old, beside, _list_known(quiz), _fits)
    if new is None:
        return NOTHING_FITS.format(", ".join(core)) if core else NOTHING_NEAR
    return "" if _write_over(quiz, row, new, kept, draft) else NOTHING_FITS.format(", ".join(kept))


def _write_over(quiz: Quiz, row: QuestionRow, new: Question, kept: Sequence[str], draft: QuizDraft) -> bool:
    """False if the new parts do not go with the kept ones."""
    written = write_content(new)
    fields = [field for field in FIELDS if field not in kept and field != "points"]
    told = list_content(row) | {column: written[column] for field in fields for column in FIELDS[field]}
    question = settle(read_content(told))
    changed = [field for field in fields if any(getattr(row, column) != told[column] for column in FIELDS[field])]
    if list_flaws(question) or not changed:
        return False
    columns = write_content(question) | {
        "provenance": row.provenance | credit_machine(draft.find_maker(new), changed),
        "proposal": keep_proposal(new, draft, load_speech(draft.transcript_id)),
        "transcript_id": draft.transcript_id,
        "status": DRAFT,
        "reject_reason": "",
    }
    ground = load_ground(quiz.project_id, quiz.asset_id)
    if ground.transcript_id == draft.transcript_id:
        columns |= ground.judge(question)
    return change_quiz(quiz, "regenerated", Doer("", BY_MACHINE), [(row, columns)])


def _list_kept(row: QuestionRow, fields: Iterable[str]) -> list[str]:
    """Those of the fields that a person wrote."""
    return [field for field in fields if row.provenance.get(field, {}).get("by") == BY_HUMAN]


def _list_known(quiz: Quiz) -> list[Question]:
    """All questions that the quiz has or had, and what they were before they were written anew."""
    rows = QuestionRow.select().where(QuestionRow.quiz_id == quiz.id)
    asked = (DecisionRow.quiz_id == quiz.id) & (DecisionRow.asset_id == quiz.asset_id)
    earlier = DecisionRow.select().where(asked & (DecisionRow.verdict == REGENERATE))
    return [read_content(content) for content in (*map(list_content, rows), *(found.before for found in earlier))]


def _fits(question: Question, others: Sequence[Question]) -> bool:
    return not any(is_alike(question, other) for other in others)


def _list_active(quiz: Quiz) -> list[Job]:
    alive = Job.status.in_((QUEUED, RUNNING)) & Job.cancel_requested_at.is_null()
    rows = Job.select().where((Job.asset_id == quiz.asset_id) & (Job.job_type == "quiz_generation") & alive)
    return [row for row in rows if row.payload.get("quiz_id") == quiz.id]


def _enqueue(quiz: Quiz, options: dict[str, Any], limits: Limits) -> dict[str, Any]:
    check_room(limits.max_queued, 1)
    payload = options | {"asset_id": quiz.asset_id, "quiz_id": quiz.id}
    new = NewJob(quiz.project_id, "quiz_generation", quiz.asset_id, limits.max_tries, limits.retry_delay_s, payload)
    return dump_job(insert_job(new))
