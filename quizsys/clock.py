"""The only reader of time. Moments are aware UTC; spans are measured on the monotonic clock."""

import time
from datetime import UTC, datetime
from functools import lru_cache


def utc_now() -> datetime:
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds on a clock that never goes back; its zero means nothing."""
    return time.monotonic()


# A new job says the same moment four times.
@lru_cache(maxsize=64)
def wire_time(moment: datetime) -> str:
    """A moment as clients see it: ISO 8601, microseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
