"""In which order one attempt shows things: made of its seed alone, so that it is the same on every device."""

import hashlib

from quizsys.grading import list_matches
from quizsys.packages.sheet import Item
from quizsys.taking.paper import Paper

MIXED = ("single_choice", "multiple_choice", "cloze")


def order_items(paper: Paper, seed: int, *, shuffle: bool) -> list[Item]:
    """In the order of the video, or mixed."""
    places = range(len(paper.items))
    return [paper.items[place] for place in (_mix(len(places), f"{seed}") if shuffle else places)]


def order_choices(item: Item, seed: int, *, shuffle: bool) -> list[int]:
    """For each choice shown, from the top, its place in the question. Steps to be ordered are always mixed."""
    is_mixed = item.kind == "ordering" or (shuffle and item.kind in MIXED)
    count = 0 if item.kind == "matching" else len(item.choices)
    return _mix(count, f"{seed}:{item.id}") if is_mixed else list(range(count))


def order_matches(item: Item, seed: int) -> list[int]:
    """As `order_choices`, of what prompts are matched with: always mixed."""
    return _mix(len(list_matches(item)), f"{seed}:{item.id}") if item.kind == "matching" else []


def _mix(count: int, key: str) -> list[int]:
    """Sorted by hashes, not by `random`: its shuffle is promised for no version of Python but this one."""
    return sorted(range(count), key=lambda place: hashlib.blake2b(f"{key}:{place}".encode(), digest_size=8).digest())
