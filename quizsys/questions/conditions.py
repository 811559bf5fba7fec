"""Whether "What happens if ...?" can be answered by somebody who knows the matter without the lesson."""

import re

from quizsys.questions.board import Board
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse_one
from quizsys.questions.words import load_words

_CONDITION = re.compile(r"\b(?:if|when|whenever) (?P<text>.+)\?$", re.I)
_CHANGES = (
    r"increase|decrease|raise|lower|reduce|double|halve|triple|add|remove|heat|cool|mix|multiply|divide|subtract|square|"
    r"change|put|place|drop|push|pull|throw|stretch|compress|rotate|reverse|cut|break|burn|freeze|melt|dissolve|flip|"
    r"swap|insert|delete|repeat|combine|split|shift|move|connect|expose|replace|shine|turn|apply"
)
_YOU = re.compile(r"\b(?:you|we|your|our)\b", re.I)
_YOU_CHANGE = re.compile(rf"^(?:you|we) (?:{_CHANGES})\b(?!.*\byour\b)", re.I)
_OPENED_TWICE = re.compile(r"^(?:after|before|when|while|if|once|and|or|any|all|everything|there)\b", re.I)
_SHOWN_WORDS = 2
"""So many telling words of the sentence on its slide make it a point of the lecture, whatever its verb."""
_MAY = re.compile(r"\b(?:may|might|can|could|would|should|cannot)\b|\bhowever\b|;", re.I)


def find_open_condition(draft: Draft, _board: Board) -> str | None:
    """A condition that only the lesson has introduced, or an outcome that is only possible."""
    match = _CONDITION.search(draft.stem) if draft.pattern == "consequence" else None
    if match is None:
        return None
    condition = match["text"]
    if _OPENED_TWICE.match(condition) or (_YOU.search(condition) and not _YOU_CHANGE.match(condition)):
        return "advice"
    if _MAY.search(draft.key) or _names_only(draft.key):
        return "no_event"
    shown = draft.first.support >= _SHOWN_WORDS
    return None if shown or _tells_change(condition) or _tells_change(draft.key) else "no_event"


def _tells_change(text: str) -> bool:
    """Whether some verb says that something changes: then the two are a law and not a step of a routine."""
    return any(token.pos_ == "VERB" and token.lemma_.lower() in load_words("changes") for token in parse_one(text))


def _names_only(key: str) -> bool:
    """ "X is a better option": a key that judges or names and tells no event."""
    root = next(token for token in parse_one(key) if token.dep_ == "ROOT")
    return root.lemma_ == "be" and any(child.dep_ == "attr" for child in root.children)
