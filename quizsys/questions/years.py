"""Which years date something worth knowing: what happened then, not what is compared with, still so, or in passing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quizsys.questions.board import Board
from quizsys.questions.draft import Draft
from quizsys.questions.spoken import holds
from quizsys.questions.words import load_words

if TYPE_CHECKING:
    from spacy.tokens import Token

_YEAR = re.compile(r"\d{3,4}|\d+(?= (?:BC|AD|CE))")
_NOW = ("VBZ", "VBP")
_STRETCH = ("since", "until", "from")
"""A year that something began or ended with."""
_IDLE = re.compile(
    r"^(?:be|have|know|own|need|want|like|love|hate|see|hear|meet|visit|join|leave|attend|move|hold|keep|live|use|serve|"
    r"spend|stay|remain|look|feel|think|believe|work|teach|study|earn|cost|watch|read|enjoy|follow|play|buy|eat|marry|"
    r"call|tell|ask|get|notice|remember|describe|contain|include|cover|show)$"
)
"""Verbs whose object makes no event of them."""


def find_undated(draft: Draft, _board: Board) -> str | None:
    """A year of the other side of a comparison, or before a verb in the present tense."""
    year = _find_year(draft)
    if not year:
        return None
    said = draft.first.sentence.text
    if re.search(rf"\bthan (?!\d|half|an? |one|two|three|ever)[^,;]*\b(?:in|since|by) {year}\b", said, re.I):
        return "undated"
    above = _list_above(draft, year)
    held = _opens_or_ends(draft, year) or any(word.lemma_.lower() in load_words("events") for word in above[:-1])
    return "undated" if above and _is_present(above[-1]) and not held else None


def find_unmarked_year(draft: Draft, board: Board, title: str) -> str | None:
    """A year that no slide and no title shows, of something that is no event such as founding, finding or winning."""
    year = _find_year(draft)
    if not year or board.knows(year) or holds(title, year):
        return None
    above = _list_above(draft, year)
    told = not above or _opens_or_ends(draft, year) or any(_is_event(word) for word in above)
    return None if told else "trifle"


def _find_year(draft: Draft) -> str:
    match = _YEAR.search(draft.key) if draft.pattern == "date" else None
    return match.group() if match else ""


def _list_above(draft: Draft, year: str) -> list[Token]:
    """The words that the year hangs on in its sentence, from the nearest up to the first verb."""
    found = next((token for token in draft.first.doc if token.text == year), None)
    above: list[Token] = []
    for token in found.ancestors if found is not None else ():
        above.append(token)
        if token.pos_ in ("VERB", "AUX"):
            break
    return above


def _is_present(verb: Token) -> bool:
    """Whether its first finite form is one of the present: "does", "is", "expands"."""
    helpers = [child for child in verb.children if child.dep_ in ("aux", "auxpass")]
    finite = [*helpers, verb][0]
    return finite.tag_ in _NOW


def _opens_or_ends(draft: Draft, year: str) -> bool:
    return re.search(rf"\b(?:{'|'.join(_STRETCH)}) {year}\b", draft.first.text, re.I) is not None


def _is_event(word: Token) -> bool:
    """Whether the word, or what it takes, names an event such as a founding, or tells what was done to something."""
    taken = [child for child in word.children if child.dep_ in ("dobj", "attr", "nsubj", "nsubjpass", "xcomp")]
    taken += [child for prep in word.children if prep.dep_ == "prep" for child in prep.children if child.dep_ == "pobj"]
    done = not _IDLE.match(word.lemma_.lower()) and any(child.dep_ in ("dobj", "nsubjpass") for child in taken)
    return done or any(token.lemma_.lower() in load_words("events") for token in (word, *taken))
