"""Whether a key answers its stem: what hangs on another clause, what only announces, what states no event."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quizsys.questions.board import Board
from quizsys.questions.clauses import strip_afterthought
from quizsys.questions.draft import Draft
from quizsys.questions.gate.content import content_words
from quizsys.questions.language import parse_one
from quizsys.questions.pointing import find_demonstrative_word

if TYPE_CHECKING:
    from spacy.tokens import Token

_ALSO_ASKS = re.compile(r"[,;]? (?:and|or) (?:how|what|why|when|where|which|who)\b", re.I)
_WHY_NOT = " Why or why not?"
_REASON = re.compile(r"\b(?:because|causes?|caused|reasons?|since|due to|so that)\b", re.I)
_DIRECT = re.compile(r"^(?:because|by|yes|no|in general, (?:yes|no))\b", re.I)
_ELSEWHERE = (
    r"(?:described|shown|mentioned|discussed|listed|explained|noted|outlined|seen|defined) (?:above|below|in|earlier|"
    r"here|next|later|previously)|as (?:above|below|follows)|the following|see (?:also|the|section|chapter)|"
    r"(?:will|to) be (?:described|shown|discussed|explained|covered|seen)|the (?:next|previous|subsequent|last) "
    r"(?:section|chapter|part|page|paragraph)"
)
_ANNOUNCES = re.compile(
    rf"\b(?:{_ELSEWHERE})\b|\b(?!(?:it|them|from|is|are|and|or|the)\b)\w+ (?:above|below)(?=[.,;:)]|$)|"
    r"^(?:now |here )?(?:another|a|an|one) (?:\w+ )?(?:detail|thing|point|issue|aspect|"
    r"question|problem|idea|concept|topic|answer)\b|^(?:it(?:'s| is) (?:possible|hard|easy|difficult)|that(?:'s| is) "
    r"(?:a|the|an|what|where|why)|there (?:is|are) (?:a|an|many|several|some|no) (?:\w+ )?(?:ways?|answers?|reasons?)|"
    r"it depends)\b",
    re.I,
)
_FOLLOWS = re.compile(r"\bas follows\b|\bthe following\b", re.I)
_SAME = re.compile(
    r"\bthe same (?:principle|thing|way|rule|process|method|effect|applies|happens|idea|procedure|approach|problem|"
    r"argument|reason|is true|goes|holds)\b",
    re.I,
)
_ENDS_WITH_POINTER = re.compile(r"\b(?:one|ones|so|it|them|him|her|this|that|these|those|do|does|did|not|yet)$", re.I)
_OTHERWISE = re.compile(r"\b(?:otherwise|or else|unless)\b|\belse\b", re.I)
_NO_EVENT = re.compile(
    r"^(?:since|because|although|though)\b|"
    r"\bonly\b|\b(?:works?|applies|apply|matters?|helps?)$|\b(?:must|should|ought|ha(?:s|ve) to|needs? to)\b|"
    r"\b(?:preferable|advisable|recommended|worthwhile|sensible|wise)\b|"
    r"\b(?:has|have) (?:the|an?) (?:option|choice|opportunity|chance)\b|\b(?:we|you|they|people) (?:can |may |would )?"
    r"(?:call|say|speak|refer|use|have)\b|^I\b|\b(?:is|are) (?:called|known|said|named)\b",
    re.I,
)
_ENDS_IN_CONDITION = re.compile(r"^(?!if\b|when).*(?<![,;]) (?:if|when|whenever) [^,;]+$", re.I)
_TWO_CLAUSES = re.compile(r", (?:so|but|and) (?:it|they|the|an?)\b", re.I)
"""A condition after two clauses may belong to the second alone."""
_EXAMPLE_SUM = re.compile(r"[$£€]")
_NOUNISH = re.compile(
    r"need|have|use|require|provide|offer|give|contain|specify|make|take|want|be|allow|enable|cause|help|try|tend|seem|"
    r"get|begin|continue|fail"
)
_FRONTED = re.compile(
    r"^(?:in order )?(?P<purpose>to [^,]+), (?!(?:we|you|I|let|it|there|this|that|these|they|he|she)\b)[^,;:]+"
    r"(?:\.$|, wh)",
    re.I,
)
_OF_SPEECH = re.compile(
    r"^to (?:begin|start|be|sum|put|say|summari[sz]e|recap|conclude|repeat|return|come|go|give|take|illustrate|answer|"
    r"help|see|understand|explain|know|get|do|make|try|find|figure|simplify|clarify|name|mention|date)\b",
    re.I,
)
"""What is for the listener's sake: the talk goes on, not the matter."""
_MOST_PURPOSE_WORDS, _LONGEST_GAP = 24, 7
_COMPARES = re.compile(
    r"\b(?:prefer(?:red|able)|better|worse|faster|slower|safer|cheaper|superior|inferior|easier|harder|simpler|"
    r"(?:more|less) \w+)\b(?!.*\b(?:than|to|over|the (?:more|less))\b)",
    re.I,
)


def find_double_card(draft: Draft, _board: Board) -> str | None:
    """A card that asks two things at once, or for what the speaker then only announces or puts off."""
    if draft.pattern != "card":
        return None
    if _ALSO_ASKS.search(draft.stem.removesuffix(_WHY_NOT)):
        return "two_questions"
    return "unanswered" if _ANNOUNCES.search(draft.key) or not _is_taken_up(draft) else None


def _is_taken_up(card: Draft) -> bool:
    """Whether the first sentence of the answer speaks of what was asked, or says that it is the reason."""
    opening = re.split(r"(?<=[.!?]) ", card.key)[0]
    if content_words(card.stem) & content_words(opening) or _DIRECT.match(opening):
        return True
    return bool(re.search(r"\bwhy\b", card.stem, re.I) and _REASON.search(opening))


def find_elsewhere(draft: Draft, _board: Board) -> str | None:
    """A key that sends its reader elsewhere, or ends in a word that stands for another."""
    if _ANNOUNCES.search(draft.key) or _SAME.search(draft.key) or _FOLLOWS.search(draft.stem):
        return "points_away"
    if draft.pattern not in ("why", "purpose", "consequence", "meaning"):
        return None
    pointing = _ENDS_WITH_POINTER.search(draft.key) or find_demonstrative_word(draft.key)
    return "points_away" if pointing else None


def find_no_event(draft: Draft, _board: Board) -> str | None:
    """ "What happens if ...?" with a key that is no event or state, or that belongs to the other branch."""
    if draft.pattern != "consequence":
        return None
    if _OTHERWISE.search(draft.first.sentence.text):
        return "other_branch"
    if _EXAMPLE_SUM.search(f"{draft.stem} {draft.key}"):
        return "example"
    if _ENDS_IN_CONDITION.search(draft.first.sentence.text) and _TWO_CLAUSES.search(draft.key):
        return "other_branch"
    return "no_event" if _NO_EVENT.search(draft.key) or " would " in draft.stem else None


def find_loose_purpose(draft: Draft, _board: Board) -> str | None:
    """A "to ..." that may belong to another word than the verb that is asked about."""
    if draft.pattern != "purpose":
        return None
    if _stands_in_front(draft):
        return None
    said = next((text for text in _list_parts(draft) if draft.key.lower() in text.lower()), "")
    return None if said and _has_one_purpose(said, draft.key) else "loose_purpose"


def _stands_in_front(draft: Draft) -> bool:
    """ "To feed the towns, the bakers built mills": a purpose before the subject is its verb's and no other word's."""
    match = _FRONTED.match(draft.first.text)
    return match is not None and match["purpose"].lower() == draft.key.lower() and not _OF_SPEECH.match(draft.key)


def _list_parts(draft: Draft) -> list[str]:
    """The sentence up to its first ", and that", ", which" or ", but", and the whole of it if it has none."""
    return [re.split(r"[,;] (?:and (?:that|this|it|so)|which|but|so|while|whereas)\b", draft.first.text)[0]]


def _has_one_purpose(said: str, key: str) -> bool:
    """One finite verb, one infinitive, soon after it, and no noun in between that could have the infinitive."""
    doc = parse_one(said.rstrip(".") + ".")
    finite = [token for token in doc if _is_finite(token)]
    opened = [token for token in doc if token.lower_ == "to" and token.tag_ == "TO"]
    if len(doc) > _MOST_PURPOSE_WORDS or len(finite) != 1 or len(opened) != 1:
        return False
    verb = next(token for token in doc if token.dep_ == "ROOT")
    ending = strip_afterthought(said.rstrip(" .").lower())
    gap = doc[verb.i + 1 : opened[0].i]
    purpose = opened[0].head
    owned = any(word.dep_ == "poss" for word in purpose.head.children) and purpose.head.head == verb
    tied = (purpose.head == verb or owned) and ending.endswith(key.lower())
    plain = len(gap) <= _LONGEST_GAP and not any(token.text in ",;:" or token.dep_ == "conj" for token in gap)
    return tied and plain and verb.i < opened[0].i and not _NOUNISH.fullmatch(verb.lemma_)


def _is_finite(token: Token) -> bool:
    return token.tag_ in ("VBZ", "VBP", "VBD", "MD") and not (
        token.dep_ in ("aux", "auxpass")
        and any(child.tag_ == "MD" for child in token.head.children if child.i < token.i)
    )


def find_loose_reason(draft: Draft, _board: Board) -> str | None:
    """A "because" after a second clause, which may be that clause's reason; a comparison that lacks its other half."""
    if draft.pattern != "why":
        return None
    if _COMPARES.search(draft.stem):
        return "half_comparison"
    effect = re.split(r",? (?:but )?(?:\w+ly )?because\b", draft.first.text)[0]
    doc = parse_one(effect.rstrip(" ,.") + ".")
    root = next((token for token in doc if token.dep_ == "ROOT"), None)
    deeper = ("ccomp", "xcomp", "relcl", "acl", "advcl", "conj")
    nested = [
        token for token in doc if token.dep_ in deeper and token.pos_ in ("VERB", "AUX") and token.head.i < token.i
    ]
    finite = [token for token in nested if any(_is_finite(word) for word in [token, *token.children])]
    return "loose_reason" if root is None or any(token.i > root.i for token in finite) else None
