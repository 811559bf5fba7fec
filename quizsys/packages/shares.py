"""How much of the points each option is worth, in the percentages that Moodle takes."""

from quizsys.packages.sheet import Item

_MOST = 10
_LISTED = {3: "33.33333", 6: "16.66667", 7: "14.28571", 9: "11.11111"}
"""A tenth is the least that Moodle lists for several right options; what is no plain number it lists so."""


def fits(item: Item) -> bool:
    """Whether its right options can share 100 percent."""
    return 1 <= sum(choice.correct for choice in item.choices) <= _MOST


def share(item: Item) -> tuple[str, str]:
    """Percent of a right and of a wrong option: all options ticked together are worth nothing."""
    right = sum(choice.correct for choice in item.choices)
    wrong = len(item.choices) - right
    return _percent(right), f"-{_percent(min(wrong, _MOST))}" if wrong else "0"


def _percent(count: int) -> str:
    return _LISTED.get(count, f"{100 / count:g}")
