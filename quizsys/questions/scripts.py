"""Writing systems: where words have no spaces between them."""

import re
from collections.abc import Iterable

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
UNSPACED = re.compile(f"[{_UNSPACED}]")
"""A letter of Thai, Lao, Burmese, Khmer, Japanese or Chinese."""
_WORD = re.compile(f"[{_UNSPACED}]+|[^\\s{_UNSPACED}]+")
_LETTERS_A_WORD = 2
_GAP = re.compile(f"(?<=[{_UNSPACED}\u3000-\u303f\uff00-\uffef]) (?=[{_UNSPACED}\u3000-\u303f\uff00-\uffef])")
_SCRIPTS = {
    "Latin": "a-zA-Z\u00c0-\u024f",
    "Greek": "\u0370-\u03ff",
    "Cyrillic": "\u0400-\u052f",
    "Hebrew": "\u0590-\u05ff",
    "Arabic": "\u0600-\u06ff\u0750-\u077f",
    "Indic": "\u0900-\u0dff",
    "Korean": "\u1100-\u11ff\uac00-\ud7af",
    "unspaced": _UNSPACED,
}
_BY_SCRIPT = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS.items()}


def primary(language: str) -> str:
    """The language of a code without its country: "en" of "en-GB"."""
    return language.lower().replace("_", "-").split("-")[0]


def count_words(text: str) -> int:
    """Words between spaces; in scripts without spaces two letters count as one."""
    return sum(
        -(-len(word) // _LETTERS_A_WORD) if UNSPACED.match(word) else 1
        for word in _WORD.findall(text)
        if any(letter.isalnum() for letter in word)
    )


def join_words(words: Iterable[str]) -> str:
    """The words with spaces between them, but none where the script has none."""
    text = " ".join(words)
    return text if text.isascii() else _GAP.sub("", text)


def find_script(text: str) -> str:
    """The writing system of most letters: "Latin", "Arabic", "unspaced"; "" without any known letter."""
    counts = {name: len(letters.findall(text)) for name, letters in _BY_SCRIPT.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""
