"""When a failed job is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizsys.retry import CRASH_LIMIT, LONGEST_WAIT_S, may_retry, next_try_at

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@given(tries=st.integers(1, 10_000), delay_s=st.floats(0, 86_400), backoff=st.floats(1, 10), jitter=st.floats(0, 1))
def test_a_wait_is_never_sooner_than_asked_nor_much_over_an_hour(
    tries: int, delay_s: float, backoff: float, jitter: float
) -> None:
    wait_s = (next_try_at(NOW, tries, delay_s, backoff, jitter) - NOW).total_seconds()
    assert min(delay_s, LONGEST_WAIT_S) - 1e-5 <= wait_s <= LONGEST_WAIT_S * 1.1


def test_the_default_factor_keeps_the_wait_as_it_was_asked() -> None:
    assert [next_try_at(NOW, n, 5, 1, 0) - NOW for n in (1, 2, 3)] == [timedelta(seconds=5)] * 3


def test_a_factor_makes_each_wait_longer() -> None:
    assert [(next_try_at(NOW, n, 5, 2, 0) - NOW).total_seconds() for n in (1, 2, 3)] == [5, 10, 20]


@pytest.mark.parametrize(
    ("tries", "crashes", "permanent", "again"),
    [
        (1, 0, False, True),
        (3, 0, False, False),
        (1, 0, True, False),
        (1, CRASH_LIMIT, False, False),
        (1, 1, False, True),
    ],
)
def test_who_gets_another_try(tries: int, crashes: int, permanent: bool, again: bool) -> None:
    assert may_retry(tries, 3, crashes, permanent=permanent) is again
