"""Names that were cut, mere descriptions, and years and counts in passing never become questions."""

from dataclasses import replace

import pytest

from media.transcript import Word
from quizsys.questions.board import read_board
from quizsys.questions.clauses import Clause
from quizsys.questions.clean import clean
from quizsys.questions.conditions import find_open_condition
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse_one
from quizsys.questions.naming import ask_written, find_meaning, name_terms
from quizsys.questions.scenes import Scenes, set_scene
from quizsys.questions.sentences import Sentence
from quizsys.questions.statements import Statement
from quizsys.questions.told import (
    find_cut_name,
    find_mere_description,
    find_orphan_pronoun,
    find_passing_amount,
    find_passing_date,
)

BOARD = read_board(())


def draft_from(said: str, stem: str, key: str, pattern: str, kind: str = "short_answer") -> Draft:
    sentence = Sentence(0, (Word(0, 1, said, 1.0),))
    statement = Statement(sentence, said, parse_one(said), "", None, None)
    return Draft(kind, stem, key, statement, statement, 0.9, pattern=pattern)


@pytest.mark.parametrize(
    ("said", "key", "fault"),
    [
        ("Micro-grants are small sums that are paid at once.", "micro", "cut_in_two"),
        ("The Walla Walla is a river that joins the Columbia.", "Walla", "cut_in_two"),
        ("The river Rio Grande is the border of two countries.", "Rio", "cut_in_two"),
        ("Salt and pepper are the seeds and crystals of every kitchen.", "salt and pepper", "cut_in_two"),
        ("The Rio Grande is the border of two countries.", "Rio Grande", None),
        ("A micro-grant is a small sum that is paid at once.", "micro-grant", None),
        ("A grant is a sum; a micro-grant is a small one.", "grant", None),
    ],
)
def test_a_key_is_a_whole_name(said: str, key: str, fault: str | None) -> None:
    draft = draft_from(said, "What do we call it in the end?", key, "definition")
    assert find_cut_name(draft, BOARD) == fault


@pytest.mark.parametrize(
    ("said", "meaning", "fault"),
    [
        ("The manual is essentially a book that nobody reads.", "a book that nobody reads", "no_term"),
        ("The key file is an ordinary file that can be opened.", "an ordinary file that can be opened", "no_term"),
        ("Inertia is the resistance of a body to a change.", "the resistance of a body to a change", None),
    ],
)
def test_a_description_is_no_definition(said: str, meaning: str, fault: str | None) -> None:
    draft = draft_from(said, f"What do we call {meaning}?", "key", "definition")
    assert find_mere_description(draft, BOARD) == fault


@pytest.mark.parametrize(
    ("stem", "fault"),
    [
        ("What do we call the phase in which they relax?", "points_away"),
        ("What do we call the state of a star when it burns helium?", None),
        ("What do we call it when two keys share a bucket?", None),
        ("it is a term known as ____ in biology.", "points_away"),
        ("What do we call animals whose young feed on their milk?", None),
    ],
)
def test_a_pronoun_has_its_noun_before_it(stem: str, fault: str | None) -> None:
    assert find_orphan_pronoun(draft_from("Said.", stem, "key", "definition"), BOARD) == fault


@pytest.mark.parametrize(
    ("stem", "year", "kind", "fault"),
    [
        ("Travellers in ____ still saw the old custom in the villages.", "1908", "cloze", "trifle"),
        ("Looking at trade, we find that in ____ prices fell by half.", "1931", "cloze", "trifle"),
        ("In which year did the office make a revision to it?", "1844", "single_choice", "trifle"),
        ("The metre was adopted in France in ____.", "1795", "cloze", None),
        ("The death of the king in ____ ended the war.", "1715", "cloze", None),
        ("In which year did Marie Curie discover radium?", "1898", "single_choice", None),
    ],
)
def test_a_year_belongs_to_an_event(stem: str, year: str, kind: str, fault: str | None) -> None:
    draft = draft_from(stem.replace("____", year), stem, year, "date", kind)
    assert find_passing_date(draft, BOARD) == fault


@pytest.mark.parametrize(
    ("said", "stem", "fault"),
    [
        ("Three members were chosen: Ann, Ben and Carl.", "How many members were chosen?", "trifle"),
        ("The five largest firms make half of it.", "How many largest firms make half of the cars?", "trifle"),
        ("The heart has four chambers.", "How many chambers does the heart have?", None),
    ],
)
def test_a_count_is_of_things_worth_counting(said: str, stem: str, fault: str | None) -> None:
    assert find_passing_amount(draft_from(said, stem, "3", "amount", "numeric"), BOARD) == fault


@pytest.mark.parametrize(
    ("stem", "key", "fault"),
    [
        ("What happens if your order is late?", "The price falls", "advice"),
        ("What happens if after the war prices rise?", "Wages rise too", "advice"),
        ("What happens when a gas is heated?", "It may expand", "no_event"),
        ("What happens when the file is there?", "The settings are read", "no_event"),
        ("What happens if some folds are unequal?", "The other method is a better option", "no_event"),
        ("What happens when a gas is heated?", "Its volume increases", None),
        ("What happens if you double the tension?", "You hear a higher note", None),
    ],
)
def test_a_consequence_is_a_change(stem: str, key: str, fault: str | None) -> None:
    assert find_open_condition(draft_from(f"{key}.", stem, key, "consequence"), BOARD) == fault


def test_a_stem_without_options_is_asked_openly() -> None:
    assert ask_written("Which of these was the first dog in space?", person=False) == (
        "What was the name of the first dog in space?"
    )
    assert ask_written("Which of these was the queen who stayed?", person=True) == "Who was the queen who stayed?"
    assert find_meaning("What was the name of the first dog in space?") == "the first dog in space"


def test_what_a_term_refers_to_is_asked_for() -> None:
    said = "opportunity cost refers to the value of the best thing that one gives up."
    statement = draft_from(said, "", "", "").first
    drafts = list(name_terms([Clause(statement, statement.doc, whole=True)]))
    assert [(draft.stem, draft.key) for draft in drafts] == [
        ("What do we call the value of the best thing that one gives up?", "opportunity cost")
    ]


def test_a_name_of_two_equal_words_stays_whole() -> None:
    assert clean("The the road to Walla Walla was long.") == "The road to Walla Walla was long."


def test_an_unknown_name_is_asked_for_under_the_title() -> None:
    said = "Tlachtli Ozomatli is the spirit who wakes the sun."
    draft = draft_from(said, "What is the name of the spirit who wakes the sun?", "Tlachtli Ozomatli", "definition")
    scenes = Scenes(BOARD, "Tales of the valley", said)
    shown = set_scene(draft, scenes)
    assert shown.full_stem == "Tales of the valley: what is the name of the spirit who wakes the sun?"
    assert set_scene(replace(draft, key="inertia"), scenes).topic == ""
