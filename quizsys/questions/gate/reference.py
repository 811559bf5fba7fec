"""Whether a stem stands alone: nothing in it points outside it."""

import re

from quizsys.questions.gate.content import content_words
from quizsys.questions.gate.grounds import Grounds
from quizsys.questions.question import Question

_POINTING = re.compile(
    r"\b(?:he|she|I|me|my|mine|us|our|ours|here|above|below|aforementioned|following|former|latter|so-called)\b|"
    r"\b(?:this|these|those)\b(?! \w)|(?<!of )\b(?:this|that|these|those) (?:is|are|was|were|means?)\b|"
    r"\bthe (?:other|same|next|previous) one\b|\bsuch an?\b|^(?:\w+ ){1,3}(?:later|earlier|afterwards?),|"
    r"\b(?:does|do|did|is|are|was|were|can|could|will|would|should|has|have|had) (?:that|this)\b"
    r"(?! \w+ (?:is|are|was|were|does|do))|\bones?\b(?= (?:that|which|also|is|are)|[?.,])",
    re.I,
)
_SCENE = re.compile(r"^(?:In|With) [^,]+, (?=(?:what|why) (?:happens|does it)\b)")
_DEMONSTRATIVE = re.compile(r"\b(?:this|these|those) (\w+)", re.I)
_BACK = re.compile(r"\b(?:him|his|her|hers|himself|herself|it|its|they|them|their|theirs|itself|themselves)\b", re.I)
_EXPLETIVE = re.compile(r"\bit (?:gets?|rains?|takes?|turns out|means?|when)\b|\bcall it\b|\bdoes it mean\b", re.I)


def check_stands_alone(question: Question, _grounds: Grounds) -> str | None:
    """Nothing in the stem points outside it: no "this", "he", "here", and no "it" without a noun before."""
    stem = question.stem.removeprefix("True or false: ")
    if question.kind != "open" and re.match(r"(?:that|those|this|these) ", stem, re.I):
        return "points_away"
    if question.kind != "open" and _POINTING.search(re.sub(r"\bone of\b", "", stem)):
        return "points_away"
    for match in _DEMONSTRATIVE.finditer(stem):
        if (
            match.group(1).lower().rstrip("s") not in stem[: match.start()].lower()
            and "of these" not in match.string[max(0, match.start() - 3) : match.end()]
        ) and not re.search(r"\b(?:which|what|order do|order are) of? ?$", stem[: match.start()], re.I):
            return "points_away"
    stem = _SCENE.sub("", stem)
    back = _BACK.search(_EXPLETIVE.sub("", stem))
    return "points_away" if back and len(content_words(_EXPLETIVE.sub("", stem)[: back.start()])) < 1 else None
