"""How alike two pieces of English text sound: spelling is reduced to rough sounds, and those are compared.

The reduction follows the idea of Metaphone (Philips, 1990) but keeps vowels, since a slide's term and what was misheard
for it have about the same ones; the comparison is an edit distance in which like sounds cost less.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

VOWELS = frozenset("aeiouj")
FAINT = frozenset("hrw")
VOWEL_FOR_VOWEL, LIKE_FOR_LIKE, FAINT_GAP, GAP = 0.35, 0.5, 0.5, 0.9
LIKE = frozenset(
    frozenset(pair)
    for pair in (
        "bp",
        "dt",
        "gk",
        "vf",
        "bv",
        "sS",
        "sJ",
        "JC",
        "SC",
        "sC",
        "f0",
        "t0",
        "d0",
        "s0",
        "mn",
        "lr",
        "gJ",
        "rw",
    )
)
SPELLINGS = [
    (re.compile(spelling), sound)
    for spelling, sound in (
        (r"tion|sion", "Sn"), (r"cia", "Sa"), (r"tch", "C"), (r"dge", "J"), (r"sch", "sk"), (r"ch(?=[lr])", "k"),
        (r"ph", "f"), (r"th", "0"), (r"sh", "S"), (r"ch", "C"), (r"ck", "k"), (r"qu", "kw"), (r"wh", "w"),
        (r"wr", "r"), (r"kn|gn", "n"), (r"gh", ""), (r"ps", "s"), (r"sc(?=[eiy])", "s"), (r"x", "ks"),
        (r"c(?=[eiy])", "s"), (r"[cq]", "k"), (r"g(?=[eiy])|j", "J"), (r"z", "s"), (r"y(?=[aeiou])", "j"), (r"y", "i"),
        (r"[ao]e", "e"), (r"([bdfgklmnprstvaeiou])\1+", r"\1"), (r"(?<=[^aeiou])e$", ""),
    )
]  # fmt: skip


def letters(text: str) -> str:
    """Only the letters and digits, small and without accents."""
    spread = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in spread if char.isalnum())


@lru_cache(maxsize=50_000)
def sound_of(text: str) -> str:
    """The rough sounds of a few words, run together."""
    return "".join(_sound_of_word(letters(word)) for word in text.split())


def _sound_of_word(word: str) -> str:
    for spelling, sound in SPELLINGS:
        word = spelling.sub(sound, word)
    return word


@lru_cache(maxsize=50_000)
def likeness(first: str, second: str) -> float:
    """0 (nothing in common) to 1 (the same sounds), for two results of sound_of."""
    longest = max(len(first), len(second))
    if not first or not second or abs(len(first) - len(second)) > 0.4 * longest:
        return 0.0
    return max(0.0, 1 - _distance(first, second) / longest)


def _distance(first: Sequence[str], second: Sequence[str]) -> float:
    above = [0.0]
    for sound in second:
        above.append(above[-1] + _gap(sound))
    for one in first:
        row = [above[0] + _gap(one)]
        for place, other in enumerate(second):
            swap = above[place] + _swap(one, other)
            row.append(min(swap, above[place + 1] + _gap(one), row[place] + _gap(other)))
        above = row
    return above[-1]


def _gap(sound: str) -> float:
    return FAINT_GAP if sound in VOWELS or sound in FAINT else GAP


def _swap(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one in VOWELS and other in VOWELS:
        return VOWEL_FOR_VOWEL
    return LIKE_FOR_LIKE if frozenset((one, other)) in LIKE else 1.0
