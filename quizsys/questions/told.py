"""Names that were cut, definitions that only describe, and facts in passing: years and counts not worth knowing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quizsys.questions.board import Board
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse_one
from quizsys.questions.naming import NAMING, find_meaning
from quizsys.questions.pointing import find_demonstrative_word
from quizsys.questions.spoken import tokens

if TYPE_CHECKING:
    from spacy.tokens import Token

_SOFTENED = re.compile(
    r"\b(?:is|are|was|were) (?:essentially|basically|also|often|mostly|usually|still|now|perhaps|probably|sometimes|"
    r"partly|largely|like|almost|merely|nothing but|actually)\b|\b(?:can|may|might|could|should|would) be\b",
    re.I,
)
_ANY_ONE = re.compile(r"^(?:an? |the |any )?(?:ordinary|simple|special|particular|certain|separate|default)\b", re.I)
_SAID_BY_US = re.compile(r"\b(?:we|us|our|you|your|I|they|it|them|him|her)\b")
_EVENTS = re.compile(
    r"^(?:beginning|start|birth|death|founding|foundation|end|election|invasion|publication|revolution|war|battle|"
    r"crisis|treaty|discovery|invention|fall|rise|collapse|release|coup|independence)s?$"
)
_IN_PASSING = re.compile(
    r"^(?:looking|turning|going|speaking|returning|in the (?:past|last|recent)|recently|so far|currently|today)\b|"
    r"\bstill\b|\b(?:said|wrote|write|say|told|tell|report|reported|find|found|note|noted|estimate|estimated) that\b",
    re.I,
)
_EXAMPLE = re.compile(r"\b(?:for example|for instance|e\.g\.|say, an?|imagine|suppose)", re.I)
_SOME_PEOPLE = re.compile(
    r"\b(?:about|around|some|nearly|approximately|roughly) (?:\d+|two|three|four|five|six|seven|eight|nine|ten)\b"
)
_LIFE = re.compile(
    r"^(?:arrive|go|come|travel|visit|return|meet|leave|marry|sit|stay|live|join|study|attend|graduate|gather|walk|"
    r"stand|ask|say|bear|grow|work)$"
)
_WHO = re.compile(r"(?:^|, )who ", re.I)
_SAME_STEM_LETTERS = 5
_MAKER = re.compile(r" (?:\w+(?:er|or)|program|tool|machine|device|system|software)s?$", re.I)
_COUNTED_BADLY = re.compile(
    r"\bhow many (?:\w+ ){0,2}?(?:largest|smallest|biggest|first|last|next|main|new|other|more|different|such|"
    r"additional|separate|further|same)\b|\bhow many (?:people|times|things|ways|examples|reasons|questions)\?",
    re.I,
)


def find_cut_name(draft: Draft, _board: Board) -> str | None:
    """A key that is half of a name wherever the sentence has it: "Mini" of "mini-batches", "Walla" of "Walla Walla"."""
    if not (draft.pattern in NAMING or draft.pattern in ("subject", "object", "slide_pair")):
        return None
    if re.search(r" (?:and|or) ", draft.key):
        return "cut_in_two"
    said = draft.first.text
    places = list(re.finditer(rf"(?<!\w){re.escape(draft.key)}(?!\w)", said, re.I))
    return "cut_in_two" if places and all(_is_half(said, place, draft.key) for place in places) else None


def _is_half(said: str, place: re.Match[str], key: str) -> bool:
    """Whether a hyphen or another capital word of the same name touches the key."""
    before, after = said[: place.start()], said[place.end() :]
    if re.search(r"\w-$", before) or re.match(r"-\w", after):
        return True
    following, leading = re.match(r" ([\w'-]+)", after), re.search(r"([\w'-]+) $", before)
    words = key.lower().split()
    if (following and following[1].lower() == words[-1]) or (leading and leading[1].lower() == words[0]):
        return True
    proper = place.group()[:1].isupper() and place.start() > 0
    return bool(proper and following and re.match(r"[A-Z][a-z]", following[1]))


def find_orphan_pronoun(draft: Draft, _board: Board) -> str | None:
    """ "The phase in which they relax": a description whose "they" or "it" belongs to the sentence before it."""
    if draft.pattern not in NAMING:
        return None
    return "points_away" if any(_is_orphan(token) for token in parse_one(draft.stem)) else None


def _is_orphan(pronoun: Token) -> bool:
    """Whether no noun of its number stands before the pronoun."""
    asked = pronoun.i > 0 and pronoun.nbor(-1).lower_ == "call"
    if pronoun.lower_ not in ("they", "them", "their", "it", "its") or asked:
        return False
    before = [token for token in pronoun.doc[: pronoun.i] if token.pos_ in ("NOUN", "PROPN")]
    if pronoun.lower_ in ("it", "its"):
        return not before
    return not any(token.tag_ in ("NNS", "NNPS") or list(token.conjuncts) for token in before)


def find_mere_description(draft: Draft, _board: Board) -> str | None:
    """ "X is essentially a Y", "X is an ordinary Y": Y says something of X, X is not what Y is called."""
    if draft.pattern != "definition":
        return None
    meaning = re.sub(r"^(?:What do we call|What \w+ the names? of|Which of these \w+) ", "", draft.stem)
    opening = " ".join(meaning.removesuffix("?").split()[:3])
    softened = _SOFTENED.search(draft.last.sentence.text.partition(opening)[0])
    return "no_term" if softened or _ANY_ONE.match(meaning) else None


def find_passing_date(draft: Draft, board: Board) -> str | None:
    """A year that belongs to a thing or a report in the sentence and not to the event that the sentence tells."""
    if draft.pattern != "date":
        return None
    year = re.search(r"\d{3,4}", draft.key)
    if _SAID_BY_US.search(draft.stem) or _IN_PASSING.search(draft.stem):
        return "trifle"
    shown = year is not None and board.knows(year.group())
    if not shown and (_SOME_PEOPLE.search(draft.stem) or _tells_life(draft.stem)):
        return "trifle"
    if draft.kind != "cloze" or year is None:
        return None
    doc = parse_one(draft.stem.replace("____", year.group()))
    found = next((token for token in doc if token.text == year.group()), None)
    return None if found is not None and _dates_event(found) else "trifle"


def find_passing_person(draft: Draft, _board: Board) -> str | None:
    """ "Who had joined the faculty?": of somebody's life, and nothing that the person is known for."""
    return "trifle" if draft.pattern == "subject" and _WHO.search(draft.stem) and _tells_life(draft.stem) else None


def _tells_life(stem: str) -> bool:
    """Whether the event is only that somebody went, came, met or lived somewhere."""
    return any(token.dep_ == "ROOT" and _LIFE.match(token.lemma_.lower()) for token in parse_one(stem))


def _dates_event(year: Token) -> bool:
    """Whether the year hangs on a verb, or on a noun that names an event, and counts nothing."""
    preposition = year.head
    if preposition.lower_ not in ("in", "on", "by", "since", "until", "from", "around"):
        return False
    owner = preposition.head
    aside = owner.dep_ == "acl"
    return (owner.pos_ in ("VERB", "AUX") and not aside) or bool(_EVENTS.match(owner.lemma_.lower()))


def find_passing_amount(draft: Draft, _board: Board) -> str | None:
    """A count out of a list or a comparison, or of things that only the listener has before them."""
    if draft.pattern != "amount":
        return None
    said = draft.first.sentence.text
    torn = re.search(r"[:;()]", said) or _COUNTED_BADLY.search(draft.stem)
    if torn or _IN_PASSING.search(draft.stem) or _SAID_BY_US.search(draft.stem):
        return "trifle"
    known = find_demonstrative_word(said) or any(_is_known_count(token) for token in parse_one(said))
    return "points_away" if known else None


def _is_known_count(number: Token) -> bool:
    """ "The three points": counted before, unless what follows says which points."""
    words = [child for child in number.head.children if child.lower_ == "the" and child.dep_ == "det"]
    told = any(child.dep_ in ("prep", "relcl", "acl") for child in number.head.children)
    return number.dep_ == "nummod" and bool(words) and not told


def find_example(draft: Draft, _board: Board) -> str | None:
    """A number, a year or a description out of an example: true there, and no definition."""
    exact = draft.pattern in (*NAMING, "amount", "date")
    said = f"{draft.first.sentence.text} {draft.last.sentence.text}"
    return "example" if exact and _EXAMPLE.search(said) else None


def find_restated(draft: Draft, _board: Board) -> str | None:
    """A name that its description says again: "font editor" for a program that edits fonts."""
    meaning = find_meaning(draft.stem) if draft.pattern in NAMING else ""
    said = {word[:_SAME_STEM_LETTERS].removesuffix("s") for word in tokens(meaning) if len(word) > 3}
    key = [word[:_SAME_STEM_LETTERS].removesuffix("s") for word in tokens(draft.key)]
    if not meaning or not key or key[0] not in said:
        return None
    return "key_in_stem" if _MAKER.search(draft.key) or all(word in said for word in key) else None
