"""All makers of drafts, one after the other. A new kind of question is a new line here."""

from __future__ import annotations

from collections.abc import Iterator

from quizsys.questions.amounts import ask_amounts
from quizsys.questions.board import Board
from quizsys.questions.cards import find_cards
from quizsys.questions.clauses import Clause
from quizsys.questions.contrasts import ask_contrasts
from quizsys.questions.dates import ask_dates
from quizsys.questions.draft import Draft
from quizsys.questions.naming import name_pairs, name_terms
from quizsys.questions.parts import ask_parts
from quizsys.questions.reasons import ask_reasons
from quizsys.questions.statements import Statement
from quizsys.questions.steps import order_steps


def propose(statements: list[Statement], clauses: list[Clause], board: Board) -> Iterator[Draft]:
    """Every draft that some maker sees in the lesson, unchecked and in no order."""
    yield from find_cards(statements)
    yield from name_terms(clauses)
    yield from name_pairs(statements, board)
    yield from ask_reasons(clauses)
    yield from ask_contrasts(clauses)
    yield from ask_dates(clauses, " ".join(said.text for said in statements if said.flaw is None))
    yield from ask_amounts(clauses)
    yield from ask_parts(clauses, board)
    yield from order_steps(statements)
