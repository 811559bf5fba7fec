"""What teachers think of questions: approved, rejected with a reason, opened again; and what was done, undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quizsys.errors import Code, QuizsysError
from quizsys.models.decisions import ACCEPT, REJECT, WITHDRAW
from quizsys.models.quizzes import APPROVED, DRAFT, REJECTED, Quiz
from quizsys.services import history
from quizsys.services.contents import EVIDENCE, get_question, list_content
from quizsys.services.decisions import log_decision
from quizsys.services.following import compare_again
from quizsys.services.history import Doer, Touched, change_quiz
from quizsys.services.questions import check_seen
from quizsys.services.quizzes import dump_quiz, open_quiz

LOGGED = {APPROVED: ACCEPT, REJECTED: REJECT, DRAFT: WITHDRAW}
ACTIONS = {APPROVED: "approved", REJECTED: "rejected", DRAFT: "reopened"}


@dataclass(frozen=True)
class Asked:
    """A verdict for questions that were read in revision `base` of the quiz; None: whatever became of them."""

    question_ids: tuple[str, ...]
    verdict: str
    reason: str = ""
    base: int | None = None


def judge(project_id: str, quiz_id: str, asked: Asked, who: str) -> dict[str, Any]:
    """Give questions a verdict, all or none, as one change; returns the quiz.

    Raises `not_found`, or `conflict` if one was changed since it was read, or is stale and shall be approved.
    """
    quiz = open_quiz(project_id, quiz_id)
    rows = [get_question(quiz, question_id) for question_id in dict.fromkeys(asked.question_ids)]
    for row in rows:
        check_seen(quiz, row, asked.base)
        if asked.verdict == APPROVED and row.stale:
            raise QuizsysError(Code.CONFLICT, f"This question is stale. {row.stale}")
    told = {"status": asked.verdict, "reject_reason": asked.reason if asked.verdict == REJECTED else ""}
    changed = [row for row in rows if any(getattr(row, name) != value for name, value in told.items())]
    change_quiz(quiz, ACTIONS[asked.verdict], Doer(who), [(row, told) for row in changed])
    for row in changed:
        log_decision(quiz, row, LOGGED[asked.verdict], who, before=list_content(row), reason=asked.reason)
    return dump_quiz(quiz)


def undo(project_id: str, quiz_id: str, base: int | None, who: str) -> dict[str, Any]:
    """Take back what was done last; returns the quiz. Raises `not_found`, `conflict`."""
    quiz = open_quiz(project_id, quiz_id, base)
    return _settle(quiz, history.undo(quiz, who), who)


def redo(project_id: str, quiz_id: str, base: int | None, who: str) -> dict[str, Any]:
    """Do again what was undone last; returns the quiz. Raises `not_found`, `conflict`."""
    quiz = open_quiz(project_id, quiz_id, base)
    return _settle(quiz, history.redo(quiz, who), who)


def _settle(quiz: Quiz, touched: Sequence[Touched], who: str) -> dict[str, Any]:
    """A verdict that came or went is logged; what comes back from an earlier time is compared with the transcript."""
    for question in touched:
        row = question.row
        if row.status != question.status:
            log_decision(quiz, row, LOGGED[row.status], who, before=list_content(row), reason=row.reject_reason)
    back = [question.row for question in touched if question.columns & {"removed", *EVIDENCE}]
    compare_again(quiz, [row for row in back if not row.removed])
    return dump_quiz(quiz)
