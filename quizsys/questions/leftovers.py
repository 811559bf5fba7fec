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
_REMARK = re.compile(
    r", (?:another|yet another|which is an?(?:other)?|an?|one) (?:\w+ ){0,3}?(?:thing|point|fact|question|story|topic) "
    r"(?:to|(?:that |which )?(?:we|you|I)) [^,]*$|, (?:by the way|believe me|trust me)\b",
    re.I,
)
_PICTURED = re.compile(
    r"^(?:true or false: )?(?:in the (?:picture|image|diagram|figure|graph|chart|map|drawing|animation), .*|"
    r".*?\bthe (?:[\w-]+ ){0,2}(?:colou?rs?|arrows?|circles?|dots?|squares?|triangles?|rectangles?|box(?:es)?|icons?|"
    r"bars?|lines?|shapes?|balls?|pictures?|images?|diagrams?|drawings?|graphs?|charts?|animations?) (?:\w+ly |here |"
    r"on the \w+ |in the \w+ )?(?:represents?|shows?|stands? for|indicates?|depicts?|denotes?|symboli[sz]es?|"
    r"illustrates?|(?:is|are) (?:drawn|coloured|colored|labell?ed|marked|shown))\b)",
    re.I,
)


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


def find_remark(draft: Draft, _board: Board) -> str | None:
    """ ", another interesting thing to explain": what the speaker says of the fact and not the fact."""
    return "aside" if _REMARK.search(draft.stem) or (draft.pattern != "card" and _REMARK.search(draft.key)) else None


def find_pictured(draft: Draft, _board: Board) -> str | None:
    """ "The central colour represents the main job": the legend of a picture that only the viewer has before them."""
    return "pictured" if _PICTURED.search(draft.stem) else None
