"""When to try again. Pure: no clock, no randomness of its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

LONGEST_WAIT_S = 3600.0
JITTER = 0.1
CRASH_LIMIT = 2


def next_try_at(now: datetime, tries: int, retry_delay_s: float, backoff: float, jitter: float) -> datetime:
    """The moment of the next try after `tries` of them failed. `jitter` in [0, 1] adds up to a tenth."""
    wait_s = min(LONGEST_WAIT_S, retry_delay_s * backoff ** min(tries - 1, 64))
    return now + timedelta(seconds=wait_s * (1 + JITTER * jitter))


def next_delivery_at(now: datetime, tries: int, delays_s: Sequence[float], jitter: float) -> datetime | None:
    """The moment of the next try after `tries` of them failed, by a table of waits; None when it has been used up."""
    if tries > len(delays_s):
        return None
    return now + timedelta(seconds=delays_s[tries - 1] * (1 + JITTER * jitter))


def may_retry(tries: int, max_tries: int, crashes: int, *, permanent: bool) -> bool:
    """Whether a failed job gets another try. `crashes` counts this one, if it was one."""
    return not permanent and tries < max_tries and crashes < CRASH_LIMIT
