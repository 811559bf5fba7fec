"""Words that point at what stood around: in keys, in stems, and where a reason goes on after the key."""

from __future__ import annotations

import re

from quizsys.questions.board import Board
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse_one

_POINTING_KEY = re.compile(
    r"\bthe following\b|\b(?:this|the (?:present|next|previous)) (?:section|chapter|page|book|document|manual|text|"
    r"article|guide|tutorial|appendix|implementation|example|figure|table|listing|diagram)\b",
    re.I,
)
_POINTING_NAME = re.compile(r"^(?:the )?(?:above|below|following|preceding|foregoing|aforementioned)\b(?!-)", re.I)
_LEFT_OVER = re.compile(
    r"\binstead\b(?! of)|\b(?:though|too|in short)\?$|^in short\b|\bin (?:short|brief|sum),|"
    r"\balso\b(?! (?:known|called))",
    re.I,
)
_GOES_ON = re.compile(r"^,? (?:and|or) (?!(?:that|this|we|you|which|so)\b)", re.I)
_ENDING_WORDS = 2


def find_pointing_key(draft: Draft, _board: Board) -> str | None:
    """ "Above explanation", "as in this implementation": a key that only the reader of the page can follow."""
    named = draft.pattern != "card" and _POINTING_NAME.match(draft.key)
    return "points_away" if named or _POINTING_KEY.search(draft.key) else None


def find_left_over(draft: Draft, _board: Board) -> str | None:
    """ "instead", "also": a stem that answers a sentence before it."""
    return "points_away" if draft.pattern != "card" and _LEFT_OVER.search(draft.stem) else None


def find_half_reason(draft: Draft, _board: Board) -> str | None:
    """ "because A, and B" of which the key says only A."""
    if draft.pattern != "why":
        return None
    ending = " ".join(draft.key.split()[-_ENDING_WORDS:])
    reason = draft.first.text.partition("because")[2]
    after = reason.partition(ending)[2]
    return "cut_in_two" if _GOES_ON.match(after) else None


def find_repeated_noun(draft: Draft, _board: Board) -> str | None:
    """ "How many characters does the length exceed in length?"."""
    if draft.pattern != "amount":
        return None
    nouns = [token.lemma_.lower() for token in parse_one(draft.stem) if token.pos_ == "NOUN"]
    return "repeated" if len(set(nouns)) < len(nouns) else None
