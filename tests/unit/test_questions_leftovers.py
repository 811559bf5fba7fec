"""Keys that point at a page, stems that answer the sentence before, and halves of reasons never become questions."""

from collections.abc import Iterator

import pytest

from media.transcript import Word
from quizsys.questions.amounts import ask_amounts
from quizsys.questions.board import read_board
from quizsys.questions.cards import find_cards
from quizsys.questions.clauses import Clause
from quizsys.questions.distractors import find_class
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse_one
from quizsys.questions.leftovers import find_half_reason, find_left_over, find_pointing_key, find_repeated_noun
from quizsys.questions.posed import find_posed
from quizsys.questions.reasons import ask_reasons
from quizsys.questions.sentences import Sentence
from quizsys.questions.statements import Statement

BOARD = read_board(())


def say(text: str, place: int = 0) -> Statement:
    words = tuple(Word(place * 10 + at, place * 10 + at + 1, word, 1.0) for at, word in enumerate(text.split()))
    flaw = "question" if text.endswith("?") else None
    return Statement(Sentence(place, words), text, parse_one(text), "", None, flaw)


def draft_from(said: str, stem: str, key: str, pattern: str) -> Draft:
    statement = say(said)
    kind = "open" if pattern == "card" else "short_answer"
    return Draft(kind, stem, key, statement, statement, 0.9, pattern=pattern)


@pytest.mark.parametrize(
    ("key", "pattern", "fault"),
    [
        ("Above explanation", "definition", "points_away"),
        ("following rule", "called", "points_away"),
        ("The solution is to copy the object as in this implementation.", "card", "points_away"),
        ("The following steps are taken by the compiler.", "card", "points_away"),
        ("above-ground storage", "definition", None),
        ("The program copies the object before it grows.", "card", None),
    ],
)
def test_a_key_does_not_point(key: str, pattern: str, fault: str | None) -> None:
    assert find_pointing_key(draft_from(key, "What do we call it?", key, pattern), BOARD) == fault


@pytest.mark.parametrize(
    ("stem", "fault"),
    [
        ("Why is base ten used instead in old systems?", "points_away"),
        ("What also carries water to the leaves?", "points_away"),
        ("In short, why does the pump stop?", "points_away"),
        ("Why is oil used instead of water?", None),
        ("What do we call the small vessels also known as hair vessels?", None),
    ],
)
def test_a_stem_does_not_answer_another_sentence(stem: str, fault: str | None) -> None:
    assert find_left_over(draft_from("Oil is used.", stem, "Oil floats", "why"), BOARD) == fault


@pytest.mark.parametrize(
    ("said", "key", "fault"),
    [
        ("The name is short because it is printed, and the printers are narrow.", "The name is printed", "cut_in_two"),
        ("The name is short because it is printed and the printers are narrow.", "it is printed", "cut_in_two"),
        ("The name is short because it is printed, and we like that.", "The name is printed", None),
        ("The name is short because the printers are narrow.", "The printers are narrow", None),
    ],
)
def test_a_reason_is_whole(said: str, key: str, fault: str | None) -> None:
    assert find_half_reason(draft_from(said, "Why is the name short?", key, "why"), BOARD) == fault


def test_nothing_is_counted_in_its_own_length() -> None:
    said = "The length of the record exceeds 255 characters in length."
    repeated = "How many characters does the length of the record exceed in length?"
    assert find_repeated_noun(draft_from(said, repeated, "255", "amount"), BOARD) == "repeated"
    plain = "How many characters does the record hold?"
    assert find_repeated_noun(draft_from(said, plain, "255", "amount"), BOARD) is None


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ("Since Kestrel 12 layers have changed.", []),
        ("Kestrel 12 layers hold the picture.", []),
        ("The picture of a bird has 12 layers.", ["12"]),
    ],
)
def test_a_version_is_no_count(said: str, keys: list[str]) -> None:
    assert [draft.key for draft in ask_amounts([Clause(say(said), parse_one(said), True)])] == keys


def test_the_outcome_of_one_condition_is_kept_apart_from_the_next() -> None:
    said = "If the valve opens, the tank fills with water, and if the valve closes, the tank becomes empty."
    statement = say(said)
    drafts = list(ask_reasons([Clause(statement, parse_one(said), True)], [statement]))
    assert [draft.key for draft in drafts if draft.pattern == "consequence"] == ["The tank fills with water"]


def _cards(*texts: str) -> Iterator[Draft]:
    yield from find_cards([say(text, place) for place, text in enumerate(texts)])


def test_a_question_in_a_row_of_questions_is_no_card() -> None:
    answer = "The heart pumps blood through the lungs and the whole body all the time."
    assert [card.stem for card in _cards("What does the heart pump?", answer)] == ["What does the heart pump?"]
    assert not list(_cards("Is the heart large?", "What does the heart pump?", answer))


def test_advice_answers_no_card() -> None:
    stem = "What does the package do?"
    advice = "If it is a part of another package, the name of that package goes here."
    assert find_posed(draft_from(advice, stem, advice, "card"), BOARD) == "advice"
    assert find_posed(draft_from(advice, stem, "The package should be named after its use.", "card"), BOARD) == "advice"
    assert find_posed(draft_from(advice, stem, "The package sends mail to many hosts.", "card"), BOARD) is None
    asked = "Why should a package be signed?"
    assert (
        find_posed(draft_from(advice, asked, "A package should be signed as anyone can change it.", "card"), BOARD)
        is None
    )


@pytest.mark.parametrize(
    ("meaning", "named"),
    [
        ("a colour model which has three components", "model"),
        ("a kind of file format that keeps every pixel", "format"),
        ("the organisations of the press", "organisation"),
    ],
)
def test_a_meaning_names_the_class_of_its_term(meaning: str, named: str) -> None:
    assert find_class(parse_one(meaning)) == named
