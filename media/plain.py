"""Text that people typed, as we keep it: composed, on one line, with nothing in it that cannot be seen."""

import re
import unicodedata

# Control characters that are no space, lone surrogates, marks that turn the direction of what follows, the byte order
# mark, soft hyphens, noncharacters. Joiners stay: Persian and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufff9-\ufffc\ufffe\uffff]"
)
# From the first letter to the last; to look for punctuation at the end would take the square of its length.
_BARE = re.compile(r"\w(?:.*\w)?", re.DOTALL)


def plain_text(text: str) -> str:
    """NFC, without control characters and marks of direction, its spaces and line ends each one space."""
    return " ".join(unicodedata.normalize("NFC", _UNSEEN.sub("", text)).split())


def bare_word(text: str) -> str:
    """What makes it the same word: without case and the punctuation around it; "" if it is nothing else."""
    found = _BARE.search(text.casefold())
    return found[0] if found else ""
