"""Answers of learners: kept before they are acknowledged, never changed, counted once."""

from dataclasses import dataclass, replace
from typing import Any

from quizsys.errors import Code, QuizsysError, invalid
from quizsys.grading import score
from quizsys.models.attempts import AnswerRow
from quizsys.packages.sheet import Item
from quizsys.services.attempts import Pass, open_sitting
from quizsys.services.links import check_open
from quizsys.taking.sitting import FINISHED, Sitting, is_marked
from quizsys.taking.values import Value, read_value
from quizsys.taking.views import View, show_attempt, show_question

DONE = "This attempt is finished. Start another one, if the link allows it."
NO_TRY_LEFT = "This question has been answered already, and no try is left for it. Read the attempt anew."
NO_MARKING = "You can mark yourself once, on an open question whose right answer you have seen, if the link allows it."


@dataclass(frozen=True)
class Given:
    """An answer as it was sent. `client_id` is the client's own: repeated with it, the answer counts once.

    `answer` is what was answered, or `{"self_mark": share}`. The rest is None if the client does not tell.
    """

    client_id: str
    question_id: str
    answer: dict[str, Any]
    elapsed_ms: int | None = None
    position_s: float | None = None


def add_answer(shown: Pass, attempt_id: str, given: Given) -> View:
    """The question and the attempt as they are afterwards.

    Raises `Unknown`, `not_found`, `invalid`, `gone`; `conflict` when no try is left, the attempt is finished, or the
    client's id was another answer's.
    """
    sitting = open_sitting(shown, attempt_id)
    item = sitting.paper.by_id.get(given.question_id)
    if item is None:
        raise invalid(["body", "question_id"], "This attempt has no such question.", given.question_id)
    value = _read(sitting, item, given.answer)
    # First of all: an answer that was kept stays kept, though by now the link is closed.
    if (kept := _find_kept(sitting, given.client_id)) is not None:
        _check_same(kept, item, value)
        return _show(sitting, item, kept, is_repeat=True)
    _check_room(sitting, item, value)
    row = _insert(sitting, item, given, value)
    after = replace(sitting, answers=(*sitting.answers, row))
    _update_attempt(after, given.position_s)
    return _show(after, item, row, is_repeat=False)


def _read(sitting: Sitting, item: Item, answer: dict[str, Any]) -> Value:
    if set(answer) == {"self_mark"}:
        return answer
    return read_value(item, sitting.attempt.seed, answer, shuffle=sitting.link.shuffle)


def _find_kept(sitting: Sitting, client_id: str) -> AnswerRow | None:
    return next((row for row in sitting.answers if row.client_id == client_id), None)


def _check_same(kept: AnswerRow, item: Item, value: Value) -> None:
    if (kept.question_id, kept.value) != (item.id, value):
        sentence = "This client_id was another answer's. Give each answer one of its own, and repeat it unchanged."
        raise QuizsysError(Code.CONFLICT, sentence)


def _check_room(sitting: Sitting, item: Item, value: Value) -> None:
    if sitting.status == FINISHED:
        raise QuizsysError(Code.CONFLICT, DONE)
    check_open(sitting.link)
    if "self_mark" in value:
        if not sitting.may_mark(item):
            raise QuizsysError(Code.CONFLICT, NO_MARKING)
    elif sitting.count_left(item) == 0:
        raise QuizsysError(Code.CONFLICT, NO_TRY_LEFT)


def _insert(sitting: Sitting, item: Item, given: Given, value: Value) -> AnswerRow:
    row = AnswerRow(
        attempt_id=sitting.attempt.id,
        question_id=item.id,
        client_id=given.client_id,
        # A self-mark is a row like any other.
        try_number=sum(other.question_id == item.id for other in sitting.answers) + 1,
        value=value,
        score=score(item, value),
        max_score=item.points if is_marked(item, sitting.link) else 0.0,
        elapsed_ms=given.elapsed_ms,
        position_s=given.position_s,
        answered_at=sitting.now,
    )
    row.add()
    return row


def _update_attempt(sitting: Sitting, position_s: float | None) -> None:
    attempt = sitting.attempt
    attempt.answered = sitting.count_answered()
    attempt.score, attempt.updated_at = sitting.score, sitting.now
    if position_s is not None:
        attempt.position_s = position_s
    attempt.put("answered", "score", "updated_at", "position_s")


def _show(sitting: Sitting, item: Item, row: AnswerRow, *, is_repeat: bool) -> View:
    return {
        "client_id": row.client_id,
        "try_number": row.try_number,
        "is_repeat": is_repeat,
        "question": show_question(sitting, item),
        "attempt": show_attempt(sitting),
    }
