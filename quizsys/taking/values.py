"""Answers: from what a client sends, in the order that its learner saw, to what is kept and graded; and back."""

from collections.abc import Callable
from typing import Any

from quizsys.errors import QuizsysError, invalid
from quizsys.grading import list_prompts
from quizsys.packages.sheet import Item
from quizsys.taking.order import order_choices, order_matches

FORMS = ("choice", "choices", "order", "pairs", "text")
LOC: list[str | int] = ["body", "answer"]
Value = dict[str, Any]


def find_form(item: Item) -> str:
    """Which of FORMS an answer to it has."""
    if item.kind in ("short_answer", "numeric", "open") or not item.choices:
        return "text"
    return {"multiple_choice": "choices", "ordering": "order", "matching": "pairs"}.get(item.kind, "choice")


def read_value(item: Item, seed: int, given: Value, *, shuffle: bool) -> Value:
    """What is kept: places as the question has them. Raises `invalid` for what does not answer this question."""
    form = find_form(item)
    if set(given) != {form}:
        raise invalid(LOC, f"This question is answered by '{form}' alone.", None)
    if form == "text":
        return {"text": given["text"]}
    return {form: _READERS[form](item, seed, given[form], shuffle)}


def show_value(item: Item, seed: int, value: Value, *, shuffle: bool) -> Value:
    """The same as the learner saw it."""
    shown = order_choices(item, seed, shuffle=shuffle)
    if "choice" in value:
        return {"choice": shown.index(value["choice"])}
    if "choices" in value:
        return {"choices": sorted(shown.index(place) for place in value["choices"])}
    if "order" in value:
        return {"order": [shown.index(place) for place in value["order"]]}
    if "pairs" in value:
        matches = order_matches(item, seed)
        return {"pairs": [None if place is None else matches.index(place) for place in value["pairs"]]}
    return value


def _read_choice(item: Item, seed: int, given: int, shuffle: bool) -> int:
    return _pick(order_choices(item, seed, shuffle=shuffle), given, "choice")


def _read_choices(item: Item, seed: int, given: list[int], shuffle: bool) -> list[int]:
    return sorted(_pick_each(order_choices(item, seed, shuffle=shuffle), given, "choices"))


def _read_order(item: Item, seed: int, given: list[int], shuffle: bool) -> list[int]:
    order = _pick_each(order_choices(item, seed, shuffle=shuffle), given, "order")
    if len(order) < len(item.choices):
        raise _wrong("order", f"Name all {len(item.choices)} steps, each once.")
    return order


def _read_pairs(item: Item, seed: int, given: list[int | None], _shuffle: bool) -> list[int | None]:
    prompts, matches = list_prompts(item), order_matches(item, seed)
    if len(given) != len(prompts):
        raise _wrong("pairs", f"Name {len(prompts)} matches, one for each prompt; null for none.")
    return [None if place is None else _pick(matches, place, "pairs") for place in given]


_READERS: dict[str, Callable[[Item, int, Any, bool], Any]] = {
    "choice": _read_choice,
    "choices": _read_choices,
    "order": _read_order,
    "pairs": _read_pairs,
}


def _pick_each(shown: list[int], places: list[int], form: str) -> list[int]:
    if len(set(places)) < len(places):
        raise _wrong(form, "Name each choice once.")
    return [_pick(shown, place, form) for place in places]


def _pick(shown: list[int], place: int, form: str) -> int:
    if not 0 <= place < len(shown):
        raise _wrong(form, f"There is no choice {place}; they count from 0 to {len(shown) - 1}.")
    return shown[place]


def _wrong(form: str, message: str) -> QuizsysError:
    return invalid([*LOC, form], message, None)
