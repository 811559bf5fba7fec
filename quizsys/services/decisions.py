"""The log of what teachers decided about questions: each verdict with what they saw, for a ranker to learn from."""

from typing import Any

from quizsys.clock import utc_now, wire_time
from quizsys.models.decisions import DecisionRow
from quizsys.models.quizzes import QuestionRow, Quiz
from quizsys.services.contents import list_content


def log_decision(
    quiz: Quiz, row: QuestionRow, verdict: str, who: str, *, before: dict[str, Any], reason: str = ""
) -> None:
    """`row` as it was left; `before` is its content as it was seen."""
    DecisionRow(
        project_id=quiz.project_id,
        asset_id=quiz.asset_id,
        quiz_id=quiz.id,
        question_id=row.id,
        verdict=verdict,
        reason=reason,
        proposal=row.proposal,
        before=before,
        after=list_content(row),
        who=who,
        at=utc_now(),
    ).add()


def read_decisions(project_id: str, after: int, count: int) -> list[dict[str, Any]]:
    """At most `count` of those with a greater id than `after`, oldest first."""
    rows = DecisionRow.select().where((DecisionRow.project_id == project_id) & (DecisionRow.id > after))
    return [_dump(row) for row in rows.order_by(DecisionRow.id).limit(count)]


def _dump(row: DecisionRow) -> dict[str, Any]:
    names = ("id", "project_id", "asset_id", "quiz_id", "question_id", "verdict", "reason", "who")
    return (
        {name: getattr(row, name) for name in names}
        | {"at": wire_time(row.at)}
        | {"proposal": row.proposal, "before": row.before, "after": row.after}
    )
