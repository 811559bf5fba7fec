"""Stems that need the sentences before them, names that are no terms, and text that was torn."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quizsys.questions.board import Board
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse_one
from quizsys.questions.naming import NAMING, find_meaning
from quizsys.questions.spoken import holds, tokens
from quizsys.questions.words import load_words

if TYPE_CHECKING:
    from spacy.tokens import Token

_DEIXIS = re.compile(
    r"\b(?:in|on|from|out|over|up|down) (?:there|here)\b|"
    r"\b(?:above|below|former|latter|aforementioned|respective)\b(?! \w)|"
    r"\bmean that (?:another|one|an? \w+ (?:aspect|idea|point))\b",
    re.I,
)
_NO_TERM = re.compile(
    r"^(?:the )?(?:(?:very|more|most|really) )?(?:nice|good|great|neat|cool|specific|certain|possible|important|useful|"
    r"interesting|last|first|second|third|fourth|final|next|previous|other|another|top|bottom|upper|lower|left|right|"
    r"middle|extra|best|better|worst|whole|same|wrong|main|major|key|common|typical|simple|simplest|easy|easiest|"
    r"obvious|usual|single|new|old|big|biggest|small|many|multiple|several|various|different|similar|only|real|actual|"
    r"following|general|particular|alternative|potential|current|remaining|individual|respective|whatever|such) "
    r"(?P<head>\w+)$",
    re.I,
)
_FITS_MANY = re.compile(
    r"\b(?:you|your|our|us|best|good|better|similar to|like (?:the|an?)|truly|really)\b|, meaning\b", re.I
)
_POINTERS = ("this", "that", "these", "those", "such")
_ANYBODY = re.compile(r"^(?:What|Which of these) (?:could|can|may|might|should|would|is|are|was|were)\b", re.I)
_ANY_NUMBER = re.compile(
    r"^(?:(?:about )?how (?:many|much)|in which year|when)\b.*\b(?:may|might|could|can)\b|"
    r"^(?:in which year|when) \w+ (?:its|their|his|her)\b",
    re.I,
)
_TRUTH_TURNS = re.compile(r"\bonly\b|\b(?:be|been|were|to) \d[\d.,]*\.?$", re.I)
_FRAMED = re.compile(r"^[^.?!]*\bthis (?:disorder|disease|condition|syndrome|illness|disability)\b", re.I)
"""What follows a fact that held only of people with the illness of a sentence before it."""
_INTRODUCES = r"\b(?:an?|each|any|every|one|this|that|these|your|some|another|his|her|its|their) (?:\w+ )?{noun}\b"


@dataclass(frozen=True)
class Heard:
    """What the whole lesson says and how it is titled: a draft is seen against it."""

    title: str
    said: str

    def count(self, text: str) -> int:
        """How often the lesson says the words."""
        return len(re.findall(rf"\b{re.escape(text)}(?:e?s)?\b", self.said, re.I))

    def find_next(self, said: str) -> str:
        """What the lesson says after a sentence."""
        return self.said.partition(said)[2].lstrip()


def find_demonstrative(draft: Draft, _board: Board) -> str | None:
    """ "these buttons", "in there": words that point at what only the listener has met."""
    if _DEIXIS.search(draft.stem):
        return "points_away"
    if draft.pattern == "card":
        return None
    return "points_away" if find_demonstrative_word(draft.stem.replace("Which of these", "What", 1)) else None


def find_demonstrative_word(text: str) -> str | None:
    """The first "this", "that", "these", "those" or "such" before a noun."""
    pointing = (token for token in parse_one(text) if token.lower_ in _POINTERS and token.dep_ in ("det", "predet"))
    return next((token.text for token in pointing), None)


def find_open_subject(draft: Draft, _board: Board) -> str | None:
    """Who "could" or "is" something: many things; how many there "may" be: any number; "its" before its owner."""
    asks_subject = draft.pattern == "subject" and _ANYBODY.search(draft.stem)
    asks_amount = draft.pattern in ("amount", "date") and _ANY_NUMBER.search(draft.stem)
    return "many_answers" if asks_subject or asks_amount else None


def find_no_term(draft: Draft, _board: Board) -> str | None:
    """A name made of a common word and a judgement, a number or a place ("nice feature"), or of a clause."""
    if draft.pattern not in NAMING:
        return None
    if is_no_term(draft.key) or _FITS_MANY.search(find_meaning(draft.stem)):
        return "no_term"
    first = draft.key.split()[:1]
    return "no_term" if len(draft.key) < 2 or (first and first[0].lower() in ("what", "how", "it")) else None


def is_no_term(text: str) -> bool:
    """Whether an evaluative, ordinal or positional word stands before one other word ("last radius")."""
    words = text.split()
    opened = _NO_TERM.match(" ".join([*words[:1], *words[-1:]]))
    return bool(opened) and len(words) >= 2


def find_torn(draft: Draft, _board: Board) -> str | None:
    """A claim of which half is missing, a stray sign, a verb that does not agree."""
    shown = f"{draft.stem} {draft.key}"
    if any(unicodedata.category(letter) in ("So", "Co", "Cn", "Cc") or letter in "¶§⪚" for letter in shown):
        return "torn"
    if " ," in shown:
        return "torn"
    if draft.kind == "true_false" and _TRUTH_TURNS.search(draft.stem):
        return "trifle"
    torn = draft.pattern in ("why", "consequence", "purpose", "meaning") and _disagrees(draft)
    return "torn" if torn else None


def _disagrees(draft: Draft) -> bool:
    return any(_is_odd(token) for text in (draft.stem, draft.key) for token in parse_one(text) if token.dep_ == "nsubj")


def _is_odd(subject: Token) -> bool:
    """ "an apple are", "apples is": only where neither word can be the other number."""
    verb = subject.head
    if list(subject.conjuncts) or subject.i > verb.i or verb.tag_ not in ("VBZ", "VBP"):
        return False
    helped = any(child.dep_ in ("aux", "auxpass") for child in verb.children)
    single = any(child.lower_ in ("a", "an", "each", "every") for child in subject.children if child.dep_ == "det")
    many = (
        subject.tag_ == "NNS"
        and subject.lower_.endswith("s")
        and not any(child.dep_ in ("nummod", "quantmod") for child in subject.children)
    )
    return not helped and ((single and verb.tag_ == "VBP") or (many and verb.tag_ == "VBZ"))


def find_stranger(draft: Draft, board: Board, heard: Heard) -> str | None:
    """ "the page" that another sentence brought in, or a name for what the lesson never speaks of again."""
    titled = board.knows(draft.key) or holds(heard.title, draft.key)
    if draft.pattern == "definition" and heard.count(draft.key) < 2 and not titled:
        return "said_once"
    if draft.pattern not in ("consequence", "amount", "purpose", "why"):
        return None
    if draft.pattern == "why" and _FRAMED.match(heard.find_next(draft.first.sentence.text)):
        return "unresolved"
    titles = f"{heard.title} {draft.first.chapter} {draft.scene}" if draft.pattern != "why" else draft.full_stem
    doc = parse_one(draft.stem)
    return "unresolved" if any(_is_brought(token, titles, heard) for token in doc) else None


def _is_brought(noun: Token, titles: str, heard: Heard) -> bool:
    """Whether this is a bare "the noun" that neither a title nor the stem, but another sentence, introduces."""
    if noun.tag_ not in ("NN", "NNS") or noun.i == 0 or noun.nbor(-1).lower_ != "the" or _is_told(noun):
        return False
    if noun.lower_ in load_words("unique"):
        return False
    if holds(titles, noun.text) or holds(titles, noun.lemma_) or noun.lower_ in tokens(noun.doc[: noun.i - 1].text):
        return False
    return re.search(_INTRODUCES.format(noun=re.escape(noun.lemma_.lower())), heard.said, re.I) is not None


def _is_told(noun: Token) -> bool:
    """Whether what follows the noun says which one is meant."""
    following = noun.nbor() if noun.i + 1 < len(noun.doc) else noun
    return any(child.dep_ in ("prep", "relcl", "acl") for child in noun.children) or following.pos_ in ("NOUN", "PROPN")
