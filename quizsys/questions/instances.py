"""Names of single things and brands, which no description defines, and descriptions that spell out their key."""

from __future__ import annotations

import re

from quizsys.questions.board import Board
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse_one
from quizsys.questions.naming import NAMING
from quizsys.questions.pointing import Heard
from quizsys.questions.spoken import tokens
from quizsys.questions.words import load_words

_OF_A_CLASS = re.compile(r"^What (?:do we call|(?:is|are) the names? of) (?P<meaning>.+)\?$")
_ACRONYM = re.compile(r"[A-Z][\w-]*[A-Z]|\d*[A-Z]+\d|[a-z][A-Z]")
_RESTRICTED = re.compile(r"\b(?:that|which|who|whose|where|by|in which)\b")
_NAME = re.compile(r"(?<= )[A-Z][\w]*(?![\w-])")
_SPELLS = re.compile(
    r"\b(?:acronym|abbreviation|initialism|initials|short|shorthand) (?:for|of)\b|\bstands? for\b", re.I
)
_FEWEST_LETTERS = 3
_SLIPS = 3
"""A name is written with a capital more than so many times as often as without."""


def find_instance(draft: Draft, heard: Heard) -> str | None:
    """ "Linux is a kernel": one of many kernels, so that "what do we call a kernel?" has many answers.

    A proper name, an acronym or a product may be asked for by what is said of it alone: "the capital of France".
    """
    match = _OF_A_CLASS.match(draft.stem) if draft.pattern in ("definition", "slide_pair") else None
    if match is None or _is_alone(match["meaning"]):
        return None
    return "many_answers" if _is_name(draft, heard) else None


def _is_alone(meaning: str) -> bool:
    """Whether "the" and a clause or a name single the thing out."""
    return meaning.startswith("the ") and bool(_RESTRICTED.search(meaning) or _NAME.search(meaning))


def _is_name(draft: Draft, heard: Heard) -> bool:
    """By how the lesson writes it inside its sentences; the parser is asked only when it never does."""
    if re.search(rf"\b(?:an?|any|each|every) {re.escape(draft.key)}\b", draft.first.sentence.text, re.I):
        return False
    last = draft.key.split()[-1]
    if _ACRONYM.match(last):
        return True
    written: list[str] = re.findall(rf"(?<=[\w,;] ){re.escape(draft.key)}\b", heard.said, re.I)
    capitals = sum(text.split()[-1][:1].isupper() for text in written)
    if written:
        return capitals > _SLIPS * (len(written) - capitals)
    subject = [token for token in parse_one(draft.first.sentence.text) if token.text == last]
    return last[:1].isupper() and "PROPN" in [token.pos_ for token in subject[:1]]


def find_spelled_out(draft: Draft, _board: Board) -> str | None:
    """ "An acronym for ...", "hue, saturation and value": the letters of the key stand in its description."""
    if draft.pattern not in NAMING:
        return None
    letters = draft.key.lower() if re.fullmatch(rf"[A-Z]{{{_FEWEST_LETTERS},}}s?", draft.key) else ""
    initials = "".join(word[0] for word in tokens(draft.stem) if word not in load_words("small"))
    spelled = letters and letters.removesuffix("s") in initials
    return "key_in_stem" if spelled or _SPELLS.search(draft.stem) else None
