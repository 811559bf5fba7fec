"""What was said, and when. Times are seconds from the start of the video."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """One spoken word. `text` has no spaces around it and keeps its punctuation; `probability` is 0 to 1."""

    start_s: float
    end_s: float
    text: str
    probability: float


@dataclass(frozen=True)
class Segment:
    """A sentence, or the part of one between two long silences. `text` is its words joined by one space."""

    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Transcript:
    """All that was said, in order of time. `language` is an ISO 639-1 code, `model` names the recogniser."""

    language: str
    model: str
    segments: tuple[Segment, ...]
