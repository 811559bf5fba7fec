"""Questions that people write, change, take away and bring from elsewhere.

What they say is worked out from a snapshot first, since the transcript is looked through for it; `save_` then writes
it, if nobody was faster.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizsys.errors import Code, QuizsysError, invalid
from quizsys.ids import new_id
from quizsys.models.decisions import EDIT
from quizsys.models.quizzes import DRAFT, HUMAN, IMPORT, REJECTED, QuestionRow, Quiz
from quizsys.questions.question import Question
from quizsys.questions.shape import list_flaws, settle
from quizsys.services.contents import (
    BY_HUMAN,
    FIELDS,
    credit_human,
    get_question,
    list_content,
    list_rows,
    next_position,
    read_content,
    write_content,
)
from quizsys.services.decisions import log_decision
from quizsys.services.grounding import Ground, find_current_id, load_ground
from quizsys.services.history import Doer, Edit, change_quiz
from quizsys.services.quizzes import open_quiz

NEW: dict[str, Any] = {
    "kind": "single_choice",
    "stem": "",
    "choices": [],
    "answer": "",
    "variants": [],
    "tolerance": 0.0,
    "points": 1.0,
    "explanation": "",
    "quote": "",
    "evidence_start_s": 0.0,
    "evidence_end_s": 0.0,
    "pause_at_s": 0.0,
    "chapter": "",
    "bloom": "",
    "difficulty": "",
}
MOVED = "The transcript has just changed. Read the question again and repeat the change."


@dataclass(frozen=True)
class Proposal:
    """What a question shall say: columns, and which fields of it somebody wrote; made when it was at `revision`."""

    columns: dict[str, Any]
    fields: tuple[str, ...]
    revision: int = 0


@dataclass(frozen=True)
class Incoming:
    """A question of a file. `external_id` is its id there, or one of ours that came back."""

    external_id: str
    question: Question
    points: float = 1.0


def propose_question(project_id: str, quiz_id: str, values: Mapping[str, Any]) -> Proposal:
    """A new question by its fields. Raises `not_found`, `conflict`, or `invalid` with every place in the body."""
    quiz = open_quiz(project_id, quiz_id)
    ground = load_ground(project_id, quiz.asset_id)
    return Proposal(_work_out(NEW, values, ground), tuple(FIELDS))


def save_question(project_id: str, quiz_id: str, who: str, proposal: Proposal) -> str:
    """Add it to the end of the quiz; returns its id. Raises `not_found`, `conflict`."""
    quiz = open_quiz(project_id, quiz_id)
    _check_ground(quiz, proposal)
    row = _add_hidden(quiz, proposal, who, HUMAN)
    change_quiz(quiz, "created", Doer(who), [(row, {"removed": False})])
    return str(row.id)


def create_question(project_id: str, quiz_id: str, values: Mapping[str, Any], who: str) -> str:
    """Both at once. Raises what they raise."""
    return save_question(project_id, quiz_id, who, propose_question(project_id, quiz_id, values))


def propose_edit(
    project_id: str, quiz_id: str, question_id: str, base: int | None, values: Mapping[str, Any]
) -> Proposal:
    """A question with some fields changed. Raises `not_found`, `conflict`, `invalid`."""
    quiz = open_quiz(project_id, quiz_id)
    row = get_question(quiz, question_id)
    check_seen(quiz, row, base)
    ground = load_ground(project_id, quiz.asset_id)
    content = list_content(row)
    if "evidence" in values and row.provenance.get("pause_at_s", {}).get("by") != BY_HUMAN:
        # The pause that a machine chose goes with the evidence.
        content["pause_at_s"] = 0.0
    columns = _work_out(content, values, ground)
    if "evidence" not in values:
        # What was not said anew is as stale as it was.
        columns |= {"stale": row.stale, "transcript_id": row.transcript_id}
    return Proposal(columns, tuple(values), row.revision)


def save_edit(project_id: str, quiz_id: str, question_id: str, who: str, proposal: Proposal) -> None:
    """What was rejected becomes a draft again; what was approved stays so. Raises `not_found`, `conflict`."""
    quiz = open_quiz(project_id, quiz_id)
    row = get_question(quiz, question_id)
    check_seen(quiz, row, proposal.revision)
    if "evidence" in proposal.fields:
        _check_ground(quiz, proposal)
    before = list_content(row)
    changed = [name for name in FIELDS if any(before[column] != proposal.columns[column] for column in FIELDS[name])]
    more = {"provenance": row.provenance | credit_human(who, changed)} if changed else {}
    if row.status == REJECTED and changed:
        more |= {"status": DRAFT, "reject_reason": ""}
    if change_quiz(quiz, "edited", Doer(who), [(row, proposal.columns | more)]) and changed:
        log_decision(quiz, row, EDIT, who, before=before)


def remove_question(project_id: str, quiz_id: str, question_id: str, base: int | None, who: str) -> None:
    """Take it out of the quiz; undo brings it back. Raises `not_found`, `conflict`."""
    quiz = open_quiz(project_id, quiz_id)
    row = get_question(quiz, question_id)
    check_seen(quiz, row, base)
    change_quiz(quiz, "removed", Doer(who), [(row, {"removed": True})])


def rename(project_id: str, quiz_id: str, title: str, base: int | None, who: str) -> None:
    """Raises `not_found`, `conflict`."""
    quiz = open_quiz(project_id, quiz_id, base)
    change_quiz(quiz, "renamed", Doer(who), [(quiz, {"title": title})])


def reorder(project_id: str, quiz_id: str, question_ids: Sequence[str], base: int | None, who: str) -> None:
    """All the quiz's questions in their new order. Raises `not_found`, `conflict`, `invalid`."""
    quiz = open_quiz(project_id, quiz_id, base)
    rows = {row.id: row for row in list_rows(quiz)}
    if sorted(rows) != sorted(question_ids):
        sentence = f"Name each of the quiz's {len(rows)} questions once. Read the quiz again if one is missing or new."
        raise invalid(["body", "question_ids"], sentence, None)
    edits: list[Edit] = [(rows[name], {"position": place}) for place, name in enumerate(question_ids)]
    change_quiz(quiz, "reordered", Doer(who), edits)


def upsert_imported(project_id: str, quiz_id: str, items: Sequence[Incoming], who: str) -> dict[str, list[str]]:
    """Add the questions of a file, or change those that came from it before, as one change that can be undone.

    Returns the ids of those `created`, `updated` and `unchanged`. Raises `not_found`, `conflict`, and `invalid` with
    the place `["body", number, ...]` for an item that is no question.
    """
    quiz = open_quiz(project_id, quiz_id)
    ground = load_ground(project_id, quiz.asset_id)
    known = _list_known(quiz)
    edits: list[Edit] = []
    report: dict[str, list[str]] = {"created": [], "updated": [], "unchanged": []}
    for number, item in enumerate(items):
        content = write_content(item.question) | {"points": item.points}
        row = known.get(item.external_id) if item.external_id else None
        columns = _check(content, ground, ["body", number])
        outcome = "updated" if row else "created"
        if row is None:
            row = _add_hidden(quiz, Proposal(columns, tuple(FIELDS)), who, IMPORT, item.external_id)
            edits.append((row, {"removed": False}))
        elif row.removed or any(getattr(row, name) != columns[name] for name in content):
            changed = [name for name in FIELDS if any(getattr(row, at) != columns[at] for at in FIELDS[name])]
            credit = {"provenance": row.provenance | credit_human(who, changed)}
            edits.append((row, columns | credit | {"removed": False, "status": DRAFT, "reject_reason": ""}))
        else:
            outcome = "unchanged"
        report[outcome].append(row.id)
    change_quiz(quiz, "imported", Doer(who), edits)
    return report


def check_seen(quiz: Quiz, row: QuestionRow, base: int | None) -> None:
    """Raises `conflict` if the question was changed after the quiz's revision `base` (None: whatever happened)."""
    if base is None or row.revision <= base <= quiz.revision:
        return
    sentence = f"This question was changed in revision {row.revision}, after {base}. Read it again, then change it."
    if base > quiz.revision:
        sentence = f"The quiz has no revision {base} yet: {quiz.revision} is the newest. Read it again."
    raise QuizsysError(Code.CONFLICT, sentence)


def _list_known(quiz: Quiz) -> dict[str, QuestionRow]:
    """By our ids and by those of files; what was removed is known too, and comes back."""
    rows = list(QuestionRow.select().where(QuestionRow.quiz_id == quiz.id).order_by(QuestionRow.id))
    return {row.external_id: row for row in rows if row.external_id} | {row.id: row for row in rows}


def _work_out(content: Mapping[str, Any], values: Mapping[str, Any], ground: Ground) -> dict[str, Any]:
    told = dict(content)
    for name, value in values.items():
        told |= ground.read_evidence(value, told["pause_at_s"]) if name == "evidence" else {name: value}
    return _check(told, ground, ["body"])


def _check(told: Mapping[str, Any], ground: Ground, loc: list[str | int]) -> dict[str, Any]:
    """The columns of a question that can be asked; what is doubtful about it among them. Raises `invalid`."""
    question = settle(read_content(told))
    if flaws := list_flaws(question):
        problems = [invalid([*loc, *flaw.loc], flaw.message, None).problems for flaw in flaws]
        every = [problem for found in problems for problem in found or []]
        raise QuizsysError(Code.INVALID, flaws[0].message, problems=every)
    question = ground.place(question)
    return write_content(question) | {"points": told["points"]} | ground.judge(question)


def _check_ground(quiz: Quiz, proposal: Proposal) -> None:
    """Raises `conflict` if the transcript that the evidence was read from counts no more."""
    if find_current_id(quiz.asset_id) != proposal.columns["transcript_id"]:
        raise QuizsysError(Code.CONFLICT, MOVED)


def _add_hidden(quiz: Quiz, proposal: Proposal, who: str, origin: str, external_id: str = "") -> QuestionRow:
    """A row that is removed until a change of the quiz shows it."""
    row = QuestionRow(
        id=new_id(),
        quiz_id=quiz.id,
        position=next_position(quiz),
        **proposal.columns,
        provenance=credit_human(who),
        origin=origin,
        external_id=external_id,
        removed=True,
    )
    row.add()
    return row
