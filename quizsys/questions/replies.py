"""Cards whose question nobody asked, or whose answer has only begun when it ends."""

import re

from quizsys.questions.board import Board
from quizsys.questions.draft import Draft
from quizsys.questions.gate.content import content_words
from quizsys.questions.language import parse_one

_SPEAKS = (
    r"(?:say|ask|wonder|shout|tell|reply|answer|think|object|cry|go)(?:s|es)?|said|asked|told|replied|thought|went"
)
_REPORTED = re.compile(
    rf"^[^?]*\b(?:{_SPEAKS})(?: (?:to )?(?:him|her|them|you|us|me|it|yourself|themselves|themself))?(?:,|:| [\"“‘])|"
    r"(?:^|[,:] )(?:hey|hi|hello|wow|oh|dear|ah)\b|\b(?:buddy|sweetie|honey|folks|sir|madam)\b",
    re.I,
)
_OTHER_QUESTION = re.compile(r"^or (?:if|when|what|why|how|is|are|do|does|would|could|can)\b", re.I)
_BACKWARDS = ("this", "that", "these", "those")
_DIFFERENCE = re.compile(
    r"\b(?:differences?|distinction|contrast) between (?P<one>[^?]+?),? and (?P<other>[^?,]+)|"
    r"\b(?:how|why) (?:do|does|did|is|are) (?P<first>[^?]+?) (?:differ|different) from (?P<second>[^?,]+)|"
    r"\b(?:distinguish(?:es)?|tell|separates?) (?P<left>[^?]+?) from (?P<right>[^?,]+)",
    re.I,
)
_OPENS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|it's|that's|they're|looks?|works?|behaves?) "
    r"(?:(?:\w+ly|very|quite|rather|so|all|pretty|much|more|an?|some) )*(?:different(?:ly)?|interesting|special|"
    r"complicated|complex|tricky|strange|weird|surprising|fascinating|amazing|controversial|unusual|important|"
    r"several|various|many)\b",
    re.I,
)
_TELLS_WHY = re.compile(r"\b(?:because|since|so that|in that|namely|by \w+ing|than|while|whereas)\b|:", re.I)


def find_reported(draft: Draft, _board: Board) -> str | None:
    """ "You might say, how are you doing?": a question of a scene that the lecturer tells, and asks nobody."""
    return "reported" if draft.pattern == "card" and _REPORTED.search(draft.stem) else None


def find_backward(draft: Draft, _board: Board) -> str | None:
    """ "If we say so, what does that mean?": the "that" is what was said and not what the question names."""
    if draft.pattern != "card":
        return None
    pointing = [token for token in parse_one(draft.stem) if token.lower_ in _BACKWARDS and token.tag_ == "DT"]
    return "points_away" if any(token.dep_ not in ("det", "predet") for token in pointing) else None


def find_half_answer(draft: Draft, _board: Board) -> str | None:
    """One side of a contrast, another question, or only that something is different or interesting."""
    if draft.pattern != "card":
        return None
    if _OTHER_QUESTION.match(draft.key) or _lacks_side(draft):
        return "half_answer"
    alone = len(re.findall(r"[.!?](?: |$)", draft.key)) == 1
    return "half_answer" if alone and _OPENS.search(draft.key) and not _TELLS_WHY.search(draft.key) else None


def _lacks_side(card: Draft) -> bool:
    """Whether the answer names only one of two things whose difference is asked for."""
    match = _DIFFERENCE.search(card.stem)
    if match is None:
        return False
    one, other = (content_words(side) for side in match.groups() if side is not None)
    said = content_words(card.key)
    return not (said & (one - other or one) and said & (other - one or other))
