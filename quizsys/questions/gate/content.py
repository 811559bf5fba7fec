"""The words of a text that carry its meaning, made comparable."""

import re
from functools import lru_cache

from quizsys.questions.spoken import tokens
from quizsys.questions.words import load_words

CLAUSE_WORDS = 4
"""So many content words make a clause of a key; fewer are a term."""
_SMALL = load_words("small")


@lru_cache(maxsize=8192)
def content_words(text: str) -> frozenset[str]:
    """The words that carry meaning, numbers as digits, without endings."""
    return frozenset(_stem(word) for word in tokens(text) if word not in _SMALL)


def _stem(word: str) -> str:
    word = re.sub(r"(?:ies|ied)$", "y", word)
    return re.sub(r"(?:ing|ed|es|s|e)$", "", word) if len(word) > 4 else word.removesuffix("s")
