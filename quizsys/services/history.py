"""Every change of a quiz: written with its rows, told, taken back and done again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizsys.clock import utc_now, wire_time
from quizsys.errors import Code, QuizsysError
from quizsys.models.history import DONE, DROPPED, UNDONE, QuizChange
from quizsys.models.quizzes import QuestionRow, Quiz
from quizsys.paging import WHOLE, Page, take_page
from quizsys.services.contents import BY_HUMAN
from quizsys.services.quizzes import get_row

# Kept for undo, but nothing that a reader would look for.
UNTOLD = ("provenance", "proposal", "warnings", "transcript_id")
Edit = tuple[Quiz | QuestionRow, Mapping[str, Any]]


@dataclass(frozen=True)
class Touched:
    """A question as it is now, the status that it had, and which columns changed."""

    row: QuestionRow
    status: str
    columns: frozenset[str]


@dataclass(frozen=True)
class Doer:
    """Who changes a quiz: a person by name, or a machine."""

    who: str
    by: str = BY_HUMAN


def change_quiz(quiz: Quiz, action: str, doer: Doer, edits: Sequence[Edit], *, can_undo: bool = True) -> bool:
    """Write the edits, columns by their names, as one change; False, and nothing is written, if all is so already."""
    changes = {row.id: delta for row, values in edits if (delta := _compare(row, values))}
    if not changes:
        return False
    if can_undo:
        undone = (QuizChange.quiz_id == quiz.id) & (QuizChange.state == UNDONE)
        QuizChange.update(state=DROPPED).where(undone).execute()
    _write(quiz, [row for row, _ in edits], {row_id: _after(delta) for row_id, delta in changes.items()})
    note_change(quiz, action, doer, changes, can_undo=can_undo)
    return True


def note_change(
    quiz: Quiz, action: str, doer: Doer, changes: dict[str, Any] | None = None, *, can_undo: bool = False
) -> None:
    """Tell it in the history; `quiz` has been saved with its new revision."""
    QuizChange(
        quiz_id=quiz.id,
        revision=quiz.revision,
        action=action,
        by=doer.by,
        who=doer.who,
        at=utc_now(),
        changes=changes or {},
        can_undo=can_undo,
    ).add()


def bump(quiz: Quiz) -> None:
    """Save it as its next revision."""
    quiz.revision += 1
    quiz.updated_at = utc_now()
    quiz.save()


def undo(quiz: Quiz, who: str) -> list[Touched]:
    """Take the last change back that can be; returns its questions. Raises `conflict`."""
    last = _find(quiz, DONE, newest_first=True)
    if last is None:
        raise QuizsysError(Code.CONFLICT, "There is nothing to undo in this quiz.")
    return _replay(quiz, last, UNDONE, "undo", who)


def redo(quiz: Quiz, who: str) -> list[Touched]:
    """Do again what was undone last. Raises `conflict`."""
    first = _find(quiz, UNDONE, newest_first=False)
    if first is None:
        raise QuizsysError(Code.CONFLICT, "There is nothing to redo: a new change ends what can be redone.")
    return _replay(quiz, first, DONE, "redo", who)


def list_changes(project_id: str, quiz_id: str, page: Page = WHOLE) -> Iterator[dict[str, Any]]:
    """Newest first. Raises `not_found`."""
    quiz = get_row(project_id, quiz_id)
    rows = QuizChange.select().where(QuizChange.quiz_id == quiz.id)
    return (_dump(row, quiz) for row in take_page(rows, page, QuizChange.id, newest_first=True))


def _replay(quiz: Quiz, change: QuizChange, state: str, action: str, who: str) -> list[Touched]:
    pick = _before if state == UNDONE else _after
    values = {row_id: pick(delta) for row_id, delta in change.changes.items()}
    touched = list(QuestionRow.select().where(QuestionRow.id.in_(list(values)) & (QuestionRow.quiz_id == quiz.id)))
    before = [Touched(row, row.status, frozenset(values[row.id])) for row in touched]
    _write(quiz, [quiz, *touched], values)
    QuizChange.update(state=state).where(QuizChange.id == change.id).execute()
    told = change.changes if state == DONE else {row_id: _turn(delta) for row_id, delta in change.changes.items()}
    note_change(quiz, action, Doer(who), told)
    return before


def _write(quiz: Quiz, rows: Sequence[Quiz | QuestionRow], values: Mapping[str, Mapping[str, Any]]) -> None:
    """Set the columns, and the quiz's next revision on it and on every question that changes."""
    for name, value in values.get(quiz.id, {}).items():
        setattr(quiz, name, value)
    bump(quiz)
    for row in rows:
        if isinstance(row, QuestionRow) and row.id in values:
            for name, value in values[row.id].items():
                setattr(row, name, value)
            row.revision, row.updated_at = quiz.revision, quiz.updated_at
            row.save()


def _find(quiz: Quiz, state: str, *, newest_first: bool) -> QuizChange | None:
    rows = QuizChange.select().where(
        (QuizChange.quiz_id == quiz.id) & (QuizChange.state == state) & QuizChange.can_undo
    )
    return rows.order_by(QuizChange.id.desc() if newest_first else QuizChange.id).first()  # type: ignore[no-any-return]


def _compare(row: Quiz | QuestionRow, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}


def _before(delta: dict[str, list[Any]]) -> dict[str, Any]:
    return {name: pair[0] for name, pair in delta.items()}


def _after(delta: dict[str, list[Any]]) -> dict[str, Any]:
    return {name: pair[1] for name, pair in delta.items()}


def _tell(row_id: str, delta: dict[str, list[Any]], quiz: Quiz) -> dict[str, Any]:
    changed = {name: {"before": pair[0], "after": pair[1]} for name, pair in delta.items() if name not in UNTOLD}
    return {"question_id": None if row_id == quiz.id else row_id, "changed": changed}


def _turn(delta: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: pair[::-1] for name, pair in delta.items()}


def _dump(row: QuizChange, quiz: Quiz) -> dict[str, Any]:
    return {
        "id": row.id,
        "revision": row.revision,
        "action": row.action,
        "by": row.by,
        "who": row.who,
        "at": wire_time(row.at),
        "state": row.state,
        "can_undo": row.can_undo,
        "changes": [_tell(row_id, delta, quiz) for row_id, delta in row.changes.items()],
    }
