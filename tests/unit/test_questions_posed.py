"""No key that answers nothing, no example as a definition, no word left over from the sentence before."""

import pytest

from media.transcript import Word
from quizsys.questions.bearing import find_double_card, find_elsewhere, find_loose_purpose, find_no_event
from quizsys.questions.board import Board, Panel, read_board
from quizsys.questions.clauses import Clause
from quizsys.questions.dates import ask_dates
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse_one
from quizsys.questions.naming import name_terms
from quizsys.questions.pointing import Heard, find_stranger
from quizsys.questions.posed import find_posed
from quizsys.questions.reasons import ask_reasons
from quizsys.questions.scenes import Scenes
from quizsys.questions.sentences import Sentence
from quizsys.questions.statements import Statement
from quizsys.questions.taste import find_pointer
from quizsys.questions.told import (
    find_example,
    find_mere_description,
    find_passing_amount,
    find_passing_date,
    find_restated,
)

BOARD = read_board(())


def make_statement(said: str) -> Statement:
    return Statement(Sentence(0, (Word(0, 1, said, 1.0),)), said, parse_one(said), "", None, None)


def make_clause(said: str) -> Clause:
    statement = make_statement(said)
    return Clause(statement, statement.doc, whole=True)


def make_draft(said: str, stem: str, key: str, pattern: str, kind: str = "short_answer") -> Draft:
    statement = make_statement(said)
    return Draft(kind, stem, key, statement, statement, 0.9, pattern=pattern)


@pytest.mark.parametrize(
    ("stem", "key", "fault"),
    [
        ("Do you like the same bread at home and at work?", "We all like bread to some degree.", "rhetorical"),
        ("Would you speak up at such a table?", "Few people speak up at a table of strangers.", "rhetorical"),
        ("Why do you think bread rises in the oven?", "Bread rises because its gas expands.", "rhetorical"),
        ("What makes your bread rise?", "Yeast makes bread rise.", "rhetorical"),
        ("Why does bread rise?", "Let us look at the yeast in the bread.", "unanswered"),
        ("Why does bread rise?", "Is it the yeast in the bread?", "unanswered"),
        ("Why does bread rise?", "Some of the answers lie in the yeast of the bread.", "unanswered"),
        ("Why does bread rise?", "Yeast gives off gas, and the gas lifts the bread.", None),
        ("What do you get when you mix flour and water?", "Flour and water give a dough.", None),
        ("Can you bake bread without yeast?", "Yes, bread can be baked without yeast.", "rhetorical"),
    ],
)
def test_a_card_asks_for_what_is_then_told(stem: str, key: str, fault: str | None) -> None:
    assert find_posed(make_draft(key, stem, key, "card", "open"), BOARD) == fault


@pytest.mark.parametrize(
    ("stem", "key", "fault"),
    [
        ("Why is one loaf flat?", "The reason for the flat loaf is seen in the two loaves below.", "points_away"),
        (
            "Why is one loaf flat?",
            "The reason for the flat loaf is in the figure above, and it is plain.",
            "points_away",
        ),
        ("Why is one loaf flat?", "The flat loaf lies on the stone below the oven.", None),
        ("How are the following loaves made?", "Loaves are made of dough.", "points_away"),
    ],
)
def test_an_answer_does_not_point_at_the_page(stem: str, key: str, fault: str | None) -> None:
    assert find_elsewhere(make_draft(key, stem, key, "card", "open"), BOARD) == fault


def test_a_card_whose_answer_is_below_is_unanswered() -> None:
    said = "The answers can be found by looking at the two loaves below."
    assert find_double_card(make_draft(said, "Why are loaves flat?", said, "card", "open"), BOARD) == "unanswered"


@pytest.mark.parametrize(
    ("said", "pattern", "fault"),
    [
        ("Rust, for example, is a colour between bricks that may not touch.", "definition", "example"),
        ("For example, the baker might pay 20% of the oven.", "amount", "example"),
        ("In 1931, for instance, a baker sold his oven.", "date", "example"),
        ("Rust is a film that forms on iron in damp air.", "definition", None),
        ("For example, the loaf is flat because the yeast is dead.", "why", None),
    ],
)
def test_an_example_defines_and_counts_nothing(said: str, pattern: str, fault: str | None) -> None:
    assert find_example(make_draft(said, "What do we call it?", "key", pattern), BOARD) == fault


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("Slabs can be flat, round or long pieces going through a cake.", "flat or long pieces going through a cake"),
        ("Sauer is actually a German adjective that means sharp.", "a German adjective that means sharp"),
        ("Rye is the default flour for all loaves in the north.", "the default flour for all loaves in the north"),
    ],
)
def test_a_property_is_no_definition(said: str, meaning: str) -> None:
    draft = make_draft(said, f"What do we call {meaning}?", "key", "definition")
    assert find_mere_description(draft, BOARD) == "no_term"


def test_an_issue_or_a_word_is_no_genus() -> None:
    for said in (
        "the crust is an issue in the oven where it is necessary to have steam.",
        "sauer is a word that means sharp in the north.",
    ):
        assert not list(name_terms([make_clause(said)]))


@pytest.mark.parametrize(
    ("key", "meaning", "fault"),
    [
        ("bread slicer", "a tool made to slice loaves of bread", "key_in_stem"),
        ("heaters", "a heater of rooms", "key_in_stem"),
        ("aspect ratio", "the ratio between width and height", None),
        ("price elasticity of demand", "how strongly demand answers to a change of price", None),
        ("mechanical solidarity", "an order kept up by what all believe", None),
    ],
)
def test_a_name_is_not_said_by_its_description(key: str, meaning: str, fault: str | None) -> None:
    draft = make_draft("Said.", f"What do we call {meaning}?", key, "definition")
    assert find_restated(draft, BOARD) == fault


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("These three breads need a hot oven.", "points_away"),
        ("The three breads need a hot oven.", "points_away"),
        ("The three breads of the valley need a hot oven.", None),
        ("Three breads need a hot oven.", None),
    ],
)
def test_what_is_counted_was_not_named_before(said: str, fault: str | None) -> None:
    assert find_passing_amount(make_draft(said, "How many breads need an oven?", "3", "amount"), BOARD) == fault


@pytest.mark.parametrize(
    ("stem", "kind", "fault"),
    [
        ("In which year did the baker sit about eight guests around a table?", "single_choice", "trifle"),
        ("In which year did Mary Baker arrive in Dover?", "single_choice", "trifle"),
        ("The Loaf, painted by Mary Baker in ____, is known to all.", "cloze", "trifle"),
        ("In which year did Mary Baker invent the oven?", "single_choice", None),
    ],
)
def test_a_year_of_a_life_or_a_trial_is_a_trifle(stem: str, kind: str, fault: str | None) -> None:
    draft = make_draft(stem.replace("____", "1656"), stem, "1656", "date", kind)
    assert find_passing_date(draft, BOARD) == fault


def test_a_year_on_a_slide_is_asked_for() -> None:
    board = Board((Panel(0, 9, "Bread", ("1656: the baker arrives",)),))
    draft = make_draft("Said.", "In which year did Mary Baker arrive in Dover?", "1656", "date", "single_choice")
    assert find_passing_date(draft, board) is None


def test_a_purpose_leaves_out_what_ties_it_to_another_sentence() -> None:
    said = "In 1938, the Board of Bakers was created to regulate prices and ovens instead."
    (draft,) = ask_reasons([make_clause(said)], [])
    assert (draft.stem, draft.key) == (
        "In 1938, why was the Board of Bakers created?",
        "To regulate prices and ovens",
    )
    assert find_loose_purpose(draft, BOARD) is None


def test_a_reason_leaves_no_word_behind() -> None:
    said = "the bread should be brown, not only for its looks, but especially because brown bread keeps well."
    (draft,) = ask_reasons([make_clause(said)], [])
    assert draft.stem == "Why should the bread be brown, not only for its looks?"


def test_a_reason_is_not_asked_in_a_few_cases() -> None:
    said = "In a small number of cases, pills themselves were linked to broken bones because old bone becomes brittle."
    (draft,) = ask_reasons([make_clause(said)], [])
    assert draft.stem == "Why were pills linked to broken bones?"


def test_a_year_is_asked_without_what_else_was_done() -> None:
    said = "Using the first name as a label, Waldmann put the word on his map in 1507."
    (draft,) = ask_dates([make_clause(said)], said)
    assert draft.stem == "In which year did Waldmann put the word on his map?"


def test_an_added_name_is_closed_by_its_comma() -> None:
    said = "His friend, Frederick Miller, wrote The State of the Bakers in 1844."
    (draft,) = ask_dates([make_clause(said)], said)
    assert draft.stem == "In which year did His friend, Frederick Miller, write The State of the Bakers?"


def test_a_description_ends_before_the_next_verb() -> None:
    said = "the miller is the worker responsible for grinding all grain and is found in every village."
    (draft,) = name_terms([make_clause(said)])
    assert draft.stem == "What do we call the worker responsible for grinding all grain?"


def test_a_condition_after_two_clauses_belongs_to_one() -> None:
    said = "Dough has a liking for heat, so it will rise in the oven if the grains are soft."
    key = "Dough has a liking for heat, so it will rise in the oven"
    draft = make_draft(said, "What happens if the grains are soft?", key, "consequence")
    assert find_no_event(draft, BOARD) == "other_branch"


def test_things_of_another_sentence_are_strangers_also_in_number() -> None:
    heard = Heard("Baking", "A dye with a soft grain is put in. The dough glows if the grains are warm.")
    draft = make_draft(
        "The dough glows if the grains are warm.", "What happens if the grains are warm?", "It glows", "consequence"
    )
    assert find_stranger(draft, BOARD, heard) == "unresolved"


def test_a_fact_of_the_ill_alone_is_no_fact_of_all() -> None:
    said = "Children have sore hands because they touch the oven."
    heard = Heard("Baking", f"Some feel no heat. {said} People with this disorder are rare.")
    draft = make_draft(said, "Why do children have sore hands?", "They touch the oven", "why")
    assert find_stranger(draft, BOARD, heard) == "unresolved"


def test_the_rest_of_something_is_no_place() -> None:
    assert Scenes(BOARD, "The other breads", "The other breads are flat.").topics == [""]
    assert Scenes(BOARD, "The sour breads", "The sour breads are flat.").topics == ["the sour breads"]


def test_a_stem_in_the_example_needs_the_example() -> None:
    draft = make_draft("Said.", "In the example, why is the loaf flat?", "The yeast was dead", "why")
    assert find_pointer(draft, BOARD) == "points_away"
