"""A key must answer its stem, and a stem must not need the sentences before it: each rule, on an invented sentence."""

import pytest

from media.transcript import Word
from quizsys.questions.bearing import (
    find_double_card,
    find_elsewhere,
    find_loose_purpose,
    find_loose_reason,
    find_no_event,
)
from quizsys.questions.board import read_board
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse
from quizsys.questions.pointing import (
    Heard,
    find_demonstrative,
    find_no_term,
    find_open_subject,
    find_stranger,
    find_torn,
    is_no_term,
)
from quizsys.questions.sentences import Sentence
from quizsys.questions.statements import Statement
from quizsys.questions.taste import Rule

BOARD = read_board(())


def make_draft(said: str, stem: str, key: str, pattern: str, kind: str = "short_answer") -> Draft:
    sentence = Sentence(0, (Word(0, 1, said, 1.0),))
    statement = Statement(sentence, said, next(iter(parse([said]))), "Baking bread", None, None)
    return Draft(kind, stem, key, statement, statement, 0.9, pattern=pattern)


LOOSE = "the baker builds an oven with a door, a chimney, a shelf and hooks to hold tools."
SPLIT = "the cook will taste each sauce and show that the salt is missing because it was forgotten."
OTHER = "If the dough is warm, it rises, otherwise it stays flat and the crust burns."


@pytest.mark.parametrize(
    ("rule", "said", "stem", "key", "pattern", "fault"),
    [
        (find_loose_purpose, LOOSE, "Why does the baker build an oven?", "To hold tools", "purpose", "loose_purpose"),
        (
            find_loose_purpose,
            "the baker needs two bowls to mix the dough.",
            "Why does the baker need two bowls?",
            "To mix the dough",
            "purpose",
            "loose_purpose",
        ),
        (
            find_loose_purpose,
            "the baker closes the oven to save heat, and that also keeps the kitchen cool.",
            "Why does the baker close the oven?",
            "To save heat",
            "purpose",
            None,
        ),
        (
            find_loose_reason,
            SPLIT,
            "Why will the cook show that the salt is missing?",
            "It was forgotten",
            "why",
            "loose_reason",
        ),
        (
            find_loose_reason,
            "stale bread is crumbly because its water has moved.",
            "Why is stale bread crumbly?",
            "Its water has moved",
            "why",
            None,
        ),
        (
            find_loose_reason,
            "rye is preferred because it keeps.",
            "Why is rye preferred?",
            "Rye keeps",
            "why",
            "half_comparison",
        ),
        (
            find_double_card,
            "yeast needs sugar.",
            "What does yeast eat, and how does yeast grow?",
            "Yeast eats sugar.",
            "card",
            "two_questions",
        ),
        (
            find_double_card,
            "another detail enters.",
            "Which loaf has to be replaced?",
            "Another detail enters here.",
            "card",
            "unanswered",
        ),
        (
            find_double_card,
            "bowls are round.",
            "How does yeast make bubbles?",
            "Many kitchens have bowls.",
            "card",
            "unanswered",
        ),
        (find_double_card, "yeast makes gas.", "What does yeast make?", "Yeast makes gas.", "card", None),
        (
            find_elsewhere,
            "the loaf is treated as described above.",
            "What happens when a loaf is cut?",
            "The steps described above are done",
            "consequence",
            "points_away",
        ),
        (
            find_elsewhere,
            "the same principle is applied.",
            "What happens when a loaf is cut?",
            "The same principle is applied",
            "consequence",
            "points_away",
        ),
        (find_no_event, OTHER, "What happens if the dough is warm?", "The crust burns", "consequence", "other_branch"),
        (
            find_no_event,
            "yeast only works when it is warm.",
            "What happens when it is warm?",
            "Yeast only works",
            "consequence",
            "no_event",
        ),
        (
            find_no_event,
            "when dough rests, bubbles grow.",
            "What happens when dough rests?",
            "Bubbles grow",
            "consequence",
            None,
        ),
        (
            find_demonstrative,
            "rolls burn.",
            "What happens when one of these rolls burns?",
            "Smoke rises",
            "consequence",
            "points_away",
        ),
        (
            find_demonstrative,
            "crumbs stay.",
            "Without a sieve in there, why do crumbs stay?",
            "Holes are big",
            "why",
            "points_away",
        ),
        (
            find_no_term,
            "a nice oven is hot.",
            "What do we call an oven that bakes by steam alone?",
            "nice oven",
            "called",
            "no_term",
        ),
        (
            find_no_term,
            "rye is best.",
            "What do we call the best flour for a sour dough?",
            "rye flour",
            "definition",
            "no_term",
        ),
        (
            find_no_term,
            "leaven lifts.",
            "What do we call a dough that is kept for the next day?",
            "leaven",
            "called",
            None,
        ),
        (
            find_torn,
            "the loaves is cold.",
            "What happens if the loaves is cold?",
            "The crust breaks",
            "consequence",
            "torn",
        ),
        (
            find_open_subject,
            "ovens could fail.",
            "What could burn the bread at night?",
            "Oven",
            "subject",
            "many_answers",
        ),
        (
            find_open_subject,
            "a batch may have ten.",
            "How many loaves may a batch include?",
            "10",
            "amount",
            "many_answers",
        ),
    ],
)
def test_a_rule_finds_its_fault(rule: Rule, said: str, stem: str, key: str, pattern: str, fault: str | None) -> None:
    assert rule(make_draft(said, stem, key, pattern, "open" if pattern == "card" else "short_answer"), BOARD) == fault


@pytest.mark.parametrize("claim", ["True or false: The round loaf would be 8.", "True or false: Rye only grows here."])
def test_a_claim_that_turns_on_a_torn_number_is_a_trifle(claim: str) -> None:
    assert find_torn(make_draft(claim, claim, "False", "swap", "true_false"), BOARD) == "trifle"


def test_a_noun_that_another_sentence_brought_in_is_unresolved() -> None:
    heard = Heard("Baking", "Every oven has a tray. The tray burns when it is dry. The flour is white.")
    draft = make_draft("the tray burns.", "What happens when you pass the tray?", "The oven stops", "consequence")
    assert find_stranger(draft, BOARD, heard) == "unresolved"
    known = make_draft("the flour burns.", "What happens when you heat the flour?", "The oven stops", "consequence")
    assert find_stranger(known, BOARD, heard) is None


def test_a_name_that_is_said_once_and_on_no_slide_is_no_key() -> None:
    heard = Heard("Baking", "A banneton is a basket in which dough rises. A crumb is soft. Each crumb has holes.")
    stem = "What do we call a basket in which dough rises?"
    assert find_stranger(make_draft("", stem, "banneton", "definition"), BOARD, heard) == "said_once"
    assert find_stranger(make_draft("", stem, "crumb", "definition"), BOARD, heard) is None


@pytest.mark.parametrize(
    ("text", "empty"),
    [("last possible radius", True), ("top section", True), ("atomic radius", False), ("light curve", False)],
)
def test_a_place_or_judgement_makes_no_term(text: str, empty: bool) -> None:
    assert is_no_term(text) is empty
