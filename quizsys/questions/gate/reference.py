"""Whether a stem stands alone: nothing in it points outside it. Knows English only."""

import re

from quizsys.questions.gate.content import content_words
from quizsys.questions.gate.grounds import Grounds
from quizsys.questions.question import Question

_POINTING = re.compile(
    r"\b(?:he|she|I|me|my|mine|us|our|ours|here|aforementioned|former|latter|so-called)\b|"
    r"\b(?:above|below)\b(?=[?.,;]|$)|\bthe above\b|(?<!which of )(?<!what of )\bthe following\b|"
    r"\b(?:this|these|those)\b(?! \w)|(?<!of )\b(?:this|that|these|those) (?:is|are|was|were|means?)\b|"
    r"\bthe (?:other|same|next|previous) one\b|\bsuch an?\b|^(?:\w+ ){1,3}(?:later|earlier|afterwards?),|"
    r"\b(?:does|do|did|is|are|was|were|can|could|will|would|should|has|have|had) (?:that|this)\b"
    r"(?! \w+ (?:is|are|was|were|does|do))|\bones?\b(?= (?:that|which|also|is|are)|[?.,])",
    re.I,
)
_SCENE = re.compile(r"^(?:In|With) [^,]+, (?=(?:what|why) (?:happens|does it)\b)")
_DEMONSTRATIVE = re.compile(r"\b(?:this|these|those) (\w+)", re.I)
_LED = re.compile(r"\b(?:(?:which|what) of|order (?:do|did|are|were)) ?$", re.I)
_BACK = re.compile(r"\b(?:him|his|her|hers|himself|herself|it|its|they|them|their|theirs|itself|themselves)\b", re.I)
_EXPLETIVE = re.compile(
    r"\bit (?:gets?|rains?|takes?|turns out|means?|when)\b|\bcall it\b|\b(?:is|was) it called (?:when|if)\b|"
    r"\bdoes it mean\b",
    re.I,
)
_TELLER = r"(?:lecturer|speaker|instructor|professor|teacher|presenter|narrator|author)"
_LESSON = r"(?:video|lecture|lesson|passage|transcript|text|recording|clip|talk|slides?|segment|excerpt|paragraph)"
_LESSON_TALK = re.compile(
    rf"\b{_TELLER}(?:'s)? (?:say|said|mention|describe|explain|call|give|gave|compare|think|suggest|claim|state|stress|"
    rf"use|refer|tell|told|example|view|opinion|grandmother)|"
    rf"\b(?:according to|by|does|did|do|is|was) (?:the|this) {_TELLER}\b|"
    rf"\b(?:in|from|of|by|to|on) (?:the|this|today's|our) (?:given |above )?{_LESSON}\b|"
    rf"\b(?:the|this) {_LESSON} (?:say|said|mention|describe|explain|state|discuss|call|is about|mainly)|"
    r"\bas (?:we|you|I) (?:\w+ )?(?:saw|said|heard|mentioned|learned|learnt|discussed|discuss|know)\b|"
    r"\bas (?:mentioned|discussed|explained|described|stated|said|seen|shown)\b|"
    r"\b(?:mentioned|discussed|described) (?:in|above|earlier|before)\b|\b(?:first|last|next) word\b",
    re.I,
)


def check_stands_alone(question: Question, grounds: Grounds) -> str | None:
    """No "this", "he", "here", and no "it" without a noun before."""
    if not grounds.is_english:
        return None
    stem = question.stem.removeprefix("True or false: ")
    if question.kind != "open" and re.match(r"(?:that|those|this|these) ", stem, re.I):
        return "points_away"
    if question.kind != "open" and _POINTING.search(re.sub(r"\bone of\b", "", stem)):
        return "points_away"
    if any(_points(match, stem) for match in _DEMONSTRATIVE.finditer(stem)):
        return "points_away"
    stem = _EXPLETIVE.sub("", _SCENE.sub("", stem))
    back = _BACK.search(stem)
    return "points_away" if back and not content_words(stem[: back.start()]) else None


def _points(match: re.Match[str], stem: str) -> bool:
    """Whether a "this X" has no X before it; "which of these X" has none and needs none."""
    before = stem[: match.start()]
    named = match.group(1).lower().rstrip("s") in before.lower()
    chosen = "of these" in stem[max(0, match.start() - 3) : match.end()]
    return not named and not chosen and not _LED.search(before)


def check_no_lesson_talk(question: Question, grounds: Grounds) -> str | None:
    """Nothing about the lecturer or the video: who did not see it must understand what is asked."""
    talks = grounds.is_english and question.kind != "open" and _LESSON_TALK.search(question.stem)
    return "about_the_lesson" if talks else None
