"""Cells of a table that spreadsheets open: what they would take for a formula is marked as text.

A table may come from anybody's words: `=HYPERLINK(...)` in one would run on the desk of whoever opens it. Where `;`
parts the cells, as in much of Europe, a cell of ours falls into several, and so does its line at a line end: then what
follows those begins a cell too.
"""

import re

_NUMBER = re.compile(r"[+\-]?\d+(?:[.,]\d+)?")
_UNSEEN = " \u00a0\u3000\u200b\ufeff"
_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")
_INSIDE = re.compile("[;\t\r\n](?=[ \u00a0\u3000\"']*(?:[=@|＝＠]|[+\\-＋－][^\\s]))")


def safe_cell(value: object) -> object:
    """Numbers as they are; before what begins like a formula an apostrophe."""
    if not isinstance(value, str):
        return value
    marked = _INSIDE.sub(r"\g<0>'", value)
    bare = value.lstrip(_UNSEEN)
    return f"'{marked}" if bare.startswith(_SIGNS) and not _NUMBER.fullmatch(bare) else marked
