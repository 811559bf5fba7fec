"""What was said, without what would give away an answer that is not due."""

from collections.abc import Sequence
from dataclasses import dataclass

from media.transcript import Segment, Word
from quizsys.grading import is_within
from quizsys.packages.sheet import Item

# Around the evidence; and how far from it the answer, said once more, is hidden as well.
MARGIN_S = 2.0
NEAR_S = 60.0
HIDDEN = "[…]"


@dataclass(frozen=True)
class Masked:
    """A segment; one that is hidden has no words. For which question is not told: that would be a hint."""

    segment: Segment
    is_hidden: bool


def mask(segments: Sequence[Segment], undue: Sequence[Item]) -> list[Masked]:
    """All segments in their order, with those hidden in which the evidence of a question stands, or is said again."""
    proven = [item for item in undue if item.quote]
    quoted = {item.id: _find_quote(segments, item.quote) for item in proven}
    masked = []
    for place, segment in enumerate(segments):
        is_hidden = any(place in quoted[item.id] or _tells(segment, item) for item in proven)
        masked.append(Masked(_hide(segment) if is_hidden else segment, is_hidden))
    return masked


def overlaps(item: Item, other: Item) -> bool:
    """Whether the evidence of one gives away that of the other."""
    return item.start_s < other.end_s + MARGIN_S and other.start_s - MARGIN_S < item.end_s


def _tells(segment: Segment, item: Item) -> bool:
    def is_around(margin_s: float) -> bool:
        return segment.start_s < item.end_s + margin_s and item.start_s - margin_s < segment.end_s

    return is_around(MARGIN_S) or (is_around(NEAR_S) and is_within(item.answer, segment.text))


def _find_quote(segments: Sequence[Segment], quote: str) -> set[int]:
    """The places of the segments that hold a part of it, wherever it is said: a correction may have moved its time."""
    whole = " ".join(segment.text for segment in segments)
    found: set[int] = set()
    first = whole.find(quote)
    while first >= 0:
        found |= _list_places(segments, first, first + len(quote))
        first = whole.find(quote, first + 1)
    return found


def _list_places(segments: Sequence[Segment], first: int, end: int) -> set[int]:
    """Of the segments that the characters from `first` to `end` of the whole text lie in."""
    places, begins = set(), 0
    for place, segment in enumerate(segments):
        ends = begins + len(segment.text)
        if begins < end and first < ends:
            places.add(place)
        begins = ends + 1
    return places


def _hide(segment: Segment) -> Segment:
    word = Word(segment.start_s, segment.end_s, HIDDEN, 1.0)
    return Segment(segment.start_s, segment.end_s, HIDDEN, (word,))
