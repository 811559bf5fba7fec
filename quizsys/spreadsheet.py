"""Cells of a table that spreadsheets open: what they would take for a formula is marked as text.

A table may come from anybody's words: `=HYPERLINK(...)` in one would run on the desk of whoever opens it.
"""

import re

_NUMBER = re.compile(r"[+\-]?\d+(?:[.,]\d+)?")


def safe_cell(value: object) -> object:
    """Numbers as they are; a text that begins like a formula behind an apostrophe."""
    if not isinstance(value, str) or not value.startswith(
        ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")
    ):
        return value
    return value if _NUMBER.fullmatch(value) else f"'{value}"
