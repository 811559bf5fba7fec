"""How often strangers may guess: failures leak away with time, counted for each address, in bounded memory."""

from collections import OrderedDict
from math import ceil

from quizsys.clock import monotonic_s

MOST_ADDRESSES = 10_000
MINUTE_S = 60


class Failures:
    """A leaking bucket for each address: full after `per_minute` failures at once, empty a minute later.

    When there are too many addresses, the one that failed longest ago is forgotten.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def note(self, address: str) -> int:
        """Count a failure; returns the seconds to wait if there were too many, else 0."""
        now_s = monotonic_s()
        level, at_s = self._levels.pop(address, (0.0, now_s))
        level = max(0.0, level - (now_s - at_s) * self._per_minute / MINUTE_S) + 1
        is_full = level > self._per_minute
        # What is refused is not counted: who goes on gets a try each time that one has leaked away.
        level = level - 1 if is_full else level
        self._levels[address] = (level, now_s)
        if len(self._levels) > MOST_ADDRESSES:
            self._levels.popitem(last=False)
        return ceil((level + 1 - self._per_minute) * MINUTE_S / self._per_minute) if is_full else 0
