"""Slide changes in pictures made of numbers."""

import numpy as np
import pytest

from media.changes import Changes
from media.glimpses import Glimpse

SHAPE = (45, 80)
RNG = np.random.default_rng(7)
ONE, OTHER, THIRD = (np.where(RNG.random(SHAPE) < 0.2, 20, 240).astype(np.uint8) for _ in range(3))
BLANK = np.full(SHAPE, 240, np.uint8)


def found(*parts: tuple[float, np.ndarray], step_s: float = 0.2) -> list[float]:
    changes, now = Changes(), 0.0
    for seconds, picture in parts:
        for _ in range(round(seconds / step_s)):
            changes.see(Glimpse(now, picture))
            now += step_s
    return [change.time_s for change in changes.found]


def grown(rows: int) -> np.ndarray:
    return np.vstack([ONE[:rows], BLANK[rows:]])


def test_another_picture_is_a_change() -> None:
    assert found((6, ONE), (6, OTHER), (6, THIRD)) == pytest.approx([6, 12])


def test_more_of_the_same_is_none() -> None:
    assert found((6, grown(10)), (6, grown(20)), (6, grown(40))) == []


def test_less_of_the_same_is_a_change() -> None:
    assert found((6, grown(40)), (6, grown(10))) == pytest.approx([6])


def test_a_blank_picture_that_is_written_on_is_a_change() -> None:
    assert found((6, BLANK), (6, ONE)) == pytest.approx([6])


def test_a_change_of_light_is_none() -> None:
    assert found((6, ONE), (6, (ONE * 0.97 + 5).astype(np.uint8))) == []


def test_what_is_glanced_at_belongs_to_what_follows() -> None:
    assert found((8, ONE), (2, OTHER), (8, THIRD)) == pytest.approx([8])
    assert found((8, ONE), (2, OTHER), (8, ONE)) == []
    assert found((2, ONE), (8, OTHER)) == []


def test_two_pictures_far_apart_in_time_are_a_change_once_the_second_stays() -> None:
    assert found((10, ONE), (20, OTHER), step_s=10) == pytest.approx([10])


def test_a_corner_that_always_moves_is_no_reason_to_look_once_it_is_known() -> None:
    changes = Changes()
    for number in range(100):
        moving = ONE.copy()
        moving[-12:, -12:] = RNG.integers(0, 255, (12, 12))
        changes.see(Glimpse(number * 0.2, moving))
        last = moving
    assert changes.found == []
    assert not changes.differ(Glimpse(20, last), Glimpse(30, ONE))
    assert changes.differ(Glimpse(20, last), Glimpse(30, OTHER))
    assert changes.moving[-6:, -6:].all()
    assert not changes.moving[:20, :40].any()
