"""A quiz's question drawn on a still: the question with a countdown, then the right answer with its proof.

Texts are ASS on a grid of the frame's own pixels. Their size shrinks until they fit; their direction is the question's.
"""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from media.compose.subtitles import escape
from media.compose.timeline import Caption, Card

SIZES = (0.062, 0.054, 0.047, 0.041, 0.036, 0.031, 0.027, 0.023)
"""Of the question, as shares of the frame's lesser side."""

LINE = 1.2
MARGIN = 0.06
WIDE_CHARS = ("W", "F")
CHAR = 0.56
MOST_CHARS = 900
WHITE, GREY, GREEN, AMBER = "&HFFFFFF&", "&H9A9A9A&", "&H7BE07B&", "&H4FC3FF&"
RIGHT_TO_LEFT = ("R", "AL")
RLM = "\u200f"
LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class _Line:
    """A paragraph: `share` of the basic size, its colour, the space above it in lines."""

    text: str
    share: float = 1.0
    colour: str = WHITE
    bold: bool = False
    above: float = 0.35


def draw_card(card: Card, width_px: int, height_px: int) -> tuple[Caption, ...]:
    """What the still shows over its time."""
    asked, answered = list(_question_lines(card)), list(_answer_lines(card))
    size_px = _choose_size([asked, answered], width_px, height_px)
    return (
        _lay_out(asked, 0.0, card.question_s, size_px),
        _lay_out(answered, card.question_s, card.duration_s, size_px),
        *_count_down(card, size_px, width_px, height_px),
    )


def card_style(width_px: int) -> tuple[tuple[str, str], ...]:
    """The style that draw_card counts on."""
    margin = str(round(MARGIN * width_px))
    return (("MarginL", margin), ("MarginR", margin), ("Outline", "0"))


def _question_lines(card: Card) -> Iterator[_Line]:
    yield _Line(f"{card.number} / {card.total}", 0.6, AMBER, above=0)
    yield _Line(card.question, bold=True)
    for label, choice in zip(LABELS, card.choices, strict=False):
        yield _Line(f"{label}.  {choice.text}", 0.85)


def _answer_lines(card: Card) -> Iterator[_Line]:
    yield _Line(f"{card.number} / {card.total}", 0.6, AMBER, above=0)
    yield _Line(card.question, bold=True, colour=GREY)
    for label, choice in zip(LABELS, card.choices, strict=False):
        colour = GREEN if choice.is_right else GREY
        yield _Line(f"{label}.  {choice.text}", 0.85, colour, bold=choice.is_right)
    if not card.choices:
        yield _Line(card.answer, 0.9, GREEN, bold=True)
    if card.quote:
        yield _Line(f"“{card.quote}”", 0.75, WHITE, above=0.9)


def is_right_to_left(text: str) -> bool:
    """By its first letter that has a direction."""
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in (*RIGHT_TO_LEFT, "L"))
    return next(strong, "L") in RIGHT_TO_LEFT


def _choose_size(texts: list[list[_Line]], width_px: int, height_px: int) -> float:
    side = min(width_px, height_px)
    fitting = (
        share * side
        for share in SIZES
        if all(_height(lines, share * side, width_px) <= 0.88 * height_px for lines in texts)
    )
    return next(fitting, SIZES[-1] * side)


def _height(lines: list[_Line], size_px: float, width_px: int) -> float:
    return sum((_count_rows(line, size_px, width_px) * LINE + line.above) * line.share * size_px for line in lines)


def _count_rows(line: _Line, size_px: float, width_px: int) -> int:
    """About how many rows libass will make of it."""
    em = sum(1.0 if unicodedata.east_asian_width(mark) in WIDE_CHARS else CHAR for mark in line.text)
    return max(1, math.ceil(em * line.share * size_px / ((1 - 2 * MARGIN) * width_px)))


def _lay_out(lines: list[_Line], start_s: float, end_s: float, size_px: float) -> Caption:
    """One text, in the middle of the height; it begins at the right if the question does."""
    from_right = is_right_to_left(lines[1].text)
    parts = [rf"{{\an{6 if from_right else 4}\bord0}}"]
    for line in lines:
        if line.above:
            # libass counts an empty line as half a line.
            parts.append(rf"{{\fs{2 * line.above * line.share * size_px:.1f}}}\N")
        weight, size = int(line.bold), f"{line.share * size_px:.1f}"
        # A label before the text would turn the line around.
        text = (RLM if from_right else "") + escape(_shorten(line.text))
        parts.append(rf"{{\fs{size}\b{weight}\1c{line.colour}}}{text}\N")
    return Caption(start_s, end_s, "".join(parts).removesuffix(r"\N"))


def _count_down(card: Card, size_px: float, width_px: int, height_px: int) -> Iterator[Caption]:
    """The seconds left, in the upper corner."""
    whole = math.ceil(card.question_s)
    x, y = (1 - MARGIN) * width_px, 0.03 * height_px
    for left in range(whole, 0, -1):
        start_s, end_s = max(0.0, card.question_s - left), card.question_s - left + 1
        style = rf"{{\an9\pos({x:.0f},{y:.0f})\fs{size_px * 1.3:.1f}\b1\1c{AMBER}\bord0}}"
        yield Caption(start_s, end_s, f"{style}{left}")


def _shorten(text: str) -> str:
    return text if len(text) <= MOST_CHARS else text[: MOST_CHARS - 1] + "…"
