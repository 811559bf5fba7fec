"""What is told of each minute of the video, from answers and from stretches that were played."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizsys.analysis.facts import ViewingFact
from quizsys.analysis.first_tries import find_first_tries
from quizsys.analysis.minutes import MinuteReport, report_minutes
from quizsys.analysis.viewings import count_watched, join_stretches
from tests.classes import MONDAY, make_answer, make_facts, make_question


def played(*stretches: tuple[float, float], learner: str = "l001", attempt: int = 1) -> list[ViewingFact]:
    """One after the other."""
    return [
        ViewingFact(learner, attempt, start_s, end_s, MONDAY + timedelta(seconds=100 * turn))
        for turn, (start_s, end_s) in enumerate(stretches)
    ]


def test_questions_belong_to_the_minute_of_their_pause() -> None:
    answers = [
        make_answer(1, 0, (0,), True, elapsed_ms=4000),
        make_answer(2, 0, (1,), False, elapsed_ms=6000),
        make_answer(2, 0, (0,), True, try_number=2, elapsed_ms=1000),
        make_answer(1, 2, (0,), True),
    ]
    facts = make_facts([make_question(0), make_question(2)], answers)
    minutes = report_minutes(facts, find_first_tries(facts.answers))
    assert minutes[0] == MinuteReport(0, 1, 0.5, 3, 11_000, 0, 0, 0)
    assert minutes[1] == MinuteReport(1, 0, None, 0, 0, 0, 0, 0)
    assert (minutes[2].questions, minutes[2].right_share) == (1, 1.0)
    assert len(minutes) == 3


def test_a_pause_at_the_very_end_belongs_to_the_last_minute() -> None:
    facts = make_facts([make_question(1)], [])
    short = type(facts)(80.0, facts.questions, (), (), ())
    assert [minute.questions for minute in report_minutes(short, {})] == [0, 1]
    ending = type(facts)(60.0, facts.questions, (), (), ())
    assert [minute.questions for minute in report_minutes(ending, {})] == [1]


def test_who_plays_a_minute_twice_saw_it_again_and_who_goes_on_did_not() -> None:
    told = played((0, 100), (40, 70)) + played((0, 50), (50, 130), learner="l002")
    watched = count_watched(told, 180, [])
    assert watched.viewers == {0: {"l001", "l002"}, 1: {"l001", "l002"}, 2: {"l002"}}
    assert watched.rewatched == {0: {"l001"}, 1: {"l001"}}


def test_a_second_attempt_is_no_rewatching() -> None:
    told = played((0, 60)) + played((0, 60), attempt=2)
    assert count_watched(told, 60, []).rewatched == {}


def test_a_stop_of_the_learners_own_is_told_and_a_pause_of_the_quiz_is_not() -> None:
    told = played((0, 80), (80.4, 140), (139, 200))
    assert count_watched(told, 200, [80.0]).paused == {2: {"l001"}}
    assert count_watched(played((0, 80), (150, 160)), 200, []).paused == {}


@pytest.mark.parametrize(
    "stretch", [(50, 20), (-4, 20), (5, 900), (float("nan"), 9), (0, float("inf")), (float("-inf"), 5)]
)
def test_stretches_that_cannot_be_count_nowhere(stretch: tuple[float, float]) -> None:
    watched = count_watched(played(stretch), 120, [])
    assert (watched.viewers, watched.rewatched, watched.paused) == ({}, {}, {})


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 30)), max_size=12))
@settings(max_examples=60)
def test_joined_stretches_cover_the_same_seconds_once(pieces: list[tuple[int, int]]) -> None:
    stretches = [(float(start), float(start + length)) for start, length in pieces]
    joined = join_stretches(stretches)
    seconds = {second for start, length in pieces for second in range(start, start + length)}
    assert sum(end_s - start_s for start_s, end_s in joined) == len(seconds)
    assert all(before[1] < after[0] for before, after in pairwise(joined))
