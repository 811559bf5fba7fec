"""Learners as their teachers see them: who came, what counts, every answer; and how they are forgotten."""

from collections.abc import Iterator
from typing import Any

from quizsys.clock import utc_now, wire_time
from quizsys.errors import Code, QuizsysError
from quizsys.models.attempts import AnswerRow, Attempt, Learner
from quizsys.models.links import ShareLink
from quizsys.paging import WHOLE, Page, take_page
from quizsys.services.attempts import list_attempts_of
from quizsys.services.links import forget_attempts, get_row
from quizsys.taking.sitting import CLOSED, find_state, find_status, pick_counted
from quizsys.taking.views import View, show_times


def list_learners(project_id: str, link_id: str, page: Page = WHOLE) -> Iterator[View]:
    """In the order in which they came, each with the attempt that counts. Raises `not_found`."""
    link = get_row(project_id, link_id)
    rows = take_page(Learner.select().where(Learner.link_id == link_id), page, Learner.id)
    return (_dump_learner(row, link) for row in rows)


def list_attempts(project_id: str, link_id: str, page: Page = WHOLE) -> Iterator[View]:
    """Oldest first, without their answers. Raises `not_found`."""
    link = get_row(project_id, link_id)
    rows = take_page(Attempt.select().where(Attempt.link_id == link_id), page, Attempt.id)
    return (_dump_attempt(row, link) for row in rows)


def get_attempt(project_id: str, attempt_id: str) -> View:
    """With every answer, in the order in which they came. Raises `not_found`."""
    row = Attempt.get_or_none((Attempt.id == attempt_id) & (Attempt.project_id == project_id))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, "Attempt not found")
    answers = AnswerRow.list_all(attempt_id=attempt_id)
    return _dump_attempt(row, get_row(project_id, row.link_id)) | {"answers": [_dump_answer(row) for row in answers]}


def delete_learner(project_id: str, learner_id: str) -> None:
    """With all that the learner did. Raises `not_found`."""
    row = Learner.get_or_none((Learner.id == learner_id) & (Learner.project_id == project_id))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, "Learner not found")
    forget_attempts(Attempt.learner_id == learner_id)
    row.delete_instance()


def _dump_learner(row: Learner, link: ShareLink) -> View:
    attempts = list_attempts_of(row)
    counted = pick_counted(link.policy, attempts, is_closed=find_state(link, utc_now()) == CLOSED)
    return {
        "id": row.id,
        "name": row.name,
        "created_at": wire_time(row.created_at),
        "attempts": len(attempts),
        "counted": None if counted is None else _dump_attempt(counted, link),
    }


def _dump_attempt(row: Attempt, link: ShareLink) -> View:
    return show_times(row) | {
        "learner_id": row.learner_id,
        "link_id": row.link_id,
        "quiz_id": row.quiz_id,
        "status": find_status(row, link, utc_now()),
        "questions_answered": row.answered,
        "score": row.score,
        "max_score": row.max_score,
    }


def _dump_answer(row: AnswerRow) -> dict[str, Any]:
    return {
        "client_id": row.client_id,
        "question_id": row.question_id,
        "try_number": row.try_number,
        "value": row.value,
        "score": row.score,
        "max_score": row.max_score,
        "elapsed_ms": row.elapsed_ms,
        "position_s": row.position_s,
        "answered_at": wire_time(row.answered_at),
    }
