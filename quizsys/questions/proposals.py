"""All makers of drafts, one after the other. A new kind of question is a new line here."""

from __future__ import annotations

from collections.abc import Iterator

from media.progress import Report
from quizsys.questions.amounts import ask_amounts
from quizsys.questions.board import Board
from quizsys.questions.cards import find_cards
from quizsys.questions.clauses import Clause
from quizsys.questions.contrasts import ask_contrasts
from quizsys.questions.dates import ask_dates
from quizsys.questions.draft import Draft
from quizsys.questions.linked import name_linked
from quizsys.questions.matching import match_terms
from quizsys.questions.naming import name_pairs, name_terms
from quizsys.questions.parts import ask_parts
from quizsys.questions.points import ask_points
from quizsys.questions.reasons import ask_reasons
from quizsys.questions.scenes import Scenes, set_scene
from quizsys.questions.statements import Statement
from quizsys.questions.steps import order_steps
from quizsys.questions.taste import find_fault


def propose(
    statements: list[Statement], clauses: list[Clause], board: Board, title: str, report: Report
) -> Iterator[Draft]:
    """Every draft that some maker sees in the lesson, unchecked and in no order."""
    said = " ".join(statement.text for statement in statements if statement.flaw is None)
    scenes = Scenes(board, title, said)
    named = [*name_terms(clauses), *name_linked(statements), *name_pairs(statements, board)]
    makers = (
        find_cards(statements),
        iter(named),
        match_terms(draft for draft in named if find_fault(draft, board) is None),
        ask_reasons(clauses, statements),
        ask_points(clauses),
        ask_contrasts(clauses),
        ask_dates(clauses, said),
        ask_amounts(clauses),
        ask_parts(clauses, board),
        order_steps(statements),
    )
    for place, drafts in enumerate(makers):
        yield from (set_scene(draft, scenes) for draft in drafts)
        report(100 * (place + 1) / len(makers))
