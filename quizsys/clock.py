"""The only reader of time. Moments are aware UTC; spans are measured on the monotonic clock."""

import math
import time
from datetime import UTC, datetime
from functools import lru_cache

# What is less is the clock being set right little by little.
BACKSTEP_S = 1.0


def utc_now() -> datetime:
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds on a clock that never goes back; its zero means nothing."""
    return time.monotonic()


class Backsteps:
    """Tells when the clock of the day was set back, by how it moves against the steady one."""

    def __init__(self) -> None:
        self._offset_s = math.inf

    def take(self) -> bool:
        """Whether it happened since the last call. The first call cannot know: True."""
        offset_s = utc_now().timestamp() - monotonic_s()
        before_s, self._offset_s = self._offset_s, offset_s
        return offset_s < before_s - BACKSTEP_S


# A new job says the same moment four times.
@lru_cache(maxsize=64)
def wire_time(moment: datetime) -> str:
    """A moment as clients see it: ISO 8601, microseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
