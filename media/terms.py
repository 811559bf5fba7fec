"""The technical terms of a slide: its rare words, which are what a recogniser mishears and a question asks about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from media.sounds import letters, sound_of

if TYPE_CHECKING:
    from media.hints import Hint

RARE_ZIPF = 4.5
NEAR_S = 3.0
UNKNOWN_ZIPF = 0.0
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
CLAUSE_END = re.compile(r"[.:;!?•*>(=-]\s*$|^\s*$")
SUFFIX = re.compile(r"(?:ing|ed|es|s|e)$")


@dataclass(frozen=True)
class Term:
    """A rare word as the slide writes it. `proper` says that its capital is no mere start of a line."""

    text: str
    sound: str
    proper: bool


@lru_cache(maxsize=50_000)
def zipf(word: str, language: str) -> float:
    """How common a word is: log10 of its uses in a billion words, so 3 is rare, 5 common; 0 when never seen."""
    from wordfreq import zipf_frequency

    try:
        return float(zipf_frequency(word, language))
    except (LookupError, ImportError):  # a language it has no list for, or no way to part into words
        return UNKNOWN_ZIPF if len(word) > 4 else RARE_ZIPF


@lru_cache(maxsize=1000)
def list_terms(text: str, language: str) -> tuple[Term, ...]:
    """The rare words of a slide's text in its order, each once."""
    found: dict[str, Term] = {}
    for line in text.splitlines():
        for match in WORD.finditer(line):
            proper = not CLAUSE_END.search(line[: match.start()]) and match.group()[0].isupper()
            for word in _unglue(match.group(), language):
                if _is_term(word, language):
                    term = Term(word, sound_of(word), proper)
                    found.setdefault(letters(word), term)
    return tuple(found.values())


def _is_term(word: str, language: str) -> bool:
    if len(word) < 3 or sum(char.isalpha() for char in word) < 2:
        return False
    has_digit = any(char.isdigit() for char in word)
    return not (has_digit and sum(char.islower() for char in word) > 1) and zipf(word, language) < RARE_ZIPF


def _unglue(word: str, language: str) -> Iterator[str]:
    """The word, or the two that a reader of slides ran together ("electrontransport")."""
    if len(word) < 9 or zipf(word, language) > UNKNOWN_ZIPF:
        yield word
        return
    splits = [(word[:place], word[place:]) for place in range(4, len(word) - 3)]
    best = max(splits, key=lambda split: min(zipf(part, language) for part in split))
    yield from best if min(zipf(part, language) for part in best) > 2.5 else (word,)


def stem_of(word: str) -> str:
    """Letters without the commonest endings: equal for a word and its plural or past."""
    small = letters(word)
    return SUFFIX.sub("", small, count=1) or small


class Slides:
    """The terms of the slides at a time of the lesson. `language` is that of the speech."""

    def __init__(self, hints: Sequence[Hint], language: str) -> None:
        self.language = language
        self._hints = hints

    def terms_between(self, start_s: float, end_s: float) -> list[Term]:
        """The terms of the slides on show, each once."""
        shown = [hint for hint in self._hints if hint.start_s < end_s + NEAR_S and hint.end_s > start_s - NEAR_S]
        return self._terms(shown)

    def terms_before(self, time_s: float) -> list[Term]:
        """The terms of all slides shown up to a time, each once: a speaker goes on using them."""
        return self._terms([hint for hint in self._hints if hint.start_s < time_s])

    def _terms(self, hints: Sequence[Hint]) -> list[Term]:
        return list(dict.fromkeys(term for hint in hints for term in list_terms(hint.text, self.language)))
