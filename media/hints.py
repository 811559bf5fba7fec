"""What helps the ear: a slide on show, and what stands on it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hint:
    """A slide on show from start_s to end_s, and the text read from it."""

    start_s: float
    end_s: float
    text: str
