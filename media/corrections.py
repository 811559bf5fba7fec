"""What was heard, put right by the terms on the slide, and never changed without two reasons to.

A term replaces heard words when it sounds like them and the words are doubtful (unlikely, or no words at all), with
less likeness asked for when a second hearing, hinted with the slide's terms, heard it at that moment. So a hint can
neither add a word where none was heard nor displace a common word that was heard clearly.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media.sounds import letters, likeness, sound_of
from media.terms import Slides, Term, stem_of, zipf
from media.transcript import Word

MOST_WORDS = 4
NEAR_S = 0.35
WITNESSED, LIKELY, LIKELY_LATER = 0.55, 0.7, 0.85
SHORTEST_SOUND = 6
OTHER_NUMBER = 0.08
CLEAR = 0.9
MUFFLED = 0.4
COMMON_ZIPF = 3.0
STRANGE_ZIPF = 2.0
ONE_WORD_ZIPF = 2.5
ARTICLES = frozenset(["a", "an", "the", "each", "every", "one"])
EDGES = re.compile(r"^(\W*)(.*?)(\W*)$", re.S)


@dataclass(frozen=True)
class Claim:
    """That the words from `first` up to (without) `last` were really `text`."""

    first: int
    last: int
    text: str
    likeness: float
    probability: float


def correct(heard: Sequence[Word], hinted: Sequence[Word], slides: Slides) -> list[Word]:
    """`heard` with the claims of both kinds applied, the likest first, none over another."""
    claims = [*_witnessed(heard, hinted, slides), *_likely(heard, slides)]
    spelled = _list_spelled(heard, slides)
    chosen: list[Claim] = []
    for claim in sorted(claims, key=lambda claim: -claim.likeness):
        here = range(claim.first, claim.last)
        if not spelled.isdisjoint(here) and letters(_text(heard[claim.first : claim.last])) != letters(claim.text):
            continue
        if all(claim.last <= other.first or claim.first >= other.last for other in chosen):
            chosen.append(claim)
    words = list(heard)
    for claim in sorted(chosen, key=lambda claim: -claim.first):
        words[claim.first : claim.last] = [_replaced(words[claim.first : claim.last], claim)]
    return words


def _list_spelled(heard: Sequence[Word], slides: Slides) -> set[int]:
    """The places of words that spell a term already, be it in several words ("hash map")."""
    places: set[int] = set()
    for first, last in _spans(heard, range(len(heard))):
        span = heard[first:last]
        written = letters(_text(span))
        if any(letters(term.text) == written for term in slides.terms_between(span[0].start_s, span[-1].end_s)):
            places.update(range(first, last))
    return places


def _replaced(span: Sequence[Word], claim: Claim) -> Word:
    before = EDGES.match(span[0].text)
    after = EDGES.match(span[-1].text)
    text = claim.text
    if span[0].text.lstrip("\"'“‘(")[:1].isupper():
        text = text[:1].upper() + text[1:]
    text = (before.group(1) if before else "") + text + (after.group(3) if after else "")
    return Word(span[0].start_s, span[-1].end_s, text, claim.probability)


def _witnessed(heard: Sequence[Word], hinted: Sequence[Word], slides: Slides) -> Iterator[Claim]:
    for witness in hinted:
        terms = slides.terms_between(witness.start_s, witness.end_s)
        stem = stem_of(witness.text)
        if not any(stem_of(term.text) == stem for term in terms):
            continue
        near = _near(heard, witness)
        if any(letters(heard[place].text) == letters(witness.text) for place in near):
            continue
        text = EDGES.sub(r"\2", witness.text)
        found = [
            Claim(first, last, text, like, witness.probability)
            for first, last in _spans(heard, near)
            if (like := likeness(sound_of(_text(heard[first:last])), sound_of(text))) >= WITNESSED
            and _may_yield(heard[first:last], text, terms, _before(heard, first), slides.language)
        ]
        if found:
            yield max(found, key=lambda claim: claim.likeness)


def _near(heard: Sequence[Word], witness: Word) -> range:
    places = [
        place
        for place, word in enumerate(heard)
        if word.start_s < witness.end_s + NEAR_S and word.end_s > witness.start_s - NEAR_S
    ]
    return range(places[0], places[-1] + 1) if places else range(0)


def _likely(heard: Sequence[Word], slides: Slides) -> Iterator[Claim]:
    for first, last in _spans(heard, range(len(heard))):
        span = heard[first:last]
        before = _before(heard, first)
        terms = slides.terms_between(span[0].start_s, span[-1].end_s)
        for term, least in _list_likely(span, terms, slides):
            for form, doubt in _forms(term, slides.language):
                like = likeness(sound_of(_text(span)), sound_of(form)) - doubt
                if like >= least and _may_yield(span, form, terms, before, slides.language):
                    yield Claim(first, last, form, like, min(word.probability for word in span))


def _list_likely(span: Sequence[Word], terms: Sequence[Term], slides: Slides) -> list[tuple[Term, float]]:
    """The terms that strange words may stand for, each with the likeness it takes. Earlier slides' take more."""
    rarest = min(zipf(_bare(word), slides.language) for word in span)
    if rarest >= STRANGE_ZIPF and min(word.probability for word in span) >= MUFFLED:
        return []
    earlier = slides.terms_before(span[0].start_s) if len(span) == 1 and rarest == 0 else []
    likely = dict.fromkeys(earlier, LIKELY_LATER) | dict.fromkeys(terms, LIKELY)
    return [(term, least) for term, least in likely.items() if len(term.sound) >= SHORTEST_SOUND]


def _forms(term: Term, language: str) -> Iterator[tuple[str, float]]:
    """The term as a speaker may say it, with a doubt: as written (small, unless its capital means something), or in
    the other number."""
    text = term.text if term.proper or term.text[1:].lower() != term.text[1:] else term.text.lower()
    yield text, 0.0
    other = text[:-1] if text.endswith("s") else f"{text}s"
    if zipf(other, language) > 0:
        yield other, OTHER_NUMBER


def _spans(heard: Sequence[Word], places: range) -> Iterator[tuple[int, int]]:
    """Runs of up to MOST_WORDS words with no punctuation inside."""
    for first in places:
        for last in range(first + 1, min(first + MOST_WORDS, places.stop) + 1):
            yield first, last
            if not heard[last - 1].text[-1].isalnum():
                break


def _text(span: Sequence[Word]) -> str:
    return " ".join(word.text for word in span)


def _bare(word: Word) -> str:
    return EDGES.sub(r"\2", word.text).lower()


def _may_yield(span: Sequence[Word], text: str, terms: Sequence[Term], before: str, language: str) -> bool:
    """Whether these words may give way: not when they are the term already, or another term, or were heard clearly."""
    if letters(_text(span)) == letters(text):
        return len(span) > 1 and _is_one_word(text, before, language)
    stems = {stem_of(term.text) for term in terms}
    if any(stem_of(word.text) in stems for word in span):
        return False
    return any(word.probability < CLEAR or zipf(_bare(word), language) < COMMON_ZIPF for word in span)


def _is_one_word(text: str, before: str, language: str) -> bool:
    """Whether a compound known to the language is one word here: if it is rare ("photosystem"), or after an article,
    where "look up" can only be the noun "lookup". "HashMap" is a name in a program and said in two words."""
    if text[1:].lower() != text[1:] or zipf(text, language) == 0:
        return False
    return zipf(text, language) < ONE_WORD_ZIPF or before in ARTICLES


def _before(heard: Sequence[Word], place: int) -> str:
    return heard[place - 1].text.lower() if place else ""
