"""A clock that stands until it is moved, also back: for the rows' moments and the time in new ids."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from unittest.mock import patch

from quizsys import ids


@dataclass
class MovedClock:
    """Stands in for `datetime` in `quizsys.clock` and for `time` in `quizsys.ids`."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 23, tzinfo=UTC))

    def now(self, zone: tzinfo) -> datetime:
        return self.at.astimezone(zone)

    def time_ns(self) -> int:
        return (self.at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def forget_ids(self) -> None:
        """As a new process, which knows none of the ids that were made before the clock was set back."""
        ids._last_ms = 0


@contextmanager
def move_clock() -> Iterator[MovedClock]:
    made = MovedClock()
    # The tests after us make ids of their own time.
    with patch("quizsys.clock.datetime", made), patch("quizsys.ids.time", made), patch("quizsys.ids._last_ms", 0):
        yield made
