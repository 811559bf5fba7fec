"""Drafts that are right but would be thrown away by a strict teacher never reach the quiz."""

import pytest

from media.transcript import Word
from quizsys.questions.board import read_board
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse
from quizsys.questions.sentences import Sentence
from quizsys.questions.statements import Statement
from quizsys.questions.taste import find_fault

BOARD = read_board(())


def make_draft(stem: str, key: str, pattern: str, kind: str = "short_answer") -> Draft:
    text = "A plant closes its stomata to save water." if pattern == "purpose" else key
    said = Sentence(0, (Word(0, 1, text, 1.0),))
    statement = Statement(said, text, next(iter(parse([text]))), "", None, None)
    return Draft(kind, stem, key, statement, statement, 0.9, pattern=pattern)


@pytest.mark.parametrize(
    ("stem", "key", "pattern", "fault"),
    [
        ("What happens if you want a second file?", "The program opens a new file", "consequence", "advice"),
        ("What happens if a key is missing?", "You should add the key to the table", "consequence", "advice"),
        ("Why can you run the test?", "To measure the speed of the disk", "purpose", "advice"),
        ("Why does the system take several days?", "To get going", "purpose", "advice"),
        ("Why was the problem not solved by the new calendar?", "A year is longer than 365 days", "why", "vague"),
        ("What do we call the second kind of learning?", "Conditioning", "called", "points_away"),
        ("Why are such caches a hazard?", "The memory loses its contents", "why", "points_away"),
        ("What happens if the disk is full?", "These files are removed at once", "consequence", "points_away"),
        ("What do we call a string of bits of fixed length?", "Output", "definition", "common_key"),
        ("What happens if (on a bad day the disk fails?", "The writer waits for it", "consequence", "cut_in_two"),
        ("Why can Bob not forge a signature?", "The signature depends on the message", "why", "example"),
        ("What if the crowd refuses to show up?", "The crowd may refuse to pay", "card", "rhetorical"),
        ("What do we call a commonly used data structure?", "linked list", "definition", "thin"),
        ("What do we call any type if t is Send?", "Sync", "definition", "formula"),
        ("Why does the planner need indices?", "To work with", "purpose", "advice"),
        ("What do we call the registering of hosts in the zone?", "nice feature", "definition", "thin"),
        ("What happens if everything is correct?", "The light turns green", "consequence", "advice"),
        ("When, why is the system slow?", "The table is short of memory", "why", "points_away"),
    ],
)
def test_a_fault_is_named(stem: str, key: str, pattern: str, fault: str) -> None:
    kind = "open" if pattern == "card" else "short_answer"
    assert find_fault(make_draft(stem, key, pattern, kind), BOARD) == fault


@pytest.mark.parametrize(
    ("stem", "key", "pattern"),
    [
        ("What happens if you double the frequency?", "You hear the same note one octave higher", "consequence"),
        ("What happens when a packet is lost?", "The sender cuts the window in half", "consequence"),
        ("Why does a plant close its stomata?", "To save water", "purpose"),
        ("What do we call the fluid that surrounds the thylakoids?", "Stroma", "called"),
        ("Why are type annotations required on functions?", "The types are part of an interface", "why"),
        ("What limits the rate of the reaction?", "Temperature", "object"),
    ],
)
def test_a_good_draft_is_left_alone(stem: str, key: str, pattern: str) -> None:
    assert find_fault(make_draft(stem, key, pattern), BOARD) is None


def test_a_slide_s_word_is_no_vague_one() -> None:
    draft = make_draft("What happens when the function is called twice?", "The counter rises by two", "consequence")
    assert find_fault(draft, BOARD) == "vague"
