"""A name of one thing among many is never asked for by what it is, nor a key by its own letters."""

import pytest

from media.transcript import Word
from quizsys.questions.board import read_board
from quizsys.questions.draft import Draft
from quizsys.questions.instances import find_instance, find_spelled_out
from quizsys.questions.language import parse_one
from quizsys.questions.pointing import Heard
from quizsys.questions.sentences import Sentence
from quizsys.questions.statements import Statement

BOARD = read_board(())


def define(said: str, meaning: str, key: str) -> Draft:
    statement = Statement(Sentence(0, (Word(0, 1, said, 1.0),)), said, parse_one(said), "", None, None)
    stem = f"What do we call {meaning}?"
    return Draft("short_answer", stem, key, statement, statement, 0.9, pattern="definition")


@pytest.mark.parametrize(
    ("key", "meaning", "elsewhere"),
    [
        ("Kestrel", "a server that sends pages to browsers", "We start Kestrel, and later Kestrel stops."),
        (
            "Kestrel",
            "the core of a program for sending pages",
            "We start Kestrel, but a kestrel flies; so Kestrel, not Kestrel, is what Kestrel is.",
        ),
        ("OpenBird", "a program that counts birds in a garden", ""),
        ("TIFF", "a file format which keeps every pixel", ""),
        ("Kestrel Garden Edition", "a box that holds a small server", "Many buy the Kestrel Garden Edition."),
    ],
)
def test_one_of_many_is_not_what_the_many_are_called(key: str, meaning: str, elsewhere: str) -> None:
    said = f"{key} is {meaning}."
    assert find_instance(define(said, meaning, key), Heard("Lesson", f"{said} {elsewhere}")) == "many_answers"


@pytest.mark.parametrize(
    ("said", "key", "meaning", "elsewhere"),
    [
        ("A granum is a stack of thylakoids.", "Granum", "a stack of thylakoids", "Each granum is green."),
        ("Firewall is a system that controls traffic.", "Firewall", "a system that controls traffic", "The firewall."),
        ("A CPU is a chip that runs programs.", "CPU", "a chip that runs programs", "Our CPU is slow."),
        ("DNA is the molecule that carries genes.", "DNA", "the molecule that carries genes", "Cells copy DNA."),
        ("Paris is the capital of France.", "Paris", "the capital of France", "They went to Paris."),
        ("Bézier spline is a curve with four points.", "Bézier spline", "a curve with four points", "a Bézier spline"),
        (
            "Erosion is a process that wears rock away.",
            "Erosion",
            "a process that wears rock away",
            "So erosion goes on.",
        ),
    ],
)
def test_a_term_is_asked_for_by_its_definition(said: str, key: str, meaning: str, elsewhere: str) -> None:
    assert find_instance(define(said, meaning, key), Heard("Lesson", f"{said} {elsewhere}")) is None


@pytest.mark.parametrize(
    ("meaning", "key", "fault"),
    [
        ("an acronym for the council that describes pictures", "IPTC", "key_in_stem"),
        ("letters that stand for a council of the press", "Press council", "key_in_stem"),
        ("a colour model which has components for hue, saturation and value", "HSV", "key_in_stem"),
        ("a colour model which describes what the eye sees", "HSV", None),
        ("a short wave that an earthquake sends out first", "P wave", None),
    ],
)
def test_a_description_does_not_spell_its_key(meaning: str, key: str, fault: str | None) -> None:
    assert find_spelled_out(define(f"{key} is {meaning}.", meaning, key), BOARD) == fault
