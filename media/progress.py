"""How a long function says how far it is: it calls what it was given with a percentage."""

from collections.abc import Callable

Report = Callable[[float], None]
"""Takes percent done, 0 to 100. The pool's own counts as a sign of life; call it at least every few seconds."""


def ignore(percent: float) -> None:
    """The Report of a caller who does not want to know."""


def part(report: Report, start: float, end: float) -> Report:
    """A Report whose 0 to 100 fills start to end (percent) of `report`."""
    return lambda percent: report(start + (end - start) * percent / 100)
