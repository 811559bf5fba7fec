"""The words of a text that carry its meaning, made comparable."""

import re
from collections.abc import Callable
from functools import cache, lru_cache

from quizsys.questions.gate.frequent import list_frequent
from quizsys.questions.scripts import UNSPACED, primary
from quizsys.questions.spoken import tokens
from quizsys.questions.words import load_words

CLAUSE_WORDS = 4
"""So many content words make a clause of a key; fewer are a term."""
_SMALL = load_words("small")
_PARTICLES = frozenset("的了是在和也就都与與及或这這那吗嗎呢把被着之はがをにのでともへや")
_STEMMERS = {
    **{"ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "es": "spanish"},
    **{"eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian"},
    **{"hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch"},
    **{"no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian"},
    **{"ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish"},
}


@lru_cache(maxsize=8192)
def content_words(text: str, language: str = "en") -> frozenset[str]:
    """The words that carry meaning, numbers as digits, without endings.

    Of a script without spaces, each two letters that stand together.
    """
    if primary(language) == "en":
        return frozenset(_stem(word) for word in tokens(text) if word not in _SMALL)
    stem, small = _load_stemmer(primary(language)), list_frequent(language)
    return frozenset(stem(word) for word in _pair_letters(tokens(text)) if word not in small)


def _stem(word: str) -> str:
    if word[0].isdigit():
        return re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", word)
    word = re.sub(r"(?:ies|ied)$", "y", word)
    return re.sub(r"(?:ing|ed|es|s|e)$", "", word) if len(word) > 4 else word.removesuffix("s") or word


@cache
def _load_stemmer(language: str) -> Callable[[str], str]:
    """Takes a word's endings off; leaves words of languages that it does not know as they are."""
    if language not in _STEMMERS:
        return str
    # Only lessons that are not in English need it.
    import snowballstemmer

    stem: Callable[[str], str] = snowballstemmer.stemmer(_STEMMERS[language]).stemWord
    return stem


def _pair_letters(words: tuple[str, ...]) -> list[str]:
    """Single letters of scripts without spaces as overlapping pairs; all other words as they are."""
    paired: list[str] = []
    run = ""
    for word in (*words, ""):
        if UNSPACED.match(word) and word not in _PARTICLES:
            run += word
            continue
        paired.extend([run] if len(run) == 1 else [run[place : place + 2] for place in range(len(run) - 1)])
        run = ""
        paired.extend([word] if word and not UNSPACED.match(word) else [])
    return paired
