"""Ordering for formats that lack it: each step is matched to its place, the steps shown out of order."""

import hashlib

from quizsys.packages.sheet import Item, Loss


def place_steps(item: Item) -> list[tuple[str, str]]:
    """Step and place from 1, in an order that is the same each time and seldom the right one."""
    placed = [(choice.text, str(place)) for place, choice in enumerate(item.choices, 1)]
    mixed = sorted(placed, key=lambda pair: hashlib.sha256(f"{item.id} {pair[1]}".encode()).digest())
    return mixed if mixed != placed else mixed[::-1]


def tell_placed(item: Item) -> Loss:
    return Loss(
        item.id, "kind_changed", "Asked as a match of each step to its place, since the format knows no ordering."
    )
