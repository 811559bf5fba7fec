"""No text that anybody sends keeps a regular expression busy for long: while one runs, nothing else does."""

import re

import pytest

from tests.hanging import Hung, bounded
from tests.patterns import Pattern, list_attacks, list_patterns

# Texts that have been cut to a few thousand signs: the square of that is bearable, the cube is not.
SHORT, LONG = 500, 20_000
MOST_S = 0.4
# What reads whole files, queries and headers, however long.
WHOLE = re.compile(
    r"handlers/|quizsys/(?:packages/(?:read|hyper)|schemas/|logs|spreadsheet|storage)|media/(?:plain|subtitles)"
)
PATTERNS = list_patterns()


def find_slow(pattern: Pattern, length: int, methods: tuple[str, ...]) -> str:
    """The attack that it does not stand, shortened; "" for none."""
    for attack in list_attacks(pattern, length):
        try:
            with bounded(MOST_S):
                for method in methods:
                    _use(pattern.compiled, method, attack)
        except Hung:
            return repr(attack[:60])
    return ""


def _use(compiled: "re.Pattern[str]", method: str, text: str) -> None:
    if method == "fullmatch":
        compiled.fullmatch(text)
    elif method == "match":
        compiled.match(text)
    else:
        sum(1 for _ in compiled.finditer(text))


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 300
    assert any(pattern.where == "media/subtitles.py:_TIMES" for pattern in PATTERNS)


@pytest.mark.parametrize("kind", ["quizsys/questions/[a-f]", "quizsys/questions/[g-q]", "quizsys/questions/[r-z]", "."])
def test_no_pattern_is_worse_than_the_square_of_its_text(kind: str) -> None:
    chosen = [one for one in PATTERNS if re.match(kind, one.where) and (kind != "." or "/questions/" not in one.where)]
    assert chosen
    slow = {one.where: attack for one in chosen if (attack := find_slow(one, SHORT, ("search",)))}
    assert slow == {}


def test_patterns_for_whole_files_take_linear_time() -> None:
    chosen = [one for one in PATTERNS if WHOLE.match(one.where)]
    assert len(chosen) > 20
    slow = {one.where: attack for one in chosen if (attack := find_slow(one, LONG, one.methods))}
    assert slow == {}


@pytest.mark.parametrize("text", [r"(\w+\s?)+$", r"(x+x+)+y"])
def test_a_dangerous_pattern_would_be_found(text: str) -> None:
    assert find_slow(Pattern("here", re.compile(text), ("search",)), SHORT, ("search",))


@pytest.mark.parametrize("text", [r"\W+$", r"\[tag:([^\n]+?)\]"])
def test_a_square_one_would_be_found_in_whole_files(text: str) -> None:
    assert find_slow(Pattern("here", re.compile(text), ("search",)), LONG, ("search",))
