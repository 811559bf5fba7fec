"""Word lists, one file each under words/."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "words"


@cache
def load_words(name: str) -> frozenset[str]:
    """The words of words/NAME.txt."""
    return frozenset((_FOLDER / f"{name}.txt").read_text(encoding="utf-8").split())
