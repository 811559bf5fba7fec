"""A question as it stands on paper: what is asked, and apart from it what is right and why."""

import hashlib
import string
from dataclasses import dataclass
from pathlib import Path

from quizsys.packages.citing import span
from quizsys.packages.sheet import Item
from quizsys.packages.wording import Wording

LETTERS = string.ascii_uppercase
OPEN_LINES = 6


@dataclass(frozen=True)
class Printed:
    """`lefts` are what the lettered `options` are matched to. `lines` is how many are left blank for the answer.

    The slide belongs to the proof: it often shows the answer. `link` is "" unless it can be followed.
    """

    stem: str
    hint: str
    points: float
    lefts: tuple[str, ...]
    options: tuple[str, ...]
    lines: int
    right: tuple[str, ...]
    told: tuple[str, ...]
    moment: str
    quote: str
    link: str
    picture: Path | None


def print_item(item: Item, wording: Wording) -> Printed:
    """Options that would give the answer by their order are mixed, the same way each time."""
    mixed = _mix(item) if item.kind in ("ordering", "matching") else list(range(len(item.choices)))
    shown = tuple(_shown(item, place) for place in mixed)
    return Printed(
        stem=item.stem,
        hint=_hint(item, wording),
        points=item.points,
        lefts=tuple(choice.text for choice in item.choices) if item.kind == "matching" else (),
        options=shown,
        lines=_count_lines(item),
        right=tuple(_list_right(item, mixed, wording)),
        told=tuple(_list_told(item, mixed)),
        moment=span(item) if item.quote else "",
        quote=item.quote,
        link=item.link if item.link.startswith(("http://", "https://")) else "",
        picture=item.picture,
    )


def letter(place: int) -> str:
    """A, B, C; numbers when the letters run out."""
    return LETTERS[place] if place < len(LETTERS) else str(place + 1)


def _hint(item: Item, wording: Wording) -> str:
    """A stem that ends in brackets says itself that several may be right."""
    if item.kind == "multiple_choice":
        return "" if item.stem.rstrip().endswith((")", "）")) else wording.several
    return {"ordering": wording.order, "matching": wording.match}.get(item.kind, "")


def _mix(item: Item) -> list[int]:
    """Never in the right order."""
    right = list(range(len(item.choices)))
    mixed = sorted(right, key=lambda place: hashlib.sha256(f"{item.id} {place}".encode()).digest())
    return mixed if mixed != right else right[::-1]


def _shown(item: Item, place: int) -> str:
    choice = item.choices[place]
    return choice.match if item.kind == "matching" else choice.text


def _count_lines(item: Item) -> int:
    if item.kind == "open":
        return OPEN_LINES
    return 0 if item.choices and item.kind != "ordering" else 1


def _list_right(item: Item, mixed: list[int], wording: Wording) -> list[str]:
    """By letter and in full."""
    if item.kind == "ordering":
        return [f"{letter(mixed.index(place))}. {choice.text}" for place, choice in enumerate(item.choices)]
    if item.kind == "matching":
        return [
            f"{place + 1}. {choice.text} – {letter(mixed.index(place))}. {choice.match}"
            for place, choice in enumerate(item.choices)
        ]
    if item.choices:
        return [f"{letter(place)}. {choice.text}" for place, choice in enumerate(item.choices) if choice.correct]
    off = f" (± {item.tolerance:g})" if item.kind == "numeric" and item.tolerance else ""
    others = [text for text in item.variants if text != item.answer]
    return [f"{item.answer}{off}", *([f"{wording.also}: {', '.join(others)}"] if others else [])]


def _list_told(item: Item, mixed: list[int]) -> list[str]:
    """The explanation, then what is said of single options."""
    about = [
        f"{letter(number)}. {item.choices[place].feedback}"
        for number, place in enumerate(mixed)
        if item.choices[place].feedback.strip()
    ]
    return [text for text in (item.explanation, *about) if text.strip()]
