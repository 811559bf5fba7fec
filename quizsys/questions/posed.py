"""Cards that are none: questions to the listener's own taste, and replies that answer nothing."""

import re

from quizsys.questions.board import Board
from quizsys.questions.draft import Draft

_TO_LISTENER = re.compile(
    r"^(?:do|did|would|have|are|were|will|can|could|should|is|was) (?:you|your)\b|\byour\b|"
    r"\b(?:do|did|would|can|could|might|should) you (?:ever |really |personally |also )?(?:like|think|feel|prefer|want|"
    r"believe|expect|suppose|imagine|notice|see|hear|agree|remember|know|guess|say|do|recall|rather)\b",
    re.I,
)
_NO_REPLY = re.compile(
    r"^(?:we all\b|all of us\b|most of us\b|many of us\b|(?:perhaps|maybe|let's|let us|consider|imagine|think|suppose|"
    r"ask|look|see|picture|recall|remember)\b|some of the answers?\b|(?:this|that|it) is (?:a|an|the) "
    r"(?:\w+ ){0,2}question\b|nobody knows\b|(?:the|an|one) answers? (?:can|may|will|lies?|has|have) )",
    re.I,
)
_ADVISES = re.compile(r"^if (?:it|they|this|that) (?:is|are)\b|\b(?:should|ought to)\b", re.I)


def find_posed(draft: Draft, _board: Board) -> str | None:
    """What only the listener can answer, or what is followed by an opinion, advice or another question."""
    if draft.pattern != "card":
        return None
    if _TO_LISTENER.search(draft.stem):
        return "rhetorical"
    opening = re.split(r"(?<=[.!?]) ", draft.key)[0]
    if _ADVISES.search(opening) and not _ADVISES.search(draft.stem):
        return "advice"
    return "unanswered" if "?" in draft.key or _NO_REPLY.match(opening) else None
