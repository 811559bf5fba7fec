"""Failures of one address: so many a minute, no matter who else fails, and never more memory."""

import pytest

from quizsys import failures
from quizsys.failures import MOST_ADDRESSES, Failures


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1000.0]
    monkeypatch.setattr(failures, "monotonic_s", lambda: at[0])
    return at


def test_the_first_ones_pass_and_the_next_waits(now: list[float]) -> None:
    limit = Failures(20)
    assert [limit.note("a") for _ in range(20)] == [0] * 20
    wait_s = limit.note("a")
    assert wait_s == 3
    assert limit.note("b") == 0
    now[0] += wait_s
    assert limit.note("a") == 0
    assert limit.note("a") == 3


def test_after_a_minute_all_is_forgotten(now: list[float]) -> None:
    limit = Failures(20)
    for _ in range(100):
        limit.note("a")
    now[0] += 60
    assert [limit.note("a") for _ in range(20)] == [0] * 20


def test_what_is_refused_makes_no_wait_longer(now: list[float]) -> None:
    limit = Failures(1)
    assert limit.note("a") == 0
    assert [limit.note("a") for _ in range(50)] == [60] * 50
    now[0] += 60
    assert limit.note("a") == 0


@pytest.mark.usefixtures("now")
def test_memory_is_bounded_and_the_latest_are_kept() -> None:
    limit = Failures(1)
    for number in range(3 * MOST_ADDRESSES):
        limit.note(str(number))
    assert len(limit._levels) == MOST_ADDRESSES
    assert limit.note(str(3 * MOST_ADDRESSES - 1)) > 0
    assert limit.note("0") == 0
